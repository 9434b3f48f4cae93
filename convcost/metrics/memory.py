"""Memory of activations: the most that is alive at any step, and what a static planner needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from convcost.metrics.base import Metric, of_last, refuse_saved, register
from convcost.setting import aligned
from convcost.shown import Shown

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import LayerCost, Report
    from convcost.metrics.buffers import Buffer
    from convcost.metrics.flow import Flow
    from convcost.schedule import Schedule


_MOST_NAMED = 6
OWN_ALIGNMENT = 16
"""Where the buffers of a file are planned to begin, as TensorFlow Lite Micro has them."""


class _Plan(NamedTuple):
    report: Report
    flow: Flow
    order: tuple[int, ...]
    layers: tuple[int, ...]
    buffers: tuple[Buffer, ...]
    offsets: tuple[int, ...]
    live: tuple[int, ...]
    made_by: tuple[tuple[str, str], ...]
    is_exact: bool = True
    is_own: bool = False


class Plan(Shown, _Plan, view="memory"):
    """The memory of a network's activations, under the setting of its report.

    Steps run in `order`, by their number in `flow`; `layers` are those that run at each, `live` the
    bytes alive then. `offsets` are where the `buffers` lie, which are `made_by` a layer and an op;
    inputs by none. `is_exact`: no other order has a lower peak, where the best was asked for.
    `is_own`: it is of the tensors of a file, by the schedule of its report, and has no flow.
    """

    __slots__ = ()

    @property
    def peak(self) -> int:
        """The most bytes that are alive at any one step."""
        return max(self.live, default=0)

    @property
    def arena(self) -> int:
        """Bytes of one block of memory that holds all buffers where they lie."""
        return max(self.ends, default=0)

    @property
    def ends(self) -> list[int]:
        """Where each buffer ends."""
        unit = OWN_ALIGNMENT if self.is_own else 1
        pairs = zip(self.offsets, self.buffers, strict=True)
        return [at + aligned(each.size, unit) for at, each in pairs]

    @property
    def peak_at(self) -> int:
        """The first step at which so much is alive."""
        return self.live.index(self.peak) if self.live else 0

    def alive(self, step: int) -> list[int]:
        """The buffers that are alive at a step, the largest first."""
        found = [at for at, each in enumerate(self.buffers) if each.first <= step <= each.last]
        return sorted(found, key=lambda at: -self.buffers[at].size)

    @property
    def at_peak(self) -> str:
        """`in conv2, step 3: conv1 14,400 + conv2 12,544`: where the peak is, and what it is of."""
        if not self.order:
            return ""
        alive = self.alive(self.peak_at)
        named = [f"{self.name_of(at)} {self.buffers[at].size:,}" for at in alive[:_MOST_NAMED]]
        named += [f"{len(alive) - _MOST_NAMED} more"] * (len(alive) > _MOST_NAMED)
        where = f"in {self.layer_at(self.peak_at).name}, step {self.peak_at + 1}"
        return f"{where}: {' + '.join(named)}"

    @property
    def at_end(self) -> str:
        """`conv2 12,544 behind 14,400`: the buffer that lies last."""
        if not self.buffers:
            return ""
        at = self.ends.index(self.arena)
        return f"{self.name_of(at)} {self.buffers[at].size:,} behind {self.offsets[at]:,}"

    def layer_at(self, step: int) -> LayerCost:
        """The layer that runs at a step."""
        return self.report.layers[self.layers[step]]

    def name_of(self, buffer: int) -> str:
        """The layer that makes a buffer, or "input"."""
        return self.made_by[buffer][0]


def flow_under(report: Report) -> Flow:
    """The ops of a network, with sums where its setting has them; SpecError for a report that was
    saved."""
    from convcost.metrics.flow import flow_of
    from convcost.metrics.fused import accumulated

    refuse_saved(report, "memory")
    flow = flow_of(report)
    return accumulated(flow) if "accumulate" in report.setting.in_place else flow


@of_last
def plan(report: Report) -> Plan:
    """The memory plan of a network; SpecError for a report that was saved."""
    from convcost.metrics.buffers import buffers, live, placed

    setting = report.setting
    if report.schedule and report.is_run_as_is:
        return _own(report, report.schedule, setting.alignment)
    flow = flow_under(report)
    kept = report.input is not None
    makers = {step.out: step for step in flow.steps}

    def planned(order: tuple[int, ...], is_exact: bool = True) -> Plan:
        found = buffers(flow, setting, order, kept)
        offsets, taken = placed(found, setting.alignment), live(found, len(order))
        steps = [makers.get(each.tensors[0]) for each in found]
        made_by = [
            (report.layers[step.layer].name, step.stage.op.name) if step else ("input", "")
            for step in steps
        ]
        layers = tuple(flow.steps[index].layer for index in order)
        shown = (tuple(found), tuple(offsets), tuple(taken), tuple(made_by))
        return Plan(report, flow, order, layers, *shown, is_exact)

    written = planned(tuple(range(len(flow.steps))))
    if setting.order == "written" or not kept:
        return written
    from convcost.metrics.ordering import best_order

    best = planned(*best_order(flow, setting))
    return written._replace(is_exact=best.is_exact) if written.peak <= best.peak else best


def _own(report: Report, schedule: Schedule, alignment: int) -> Plan:
    """The plan of a file's own tensors: each lives from the operation that makes it to the last
    that takes it, and none is written over another."""
    from convcost.metrics.buffers import Buffer, live, placed
    from convcost.metrics.flow import Flow

    whole = [
        # Full multiples count, also for which is the largest; of several, the file's last.
        Buffer(aligned(each.bytes, OWN_ALIGNMENT), each.first, each.last)
        for each in schedule.tensors
    ]
    offsets = placed(whole[::-1], max(alignment, OWN_ALIGNMENT))[::-1]
    order = sorted(range(len(whole)), key=lambda at: whole[at].first)
    tensors = [schedule.tensors[at] for at in order]
    found = [
        Buffer(each.bytes, each.first, each.last, (at,), ((each.first, each.bytes),))
        for at, each in enumerate(tensors)
    ]
    steps = len(schedule.layers)
    return Plan(
        report,
        Flow((), (), (), ()),
        tuple(range(steps)),
        schedule.layers,
        tuple(found),
        tuple(offsets[at] for at in order),
        tuple(live(found, steps)),
        tuple((each.name, each.op) for each in tensors),
        is_own=True,
    )


def _peaks(report: Report) -> Sequence[int]:
    """The most that is alive while each layer runs."""
    made = plan(report)
    return _most(made, made.live)


def _arenas(report: Report) -> Sequence[int]:
    """Up to where the buffers lie that are alive while each layer runs."""
    made = plan(report)
    ends = made.ends
    upto = [0] * len(made.order)
    for buffer, end in zip(made.buffers, ends, strict=True):
        for step in range(buffer.first, buffer.last + 1):
            upto[step] = max(upto[step], end)
    return _most(made, upto)


def _most(made: Plan, of_steps: Sequence[int]) -> Sequence[int]:
    found = [0] * len(made.report.layers)
    for at, layer in enumerate(made.layers):
        found[layer] = max(found[layer], of_steps[at])
    return found


_MEMORY = ("activations", "in_place", "order")
register(
    Metric(
        "peak_memory",
        "peak bytes",
        "bytes",
        "the most bytes of activations that are alive at once",
        _peaks,
        total=lambda figures: max(figures, default=0),
        rests_on=("activations",),
        depends_on=_MEMORY,
        terms=lambda report: plan(report).at_peak,
    )
)
register(
    Metric(
        "arena",
        "arena bytes",
        "bytes",
        "bytes that a static planner needs for activations",
        _arenas,
        total=lambda figures: max(figures, default=0),
        rests_on=("activations",),
        depends_on=(*_MEMORY, "alignment"),
        terms=lambda report: plan(report).at_end,
    )
)
