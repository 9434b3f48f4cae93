"""Reports as a terminal shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from convcost.cost import LayerCost, Report, StageCost
from convcost.errors import Problem
from convcost.metrics import METRICS, USUAL
from convcost.views.eval import words
from convcost.views.eval.words import Detail
from convcost.views.figures import arrow, bar, number, percent, sizes
from convcost.views.grid import RULE, Cell, Column, Layout, draw, first_fit
from convcost.views.grid import Row as Cells
from convcost.views.ops import describe
from convcost.views.screen import BOLD, CYAN, DIM, Screen
from convcost.views.standing import figure, reasons
from convcost.views.text import Printable, lined
from convcost.views.wrapping import folded

# What to do without, step by step, where the screen is narrow; of the shapes the output stays.
_STEPS = ("bar", "in", "share", "kind")
_COLUMNS = {
    "layer": Column("layer"),
    "kind": Column("kind"),
    "shapes": Column("in → out"),
    "params": Column("params", right=True),
    "macs": Column("MACs", right=True),
    "share": Column("share", right=True),
    "bar": Column("", gap=1),
}


def render(
    reports: Sequence[Report],
    screen: Screen,
    detail: Detail = "layers",
    problems: Sequence[Problem] = (),
    metrics: Sequence[str] = (),
) -> Printable:
    """A table a network with its totals, then one of the networks if there are several.

    All rows are there, however many; a narrow screen costs the bars, then the input shapes, the
    shares and the kinds.
    """
    shown = [] if detail == "summary" else reports
    sections = [_network(each, screen, detail, metrics) for each in shown]
    if len(reports) != 1 or detail == "summary":
        sections.append(_summary(reports, screen, metrics))
    return lined(sections)


def _network(report: Report, screen: Screen, detail: Detail, metrics: Sequence[str]) -> Printable:
    columns, rows = first_fit(_layouts(report, detail, metrics), screen)
    totals = words.totals(report)
    line = " · ".join(totals)
    lines = [
        Printable.of(
            "{}  {}",
            screen.paint(BOLD, words.title(report)),
            screen.paint(DIM, words.where_from(report)),
        ),
        "",
        draw(columns, rows, screen),
        *([line] if screen.width is None or len(line) <= screen.width else totals),
    ]
    for text in (*reasons(report), *words.costliest_lines(report)):
        lines += [screen.paint(DIM, part) for part in folded(text, screen.width)]
    return lined([*lines, ""])


def _layouts(report: Report, detail: Detail, metrics: Sequence[str]) -> Iterator[Layout]:
    more = {metric: Column(METRICS[metric].title, right=True) for metric in metrics}
    most = max((layer.macs for layer in report.layers), default=0)
    for step in range(len(_STEPS) + 1):
        without = _STEPS[:step]
        columns = {key: column for key, column in (_COLUMNS | more).items() if key not in without}
        if "in" in without:
            columns["shapes"] = Column("output")
        yield list(columns.values()), list(_rows(report, columns, most, "in" in without, detail))


def _rows(
    report: Report, columns: Collection[str], most: int, out_only: bool, detail: Detail
) -> Iterator[Cells]:
    for layer in report.layers:
        cells: dict[str, Cell] = {
            "layer": Printable(layer.name),
            "kind": Printable(layer.kind),
            "shapes": _shapes(layer, out_only),
            "params": figure(report, "params", layer),
            "macs": figure(report, "macs", layer),
            "share": percent(layer.macs, report.macs) if layer.macs else Printable(),
            "bar": (bar(layer.macs, most), CYAN),
            **{metric: figure(report, metric, layer) for metric in report.more},
        }
        yield [cells[key] for key in columns]
        if detail == "stages" and len(layer.stages) > 1:
            for stage in layer.stages:
                inside = _stage(stage, out_only)
                yield [(inside.get(key, Printable()), DIM) for key in columns]
    total = {
        "layer": Printable("total"),
        "params": figure(report, "params"),
        "macs": figure(report, "macs"),
        **{metric: figure(report, metric) for metric in report.more},
    }
    yield RULE
    yield [(total.get(key, Printable()), BOLD) for key in columns]


def _stage(stage: StageCost, out_only: bool) -> dict[str, Printable]:
    return {
        "kind": Printable(f"  {describe(stage.op)}"),
        "shapes": _shapes(stage, out_only),
        "params": number(int(stage.params)),
        "macs": number(int(stage.macs)),
    }


def _shapes(cost: LayerCost | StageCost, out_only: bool) -> Printable:
    return sizes(cost.out) if out_only else arrow(cost.ins, cost.out)


def _summary(reports: Sequence[Report], screen: Screen, metrics: Sequence[str]) -> Printable:
    names = (*USUAL, *metrics)
    columns = [
        Column("network"),
        Column("input"),
        *(Column(METRICS[name].title, right=True) for name in names),
    ]
    rows: list[Cells] = [
        (
            Printable(words.title(report)),
            sizes(report.input or ()),
            *(figure(report, metric) for metric in names),
        )
        for report in reports
    ]
    with_paths = (
        [*columns, Column("file")],
        [[*row, (Printable(report.path), DIM)] for row, report in zip(rows, reports, strict=True)],
    )
    table = draw(*first_fit((with_paths, (columns, rows)), screen), screen)
    return lined([table, screen.paint(DIM, words.legend(reports)), ""])
