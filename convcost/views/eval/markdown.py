"""Reports in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.cost import Report
from convcost.errors import Problem
from convcost.metrics import METRICS, USUAL
from convcost.views.eval import words
from convcost.views.eval.words import Detail
from convcost.views.figures import arrow, number, percent, sizes
from convcost.views.markdown import Cell, Markdown, blocks, bold, bullets, table
from convcost.views.ops import describe
from convcost.views.screen import PLAIN, Screen
from convcost.views.standing import figure, reasons
from convcost.views.text import Figure

_TITLES = ("layer", "kind", "in → out", "params", "MACs", "share")


def render(
    reports: Sequence[Report],
    screen: Screen = PLAIN,
    detail: Detail = "layers",
    problems: Sequence[Problem] = (),
    metrics: Sequence[str] = (),
) -> Markdown:
    """A table a network with its totals, then one of the networks if there are several."""
    shown = [] if detail == "summary" else reports
    sections = [_network(report, detail, metrics) for report in shown]
    if len(reports) != 1 or detail == "summary":
        sections.append(_summary(reports, metrics))
    return Markdown.of("\n").join(sections)


def _network(report: Report, detail: Detail, metrics: Sequence[str]) -> Markdown:
    titles = (*_TITLES, *(METRICS[metric].title for metric in metrics))
    return blocks(
        [
            Markdown.of("### {}", words.title(report)),
            Markdown.of(
                "{}<br>\n{}",
                words.where_from(report),
                bold(Markdown.of(" · ").join(words.totals(report))),
            ),
            table(titles, _rows(report, detail, metrics), right=titles[3:]),
            bullets([*reasons(report), *words.costliest_lines(report)]),
        ]
    )


def _rows(report: Report, detail: Detail, metrics: Sequence[str]) -> Iterator[list[Cell]]:
    none = [Figure()] * len(metrics)
    for layer in report.layers:
        yield [
            Markdown(layer.name),
            Markdown(layer.kind),
            arrow(layer.ins, layer.out),
            figure(report, "params", layer),
            figure(report, "macs", layer),
            percent(layer.macs, report.macs) if layer.macs else Figure(),
            *(figure(report, metric, layer) for metric in metrics),
        ]
        if detail == "stages" and len(layer.stages) > 1:
            for stage in layer.stages:
                counts = [number(int(stage.params)), number(int(stage.macs)), Figure(), *none]
                what = Markdown.of("↳ {}", describe(stage.op))
                yield [Markdown(), what, arrow(stage.ins, stage.out), *counts]
    sums = [bold(figure(report, metric)) for metric in ("params", "macs")]
    more = [bold(figure(report, metric)) for metric in metrics]
    yield [bold("total"), Markdown(), Markdown(), *sums, Markdown(), *more]


def _summary(reports: Sequence[Report], metrics: Sequence[str]) -> Markdown:
    names = (*USUAL, *metrics)
    titles = ("network", "input", *(METRICS[name].title for name in names))
    rows: list[list[Cell]] = [
        [
            Markdown(words.title(report)),
            sizes(report.input or ()),
            *(figure(report, metric) for metric in names),
        ]
        for report in reports
    ]
    return blocks([table(titles, rows, right=titles[2:]), words.legend(reports)])
