"""What is said of a finding, in every human format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.budget import Finding
from convcost.cost import Report
from convcost.errors import Problem
from convcost.views.figures import percent
from convcost.views.text import label

NAMES = {"params": "params", "macs": "MACs", "activations": "activations"}


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
    actual = max(len(f"{finding.actual:,}") for finding in findings)
    limit = max(len(f"{finding.budget.limit:,}") for finding in findings)
    return [
        f"{finding.actual:{actual},} {'≤' if finding.passed else '>'} "
        f"{finding.budget.limit:{limit},}"
        for finding in findings
    ]


def margin(finding: Finding) -> str:
    """`68,740,352 too many (+13.75%)` or `31,259,648 to spare (5.2%)`."""
    if finding.passed:
        spare = percent(-finding.excess, finding.budget.limit)
        return f"{-finding.excess:,} to spare" + (f" ({spare})" if spare else "")
    share = finding.excess_share
    if share is None:
        return f"{finding.excess:,} too many"
    times = f"{finding.actual // finding.budget.limit:,} times the limit"
    return f"{finding.excess:,} too many ({times if share >= 9 else f'{share:+.2%}'})"


def limit_from(finding: Finding) -> str:
    """Where the limit stands: `specs/a.yaml:40:17`, or the flag that gave it."""
    place = finding.budget.place
    return label(str(place)) if place else f"--max-{finding.budget.metric}"


def verdict(findings: Sequence[Finding], problems: Sequence[Problem]) -> str:
    """`3 networks checked, 1 over budget`; `problems` are those of specs that could not be."""
    networks = list(by_report(findings))
    over = sum(any(not finding.passed for finding in group) for _, group in networks)
    count = f"{len(networks)} network{'s' * (len(networks) != 1)} checked"
    unchecked = len({problem.place.path if problem.place else "" for problem in problems})
    rest = f"; {unchecked} could not be checked" if unchecked else ""
    return f"{count}, {f'{over} over budget' if over else 'all within budget'}{rest}"
