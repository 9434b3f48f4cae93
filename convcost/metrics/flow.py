"""A network op by op: the tensors that there are, what makes each and what reads it."""

from __future__ import annotations

from typing import NamedTuple

from convcost.cost import Report, StageCost
from convcost.metrics.base import of_last
from convcost.ops.base import Shape


class Step(NamedTuple):
    """An op of a layer: the tensors that it reads, and the one that it makes, written `over` one of
    those if that is known beforehand."""

    layer: int
    stage: StageCost
    ins: tuple[int, ...]
    out: int
    over: int | None = None


class Flow(NamedTuple):
    """Steps in the order of execution, and the `shapes` of the tensors that they name by number.

    `inputs` are tensors that no step makes, `others` those of them that are no images of the first;
    `outs` are those that layers make, in their order. A tensor of weights or constants reads
    nothing.
    """

    steps: tuple[Step, ...]
    shapes: tuple[Shape, ...]
    inputs: tuple[int, ...]
    outs: tuple[int, ...]
    others: frozenset[int] = frozenset()


@of_last
def flow_of(report: Report) -> Flow:
    """The ops of all layers of a report that tells them."""
    shapes: list[Shape] = []
    inputs: list[int] = []
    outs: list[int] = []
    steps: list[Step] = []

    def given(shape: Shape) -> int:
        shapes.append(shape)
        inputs.append(len(shapes) - 1)
        return inputs[-1]

    if report.input:
        given(report.input)
    # Further inputs of imported networks are layers of constants with their names.
    named = {f"{each.name}.constant" for each in report.inputs[1:]}
    others = []
    for at, layer in enumerate(report.layers):
        if layer.kind == "constant" and layer.name in named:
            outs.append(given(layer.out))
            others.append(outs[-1])
            continue
        arriving = [outs[each] if each >= 0 else inputs[0] for each in layer.sources]
        arriving = arriving or [given(layer.ins[0])]
        made: list[int] = []
        for stage in layer.stages:
            reads = stage.sources if stage.op.has_inputs else ()
            ins = tuple([made[each] if each >= 0 else arriving[-each - 1] for each in reads])
            made.append(len(shapes))
            shapes.append(stage.out)
            steps.append(Step(at, stage, ins, made[-1]))
        outs.append(made[-1])
    return Flow(tuple(steps), tuple(shapes), tuple(inputs), tuple(outs), frozenset(others))
