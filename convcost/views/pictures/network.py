"""What each layer of a network costs, in their order: bars under which the blocks are named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from convcost.cost import Report
from convcost.frozen import Frozen
from convcost.metrics import METRICS, USUAL
from convcost.text import alike, beginning, quote
from convcost.views.eval.blocks import added_up
from convcost.views.eval.lines import Line
from convcost.views.pictures.axes import TICK, Scale, room_for, up
from convcost.views.pictures.page import WIDTH, Panel
from convcost.views.pictures.svg import FONT, LINE, Svg, fitted, group, lines, rect, text, width_of
from convcost.views.standing import standing, titled

MOST_BARS = 250
"""Of a network with more layers that cost anything, several that follow each other are a bar."""
_HEIGHT = 96
_TOP = LINE + 6
_FEWEST_BLOCKS = 3
_LONGEST = 110.0


class Binned(Frozen):
    """The rows of a network, `together` so many layers each."""

    rows: Sequence[Line]
    together: int = 1


def binned(report: Report) -> Binned:
    """The layers that cost anything, or as many together as it takes."""
    figures = (*USUAL, *report.more)
    costly = [
        Line(report, layer)
        for layer in report.layers
        if layer.status or any(map(layer.figure, figures))
    ]
    together = -(-len(costly) // MOST_BARS)
    if together <= 1:
        return Binned(costly)
    parts = [costly[start : start + together] for start in range(0, len(costly), together)]
    return Binned([added_up(_span(each), each) for each in parts], together)


def costs(report: Report, metrics: Sequence[str], found: Binned) -> Iterator[Panel]:
    """A panel for each metric, below the last of which the blocks are named."""
    scales = {
        name: Scale(
            *(0, max((row.amount(name) or 0 for row in found.rows), default=0)),
            *(_TOP + _HEIGHT, _TOP),
            is_binary=METRICS[name].unit == "bytes",
        )
        for name in metrics
    }
    left = max(room_for(scale) for scale in scales.values())
    across = Scale(0, max(1, len(found.rows)), left, WIDTH)
    for name, scale in scales.items():
        of = "each layer" if found.together == 1 else f"{found.together} layers at a time"
        marks = [
            text(0, FONT - 2, f"{titled(report, name)} of {of}", "dim"),
            *up(scale, left, WIDTH),
            *_bars(found.rows, name, across, scale),
        ]
        height = _TOP + _HEIGHT
        if name == metrics[-1]:
            marks.append(group(0, height, _blocks(report, found, across)))
            height += TICK + LINE
        yield Panel(WIDTH, height, marks)


def _bars(rows: Sequence[Line], metric: str, across: Scale, scale: Scale) -> Iterator[Svg]:
    bottom, taken = scale.start, float("-inf")
    for place, row in enumerate(rows):
        x, width = across.at(place), across.at(place + 1) - across.at(place)
        top = scale.at(float(row.amount(metric) or 0))
        name = quote(row.layer.name) if row.layer else ""
        told = f"{name}: {row.figure(metric)} {METRICS[metric].title}"
        if row.amount(metric):
            yield rect(x, top, width * 0.9, max(bottom - top, 0.5), "shade0", told)
        if metric in standing(row.report, row.layer) and x > taken:
            yield text(x + width / 2, top - 3, "?", "strong", "middle")
            taken = x + FONT


def _blocks(report: Report, found: Binned, across: Scale) -> Iterator[Svg]:
    """The names of blocks below their bars, those of the longest first, as far as there is room."""
    depth = _depth(report)
    spans: list[tuple[float, float, str]] = []
    place = 0
    for name, held in groupby(found.rows, key=lambda row: beginning(_first(row), depth)):
        count = len(list(held))
        spans.append((across.at(place), across.at(place + count), name))
        place += count
    yield lines([(end, 0, end, TICK) for _, end, _ in spans], "axis")
    taken: list[tuple[float, float]] = []
    for start, end, name in sorted(spans, key=lambda span: span[0] - span[1]):
        words = fitted(name, _LONGEST)
        half = width_of(words) / 2
        middle = (start + end) / 2
        x = min(max(middle, half), across.end - half)
        if abs(x - middle) > FONT or any(x - half < b + 4 and a < x + half + 4 for a, b in taken):
            continue
        taken.append((x - half, x + half))
        yield text(x, TICK + FONT, words, "dim", "middle")


def _depth(report: Report) -> int:
    """How many parts of a name tell blocks apart: as few as make several blocks."""
    names = [layer.name for layer in report.layers]
    least = alike(min(names, default=""), max(names, default="")) + 1
    for depth in range(least, least + _FEWEST_BLOCKS):
        if len({beginning(name, depth) for name in names}) >= _FEWEST_BLOCKS:
            break
    return depth


def _first(row: Line) -> str:
    layer = row.parts[0] if row.parts else row.layer
    return layer.name if layer else ""


def _span(rows: Sequence[Line]) -> str:
    ends = [quote(row.layer.name) for row in (rows[0], rows[-1]) if row.layer]
    return " to ".join(ends)
