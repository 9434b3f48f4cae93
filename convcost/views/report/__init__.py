"""The report: networks on one page that stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from convcost.cost import Report
from convcost.errors import Problem
from convcost.views import eval as evaluated
from convcost.views.html import Html
from convcost.views.page import blocks
from convcost.views.report.frame import page
from convcost.views.report.network import network, source
from convcost.views.report.writer import Blocks, section
from convcost.views.screen import PLAIN
from convcost.views.sheet import Text
from convcost.views.words import legend, title

if TYPE_CHECKING:  # most pages hold nothing against another
    from convcost.difference import Diff

_LINE = Html.of("\n")


class Shown(NamedTuple):
    """A network, and what changed in it, if it is held against another."""

    report: Report
    diff: Diff | None = None


def metrics_on(on_device: bool) -> tuple[str, ...]:
    """What a page shows of a network besides what is asked for."""
    return ("peak_memory", "least_time") if on_device else ("peak_memory",)


def render(networks: Sequence[Shown], problems: Sequence[Problem] = ()) -> Html:
    """The page of `networks`; `problems` are why others are not on it."""
    reports = [each.report for each in networks]
    names = " · ".join(map(title, reports))
    head, sections = (_several if len(networks) > 1 else _one)(networks)
    if problems:
        said = Text([str(each) for each in problems], markdown="bullets")
        sections.append(section("problems", "Not read", blocks([said], Blocks(""))))
    return page(names, head, sections, legend(reports))


def _one(networks: Sequence[Shown]) -> tuple[Html, list[Html]]:
    """What stands below the name of the only network, and its sections."""
    (report, diff), *_ = networks
    return source(report), list(network("network", report, diff))


def _several(networks: Sequence[Shown]) -> tuple[Html, list[Html]]:
    """Where each network is on the page, and they side by side and one after the other."""
    named = [(f"network-{at}", title(each.report), each) for at, each in enumerate(networks, 1)]
    links = (Html.of('<li><a href="#{}">{}</a></li>', name, words) for name, words, _ in named)
    head = Html.of('<nav aria-label="Networks">\n<ul>\n{}\n</ul>\n</nav>', _LINE.join(links))
    reports = [each.report for each in networks]
    summary = evaluated.result(reports, "summary", metrics=tuple(reports[0].more)).parts(PLAIN)
    return head, [
        section("all", "Side by side", blocks(summary, Blocks("Networks side by side"))),
        *(
            section(name, words, [source(report), *network(name, report, diff, 3)])
            for name, words, (report, diff) in named
        ),
    ]
