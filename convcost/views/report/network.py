"""A network on the page: its figures, where its cost lies, its layers, and how tools count it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from convcost.conventions.reconcile import reconcile
from convcost.cost import NO_MORE, Report
from convcost.metrics.memory import plan
from convcost.views import reconcile as reconciled
from convcost.views.html import Html
from convcost.views.page import blocks
from convcost.views.pictures import eval as costs
from convcost.views.pictures import graph, memory
from convcost.views.report.figures import cards
from convcost.views.report.layers import layers
from convcost.views.report.writer import Blocks, picture, section
from convcost.views.screen import PLAIN
from convcost.views.sheet import Heading, Text
from convcost.views.standing import DEFAULT, reasons
from convcost.views.words import title, where_from

if TYPE_CHECKING:  # most pages hold nothing against another
    from convcost.difference import Diff

_LINE = Html.of("\n")


def source(report: Report) -> Html:
    """Where a network is from."""
    return Html.of('<p class="where">{}</p>', where_from(report))


def network(name: str, report: Report, diff: Diff | None, level: int = 2) -> Iterator[Html]:
    """Its sections, what changed in front; `name` is what leads to it, `level` that of their
    headings."""

    def part(word: str, heading: str, blocks: Iterable[Html]) -> Html:
        return section(f"{name}-{word}", heading, blocks, level)

    if diff:
        yield part("changes", "What changed", _changes(diff))
    yield cards(report)
    yield from blocks([Text(reasons(report), markdown="bullets")], Blocks(""))
    if drawn := _LINE.join(_pictures(report)):
        pictures = Html.of('<div class="pictures">\n{}\n</div>', drawn)
        yield part("pictures", "Where the cost lies", [pictures])
    yield part("layers", "Layers", layers(report))
    yield part("tools", "What tools count", _tools(report))


def _pictures(report: Report) -> Iterator[Html]:
    """What there is to see: nothing binds without a device, and where layers stand alone nothing is
    joined, or alive when others are."""
    yield picture(costs.render([report]), "What each layer and each block costs")
    if report.setting.device and report.convention == DEFAULT:
        from convcost.metrics.roofline import roofline
        from convcost.views.pictures import roofline as roof

        found = roofline(report, report.setting.device, report.setting)
        yield picture(roof.render(found), "What binds each layer")
    if report.input is not None:
        yield picture(memory.render(plan(report)), "Which activations are in memory")
        yield picture(graph.render(report), "From the input down")


def _changes(diff: Diff) -> Iterator[Html]:
    from convcost.views import diff as compared  # seldom asked for
    from convcost.views.pictures import diff as steps

    metrics = [name for name in diff.after.more if name in diff.before.more]
    parts = compared.result(diff, metrics).parts(PLAIN)
    head, *others = blocks(parts, Blocks(f"What changed in {title(diff.after)}"))
    yield head
    if diff.changes:
        yield picture(steps.render(diff), "From the old totals to the new ones")
    yield from others


def _tools(report: Report) -> Iterator[Html]:
    # Nothing but counts is measured anew for each of them.
    counts = report._replace(more=NO_MORE)
    parts = reconciled.result(counts, reconcile(counts)).parts(PLAIN)
    told = [part for part in parts if not isinstance(part, Heading)]
    return blocks(told, Blocks(f"What tools count of {title(report)}"))
