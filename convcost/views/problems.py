"""Problems as a person reads them: where, what, the line of the file, and the remedy.

```
specs/a.yaml:12:22: error: unexpected key "kernal" in a layer
   |
12 |   - {kind: standard, kernal: 3}
   |                      ^~~~~~
hint: did you mean "kernel"?
```
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import TypeAlias

from convcost.errors import Place, Problem
from convcost.views.text import columns, label, printable

MOST_SHOWN = 50

_WIDEST_LINE = 120
_NARROWEST_LINE = 20
_TAB = " " * 4
_CUT = "..."
Paint: TypeAlias = Callable[[str, str], str]
"""Styles a text with an ANSI code, or leaves it as it is."""

_BOLD, _RED, _GREEN, _BLUE, _CYAN = "1", "1;31", "1;32", "34", "36"


def render(problems: Sequence[Problem], *, color: bool = False, width: int | None = None) -> str:
    """`problems` as text that ends in a line end, the first `MOST_SHOWN` of them.

    `width` is the terminal's, in columns; source lines longer than it are cut around the span.
    Nothing in a problem can style the output or reach the terminal: control characters are
    escaped. Styled with ANSI escapes if `color`.
    """
    paint = _painted if color else _plain
    blocks = ["\n".join(_block(problem, paint, width)) for problem in problems[:MOST_SHOWN]]
    if len(problems) > MOST_SHOWN:
        blocks.append(f"and {len(problems) - MOST_SHOWN} more")
    # Problems that show a line of source need room between them; one-line problems do not.
    gap = "\n\n" if any("\n" in block for block in blocks) else "\n"
    return gap.join(blocks) + "\n" if blocks else ""


def _block(problem: Problem, paint: Paint, width: int | None) -> Iterator[str]:
    place = problem.place
    where = paint(_BOLD, label(f"{place}:")) + " " if place else ""
    yield f"{where}{paint(_RED, 'error:')} {paint(_BOLD, label(problem.message))}"
    if place and place.line and place.source:
        yield from _snippet(place, paint, width)
    if problem.hint:
        yield f"{paint(_CYAN, 'hint:')} {label(problem.hint)}"
    for text, other in problem.notes:
        yield f"{paint(_CYAN, 'note:')} {label(f'{text}: {other}')}"


def _snippet(place: Place, paint: Paint, width: int | None) -> Iterator[str]:
    number = str(place.line)
    margin = " " * len(number)
    limit = max(_NARROWEST_LINE, (width or _WIDEST_LINE) - len(f"{number} | "))
    line, underline = _underlined(place, limit)
    yield paint(_BLUE, f"{margin} |")
    yield f"{paint(_BLUE, f'{number} |')} {line}"
    if place.col:
        yield f"{paint(_BLUE, f'{margin} |')} {paint(_GREEN, underline)}"


def _underlined(place: Place, limit: int) -> tuple[str, str]:
    """The line, cut to `limit` columns, and the caret that stands under its span."""
    cells = [_TAB if char == "\t" else printable(char) for char in place.source.rstrip("\r\n")]
    # GitHub's logs act on this wherever it stands.
    for found in re.finditer(r"##\[", place.source):
        cells[found.start()] = r"\x23"
    start, end = _span(place, len(cells))
    first, last = _window([columns(cell) for cell in cells], start, limit)
    left = _CUT if first else ""
    right = _CUT if last < len(cells) else ""
    before = columns(left + "".join(cells[first:start]))
    under = columns("".join(cells[start : min(end, last)]))
    line = left + "".join(cells[first:last]) + right
    return line, " " * before + "^" + "~" * (under - 1)


def _span(place: Place, length: int) -> tuple[int, int]:
    """The characters to underline, as a range of the line's `length`; a caret may follow it."""
    start = min(max(place.col - 1, 0), length)
    if place.end_line > place.line:
        return start, length
    return start, max(place.end_col - 1, start + 1)


def _window(widths: Sequence[int], start: int, limit: int) -> tuple[int, int]:
    """The range of characters to show: all, or as many as fit, a third of them before `start`."""
    before = list(accumulate(widths, initial=0))
    if before[-1] <= limit:
        return 0, len(widths)
    room = limit - 2 * len(_CUT)
    leftmost = min(before[start] - room // 3, before[-1] - room)
    first = bisect_left(before, leftmost)
    return first, bisect_right(before, before[first] + room) - 1


def _painted(code: str, text: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"


def _plain(code: str, text: str) -> str:
    return text
