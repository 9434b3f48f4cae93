"""Budgets: limits on what a report says, and what a report that breaks them has to say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple, cast

from convcost.cost import LayerCost, Report
from convcost.errors import Place, Problem, UsageError
from convcost.quantity import parse_amount, parse_share
from convcost.spelling import did_you_mean
from convcost.text import shown

Level = Literal["error", "warn"]
Scope = Literal["total", "layer", "growth"]

TOTALS = {
    "params": "learnable parameters",
    "macs": "multiply-adds",
    "activations": "output elements of convolutions and linear layers",
}
METRICS = {
    **TOTALS,
    **{f"layer_{name}": f"{doc}, in any one layer" for name, doc in TOTALS.items()},
    **{f"{name}_growth": f"{doc}, more than in the baseline" for name, doc in TOTALS.items()},
}
LEVELS: Mapping[str, str] = {"error": "fails the check", "warn": "is only said"}
TOP_LAYERS = 3

_LAYER, _GROWTH = "layer_", "_growth"


def total_of(metric: str) -> str:
    """The total that a metric is about: `macs` of `macs`, `layer_macs` and `macs_growth`."""
    return metric.removeprefix(_LAYER).removesuffix(_GROWTH)


def scope_of(metric: str) -> Scope:
    """What a metric's limit is held against: the total, each layer, or growth of the total."""
    if metric.startswith(_LAYER):
        return "layer"
    return "growth" if metric.endswith(_GROWTH) else "total"


@dataclass(frozen=True, slots=True)
class Budget:
    """At most `limit` of `metric`; `place` is where it was written, None for a flag.

    A `limit` that is a Fraction is a share of the baseline. `source` says where a limit that has
    no place comes from, if it is not the flag of its metric.
    """

    metric: str
    limit: int | Fraction
    place: Place | None = None
    level: Level = "error"
    source: str = ""


NOTHING_MAY_GROW = tuple(
    Budget(f"{name}{_GROWTH}", 0, source="no limit on growth is set") for name in TOTALS
)
"""What holds where there is a baseline and no limit on growth: counts are exact."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One budget held against one report: passed or failed, with the layers that cost most.

    `report` is without its layers, so that a thousand findings are not a thousand networks.
    `limit` is the most that `actual` may be; `before` is the baseline's total that a limit on
    growth starts from, and `layer` the one that a limit on layers was held against.
    """

    report: Report
    budget: Budget
    actual: int
    limit: int
    top: tuple[LayerCost, ...]
    before: int | None = None
    layer: LayerCost | None = None

    @property
    def level(self) -> Level:
        """Whether failing it fails the check."""
        return self.budget.level

    @property
    def passed(self) -> bool:
        """A number equal to its limit is within budget."""
        return self.actual <= self.limit

    @property
    def failed(self) -> bool:
        """Whether it fails the check: not passed, and no mere warning."""
        return not self.passed and self.level == "error"

    @property
    def excess(self) -> int:
        """By how much the number is over the limit; negative is room left."""
        return self.actual - self.limit

    @property
    def excess_share(self) -> float | None:
        """`excess` as a share of the limit, None for a limit of 0."""
        return self.excess / self.limit if self.limit else None

    @property
    def growth(self) -> int:
        """How much more there is than in the baseline, 0 without one."""
        return 0 if self.before is None else self.actual - self.before

    @property
    def message(self) -> str:
        """One line for people and machines: actual, limit, by how much."""
        unit = total_of(self.budget.metric)
        what = f"{shown(self.report.name)}: "
        if self.layer is not None:
            what += f'layer "{shown(self.layer.name)}": '
        if self.before is not None:
            return what + self._growth_message(unit)
        limit = f"the budget of {self.limit:,}{' a layer' * (self.layer is not None)}"
        if self.passed:
            return f"{what}{self.actual:,} {unit} keep within {limit}"
        return f"{what}{self.actual:,} {unit} exceed {limit} by {_by(self.excess, self.limit)}"

    def _growth_message(self, unit: str) -> str:
        assert self.before is not None, "asked of a limit on growth only"
        if self.growth <= 0:
            return f"{self.actual:,} {unit} are no more than the baseline's {self.before:,}"
        allowed = allowance(self.budget.limit)
        return (
            f"{self.actual:,} {unit} are {_by(self.growth, self.before)} more than the "
            f"baseline's {self.before:,}; {allowed} more {'is' if self.passed else 'was'} allowed"
        )


class Change(NamedTuple):
    """A report beside its totals in the baseline, None if the network was not there."""

    report: Report
    before: Mapping[str, int] | None

    @property
    def changed(self) -> bool:
        """Whether the network is new, or any total is another."""
        return self.before is None or any(self.delta(name) for name in TOTALS)

    def delta(self, name: str) -> int:
        """How much more of a total there is; all of it in a new network."""
        return int(getattr(self.report, name)) - (self.before[name] if self.before else 0)


class Verdict(NamedTuple):
    """All that a check found out.

    `problems` are why something could not be checked. `against` names the baseline that `changes`
    are seen from, empty where there is none. `here` and `root` are the folders that paths are
    relative to, and are to be made relative to, in files that are read elsewhere.
    """

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()
    against: str = ""
    here: str = ""
    root: str = ""

    @property
    def convention(self) -> str:
        """What everything is counted by."""
        looked_at: tuple[Finding | Change, ...] = (*self.findings, *self.changes)
        return looked_at[0].report.convention if looked_at else "papers"

    @property
    def over(self) -> bool:
        """Whether any budget of the level error is broken."""
        return any(finding.failed for finding in self.findings)

    @property
    def passed(self) -> bool:
        """Whether everything could be checked and nothing is over."""
        return not self.problems and not self.over


def check(
    report: Report, budgets: Iterable[Budget], before: Mapping[str, int] | None = None
) -> tuple[Finding, ...]:
    """Every budget held against `report`, passed ones included, in the order given.

    A limit on layers gives a finding for each layer that is over it, or else one for the layer
    that comes closest. `before` are the totals that growth is measured from; without them limits
    on growth are left out.
    """
    small = report._replace(layers=())
    return tuple(finding for budget in budgets for finding in _held(report, small, budget, before))


def limits(
    metric: str, value: object, place: Callable[..., Place | None], source: str = ""
) -> Iterator[Budget]:
    """The budgets that `metric: value` sets: a limit, a list of limits, or these by level.

    A limit is an amount such as `600M` and, for growth, also a share such as `2%`. `place` tells
    where what stands behind these keys of `value` is written. UsageError, at that place, for
    anything else.
    """
    yield from _limits(metric, value, place, source, "error", ())


def limit_of(metric: str, value: object) -> int | Fraction:
    """One limit; UsageError unless it is an amount or, for growth, a share."""
    text = repr(value) if isinstance(value, float) else str(value)
    if value is None or isinstance(value, bool):
        raise UsageError(f"{metric} has no limit", hint="write an amount, such as 4.3M")
    if not text.rstrip().endswith("%"):
        return parse_amount(text)
    if scope_of(metric) != "growth":
        raise UsageError(
            f'{metric} cannot be limited to "{shown(text)}": a share needs something to grow from',
            hint=f"write an amount, or limit {total_of(metric)}{_GROWTH}",
        )
    return parse_share(text)


def check_metric(metric: str) -> None:
    """UsageError unless there is a metric of that name."""
    if metric not in METRICS:
        raise UsageError(
            f'unknown metric "{shown(metric)}"',
            hint=did_you_mean(metric, METRICS) or f"the metrics are {', '.join(METRICS)}",
        )


def allowance(limit: int | Fraction) -> str:
    """`2%` or `5,000`: what may be added to the baseline."""
    if not isinstance(limit, Fraction):
        return f"{limit:,}"
    percent = 100 * limit
    return f"{percent}%" if percent.denominator == 1 else f"{float(percent):g}%"


def _limits(
    metric: str,
    value: object,
    place: Callable[..., Place | None],
    source: str,
    level: Level,
    keys: tuple[str | int, ...],
) -> Iterator[Budget]:
    if isinstance(value, Mapping) and not keys and value:
        for key, inner in value.items():
            if key not in LEVELS:
                raise UsageError(
                    f'unknown level "{shown(str(key))}"',
                    place=place(key),
                    hint=did_you_mean(str(key), LEVELS) or "the levels are error and warn",
                )
            yield from _limits(metric, inner, place, source, cast("Level", key), (key,))
    elif isinstance(value, (list, tuple)) and value:
        for index, inner in enumerate(value):
            yield _one(metric, inner, place(*keys, index), source, level)
    else:
        yield _one(metric, value, place(*keys), source, level)


def _one(metric: str, value: object, place: Place | None, source: str, level: Level) -> Budget:
    try:
        if isinstance(value, (Mapping, list, tuple)):
            raise UsageError(
                f"{metric} is no limit",
                hint="write 600M, [2%, 5M], or {warn: 550M, error: 600M}",
            )
        return Budget(metric, limit_of(metric, value), place, level, source)
    except UsageError as error:
        raise UsageError(*error.at(place)) from None


def _held(
    report: Report, small: Report, budget: Budget, before: Mapping[str, int] | None
) -> Iterator[Finding]:
    name, scope = total_of(budget.metric), scope_of(budget.metric)
    if scope == "layer":
        limit = int(budget.limit)
        over = [layer for layer in report.layers if getattr(layer, name) > limit]
        for layer in map(_small, over or report.top(name, 1) or report.layers[:1]):
            yield Finding(small, budget, getattr(layer, name), limit, (layer,), layer=layer)
        return
    top = tuple(map(_small, report.top(name, TOP_LAYERS)))
    actual = int(getattr(report, name))
    if scope == "total":
        yield Finding(small, budget, actual, int(budget.limit), top)
    elif before is not None:
        start = before[name]
        more = budget.limit * start if isinstance(budget.limit, Fraction) else budget.limit
        yield Finding(small, budget, actual, start + int(more), top, before=start)


def _small(layer: LayerCost) -> LayerCost:
    return layer._replace(stages=())


def _by(excess: int, whole: int) -> str:
    return f"{excess:,} ({excess / whole:+.2%})" if whole else f"{excess:,}"
