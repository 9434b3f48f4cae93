"""The table of metrics: what networks, and layers, can be measured by.

A metric is registered where it is defined. Columns, keys of JSON and CSV, budgets and their
options, growth, diffs, lock files, the schema and the docs read the table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import Place, SpecError, UsageError
from convcost.quantity import check_counts
from convcost.setting import Setting
from convcost.spelling import did_you_mean
from convcost.status import ALL_COMPLETE, COMPLETE, Status, Statuses, merged
from convcost.text import quote

if TYPE_CHECKING:  # options are made of the table before any network is read
    from convcost.cost import LayerCost, Report


class Metric(NamedTuple):
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
    judged: Callable[[Report], Sequence[tuple[int, Status]]] | None = None
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
    return lambda report: [figure(layer) for layer in report.layers]


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
    for metric in map(find, names):
        if not metric.usual and metric.name not in report.more:
            report = _with(report, metric)
    return report


def refuse_saved(
    report: Report, what: str, hint: str = "name the spec that it was made of"
) -> None:
    """SpecError for a report that does not tell `what`, as it was saved without its ops."""
    if report.is_saved:
        place = Place(report.path) if report.path else None
        message = f"{quote(report.name)} was saved without its {what}"
        raise SpecError(message, place=place, hint=hint)


def _with(report: Report, metric: Metric) -> Report:
    hint = f"save it again: convcost eval SPEC --format json --metrics {metric.name}"
    refuse_saved(report, metric.name, hint)
    if metric.judged:
        return told(report, metric, metric.judged(report))
    return told(report, metric, [(figure, COMPLETE) for figure in metric.of_layers(report)])


def told(report: Report, metric: Metric, judged: Sequence[tuple[int, Status]]) -> Report:
    """`report` with these figures of its layers in a metric, each with a status of its own."""
    figures, doubts = [figure for figure, _ in judged], [doubt for _, doubt in judged]
    own = [{metric.name: each} if each.state != "complete" else ALL_COMPLETE for each in doubts]
    layers = tuple(
        layer._replace(
            more={**layer.more, metric.name: figure},
            status={**layer.status, **metric.statuses(layer.status), **doubt},
        )
        for layer, figure, doubt in zip(report.layers, figures, own, strict=True)
    )
    whole = metric.of(report, layers)
    place = Place(report.path) if report.path else None
    check_counts("all layers: ", place, **{metric.unit: whole})
    return report._replace(
        layers=layers,
        more={**report.more, metric.name: whole},
        status={**report.status, **metric.statuses(report.status), **merged(own)},
    )
