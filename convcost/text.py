"""User text made fit for a message: short, and on one line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import islice, takewhile

# Patterns that few runs need are text here and elsewhere: `re` compiles one when it is used, and
# keeps it. Compiled at once, they would take a twentieth of the time of a comparison.

# What no shell acts on, at its start too; PowerShell takes words like -a.b apart, and commas for
# lists, and reads nothing behind --%.
_PLAIN = re.compile(r"(?=[\w./-])(?!-(?!-).*[.:]|--%)(?:[\w./:=+%-]|(?<=\w)~)+")
# In single quotes everything stands for itself but these: fish knows escapes there, and to
# PowerShell typographic quotes are quotes. In double quotes there are more.
_SINGLE = r"(?:[^'‘’‚‛\\]|\\(?![\\]|$))+"
_DOUBLE = r"[^\"“”„$`\\!]+"
# What needs both goes on behind letters: PowerShell ends a word with the quotes that it began with.
_MIXED = r"((?:\./|[^\W\d])[\w./:=+%-]*)(.*)"
_PIECES = r"['‘’‚‛]+|[^'‘’‚‛]+"
# The letters of "rnn" are spelled out, and the first is spoken "ar".
_SPOKEN_AS_VOWEL = r"(?!use)[aeiou]|[fhlmnrsx][^\Waeiouy]*\b"
_PART = re.compile(r"\[[^\]]*\]|[^.\[]+")
CARRIED: list[str] = []
"""What brought code of the user's along, which commands to be pasted bring along again."""
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


def with_article(words: str) -> str:
    """`an inverted-residual layer`, `an rnn`, `a use entry`: as the first word is spoken."""
    return f"{'an' if re.match(_SPOKEN_AS_VOWEL, words, re.IGNORECASE) else 'a'} {words}"


def prefixes(name: str) -> list[str]:
    """`stage2`, `stage2[0]` and `stage2[0].expand`: what a layer's name, the last, is inside of."""
    return [name[: part.end()] for part in _PART.finditer(name)]


def beginning(name: str, parts: int) -> str:
    """The first so many parts of a layer's name: of `stage2[0].expand`, `stage2[0]` are two."""
    end = 0
    for part in islice(_PART.finditer(name), parts):
        end = part.end()
    return name[: end or None]


def alike(one: str, other: str) -> int:
    """How many parts of layers' names are the same before they first differ."""
    pairs = zip(_PART.findall(one), _PART.findall(other), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


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

    What no spelling has in common is as in bash: two backslashes together, or one at the end; and
    both sorts of quotes in a word that does not begin with letters.
    """
    several = [*words]
    carried = CARRIED if several[:1] == ["convcost"] else []
    return " ".join(map(_typed, several + carried))


def _typed(word: str) -> str:
    if _PLAIN.fullmatch(word):
        return word
    if quoted := _quoted(word):
        return quoted
    if mixed := re.fullmatch(_MIXED, word, re.DOTALL):
        pieces = [_quoted(piece) for piece in re.findall(_PIECES, mixed[2])]
        if all(pieces):
            return "".join([mixed[1], *pieces])
    import shlex  # here, because hardly any word needs it

    return shlex.quote(word)


def _quoted(text: str) -> str:
    """`text` in quotes that every shell reads alike; empty if there are none."""
    if re.fullmatch(_SINGLE, text):
        return f"'{text}'"
    return f'"{text}"' if re.fullmatch(_DOUBLE, text) else ""
