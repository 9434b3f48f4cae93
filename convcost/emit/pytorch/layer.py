"""A layer as code: its ops as steps, or a class of its own where they are several."""

from __future__ import annotations

from collections.abc import Iterator

from convcost.cost import LayerCost, stage_costs
from convcost.emit.pytorch.classes import Classes, Fragment
from convcost.emit.pytorch.expressions import Call
from convcost.emit.pytorch.lines import Lines
from convcost.emit.pytorch.modules import steps
from convcost.emit.pytorch.names import class_name
from convcost.emit.pytorch.steps import Step
from convcost.errors import LayerError
from convcost.kinds import REGISTRY
from convcost.network import INPUT, Layer
from convcost.ops.base import Shape

ACT_NAMES = {
    "relu": "ReLU",
    "prelu": "PReLU",
    "relu6": "ReLU6",
    "gelu": "GELU",
    "silu": "SiLU",
    "elu": "ELU",
}
PROBED = ("n", "m", "k", "stride", "dilation", "bias")
"""Fields that a class of a layer is to be fit for, whatever they are."""

StageSteps = list[tuple[tuple[int, ...], list[Step]]]
"""For each stage of a layer those that it follows, and what it is in PyTorch."""


def layer_call(classes: Classes, layer: Layer, cost: LayerCost, is_sized: bool = True) -> Call:
    """The constructor call of a layer of several ops, or of one, in a class of its own."""
    amounts = (cost.params, cost.macs if is_sized else None)
    like = (layer.kind, layer.stages, cost.ins)
    if again := classes.again(like, amounts):
        return again
    return classes.call(
        _layer_class(layer),
        _stage_fragment(stage_steps(layer, cost)),
        REGISTRY[layer.kind].summary,
        amounts,
        _imagined(layer, cost.ins[0]),
        like,
    )


def stage_steps(layer: Layer, cost: LayerCost) -> StageSteps:
    """A layer's stages in PyTorch; LayerError for one that PyTorch has nothing for."""
    return [
        (stage.inputs, steps(each.op, each.ins, each.out))
        for stage, each in zip(layer.stages, cost.stages, strict=True)
    ]


def _stage_fragment(found: StageSteps) -> Fragment:
    """The body of a class for the stages of one layer."""
    lines = Lines(INPUT)
    for index, (inputs, made) in enumerate(found):
        lines.add(index, made, inputs)
    return lines.fragment((len(found) - 1,))


def _imagined(layer: Layer, shape: Shape) -> Iterator[Fragment]:
    """The layer with other channels, another kernel, ...: what its class is to be fit for."""
    kind = REGISTRY[layer.kind]
    fields = dict(layer.fields)
    fields |= {"n": shape[0]} if "n" in kind.fields else {}
    for name in PROBED:
        if name not in kind.fields:
            continue
        changed = dict(fields)
        value = fields.get(name)
        other = list(shape)
        if name == "n":
            other[0] = changed["n"] = 2 * shape[0]
        elif name == "bias":
            changed[name] = not value
        elif name == "m":
            if value is None:
                continue
            changed[name] = 3 * value
        else:
            more = 2 if name == "k" else 1
            if isinstance(value, str):
                continue
            now = value if value is not None else 1
            if isinstance(now, tuple | list):
                changed[name] = tuple(each + more for each in now)
            else:
                changed[name] = now + more
        wide = (other[0], *(64 * size for size in other[1:]))
        try:
            stages = kind.build(changed, len(shape) - 1)
            costs = stage_costs(stages, (wide,))
            yield _stage_fragment(
                [
                    (stage.inputs, steps(each.op, each.ins, each.out))
                    for stage, each in zip(stages, costs, strict=True)
                ]
            )
        except LayerError:
            continue


def _layer_class(layer: Layer) -> str:
    """A name for the class of a layer: its kind, and norm and activation if it has one."""
    kind = REGISTRY[layer.kind]
    fields = dict(layer.fields)
    name = class_name(plain_kind(layer))
    if "norm" in kind.fields and fields.get("norm") not in (None, "none"):
        name += "Norm"
    act = fields.get("act")
    if act not in (None, "none"):
        name += ACT_NAMES.get(str(act), class_name(str(act)))
    return name


def plain_kind(layer: Layer) -> str:
    """The kind of a layer as code calls it."""
    return "conv" if layer.kind == "standard" else layer.kind
