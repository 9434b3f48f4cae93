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

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from convcost.errors import Place, Problem
from convcost.views.screen import Screen
from convcost.views.sheet import Column
from convcost.views.text import Printable, columns, command_starts, lined, printable

COLUMNS: Sequence[Column[Problem]] = (
    Column("path", lambda problem: problem.place.path if problem.place else None),
    Column("line", lambda problem: (problem.place and problem.place.line) or None),
    Column("col", lambda problem: (problem.place and problem.place.col) or None),
    Column("message", lambda problem: problem.message),
    Column("hint", lambda problem: problem.hint or None),
)
"""For machines: what was wrong and where; positions are null where there are none."""
MOST_SHOWN = 50

_LONGEST_LINE = 10_000
"""What a machine wrote on one line helps nobody, and takes a second to cut."""
_WIDEST_LINE = 120
_NARROWEST_LINE = 20
_TAB = " " * 4
_CUT = "..."
_NEXT, _APART = Printable.of("\n"), Printable.of("\n\n")

_BOLD, _RED, _GREEN, _BLUE, _CYAN = "1", "1;31", "1;32", "34", "36"


def render(
    problems: Sequence[Problem], *, color: bool = False, width: int | None = None
) -> Printable:
    """`problems` as text that ends in a line end, the first `MOST_SHOWN` of them.

    `width` is the terminal's, in columns; source lines longer than it are cut around the span.
    Nothing in a problem can style the output or reach the terminal: control characters are
    escaped. Styled with ANSI escapes if `color`.
    """
    screen = Screen(width, color)
    blocks = [lined(_block(problem, screen)) for problem in problems[:MOST_SHOWN]]
    if len(problems) > MOST_SHOWN:
        blocks.append(Printable.of("and {} more", len(problems) - MOST_SHOWN))
    # Problems that show a line of source need room between them; one-line problems do not.
    gap = _APART if any("\n" in block for block in blocks) else _NEXT
    return Printable.of("{}\n", gap.join(blocks)) if blocks else Printable()


def _block(problem: Problem, screen: Screen) -> Iterator[Printable]:
    place, paint = problem.place, screen.paint
    where = Printable.of("{} ", paint(_BOLD, f"{place}:")) if place else ""
    yield Printable.of("{}{} {}", where, paint(_RED, "error:"), paint(_BOLD, problem.message))
    if place and place.line and 0 < len(place.source) <= _LONGEST_LINE:
        yield from _snippet(place, screen)
    if problem.hint:
        yield Printable.of("{} {}", paint(_CYAN, "hint:"), problem.hint)
    for text, other in problem.notes:
        yield Printable.of("{} {}", paint(_CYAN, "note:"), f"{text}: {other}")


def _snippet(place: Place, screen: Screen) -> Iterator[Printable]:
    number = str(place.line)
    margin = screen.paint(_BLUE, " " * len(number) + " |")
    limit = max(_NARROWEST_LINE, (screen.width or _WIDEST_LINE) - len(f"{number} | "))
    line, underline = _underlined(place, limit)
    yield margin
    yield Printable.of("{} {}", screen.paint(_BLUE, f"{number} |"), line)
    if place.col:
        yield Printable.of("{} {}", margin, screen.paint(_GREEN, underline))


def _underlined(place: Place, limit: int) -> tuple[str, str]:
    """The line, cut to `limit` columns, and the caret that stands under its span."""
    source = place.source.rstrip("\r\n")
    cells = [_TAB if char == "\t" else printable(char) for char in source]
    for at in command_starts(source.replace("\t", " ")):
        cells[at] = f"\\x{ord(source[at]):02x}"
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
