"""A step of training: its multiply-adds, and the memory that it holds at the end of its forward
pass, where most is held.

The backward pass of a product multiplies once for the gradient of each operand that needs one: a
convolution takes three times its forward pass in all, or twice where nothing before it is learned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from convcost.metrics.base import Metric, register
from convcost.setting import OPTIMIZERS, Setting, bytes_of
from convcost.status import COMPLETE, Status

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import LayerCost, Report
    from convcost.metrics.flow import Step as FlowStep

PARTS: Mapping[str, str] = MappingProxyType(
    {
        "weights": "parameters, in their dtype",
        "cast_weights": "parameters again, as they are computed with, where that is another dtype",
        "master_weights": "parameters in fp32, where a copy is kept beside narrower ones",
        "gradients": "one for each parameter, in its dtype",
        "optimizer_state": "what the optimizer keeps, in fp32 with master weights",
        "activations": "what the forward pass saves for the backward pass",
    }
)
_SHARED = Status("at least", "whether weights that are fixed, or another layer's, get a gradient")


class StepMemory(NamedTuple):
    """Bytes of a step of training, by part (`PARTS`)."""

    weights: int = 0
    cast_weights: int = 0
    master_weights: int = 0
    gradients: int = 0
    optimizer_state: int = 0
    activations: int = 0

    @property
    def total(self) -> int:
        """All parts."""
        return sum(self)


class Step(NamedTuple):
    """What a layer adds to a step of training."""

    macs: int
    memory: StepMemory
    macs_status: Status = COMPLETE
    memory_status: Status = COMPLETE


def steps_of(report: Report) -> list[Step]:
    """Of every layer what it adds to a step, under the setting of the report.

    A tensor that several layers save is the first one's; the network's input is the layer's that
    reads it first.
    """
    from convcost.metrics.flow import flow_of
    from convcost.metrics.saved import gradients

    flow = flow_of(report)
    found = gradients(flow)
    macs = [0] * len(report.layers)
    kept = [0] * len(report.layers)
    doubts: list[dict[str, Status]] = [{} for _ in report.layers]
    setting = report.setting
    for op, each in zip(flow.steps, found.kept, strict=True):
        macs[op.layer] += int(op.stage.macs) * (1 + _operands(op, found.needed))
        elements = bytes_of(each.elements * setting.batch, setting.activations)
        kept[op.layer] += elements + each.extra * setting.batch + each.once
        if not each.is_all:
            why = f"what {op.stage.op.name} saves is not known"
            doubts[op.layer]["memory"] = Status("at least", why)
        if op.stage.macs and getattr(op.stage.op, "learned", True) is False:
            doubts[op.layer]["macs"] = _SHARED
    return [
        Step(
            macs[at],
            _memory(layer, setting, kept[at]),
            doubts[at].get("macs", COMPLETE),
            doubts[at].get("memory", COMPLETE),
        )
        for at, layer in enumerate(report.layers)
    ]


def memory_of(report: Report) -> StepMemory:
    """The memory of a step, by part."""
    parts = zip(*(step.memory for step in steps_of(report)), strict=True)
    return StepMemory(*map(sum, parts))


def _operands(step: FlowStep, needed: Sequence[bool]) -> int:
    """How many operands of a product need a gradient: its weights and its inputs."""
    from convcost.metrics.saved import is_learned
    from convcost.ops.base import Weighted
    from convcost.ops.dynamic import DynamicConv, DynamicTransposedConv

    op = step.stage.op
    inputs = [needed[each] for each in step.ins]
    if not isinstance(op, Weighted) or isinstance(op, DynamicConv | DynamicTransposedConv):
        return sum(inputs)
    return is_learned(op) + any(inputs)


def _memory(layer: LayerCost, setting: Setting, activations: int) -> StepMemory:
    from convcost.ops.base import Weighted

    weights = bytes_of(layer.params, setting.weights)
    cast = 0
    if setting.weights != setting.activations:
        products = (each for each in layer.stages if isinstance(each.op, Weighted))
        cast = bytes_of(sum(int(each.params) for each in products), setting.activations)
    master = bytes_of(layer.params, "fp32") if setting.master else 0
    state = OPTIMIZERS[setting.optimizer] * (master or weights)
    return StepMemory(weights, cast, master, weights, state, activations)


register(
    Metric(
        "step_macs",
        "step MACs",
        "multiply-adds",
        "multiply-adds of a step of training, of one input",
        lambda report: [step.macs for step in steps_of(report)],
        rests_on=("macs",),
        judged=lambda report: [(step.macs, step.macs_status) for step in steps_of(report)],
    )
)
register(
    Metric(
        "step_memory",
        "step memory",
        "bytes",
        "bytes of a step of training: weights, gradients, optimizer, saved activations",
        lambda report: [step.memory.total for step in steps_of(report)],
        rests_on=("params", "macs"),
        depends_on=("weights", "activations", "batch", "optimizer", "master"),
        judged=lambda report: [
            (step.memory.total, step.memory_status) for step in steps_of(report)
        ],
    )
)
