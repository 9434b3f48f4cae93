"""A network as a graph, from its input down: blocks as boxes, filled as far as they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.cost import Report
from convcost.metrics import METRICS
from convcost.quantity import human
from convcost.text import quote
from convcost.views.eval.lines import Line
from convcost.views.figures import sizes
from convcost.views.pictures.page import WIDTH, Panel, page
from convcost.views.pictures.runs import runs
from convcost.views.pictures.storeys import Item, placed
from convcost.views.pictures.svg import (
    FONT,
    LINE,
    Point,
    Svg,
    arrow,
    fitted,
    group,
    line,
    rect,
    text,
)
from convcost.views.standing import figure
from convcost.views.words import title

METRIC = "macs"
_TOLD = (METRIC, "params")
_WIDTH = 204.0
_HEAD = 2 * LINE + 4
_FILLED = 420.0
"""Pixels of height that the boxes of a whole network are filled by."""
_INPUT = LINE + 6


def render(report: Report) -> Svg:
    """Blocks that follow each other, as few as fit a page, joined as the network joins them."""
    boxes = runs(report)
    items = [Item(_WIDTH, _INPUT, ())]
    for each in boxes:
        sources = tuple(source + 1 for source in each.sources)
        items.append(Item(_WIDTH, _HEAD + _filled(each.line), sources))
    found = placed(items)
    marks = [mark for way in found.joins for mark in _join(way)]
    marks += _input(report, found.corners[0])
    for each, corner in zip(boxes, found.corners[1:], strict=True):
        marks += _box(each.line, corner)
    width = max(WIDTH, found.width)
    asked = f"blocks, filled by how much they have of all {METRICS[METRIC].title}"
    return page(
        title(report),
        asked,
        [Panel(width, found.height, [group((width - found.width) / 2, 0, marks)])],
    )


def _filled(block: Line) -> float:
    whole = block.report.figure(METRIC)
    return _FILLED * (block.amount(METRIC) or 0) / whole if whole else 0


def _join(way: Sequence[Point]) -> Iterator[Svg]:
    *others, before, end = way
    if others:
        yield line([*others, before], "axis")
    yield arrow(before, end)


def _input(report: Report, corner: Point) -> Iterator[Svg]:
    x, y = corner
    yield rect(x, y, _WIDTH, _INPUT, "map", "the network's input")
    words = f"input {sizes(report.input or ())}"
    yield text(x + _WIDTH / 2, y + FONT + 4, fitted(words, _WIDTH - 8), "dim", "middle")


def _box(block: Line, corner: Point) -> Iterator[Svg]:
    (x, y), filled = corner, _filled(block)
    assert block.layer is not None, "a block is told as a layer"
    amounts = [f"{figure(block.report, name, block.layer)} {METRICS[name].title}" for name in _TOLD]
    told = f"{quote(block.layer.name)}: {', '.join(amounts)}, {sizes(block.layer.out)}"
    yield rect(x, y, _WIDTH, _HEAD + filled, "map", told)
    if filled:
        yield rect(x, y + _HEAD, _WIDTH, filled, "shade shade2", told)
    yield text(x + 6, y + FONT + 3, fitted(block.layer.name, _WIDTH - 12), "strong")
    found = [(block.amount(name) or 0, METRICS[name].title) for name in _TOLD]
    said = " · ".join(f"{human(amount)} {words}" for amount, words in found if amount)
    yield text(x + 6, y + FONT + 3 + LINE, fitted(said or block.layer.kind, _WIDTH - 12), "dim")
