"""How PowerShell reads the arguments of a program, written from its documentation.

There is no package of PowerShell for every machine, so this stands in for it: about_Parsing,
"argument mode", about_Quoting_Rules and about_Special_Characters, as of 7.5, and compared with the
tokenizer of PowerShell itself. What it would expand, run, redirect or take for its own is an error
here, as no printed command means any of that. A grammar that others wrote is asked besides.
https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_parsing
https://github.com/airbus-cert/tree-sitter-powershell
"""

from __future__ import annotations

import re

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

SINGLE, DOUBLE = "'‘’‚‛", '"“”„'
ENDS = "{}();,|&<>"
"""What begins a new token and means something of its own."""
PLAIN = {
    "generic_token",
    "command_parameter",
    "verbatim_string_characters",
    "expandable_string_literal",
    "decimal_integer_literal",
    "hexadecimal_integer_literal",
    "real_literal",
}
"""What the grammar calls arguments that stand for themselves, where nothing in them expands."""
UNKNOWN = re.compile(r"""[-–—―].*|[^'"].*['"].*""", re.DOTALL)
"""Where the tokenizer is not as the grammar, which takes --x=1.5 apart as it would -x=1.5, and has
no quotes within a word."""


class MisreadError(ValueError):
    """PowerShell would not give the program what stands there."""


def words(line: str) -> list[str]:
    """The arguments that a program gets; `line` begins with the program."""
    return [word for word, _ in _words(line)]


def agreed_words(line: str) -> list[str]:
    """The same, of a line that the grammar takes apart at the same places, as far as it can."""
    found = _words(line)
    typed = [each for _, each in found]
    if not any(UNKNOWN.fullmatch(each) for each in typed) and arguments(line) != typed:
        raise MisreadError(f"the grammar reads {arguments(line)}")
    return [word for word, _ in found]


def arguments(line: str) -> list[str] | None:
    """The arguments as they are typed, by the grammar; None where it finds no meaning in `line`."""
    tree = Parser(Language(tree_sitter_powershell.language())).parse(line.encode())
    if tree.root_node.has_error:
        return None
    elements = _only_child(tree.root_node, "command").child_by_field_name("command_elements")
    return [_typed(each) for each in elements.named_children[1::2]] if elements else []


def _words(line: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(line):
        if line[at].isspace():
            at += 1
            continue
        start = at
        word, at = _word(line, at)
        found.append((word, line[start:at]))
    return found[1:]


def _only_child(node: Node, kind: str) -> Node:
    while node.type != kind and node.named_child_count == 1:
        node = node.named_children[0]
    if node.type != kind:
        raise MisreadError(f"{node.type} is no {kind}")
    return node


def _typed(node: Node) -> str:
    text = (node.text or b"").decode()
    while node.named_child_count == 1:
        node = node.named_children[0]
    expands = node.named_child_count or ("`" in text and node.type != "verbatim_string_characters")
    if node.type not in PLAIN or expands:
        raise MisreadError(f"{text} is a {node.type}")
    return text


def _word(line: str, at: int) -> tuple[str, int]:
    if line[at] in SINGLE + DOUBLE:
        text, end = _quoted(line, at)
        # A string is an argument by itself; what touches it would be another one.
        if end < len(line) and not line[end].isspace():
            raise MisreadError(f"a word ends at its quotes, before {line[end:]!r}")
        return text, end
    if line[at] in "@#$:" or line.startswith("--%", at):
        raise MisreadError(f"{line[at:]!r} means something")
    start, text = at, ""
    is_parameter = re.match(r"[-–—―](?:[^\W\d]|[?])", line[at:]) is not None
    while at < len(line) and not line[at].isspace():
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
