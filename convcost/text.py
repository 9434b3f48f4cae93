"""User text made fit for a message: short, and on one line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import islice

# What no shell acts on; PowerShell takes words like -a.b apart, and commas for lists.
_PLAIN = re.compile(r"(?![=%]|-[^-]?[\w-]*[.:])(?:[\w./:=+%-]|(?<=\w)~)+")
# In single quotes everything stands for itself but these: fish knows escapes there, and to
# PowerShell typographic quotes are quotes. In double quotes there are more.
_SINGLE = re.compile(r"(?:[^'‘’‚‛\\]|\\(?![\\]|$))+")
_DOUBLE = re.compile(r"[^\"“”„$`\\!]+")
_PART = re.compile(r"\[[^\]]*\]|[^.\[]+")
LONGEST_SHOWN = 60
MOST_LISTED = 40


def quote(text: str, limit: int = LONGEST_SHOWN) -> str:
    r"""`text` as a message may quote it: cut to `limit` characters, control characters escaped.

    The cut leaves an ellipsis. Whatever Python calls unprintable (terminal escapes, line ends,
    direction overrides, lone surrogates) comes out as `\x1b`, `\n`, `\u202e`.
    """
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    if short.isprintable():
        return short
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in short
    )


def listed(names: Collection[str]) -> str:
    """`a, b, c`: the names as a message may list them, the first `MOST_LISTED` of very many."""
    more = len(names) - MOST_LISTED
    text = ", ".join(map(quote, islice(names, MOST_LISTED)))
    return f"{text} and {more:,} more" if more > 0 else text


def prefixes(name: str) -> list[str]:
    """`stage2`, `stage2[0]` and `stage2[0].expand`: what a layer's name, the last, is inside of."""
    return [name[: part.end()] for part in _PART.finditer(name)]


def is_like(name: str, pattern: str) -> bool:
    """Whether `name` is what `pattern` stands for, in which `*` is any text and brackets are
    brackets."""
    first, *others = pattern.split("*")
    if not others:
        return name == pattern
    *inner, last = others
    at = len(first)
    for piece in inner:
        found = name.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return name.startswith(first) and name.endswith(last) and at + len(last) <= len(name)


def command_line(words: Iterable[str]) -> str:
    """A command to paste into bash, zsh, fish or PowerShell, each of which reads these `words`.

    What has both sorts of quotes, or escapes, no spelling has in common; it is as in bash.
    """
    return " ".join(map(_typed, words))


def _typed(word: str) -> str:
    if _PLAIN.fullmatch(word):
        return word
    if _SINGLE.fullmatch(word):
        return f"'{word}'"
    if _DOUBLE.fullmatch(word):
        return f'"{word}"'
    import shlex  # here, because hardly any word needs it

    return shlex.quote(word)
