"""Reports in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.cost import Report
from convcost.errors import Problem
from convcost.views.eval import words
from convcost.views.eval.words import Detail
from convcost.views.figures import arrow, number, percent, sizes
from convcost.views.markdown import Cell, Markdown, blocks, bold, bullets, table
from convcost.views.ops import describe
from convcost.views.screen import PLAIN, Screen
from convcost.views.standing import NAMES, figure, reasons
from convcost.views.text import Figure

_TITLES = ("layer", "kind", "in → out", "params", "MACs", "share")


def render(
    reports: Sequence[Report],
    screen: Screen = PLAIN,
    detail: Detail = "layers",
    problems: Sequence[Problem] = (),
) -> Markdown:
    """A table a network with its totals, then one of the networks if there are several."""
    sections = [] if detail == "summary" else [_network(report, detail) for report in reports]
    if len(reports) != 1 or detail == "summary":
        sections.append(_summary(reports))
    return Markdown.of("\n").join(sections)


def _network(report: Report, detail: Detail) -> Markdown:
    return blocks(
        [
            Markdown.of("### {}", words.title(report)),
            Markdown.of(
                "{}<br>\n{}",
                words.where_from(report),
                bold(Markdown.of(" · ").join(words.totals(report))),
            ),
            table(_TITLES, _rows(report, detail), right=_TITLES[3:]),
            bullets([*reasons(report), *words.costliest_lines(report)]),
        ]
    )


def _rows(report: Report, detail: Detail) -> Iterator[list[Cell]]:
    for layer in report.layers:
        yield [
            Markdown(layer.name),
            Markdown(layer.kind),
            arrow(layer.ins, layer.out),
            figure(report, "params", layer),
            figure(report, "macs", layer),
            percent(layer.macs, report.macs) if layer.macs else Figure(),
        ]
        if detail == "stages" and len(layer.stages) > 1:
            for stage in layer.stages:
                counts = [number(int(stage.params)), number(int(stage.macs)), Figure()]
                what = Markdown.of("↳ {}", describe(stage.op))
                yield [Markdown(), what, arrow(stage.ins, stage.out), *counts]
    sums = [bold(figure(report, metric)) for metric in ("params", "macs")]
    yield [bold("total"), Markdown(), Markdown(), *sums, Markdown()]


def _summary(reports: Sequence[Report]) -> Markdown:
    titles = ("network", "input", "params", "MACs", "activations")
    rows: list[list[Cell]] = [
        [
            Markdown(words.title(report)),
            sizes(report.input or ()),
            *(figure(report, metric) for metric in NAMES),
        ]
        for report in reports
    ]
    return blocks([table(titles, rows, right=titles[2:]), words.legend(reports)])
