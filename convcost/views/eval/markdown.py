"""Reports in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.cost import Report
from convcost.errors import Problem
from convcost.views.eval import words
from convcost.views.eval.words import Detail
from convcost.views.figures import arrow, number, percent, sizes
from convcost.views.markdown import escape, table
from convcost.views.ops import describe
from convcost.views.screen import PLAIN, Screen

_TITLES = ("layer", "kind", "in → out", "params", "MACs", "share")


def render(
    reports: Sequence[Report],
    screen: Screen = PLAIN,
    detail: Detail = "layers",
    problems: Sequence[Problem] = (),
) -> str:
    """A table a network with its totals, then one of the networks if there are several."""
    sections = [] if detail == "summary" else [_network(report, detail) for report in reports]
    if len(reports) != 1 or detail == "summary":
        sections.append(_summary(reports))
    return "\n".join(sections)


def _network(report: Report, detail: Detail) -> str:
    totals = " · ".join(words.totals(report))
    return "\n".join(
        [
            f"### {escape(words.title(report))}",
            "",
            f"{escape(words.where_from(report))}<br>",
            f"**{totals}**",
            "",
            table(_TITLES, _rows(report, detail), right=_TITLES[3:]),
            *(f"- {escape(line)}" for line in words.costliest_lines(report)),
            "",
        ]
    )


def _rows(report: Report, detail: Detail) -> Iterator[list[str]]:
    for layer in report.layers:
        yield [
            escape(layer.name),
            escape(layer.kind),
            arrow(layer.ins, layer.out),
            number(layer.params),
            number(layer.macs),
            percent(layer.macs, report.macs) if layer.macs else "",
        ]
        if detail == "stages" and len(layer.stages) > 1:
            for stage in layer.stages:
                counts = [number(int(stage.params)), number(int(stage.macs)), ""]
                what = f"↳ {escape(describe(stage.op))}"
                yield ["", what, arrow(stage.ins, stage.out), *counts]
    yield ["**total**", "", "", f"**{report.params:,}**", f"**{report.macs:,}**", ""]


def _summary(reports: Sequence[Report]) -> str:
    titles = ("network", "input", "params", "MACs", "activations")
    rows = [
        [
            escape(words.title(report)),
            sizes(report.input or ()),
            number(report.params),
            number(report.macs),
            number(report.activations),
        ]
        for report in reports
    ]
    return f"{table(titles, rows, right=titles[2:])}\n{words.legend(reports)}\n"
