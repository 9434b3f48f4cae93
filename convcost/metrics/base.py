"""The table of metrics: what networks, and layers, can be measured by.

A metric is registered where it is defined. Columns, keys of JSON and CSV, budgets and their
options, growth, diffs, lock files, the schema and the docs read the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import update_wrapper
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from convcost.errors import Place, SpecError, UsageError
from convcost.frozen import Frozen
from convcost.quantity import check_counts
from convcost.setting import Setting
from convcost.spelling import did_you_mean
from convcost.status import COMPLETE, Status, Statuses, merged
from convcost.text import quote

Judged = Sequence[tuple[int, Status]]
"""A figure for each layer, with a status of its own."""
Made = TypeVar("Made")

if TYPE_CHECKING:  # options are made of the table before any network is read
    from convcost.cost import LayerCost, Report


class Metric(Frozen):
    """What networks and layers can be measured by: a whole number, in `unit`s.

    `name` is its key in budgets and for machines, `title` its name in tables, `doc` one line of
    help. `of_layers` has the figure of every layer, in order, and may look at all of the network
    for one; `total` makes that of the network, or of a block, of them; where it is not made of
    them, `whole` has that of some layers of a report, or of all. Layers have it `apart` if each has
    the same whatever stands around it, and the network their sum. `rests_on` names the counts whose
    statuses are its own. What is `usual` is a field of every report, shown and recorded unasked.
    `limited` is what help says of a limit on the total, and of one on each layer, where that is
    more than the unit. It `depends_on` fields of the setting. `judged` has the figures with
    statuses of their own, where they have such; `terms` says what the total of a network is made
    of, where that is more than its layers, and `note` what a reader of its figures has to know.
    """

    name: str
    title: str
    unit: str
    doc: str
    of_layers: Callable[[Report], Sequence[int]]
    total: Callable[[Iterable[int]], int] = sum
    rests_on: tuple[str, ...] = ()
    usual: bool = False
    limited: tuple[str, str] | None = None
    depends_on: tuple[str, ...] = ()
    judged: Callable[[Report], Judged] | None = None
    apart: bool = False
    terms: Callable[[Report], str] | None = None
    whole: Callable[[Report, Sequence[LayerCost]], int] | None = None
    note: Callable[[Setting], str] | None = None

    def under(self, setting: Setting) -> str:
        """`weights=int8 scales=true`: what of `setting` its figures are under, empty if all that it
        depends on is as usual."""
        found = setting.other_than_usual(self.depends_on)
        return " ".join(f"{field}={value}" for field, value in found.items())

    @property
    def adds_up(self) -> bool:
        """Whether a network has what its layers have together."""
        return self.total is sum and not self.whole

    def of(self, report: Report, layers: Sequence[LayerCost]) -> int:
        """The figure of `layers` together, each of which has its own."""
        if self.whole:
            return self.whole(report, layers)
        return self.total(layer.figure(self.name) for layer in layers)

    def statuses(self, counts: Statuses) -> Statuses:
        """Its status, by its name, where those of the counts are `counts`; complete: nothing."""
        return merged({self.name: counts[name]} for name in self.rests_on if name in counts)


_TABLE: dict[str, Metric] = {}
METRICS: Mapping[str, Metric] = MappingProxyType(_TABLE)
"""Every metric by its name, in the order in which columns stand."""


def register(metric: Metric) -> Metric:
    """Add a row to the table; a second of that name is an error.

    Budgets, options and the schema are made of the rows that are there when they are imported.
    """
    if metric.name in _TABLE:
        raise ValueError(f"the metric {metric.name} is registered twice")
    _TABLE[metric.name] = metric
    return metric


def of_each(figure: Callable[[LayerCost], int]) -> Callable[[Report], Sequence[int]]:
    """What a layer has whatever stands around it."""
    return lambda report: alike(report.layers, figure)


def alike(layers: Sequence[LayerCost], figure: Callable[[LayerCost], Made]) -> list[Made]:
    """What each of `layers` has by itself, worked out once for those that are built alike."""
    known: dict[tuple[int, int, int, int], Made] = {}
    found = []
    for layer in layers:
        # What was counted together has its ops in common.
        key = (id(layer.stages), id(layer.operands), layer.params, layer.macs)
        if not layer.stages or key not in known:
            known[key] = figure(layer)
        found.append(known[key])
    return found


def find(name: str) -> Metric:
    """The metric of that name; UsageError names the nearest if there is none."""
    if name not in METRICS:
        raise UsageError(
            f'unknown metric "{quote(name)}"',
            hint=did_you_mean(name, METRICS) or f"the metrics are {', '.join(METRICS)}",
        )
    return METRICS[name]


def measured(report: Report, names: Iterable[str]) -> Report:
    """`report` with figures of these metrics, its own and those of its layers, and their statuses.

    UsageError for a name that no metric has; SpecError for a report that was saved without such
    figures, and for a total that is not below `quantity.LARGEST`.
    """
    found = (find(name) for name in dict.fromkeys(names))
    asked = [each for each in found if not each.usual and each.name not in report.more]
    return told(report, [(metric, _judged(report, metric)) for metric in asked])


def refuse_saved(
    report: Report, what: str, hint: str = "name the spec that it was made of"
) -> None:
    """SpecError for a report that does not tell `what`, as it was saved without its ops."""
    if report.is_saved:
        place = Place(report.path) if report.path else None
        message = f"{quote(report.name)} was saved without its {what}"
        raise SpecError(message, place=place, hint=hint)


def _judged(report: Report, metric: Metric) -> Judged:
    hint = f"save it again: convcost eval SPEC --format json --metrics {metric.name}"
    refuse_saved(report, metric.name, hint)
    if metric.judged:
        return metric.judged(report)
    return [(figure, COMPLETE) for figure in metric.of_layers(report)]


def told(report: Report, found: Sequence[tuple[Metric, Judged]]) -> Report:
    """`report` with the figures of its layers in some metrics, each with a status of its own."""
    if not found:
        return report
    layers = []
    rows = zip(*(judged for _, judged in found), strict=True)
    for layer, row in zip(report.layers, rows, strict=True):
        more = dict(layer.more)
        doubts: dict[str, Status] = {}
        for (metric, _), (figure, doubt) in zip(found, row, strict=True):
            more[metric.name] = figure
            if layer.status:
                doubts |= metric.statuses(layer.status)
            if doubt.state != "complete":
                doubts[metric.name] = doubt
        status = {**layer.status, **doubts} if doubts else layer.status
        layers.append(layer._replace(more=more, status=status))
    more, status = dict(report.more), dict(report.status)
    place = Place(report.path) if report.path else None
    for metric, judged in found:
        figures = [figure for figure, _ in judged]
        more[metric.name] = metric.whole(report, layers) if metric.whole else metric.total(figures)
        check_counts("all layers: ", place, **{metric.unit: more[metric.name]})
        own = ({metric.name: doubt} for _, doubt in judged if doubt.state != "complete")
        status |= {**metric.statuses(report.status), **merged(own)}
    return report._replace(layers=tuple(layers), more=more, status=status)


def of_last(make: Callable[[Report], Made]) -> Callable[[Report], Made]:
    """The same, which does nothing again for the report that it was asked about last: several
    metrics need it of one after the other."""
    last: tuple[Report, Made] | None = None

    def found(report: Report) -> Made:
        nonlocal last
        known = last
        if known is None or known[0] is not report:
            known = last = (report, make(report))
        return known[1]

    return update_wrapper(found, make)
