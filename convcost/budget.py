"""Budgets: limits on what a report says, and what a report that breaks them has to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple

from convcost import metrics as table
from convcost.errors import Place, Problem
from convcost.frozen import Frozen
from convcost.quantity import SYMBOLS
from convcost.shown import Shown, brief
from convcost.status import COMPLETE, Status
from convcost.text import quote

if TYPE_CHECKING:  # options are made of what can be limited before any network is read
    from convcost.causes import LayerChange
    from convcost.cost import LayerCost, Report
    from convcost.gaps import Gap

Level = Literal["error", "warn"]
Scope = Literal["total", "layer", "growth"]

_LAYER, GROWTH = "layer_", "_growth"
METRICS: dict[str, str] = {}
"""What can be limited: the total of every metric, each of its layers, and its growth."""
LEVELS: Mapping[str, str] = {"error": "fails the check", "warn": "is only said"}


def limit_all_metrics() -> None:
    """Have all metrics of the table in `METRICS`."""
    docs = {name: metric.doc for name, metric in table.METRICS.items()}
    METRICS.update(docs)
    METRICS.update({f"{_LAYER}{name}": f"{doc}, in any one layer" for name, doc in docs.items()})
    more = {f"{name}{GROWTH}": f"{doc}, more than in the baseline" for name, doc in docs.items()}
    METRICS.update(more)


limit_all_metrics()


def total_of(metric: str) -> str:
    """The total that a metric is about: `macs` of `macs`, `layer_macs` and `macs_growth`."""
    return metric.removeprefix(_LAYER).removesuffix(GROWTH)


def scope_of(metric: str) -> Scope:
    """What a metric's limit is held against: the total, each layer, or growth of the total."""
    if metric.startswith(_LAYER):
        return "layer"
    return "growth" if metric.endswith(GROWTH) else "total"


def growing(budgets: Iterable[Budget]) -> tuple[str, ...]:
    """The totals that `budgets` limit the growth of, which a baseline has to know."""
    return tuple(total_of(each.metric) for each in budgets if scope_of(each.metric) == "growth")


class Budget(Frozen):
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
    Budget(f"{name}{GROWTH}", 0, source="no limit on growth is set") for name in table.USUAL
)
"""What holds where there is a baseline and no limit on growth: counts are exact."""


@brief
class Finding(Frozen):
    """One budget held against one report: passed or failed, with the layers that cost most.

    `report` is without its layers, so that a thousand findings are not a thousand networks.
    `limit` is the most that `actual` may be; `before` is the baseline's total that a limit on
    growth starts from, and `layer` the one that a limit on layers was held against. `status` is
    that of `actual`; `is_lenient` takes what was counted for all there is. `changed_line` is that
    of the spec that changed since the baseline and brought most of it, 0 if that is not known.
    """

    report: Report
    budget: Budget
    actual: int
    limit: int
    top: tuple[LayerCost, ...]
    before: int | None = None
    layer: LayerCost | None = None
    status: Status = COMPLETE
    is_lenient: bool = False
    changed_line: int = 0

    @property
    def level(self) -> Level:
        """Whether failing it fails the check."""
        return self.budget.level

    @property
    def passed(self) -> bool | None:
        """A number equal to its limit is within budget; None if its status leaves that open."""
        status = COMPLETE if self.is_lenient else self.status
        exceeds = status.exceeds(self.actual, self.limit)
        return None if exceeds is None else not exceeds

    @property
    def broken(self) -> bool:
        """Whether the limit is surely exceeded."""
        return self.passed is False

    @property
    def undecided(self) -> bool:
        """Whether it cannot be told if the limit is kept."""
        return self.passed is None

    @property
    def failed(self) -> bool:
        """Whether it fails the check: broken, and no mere warning."""
        return self.broken and self.level == "error"

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
        name = total_of(self.budget.metric)
        row = table.METRICS[name]
        unit = row.title if row.unit in SYMBOLS else name  # 1,024 least_time would lack one
        what = f"{quote(self.report.name)}: "
        if self.layer is not None:
            what += f'layer "{quote(self.layer.name)}": '
        limit = f"the budget of {self.limit:,}{' a layer' * (self.layer is not None)}"
        if self.undecided:
            return f"{what}{self._open_message(unit, limit)}"
        if self.before is not None:
            return what + self._growth_message(unit)
        amount = self._amount(unit)
        if self.passed:
            return f"{what}{amount} keep within {limit}"
        return f"{what}{amount} exceed {limit} by {_by(self.excess, self.limit)}"

    def _amount(self, unit: str) -> str:
        prefix = f"{self.status.state} " if self.status.state in ("at least", "about") else ""
        return f"{prefix}{self.actual:,} {unit}"

    def _open_message(self, unit: str, limit: str) -> str:
        if self.before is not None:
            allowed = allowance(self.budget.limit)
            limit = f"the baseline's {self.before:,} and {allowed} more"
        amount = self._amount(unit)
        if self.status.state == "unknown":
            amount = f"its {unit} are unknown, and"
        return f"{amount} cannot be held to {limit}: {self.status.why}"

    def _growth_message(self, unit: str) -> str:
        assert self.before is not None, "asked of a limit on growth only"
        if self.growth <= 0:
            return f"{self.actual:,} {unit} are no more than the baseline's {self.before:,}"
        amount = self._amount(unit)
        allowed = allowance(self.budget.limit) if self.budget.limit else "nothing"
        return (
            f"{amount} are {_by(self.growth, self.before)} more than the "
            f"baseline's {self.before:,}; {allowed} more {'is' if self.passed else 'was'} allowed"
        )


class Findings(Shown, tuple[Finding, ...], view="check"):
    """What became of each budget of a network."""

    __slots__ = ()


@brief
class Change(NamedTuple):
    """A report beside its totals in the baseline, None if the network was not there.

    `layers` are what changed in it, what matters most first; or `unexplained` says that it is not
    known and why, or that nothing did and it is counted differently. `table` is that of the
    settings which limits its growth, where no spec can.
    """

    report: Report
    before: Mapping[str, int] | None
    layers: tuple[LayerChange, ...] = ()
    unexplained: str = ""
    table: str = ""

    @property
    def metrics(self) -> tuple[str, ...]:
        """What is known of both."""
        known = (*table.USUAL, *self.report.more)
        return tuple(name for name in known if self.before is None or name in self.before)

    @property
    def changed(self) -> bool:
        """Whether the network is new, or any total is another."""
        return self.before is None or any(map(self.delta, self.metrics))

    def delta(self, name: str) -> int:
        """How much more of a total there is; all of it in a new network."""
        return self.report.figure(name) - (self.before[name] if self.before else 0)


class _Verdict(NamedTuple):
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()
    against: str = ""
    here: str = ""
    root: str = ""
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    accept: str = ""


class Verdict(Shown, _Verdict, view="check"):
    """All that a check found out.

    `problems` are why something could not be checked. `against` names the baseline that `changes`
    are seen from, empty where there is none. `here` and `root` are the folders that paths are
    relative to, and are to be made relative to, in files that are read elsewhere. `gaps` are what
    of the networks is not understood, `notes` how inputs were. `accept` is the command that takes
    what has grown into the baseline, empty where there is none.
    """

    __slots__ = ()

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


def allowance(limit: int | Fraction) -> str:
    """`2%` or `5,000`: what may be added to the baseline."""
    if not isinstance(limit, Fraction):
        return f"{limit:,}"
    percent = 100 * limit
    return f"{percent}%" if percent.denominator == 1 else f"{float(percent):g}%"


def _by(excess: int, whole: int) -> str:
    return f"{excess:,} ({excess / whole:+.2%})" if whole else f"{excess:,}"
