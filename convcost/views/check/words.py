"""What is said of a verdict, in every human format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.budget import METRICS as LIMITS
from convcost.budget import (
    NOTHING_MAY_GROW,
    Change,
    Finding,
    Verdict,
    allowance,
    scope_of,
    total_of,
)
from convcost.checking import undecided
from convcost.cost import Report
from convcost.metrics import METRICS
from convcost.status import status_of
from convcost.views.check import places
from convcost.views.figures import marked, percent
from convcost.views.text import Figure

_SIGN = {True: "≤", False: ">", None: "?"}
_TITLES = {"total": "{}", "layer": "{} a layer", "growth": "{} growth"}
NAMES = {
    metric: _TITLES[scope_of(metric)].format(METRICS[total_of(metric)].title) for metric in LIMITS
}


def by_report(findings: Sequence[Finding]) -> Iterator[tuple[Report, list[Finding]]]:
    """The findings of each report, in the order in which they came."""
    groups: dict[int, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(id(finding.report), []).append(finding)
    for group in groups.values():
        yield group[0].report, group


def comparisons(findings: Sequence[Finding]) -> list[str]:
    """`568,740,352 > 500,000,000`, number under number; always in full, as rounded figures may
    look alike."""
    actual = max((len(actually(finding)) for finding in findings), default=0)
    limit = max((len(f"{finding.limit:,}") for finding in findings), default=0)
    return [
        f"{actually(finding):>{actual}} {_SIGN[finding.passed]} {finding.limit:{limit},}"
        for finding in findings
    ]


def actually(finding: Finding) -> Figure:
    """`≥ 568,740,352`: what there is."""
    return marked(finding.actual, finding.status)


def margin(finding: Finding) -> str:
    """`68,740,352 too many (+13.75%)` or `31,259,648 to spare (5.2%)`."""
    if finding.undecided:
        return "cannot be told"
    if finding.passed:
        spare = percent(-finding.excess, finding.limit)
        return f"{-finding.excess:,} to spare" + (f" ({spare})" if spare else "")
    share = finding.excess_share
    if share is None:
        return f"{finding.excess:,} too many"
    times = f"{finding.actual // finding.limit:,} times the limit"
    return f"{finding.excess:,} too many ({times if share >= 9 else f'{share:+.2%}'})"


def limit_from(finding: Finding) -> str:
    """Where the limit stands, and what a limit on growth is made of."""
    budget = finding.budget
    if budget in NOTHING_MAY_GROW:
        return "none on growth is set, so nothing may grow"
    where = places.limit_from(budget)
    if finding.before is None:
        return where
    return f"{where}, {allowance(budget.limit)} more than the baseline's {finding.before:,}"


def word(finding: Finding) -> str:
    """`pass`, `warn`, `over`, or `open` where it cannot be told."""
    if finding.undecided:
        return "open"
    return "pass" if finding.passed else "over" if finding.failed else "warn"


def delta(change: Change, metric: str) -> str:
    """`+1,200 (+0.21%)`; percentages are of what was there before."""
    amount = change.delta(metric)
    whole = change.before[metric] if change.before else 0
    return f"{amount:+,}" + (f" ({amount / whole:+.2%})" if amount and whole else "")


def deltas(change: Change) -> str:
    """`params +1,200 (+0.21%), MACs -12 (-0.01%)`, of the totals that are others."""
    if change.before is None:
        return "new: " + ", ".join(
            f"{marked(change.report.figure(metric), status_of(change.report.status, metric))} "
            f"{METRICS[metric].title}"
            for metric in change.metrics
        )
    return ", ".join(
        f"{METRICS[metric].title} {delta(change, metric)}"
        for metric in change.metrics
        if change.delta(metric)
    )


def others_over(count: int) -> str:
    """`2 more layers are over it`, of the limit that a layer was told to be over."""
    return f"{count:,} more layer{' is' if count == 1 else 's are'} over it"


def metric_of(finding: Finding) -> str:
    """The metric, and the layer that it was held against."""
    name = NAMES[finding.budget.metric]
    return f"{name}: {finding.layer.name}" if finding.layer else name


def compared(verdict: Verdict) -> str:
    """`compared with convcost.lock: 1 of 3 networks changed`; empty without a baseline."""
    if not verdict.against:
        return ""
    changed = sum(change.changed for change in verdict.changes)
    count = len(verdict.changes)
    said = f"{changed} of {count}" if changed else f"none of {count}"
    return f"compared with {verdict.against}: {said} network{'s' * (count != 1)} changed"


def verdict(result: Verdict) -> str:
    """`3 networks checked, 1 over budget, 2 warnings; 1 could not be checked · convention papers`,
    which is what everything was counted by."""
    groups = [group for _, group in by_report(result.findings)]
    checked = {id(group[0].report) for group in groups}
    checked |= {id(change.report) for change in result.changes}
    over = sum(any(finding.failed for finding in group) for group in groups)
    warned = sum(finding.broken and not finding.failed for finding in result.findings)
    left_open = sum(any(finding.undecided for finding in group) for group in groups)
    count = f"{len(checked)} network{'s' * (len(checked) != 1)} checked"
    warnings = f", {warned} warning{'s' * (warned != 1)}" if warned else ""
    known = set(undecided(result.findings))
    others = [problem for problem in result.problems if problem not in known]
    unchecked = len({problem.place.path if problem.place else "" for problem in others})
    rest = f"; {unchecked} could not be checked" if unchecked else ""
    numbers = {"over budget": over, "cannot be told": left_open}
    said = ", ".join(f"{number} {what}" for what, number in numbers.items() if number)
    if not checked:
        return f"nothing checked{rest}"
    return (
        f"{count}, {said or 'all within budget'}{warnings}{rest} · convention {result.convention}"
    )
