"""One network by many conventions: what each says, and what the differences are made of."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from convcost.conventions.base import (
    Convention,
    Share,
    Weight,
    apply,
    stages_with_traits,
    work_of,
)
from convcost.conventions.classes import label
from convcost.conventions.shipped import CONVENTIONS, DEFAULT
from convcost.cost import Report, StageCost
from convcost.shown import Shown

if TYPE_CHECKING:
    from convcost.conventions.search import Search


class Part(NamedTuple):
    """A part of a difference: what it is made of, and how much."""

    label: str
    amount: int


class ConventionRow(NamedTuple):
    """What one convention says of a network.

    `report` is counted by it; `difference` is to the default's total, and the sum of `parts`;
    `params_difference` is to the default's parameters.
    """

    convention: Convention
    report: Report
    difference: int
    parts: tuple[Part, ...]
    params_difference: int = 0

    @property
    def printed(self) -> int:
        """The number that the tool itself prints."""
        return self.report.macs * self.convention.each


class Rule(NamedTuple):
    """What a convention does with one class of work: `done` of it in the whole network counts
    `weight` each by it, and `default` each by the default. `amount` is the difference."""

    work: str
    weight: Weight
    default: Weight
    done: int
    amount: int


Rules = tuple[Rule, ...]


class Group(NamedTuple):
    """Layers that belong together by name: how many, and what the difference in them is."""

    name: str
    layers: int
    difference: int
    parts: tuple[Part, ...]


class Explanation(NamedTuple):
    """Why a convention gives another total than the default: by class of work, and by layers."""

    row: ConventionRow
    rules: Rules
    groups: tuple[Group, ...]


class _Reconciliation(NamedTuple):
    report: Report
    rows: tuple[ConventionRow, ...]
    explanation: Explanation | None = None
    search: "Search | None" = None


class Reconciliation(Shown, _Reconciliation, view="reconcile"):
    """A network and what each tool says of it; where that was asked for, why one says so, and who
    may have printed a figure."""

    __slots__ = ()


def known(others: Iterable[Convention] = ()) -> list[Convention]:
    """The conventions that ship, and others, each once."""
    return list({each.name: each for each in (*CONVENTIONS.values(), *others)}.values())


def reconcile(
    report: Report, conventions: Iterable[Convention] = tuple(CONVENTIONS.values())
) -> tuple[ConventionRow, ...]:
    """What each of `conventions` says of `report`'s network, and how that differs from the
    default."""
    before = apply(report, DEFAULT)
    return tuple(
        _row(before, convention, _rules_of_layers(report, convention)) for convention in conventions
    )


def explain(report: Report, convention: Convention) -> Explanation:
    """The difference between `convention` and the default, taken apart.

    Layers are grouped by the first part of their names, as `layer1` for `layer1[0].conv2`.
    """
    rules = _rules_of_layers(report, convention)
    groups: dict[str, list[Rules]] = {}
    for layer, own in zip(report.layers, rules, strict=True):
        groups.setdefault(layer.name.partition(".")[0].partition("[")[0], []).append(own)
    return Explanation(
        _row(apply(report, DEFAULT), convention, rules),
        _merged(rules),
        tuple(_group(name, members) for name, members in groups.items()),
    )


def _row(before: Report, convention: Convention, rules: list[Rules]) -> ConventionRow:
    counted = apply(before, convention)
    difference = counted.macs - before.macs
    return ConventionRow(
        convention, counted, difference, _parts(rules), counted.params - before.params
    )


def _group(name: str, members: list[Rules]) -> Group:
    parts = _parts(members)
    return Group(name, len(members), sum(part.amount for part in parts), parts)


def _rules_of_layers(report: Report, convention: Convention) -> list[Rules]:
    """What differs in each layer; those of equal ops and shapes are looked at once."""
    known: dict[tuple[int, str, str], Rules] = {}
    found = []
    for layer in report.layers:
        key = id(layer.stages), layer.kind, layer.called
        if key not in known:
            known[key] = _merged(
                _rules(stage, traits, convention) for stage, traits in stages_with_traits(layer)
            )
        found.append(known[key])
    return found


def _rules(stage: StageCost, traits: tuple[str, ...], convention: Convention) -> Rules:
    own = stage.op.traits()
    found = []
    for work, done in work_of(stage).items():
        default, weight = DEFAULT.weight(work, own), convention.weight(work, (*traits, *own))
        if weight != default:
            before, after = Share(work, default, done), Share(work, weight, done)
            amount = int(after.amount) - int(before.amount)
            found.append(Rule(work, weight, default, int(done), amount))
    return tuple(rule for rule in found if rule.amount)


def _merged(rules: Iterable[Rules]) -> Rules:
    """Equal rules of many layers as one."""
    sums: dict[tuple[str, Weight, Weight], list[int]] = {}
    for each in rules:
        for work, weight, default, done, amount in each:
            known = sums.setdefault((work, weight, default), [0, 0])
            known[0] += done
            known[1] += amount
    return tuple(Rule(*key, done, amount) for key, (done, amount) in sums.items())


def _parts(rules: Iterable[Rules]) -> tuple[Part, ...]:
    """What they come to by label, without what comes to nothing, the largest first."""
    amounts: dict[str, int] = {}
    for rule in _merged(rules):
        name = label(rule.work)
        amounts[name] = amounts.get(name, 0) + rule.amount
    found = [Part(name, amount) for name, amount in amounts.items() if amount]
    return tuple(sorted(found, key=lambda part: -abs(part.amount)))
