"""The line on top of a file that says that convcost wrote it, and may write it again."""

from __future__ import annotations

import re
from itertools import islice

from convcost.sources.frameworks import FRAMEWORKS

IMPORTED = "Imported from"
"""How the comment on top of an imported spec begins, which is its mark."""

_FROM = "|".join(("PyTorch", *(each.name for each in FRAMEWORKS)))
_OURS = re.compile(rf"# (Written by convcost |{IMPORTED} ({_FROM}): )")
_EDITORS = "# yaml-language-server:"
"""What an editor takes from the first line alone, so that a mark stands behind it."""


def is_marked(text: str) -> bool:
    """Whether a mark is on top of `text`."""
    lines = list(islice(text.splitlines(), 2))
    at = 1 if lines and lines[0].startswith(_EDITORS) else 0
    return any(map(_OURS.match, lines[at : at + 1]))


def marked(text: str, command: str) -> str:
    """`text` with a mark on top, unless it has one."""
    if is_marked(text):
        return text
    first, end, rest = text.partition("\n") if text.startswith(_EDITORS) else ("", "", text)
    return f"{first}{end}# Written by convcost {command}\n{rest}"
