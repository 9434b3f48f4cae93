"""How PowerShell reads the arguments of a program, written from its documentation.

There is no package of PowerShell for every machine, so this stands in for it: about_Parsing,
"argument mode", about_Quoting_Rules and about_Special_Characters, as of 7.5. What it would expand,
run, redirect or take for its own is an error here, as no printed command means any of that.
https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_parsing
"""

from __future__ import annotations

import re

SINGLE, DOUBLE = "'‘’‚‛", '"“”„'
ENDS = " \t\n\r{}();,|&<>"
"""What begins a new token; all but blanks mean something of their own."""


class MisreadError(ValueError):
    """PowerShell would not give the program what stands there."""


def words(line: str) -> list[str]:
    """The arguments that a program gets; `line` begins with the program."""
    found, at = [], 0
    while at < len(line):
        if line[at] in " \t":
            at += 1
            continue
        word, at = _word(line, at)
        found.append(word)
    return found[1:]


def _word(line: str, at: int) -> tuple[str, int]:
    if line[at] in SINGLE + DOUBLE:
        text, end = _quoted(line, at)
        # A string is an argument by itself; what touches it would be another one.
        if end < len(line) and line[end] not in " \t":
            raise MisreadError(f"a word ends at its quotes, before {line[end:]!r}")
        return text, end
    if line[at] in "@#$:" or line.startswith("--%", at):
        raise MisreadError(f"{line[at:]!r} means something")
    start, text = at, ""
    is_parameter = re.match(r"-[^\W\d]|-[?]", line[at:]) is not None
    while at < len(line) and line[at] not in " \t":
        char = line[at]
        if char in SINGLE + DOUBLE:
            inside, at = _quoted(line, at)
            text += inside
            continue
        if char in ENDS or char in "$`":
            raise MisreadError(f"{char} in {line[start:]!r}")
        if is_parameter and char in ".:[":
            raise MisreadError(f"{line[start:at]} ends before {char}")
        text, at = text + char, at + 1
    return text, at


def _quoted(line: str, at: int) -> tuple[str, int]:
    """A string and where it ends; two of its quotes in it stand for one."""
    quotes = SINGLE if line[at] in SINGLE else DOUBLE
    at, text = at + 1, ""
    while True:
        if at >= len(line):
            raise MisreadError("a string has no end")
        char = line[at]
        if char in quotes:
            if line[at + 1 : at + 2] not in tuple(quotes):
                return text, at + 1
            at += 1
        elif quotes == DOUBLE and (char == "`" or re.match(r"\$[\w{(?^$:]", line[at:])):
            raise MisreadError(f"{char} in double quotes expands")
        text, at = text + char, at + 1
