"""Budgets held against reports: what keeps within them, what does not, what cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from convcost.budget import Budget, Finding, scope_of, total_of
from convcost.cost import LayerCost, Report
from convcost.errors import Place, Problem, UsageError
from convcost.metrics import measured
from convcost.status import ALL_COMPLETE, Status, Statuses, merged, status_of

TOP_LAYERS = 3
_OPEN_HINT = "limit what is known, or add --lenient to take what was counted for all there is"


def check(
    report: Report,
    budgets: Iterable[Budget],
    before: Mapping[str, int] | None = None,
    *,
    status_before: Statuses = ALL_COMPLETE,
    lenient: bool = False,
) -> tuple[Finding, ...]:
    """Every budget held against `report`, passed ones included, in the order given.

    A limit on layers gives a finding for each layer that is over it, or else one for the layer
    that comes closest; and one more for those of which that cannot be told. `before` are the
    totals that growth is measured from, with their statuses; without them limits on growth are
    left out. What was not understood leaves a finding undecided, unless `lenient`. UsageError for
    a limit on what is no metric, or on growth of what `before` lacks.
    """
    budgets = tuple(budgets)
    report = measured(report, dict.fromkeys(total_of(budget.metric) for budget in budgets))
    small = report._replace(layers=())
    return tuple(
        finding.changed(is_lenient=True) if lenient else finding
        for budget in budgets
        for finding in _held(report, small, budget, before, status_before)
    )


def undecided(findings: Iterable[Finding]) -> list[Problem]:
    """Why limits could not be held, one problem a finding, where the layer or the limit stands."""
    return [
        Problem(finding.message, _place_of(finding), _OPEN_HINT)
        for finding in findings
        if finding.undecided
    ]


def _place_of(finding: Finding) -> Place | None:
    path, layer = finding.report.path, finding.layer
    if path and layer and layer.line:
        return Place(path, layer.line)
    return finding.budget.place or (Place(path) if path else None)


def _held(
    report: Report,
    small: Report,
    budget: Budget,
    before: Mapping[str, int] | None,
    status_before: Statuses,
) -> Iterator[Finding]:
    name, scope = total_of(budget.metric), scope_of(budget.metric)
    if scope == "layer":
        yield from _held_by_layers(report, small, budget, name)
        return
    top = tuple(map(_small, report.top(name, TOP_LAYERS)))
    actual, status = report.figure(name), status_of(report.status, name)
    if scope == "total":
        yield Finding(small, budget, actual, int(budget.limit), top, status=status)
    elif before is not None:
        if name not in before:
            raise UsageError(f"{budget.metric} is limited, and the baseline has no {name}")
        start = before[name]
        more = budget.limit * start if isinstance(budget.limit, Fraction) else budget.limit
        limit = start + int(more)
        status = _grown(status, status_of(status_before, name), fits=actual <= limit)
        yield Finding(small, budget, actual, limit, top, before=start, status=status)


def _grown(now: Status, before: Status, *, fits: bool) -> Status:
    """How sure it is that a figure has grown, or has not, since a baseline that may be no surer.

    What keeps within a lower bound's allowance is within that of the real figure.
    """
    if before.state == "complete":
        return now
    if before.state == "at least" and (fits or now.state == "at least"):
        return now
    return Status("about", f"the baseline itself is no exact figure, but {before.state} that")


def _held_by_layers(report: Report, small: Report, budget: Budget, name: str) -> Iterator[Finding]:
    limit = int(budget.limit)

    def finding(layer: LayerCost) -> Finding:
        layer, status = _small(layer), status_of(layer.status, name)
        actual = layer.figure(name)
        return Finding(small, budget, actual, limit, (layer,), layer=layer, status=status)

    over = [layer for layer in report.layers if layer.figure(name) > limit]
    unclear = [finding(layer) for layer in report.layers if name in layer.status]
    left_open = sorted((each for each in unclear if each.undecided), key=lambda each: -each.actual)
    if left_open:
        reasons = merged({name: each.status} for each in left_open)
        yield left_open[0].changed(status=reasons[name])
    elif not over:
        over = list(report.top(name, 1) or report.layers[:1])
    decided = [each for each in map(finding, over) if not each.undecided]
    yield from decided


def _small(layer: LayerCost) -> LayerCost:
    return layer._replace(stages=())
