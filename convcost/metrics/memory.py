"""Memory of activations: the most that is alive at any step, and what a static planner needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from convcost.metrics.base import Metric, of_last, refuse_saved, register
from convcost.shown import Shown

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import LayerCost, Report
    from convcost.metrics.buffers import Buffer
    from convcost.metrics.flow import Flow, Step


_MOST_NAMED = 6


class _Plan(NamedTuple):
    report: Report
    flow: Flow
    order: tuple[int, ...]
    buffers: tuple[Buffer, ...]
    offsets: tuple[int, ...]
    live: tuple[int, ...]
    makers: Mapping[int, Step]
    is_exact: bool = True


class Plan(Shown, _Plan, view="memory"):
    """The memory of a network's activations, under the setting of its report.

    Steps run in `order`, by their number in `flow`; `live` are the bytes alive at each. `offsets`
    are where the `buffers` lie; `makers` are the steps by the tensor that each makes, which inputs
    do not have. `is_exact`: no other order has a lower peak, where the best was asked for.
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
        return [at + each.size for at, each in zip(self.offsets, self.buffers, strict=True)]

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
        return self.report.layers[self.flow.steps[self.order[step]].layer]

    def maker(self, buffer: int) -> Step | None:
        """The step that makes a buffer; None for an input's."""
        return self.makers.get(self.buffers[buffer].tensors[0])

    def name_of(self, buffer: int) -> str:
        """The layer that makes a buffer, or "input"."""
        step = self.maker(buffer)
        return self.report.layers[step.layer].name if step else "input"


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

    flow, setting = flow_under(report), report.setting
    kept = report.input is not None
    makers = {step.out: step for step in flow.steps}

    def planned(order: tuple[int, ...], is_exact: bool = True) -> Plan:
        found = buffers(flow, setting, order, kept)
        offsets, taken = placed(found, setting.alignment), live(found, len(order))
        return Plan(
            report, flow, order, tuple(found), tuple(offsets), tuple(taken), makers, is_exact
        )

    written = planned(tuple(range(len(flow.steps))))
    if setting.order == "written" or not kept:
        return written
    from convcost.metrics.ordering import best_order

    best = planned(*best_order(flow, setting))
    return written._replace(is_exact=best.is_exact) if written.peak <= best.peak else best


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
    for at, index in enumerate(made.order):
        layer = made.flow.steps[index].layer
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
