"""Reports as comma-separated values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convcost.cost import LayerCost, Report
from convcost.errors import Problem
from convcost.ops.base import Shape, shown
from convcost.views.eval.words import Detail
from convcost.views.ops import describe
from convcost.views.screen import PLAIN, Screen
from convcost.views.spreadsheet import Csv, sheet
from convcost.views.standing import cell, standing

_COUNTS = ("params", "macs", "activations")
_SHAPES = ("in", "out")
HEADERS = {
    "summary": ("network", "path", "input", *_COUNTS),
    "layers": ("network", "path", "layer", "kind", *_SHAPES, *_COUNTS, "line"),
    "stages": ("network", "path", "layer", "kind", "line", "stage", *_SHAPES, *_COUNTS),
}


def render(
    reports: Sequence[Report],
    screen: Screen = PLAIN,
    detail: Detail = "layers",
    problems: Sequence[Problem] = (),
    metrics: Sequence[str] = (),
) -> Csv:
    """A row a layer, or one a network or an op inside a layer; rows add up to the totals. The
    figures in `metrics` stand behind, and are none of an op's."""
    rows = (row for report in reports for row in _rows(report, detail, metrics))
    return sheet((*HEADERS[detail], "convention", "status", *metrics), rows)


def _rows(report: Report, detail: Detail, metrics: Sequence[str]) -> Iterator[tuple[object, ...]]:
    network, rule = (report.name, report.path), report.convention
    if detail == "summary":
        size = shown(report.input) if report.input else None
        counts = (report.params, report.macs, report.activations)
        status = cell(standing(report))
        yield (*network, size, *counts, rule, status, *map(report.figure, metrics))
        return
    for layer in report.layers:
        line, status = layer.line or None, cell(standing(report, layer))
        if detail == "layers":
            counts = (layer.params, layer.macs, layer.activations)
            shapes = (_joined(layer.ins), shown(layer.out))
            own = (*network, layer.name, layer.kind, *shapes, *counts, line)
            yield (*own, rule, status, *map(layer.figure, metrics))
        else:
            left, right = (*network, layer.name, layer.kind, line), (rule, status)
            none = [None] * len(metrics)
            yield from ((*left, *row, *right, *none) for row in _stages(layer))


def _stages(layer: LayerCost) -> Iterator[tuple[object, ...]]:
    for stage in layer.stages:
        counts = (int(stage.params), int(stage.macs), stage.activations)
        yield (describe(stage.op), _joined(stage.ins), shown(stage.out), *counts)


def _joined(shapes: Iterable[Shape]) -> str:
    return " + ".join(map(shown, shapes))
