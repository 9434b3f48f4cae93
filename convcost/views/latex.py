"""LaTeX: names that cannot become anything but text, and signs that every TeX can set."""

from __future__ import annotations

import re
from functools import lru_cache

from convcost.views.language import Language
from convcost.views.text import command_starts, printable

_SIGNS = {
    **{char: f"\\{char}" for char in "{}$&#_%"},
    **{char: f"{{{char}}}" for char in "[]*"},  # which an end of line or an item would take
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    '"': r"\char34{}",
    "×": r"$\times$",
    "·": r"$\cdot$",
    "²": "$^2$",
    "³": "$^3$",
    "ᵀ": "$^T$",
    "→": r"$\rightarrow$",
    "↳": r"$\hookrightarrow$",
    "≤": r"$\leq$",
    "≥": r"$\geq$",
    "≈": r"$\approx$",
    "✅": r"$\surd$",
    "❌": r"$\otimes$",
}
_TABLE = str.maketrans(_SIGNS)
_LIGATURES = re.compile(r"(?<=([-,']))(?=\1)")
_MINUS = re.compile(r"^-(?=\d|$)")


class Latex(Language):
    """Text that LaTeX sets as it is: no command, comment, sign or ligature acts, nor does a log.

    A blank line ends a paragraph, so there is none in it. Other scripts stay as they are.
    """

    __slots__ = ()

    @classmethod
    def _escaped(cls, text: str) -> str:
        return _inert(text)


@lru_cache(maxsize=10_000)
def _inert(text: str) -> str:
    safe = printable(text)
    if acting := set(command_starts(safe)):
        signs = (
            _SIGNS.get(char) or (f"{{{char}}}" if at in acting else char)
            for at, char in enumerate(safe)
        )
        escaped = "".join(signs)
    else:
        escaped = safe.translate(_TABLE)
    return _MINUS.sub("$-$", _LIGATURES.sub("{}", escaped))
