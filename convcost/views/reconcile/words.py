"""What is said of conventions, in every human format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from convcost.conventions import DEFAULT, Convention
from convcost.conventions.classes import CLASSES, label
from convcost.conventions.reconcile import ConventionRow, Explanation, Part, Rule
from convcost.views.figures import signed
from convcost.views.standing import reasons

if TYPE_CHECKING:  # seldom asked for
    from convcost.conventions.search import Reading, Search


def counted(rule: Rule) -> str:
    """`11,113,984 elements under batch norm`: how much there is of what."""
    return f"{rule.done:,} {CLASSES[rule.work].what}"


def times(rule: Rule) -> str:
    """`2 each`, or `0 each instead of 1` where the default counts it too."""
    instead = f" instead of {rule.default}" if rule.default else ""
    return f"{rule.weight} each{instead}"


def made_up_of(parts: Iterable[Part]) -> list[str]:
    """`+22,227,968 norm`, a text a part."""
    return [f"{signed(part.amount)} {part.label}" for part in parts]


def notes(rows: Sequence[ConventionRow]) -> Iterator[str]:
    """What the table of all conventions does not say."""
    yield f"Differences are to {DEFAULT.name}, the default: {DEFAULT.summary}."
    yield from (f"{DEFAULT.name}: {reason}." for row in rows for reason in reasons(row.report))
    for row in rows:
        if row.convention.each != 1:
            yield (
                f"{row.convention.name} prints {row.printed:,} {row.convention.unit}: "
                f"{row.convention.each} for each multiply-add."
            )
        if row.params_difference:
            yield f"{row.convention.name} counts {row.report.params:,} params, {params(row)}."


def params(row: ConventionRow) -> str:
    """`6,379,984 fewer than papers`."""
    return f"{compared(row.params_difference)} {DEFAULT.name}"


def compared(difference: int) -> str:
    """`22,328,320 more than`, or `as many as`."""
    if not difference:
        return "as many as"
    return f"{abs(difference):,} {'more' if difference > 0 else 'fewer'} than"


def verdict(explanation: Explanation) -> str:
    """The two totals and what lies between them, in one sentence."""
    row = explanation.row
    before = row.report.macs - row.difference
    if row.convention == DEFAULT:
        return f"{row.convention.name} is the default, and counts {before:,} MACs."
    return (
        f"{row.convention.name} counts {row.report.macs:,}: {compared(row.difference)} "
        f"{DEFAULT.name} ({before:,})."
    )


def about(convention: Convention) -> Iterator[str]:
    """What it counts, what it was measured on, what it calls that."""
    if convention.summary:
        yield f"It counts {convention.summary}."
    if convention.tool:
        yield f"Measured on {convention.tool}, which calls that {convention.unit}."


def telling_rules(explanation: Explanation) -> list[Rule]:
    """Those that the difference is made of: without what other rules take back."""
    labels = {part.label for part in explanation.row.parts}
    rules = [rule for rule in explanation.rules if label(rule.work) in labels]
    return sorted(rules, key=lambda rule: -abs(rule.amount))


def answer(search: Search) -> str:
    """Whether any way of counting fits the figure, in one sentence."""
    count = len(search.readings)
    if not count:
        return f"No convention gives {search.figure.text}. The closest is:"
    ways = "one way" if count == 1 else f"{count} ways"
    return f"{search.figure.text} is what {ways} of counting give{'s' * (count == 1)}:"


def shown_readings(search: Search) -> tuple[Reading, ...]:
    """Those that fit, or else the closest one."""
    return search.readings or (search.nearest,)


def unit(reading: Reading) -> str:
    """What the number is: MACs, or FLOPs, always with how they are made."""
    return "FLOPs = 2 × MACs" if reading.doubled else "MACs"


def left_out(reading: Reading, search: Search) -> str:
    """`without fc6, fc7, fc8`, or nothing."""
    return f"without {', '.join(search.classifier)}" if reading.headless else ""
