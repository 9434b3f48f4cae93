"""The figures of a network, large, each with what it is made of when it is opened."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from convcost import metrics
from convcost.cost import Report
from convcost.metrics import METRICS, USUAL
from convcost.status import status_of
from convcost.views.figures import duration, flops, in_bytes, short, with_sign
from convcost.views.html import Html
from convcost.views.standing import DEFAULT, figure, standing, titled
from convcost.views.text import Figure
from convcost.views.words import costliest, terms

_LINE = Html.of("\n")


def cards(report: Report) -> Html:
    """A figure a metric, the usual first."""
    found = (_card(report, name) for name in (*USUAL, *report.more))
    return Html.of('<div class="cards">\n{}\n</div>', _LINE.join(found))


def _card(report: Report, name: str) -> Html:
    said = _LINE.join(Html.of("<p>{}</p>", text) for text in explained(report, name))
    return Html.of(
        '<details class="card">\n<summary><span class="large">{}</span> '
        '<span class="exact">{} {}</span></summary>\n{}\n</details>',
        _rounded(report, name),
        figure(report, name),
        titled(report, name),
        said,
    )


def _rounded(report: Report, name: str) -> Figure:
    status = status_of(standing(report), name)
    if status.state == "unknown":
        return figure(report, name)
    unit, amount = METRICS[name].unit, report.figure(name)
    if unit == "nanoseconds":
        return with_sign(duration(Fraction(amount, 10**9)), status)
    return with_sign(short(amount, unit), status)


def explained(report: Report, name: str) -> Iterator[str]:
    """What a figure of a network is, what it is made of, and how far it is to be believed."""
    metric, amount = metrics.find(name), report.figure(name)
    yield f"{metric.doc[:1].upper()}{metric.doc[1:]}."
    if name == "macs" and report.convention == DEFAULT:
        yield f"{flops(amount)} = 2 × MACs."
    if metric.unit == "bytes":
        yield f"{in_bytes(amount)}."
    yield from (f"{text}." for text in terms(report, [name]))
    if METRICS[name].adds_up and (costly := costliest(report.top(name), name, amount)):
        yield f"Most of it is in {costly}."
    status = status_of(standing(report), name)
    if status.state != "complete":
        yield f"{status.state}: {status.why}."
