"""A step of training: its multiply-adds, and the memory that it holds at the end of its forward
pass, where most is held.

The backward pass of a product multiplies once for the gradient of each operand that needs one: a
convolution takes three times its forward pass in all, or twice where nothing before it is learned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import UsageError
from convcost.metrics.base import Metric, of_last, refuse_saved, register, told
from convcost.setting import FLOATS, OPTIMIZERS, Setting, bytes_of
from convcost.shown import Shown
from convcost.status import COMPLETE, Status

if TYPE_CHECKING:  # the table is made before any network is read
    from convcost.cost import LayerCost, Report
    from convcost.metrics.flow import Step as FlowStep
    from convcost.metrics.saved import Kept

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
    """What a layer adds to a step of training; `again` are those of its multiply-adds that are done
    a second time, as its block is not kept."""

    macs: int
    memory: StepMemory
    again: int = 0
    macs_status: Status = COMPLETE
    memory_status: Status = COMPLETE


class _Training(NamedTuple):
    report: Report
    memory: StepMemory
    blocks: int = 0
    again: int = 0


class Training(Shown, _Training, view="training"):
    """A report with the figures of a step of training, its memory by part, how many `blocks` are
    computed `again`, and the multiply-adds that this takes."""

    __slots__ = ()


@of_last
def steps_of(report: Report) -> list[Step]:
    """Of every layer what it adds to a step, under the setting of the report; UsageError where that
    has blocks computed again that there are not.

    A tensor that several layers save is the first one's; the network's input is the layer's that
    reads it first.
    """
    from convcost.metrics.checkpoint import peak, segments
    from convcost.metrics.flow import flow_of
    from convcost.metrics.saved import gradients

    flow, blocks = flow_of(report), segments(report)
    found = gradients(flow, blocks)
    macs, kept, again = ([0] * len(report.layers) for _ in range(3))
    doubts: list[dict[str, Status]] = [{} for _ in report.layers]
    for op, before, during in zip(flow.steps, found.kept, found.again, strict=True):
        macs[op.layer] += op.stage.macs.value * (1 + _operands(op, found.needed))
        kept[op.layer] += _bytes(before, report.setting)
        again[op.layer] += _bytes(during, report.setting)
        if not (before.is_all and during.is_all):
            why = f"what {op.stage.op.name} saves is not known"
            doubts[op.layer]["memory"] = Status("at least", why)
        if op.stage.macs and getattr(op.stage.op, "learned", True) is False:
            doubts[op.layer]["macs"] = _SHARED
    held = peak(kept, again, blocks)
    learning = {op.layer for op in flow.steps if found.needed[op.out]}
    twice = {at for block in blocks if not learning.isdisjoint(block) for at in block}
    return [
        Step(
            macs[at] + layer.macs * (at in twice),
            _memory(layer, report.setting, held[at]),
            layer.macs * (at in twice),
            doubts[at].get("macs", COMPLETE),
            doubts[at].get("memory", COMPLETE),
        )
        for at, layer in enumerate(report.layers)
    ]


def refuse_whole_numbers(setting: Setting) -> None:
    """UsageError for a dtype that nothing is trained in."""
    for each in (setting.weights, setting.activations):
        if each not in FLOATS:
            hint = f"the dtypes for that are {', '.join(FLOATS)}"
            raise UsageError(f"nothing is trained in {each}", hint=hint)


def training(report: Report) -> Training:
    """A step of training of a network; errors are those of `steps_of`, and of `measured`."""
    from convcost.metrics.checkpoint import segments

    refuse_whole_numbers(report.setting)
    refuse_saved(report, "step of training")
    steps = steps_of(report)
    told_of = told(report, [(STEP_MACS, _macs(steps)), (STEP_MEMORY, _memories(steps))])
    parts = zip(*(step.memory for step in steps), strict=True)
    again = sum(step.again for step in steps)
    return Training(told_of, StepMemory(*map(sum, parts)), len(segments(report)), again)


def _macs(steps: Sequence[Step]) -> list[tuple[int, Status]]:
    return [(step.macs, step.macs_status) for step in steps]


def _memories(steps: Sequence[Step]) -> list[tuple[int, Status]]:
    return [(step.memory.total, step.memory_status) for step in steps]


def _bytes(kept: Kept, setting: Setting) -> int:
    elements = bytes_of(kept.elements * setting.batch, setting.activations)
    return elements + kept.extra * setting.batch + kept.once


def _terms_of_macs(report: Report) -> str:
    """`2,560 forward + 2,960 backward`."""
    behind = report.figure("step_macs") - report.macs
    again = ", with what is computed again" * bool(report.setting.checkpoint)
    return f"{report.macs:,} forward + {behind:,} backward{again}"


def _terms_of_memory(report: Report) -> str:
    """`weights 2,032 + gradients 2,032 + activations 560`."""
    fixed = [_memory(layer, report.setting, 0) for layer in report.layers]
    parts = StepMemory(*map(sum, zip(*fixed, strict=True)))
    parts = parts._replace(activations=report.figure("step_memory") - parts.total)
    found = (f"{name.replace('_', ' ')} {size:,}" for name, size in parts._asdict().items() if size)
    return " + ".join(found) or "nothing"


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
        cast = bytes_of(sum(each.params.value for each in products), setting.activations)
    master = bytes_of(layer.params, "fp32") if setting.master else 0
    state = OPTIMIZERS[setting.optimizer] * (master or weights)
    return StepMemory(weights, cast, master, weights, state, activations)


STEP_MACS = register(
    Metric(
        "step_macs",
        "step MACs",
        "multiply-adds",
        "multiply-adds of a step of training, of one input",
        lambda report: [step.macs for step in steps_of(report)],
        rests_on=("macs",),
        depends_on=("checkpoint",),
        judged=lambda report: _macs(steps_of(report)),
        terms=_terms_of_macs,
    )
)
STEP_MEMORY = register(
    Metric(
        "step_memory",
        "step memory",
        "bytes",
        "bytes of a step of training: weights, gradients, optimizer, saved activations",
        lambda report: [step.memory.total for step in steps_of(report)],
        rests_on=("params", "macs"),
        depends_on=("weights", "activations", "batch", "optimizer", "master", "checkpoint"),
        judged=lambda report: _memories(steps_of(report)),
        terms=_terms_of_memory,
    )
)
