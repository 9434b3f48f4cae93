"""What may come behind a layer's ops, and be said of all of them: the tail of any kind."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from convcost.errors import LayerError
from convcost.frozen import Frozen
from convcost.kinds.fields import (
    ACT,
    FOLLOWED,
    FUNCTIONAL,
    INNER_ACT,
    INNER_BIAS,
    INNER_NORM,
    LEARNED,
    NONE,
    NORM,
    OWN,
    WEIGHTS,
    WEIGHTS_PER,
    Field,
)
from convcost.kinds.stages import Stage, Stages
from convcost.ops.base import Op, Weighted

TAIL = {
    "norm": Field("norm", NORM, NONE),
    "act": Field("act", ACT, NONE),
    "inner_norm": Field("inner_norm", INNER_NORM),
    "inner_act": Field("inner_act", INNER_ACT),
    "functional": Field("functional", FUNCTIONAL, False),
    "weights": Field("weights", WEIGHTS, OWN),
    "weights_per": Field("weights_per", WEIGHTS_PER.changed(goes_with="prelu"), "channel"),
}
"""What may come behind a layer's ops; the registry adds it, so no builder has to."""
CHAIN = {**TAIL, "inner_bias": Field("inner_bias", INNER_BIAS)}
"""The tail of a layer of several convolutions one behind the other."""
OUTER = ("norm", "act", "weights_per")
"""The tail of a layer that is no plain chain, and has nothing between its stages."""
BRANCHED = {
    **{name: TAIL[name] for name in OUTER},
    "inner_norm": Field("inner_norm", INNER_NORM.changed(doc=f"norm {FOLLOWED}"), NONE),
    "inner_act": Field("inner_act", INNER_ACT.changed(doc=f"activation {FOLLOWED}"), NONE),
    "inner_bias": CHAIN["inner_bias"],
}
"""The tail of a layer that is no plain chain, and in which one convolution follows another."""


def finished(stages: Stages, channels: int, tail: Mapping[str, Any]) -> Stages:
    """The stages of a layer of so many output channels with the fields of CHAIN that it has."""
    behind = dict(tail)
    if (learned := LEARNED[behind.pop("weights", OWN)]) is not True:
        stages = tuple(Stage(relearned(op, learned), sources) for op, sources in stages)
    if (bias := behind.pop("inner_bias", None)) is not None:
        inside = _inside(stages)
        stages = tuple(
            Stage(_biased(op, bias) if index in inside else op, sources)
            for index, (op, sources) in enumerate(stages)
        )
    functional = behind.pop("functional", False)
    stages = _with_tail(stages, channels, **behind)
    return _functional(stages, functional) if functional else stages


def _functional(stages: Stages, how: bool | str) -> Stages:
    """The stages with every op that can be one as a call of a function, or of a method."""
    from convcost.ops.pooling import AdaptivePool, Pool, Resize, Upsample
    from convcost.ops.structure import Activation

    callable_ops = (Activation, AdaptivePool, Pool, Resize, Upsample)
    return tuple(
        Stage(op.changed(functional=how) if isinstance(op, callable_ops) else op, sources)
        for op, sources in stages
    )


def relearned(op: Op, learned: bool | None) -> Op:
    """The op with weights that are no parameters, or of which that is not known."""
    if isinstance(op, Frozen) and hasattr(op, "learned"):
        return op.changed(learned=learned)
    return op


def _biased(op: Op, bias: bool) -> Op:
    return op.changed(bias=bias) if isinstance(op, Frozen) and hasattr(op, "bias") else op


def _with_tail(
    stages: Stages,
    channels: int,
    norm: str | None = None,
    act: str | None = None,
    inner_norm: str | None = None,
    inner_act: str | None = None,
    weights_per: str | None = None,
) -> Stages:
    """The stages with norm and activation behind the last, and the inner ones behind each
    convolution that another follows; in a plain chain they are as the outer ones unless told."""
    if not any((norm, act, inner_norm, inner_act)):
        return stages
    last = stages[-1].op
    outer = _tail_ops(norm, act, last.m if isinstance(last, Weighted) else channels, weights_per)
    if all(sources == (index - 1,) for index, (_, sources) in enumerate(stages)):
        inner_norm = norm if inner_norm is None else inner_norm
        inner_act = act if inner_act is None else inner_act
    inside = _inside(stages) if inner_norm or inner_act else frozenset()
    made: list[Stage] = []
    ends: list[int] = []
    for index, (op, sources) in enumerate(stages):
        made.append(Stage(op, tuple([at if at < 0 else ends[at] for at in sources])))
        if index in inside and isinstance(op, Weighted):
            _append(made, _tail_ops(inner_norm, inner_act, op.m, weights_per))
        ends.append(len(made) - 1)
    _append(made, outer)
    return tuple(made)


def _append(stages: list[Stage], ops: tuple[Op, ...]) -> None:
    """Add ops behind the last of `stages`, one after the other."""
    for op in ops:
        stages.append(Stage(op, (len(stages) - 1,)))


def _inside(stages: Stages) -> frozenset[int]:
    """The convolutions among the stages that another one follows, straight on or further behind."""
    inside: set[int] = set()
    followed: set[int] = set()
    for index in reversed(range(len(stages))):
        op, sources = stages[index]
        is_weighted = isinstance(op, Weighted)
        if is_weighted and index in followed:
            inside.add(index)
        if is_weighted or index in followed:
            followed.update(sources)
    return frozenset(inside)


# Most layers end in one of a few ways.
@lru_cache(maxsize=1024)
def _tail_ops(
    norm: str | None, act: str | None, channels: int, weights_per: str | None
) -> tuple[Op, ...]:
    from convcost.ops.structure import Activation, Norm  # seldom needed to compare layers

    ops: list[Op] = []
    if norm not in (None, NONE):
        ops.append(Norm(norm, channels, affine=norm != "instance"))
    if act == "prelu":
        ops.append(_prelu(channels, weights_per or "channel"))
    elif act not in (None, NONE):
        ops.append(Activation(act))
    return tuple(ops)


def _prelu(channels: int, weights_per: str) -> Op:
    """A prelu behind a layer, which knows how many channels it has, but not their size."""
    from convcost.ops.structure import PRelu

    if weights_per == "layer":
        return PRelu("prelu", weights_per="layer")
    if weights_per == "element" or not channels:
        raise LayerError(
            f"a prelu with a weight for each {weights_per} is a layer of its own here",
            hint=f"put {{kind: prelu, weights_per: {weights_per}}} behind it",
        )
    return PRelu("prelu", channels=channels)
