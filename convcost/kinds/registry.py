"""The registry of kinds: a kind is a factorization, a named way to build a layer from ops.

A kind is registered where it is defined, by `@kind(...)` on a builder that lists its primitive
ops. Its cost is theirs; its fields are the builder's parameters; its one line for the reader is
the builder's docstring.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from convcost.errors import LayerError
from convcost.frozen import Frozen
from convcost.kinds.fields import (
    ACT,
    FUNCTIONAL,
    INFERRED,
    INNER_ACT,
    INNER_NORM,
    LEARNED,
    NONE,
    NORM,
    OWN,
    WEIGHTS,
    Field,
    about,
    normalise,
)
from convcost.kinds.letters import Letter, letters_of
from convcost.ops.base import Op, Shape, Weighted
from convcost.spelling import did_you_mean


class Stage(NamedTuple):
    """One op of a layer and where its inputs come from.

    An input is the index of an earlier stage, or -1 for the layer's own (first) input, -2 for its
    second, and so on.
    """

    op: Op
    inputs: tuple[int, ...]


Stages = tuple[Stage, ...]
Group = Literal["convolution", "layer", "joint"]
TAIL = {
    "norm": Field("norm", NORM, NONE),
    "act": Field("act", ACT, NONE),
    "inner_norm": Field("inner_norm", INNER_NORM),
    "inner_act": Field("inner_act", INNER_ACT),
    "functional": Field("functional", FUNCTIONAL, False),
    "weights": Field("weights", WEIGHTS, OWN),
}
"""What may come behind a layer's ops; the registry adds it, so no builder has to."""
OUTER = ("norm", "act")
"""The tail of a layer that is no plain chain, and so has nothing between its stages."""


class Kind(NamedTuple):
    """A named way to build a layer.

    `formula` is its parameters in the literature's letters (n, m, k, g groups, ...), without
    bias; multiply-adds are that times A output positions unless `macs` says otherwise. `ratio` is
    its share of a standard convolution's. `own_letters` are the letters of the three that not
    all kinds share. `mixing` and `gives_up` say in words what the saving costs. `grouped` kinds are
    made of groups: `compare --groups` is meant for them. A kind that `flattens` takes all elements
    of its input as channels.
    """

    name: str
    group: Group
    builder: Callable[..., Stages]
    summary: str
    fields: Mapping[str, Field]
    required: tuple[str, ...]
    formula: str = ""
    macs: str = ""
    ratio: str = ""
    own_letters: tuple[Letter, ...] = ()
    source: str = ""
    mixing: str = ""
    gives_up: str = ""
    grouped: bool = False
    compared: bool = False
    flattens: bool = False

    @property
    def macs_formula(self) -> str:
        """Its multiply-adds in the literature's letters."""
        if self.macs or not self.formula or self.group != "convolution":
            return self.macs
        return f"({self.formula})·A" if "+" in self.formula else f"{self.formula}·A"

    @property
    def letters(self) -> tuple[Letter, ...]:
        """The letters of its formulas, in the order in which they are explained.

        ValueError if they use a letter that is not declared, or leave out one that is.
        """
        formulas = f"{self.formula} {self.macs_formula} {self.ratio}"
        return letters_of(self.name, formulas, self.own_letters)

    @property
    def is_spatial(self) -> bool:
        """Whether it works on positions, which a flat vector has none of."""
        return self.group == "convolution" or any(
            field.required and field.about.variety == "sizes"
            for name, field in self.fields.items()
            if name not in INFERRED
        )

    def build(self, given: Mapping[str, Any], dims: int) -> Stages:
        """The layer's ops for the fields `given`, in `dims` spatial dims.

        LayerError if a field is unknown, missing or out of range, or the layer cannot be built.
        """
        if not given.keys() <= self.fields.keys():
            unknown = next(name for name in given if name not in self.fields)
            raise LayerError(
                f"{self.name} takes no {unknown}",
                hint=did_you_mean(unknown, self.fields)
                or f"it takes {', '.join(name for name in self.fields if name not in INFERRED)}",
            )
        if not dims and self.is_spatial:
            raise LayerError(
                f"{self.name} needs spatial dims, and a flat vector arrived",
                hint="use kind linear" if self.group == "convolution" else "",
            )
        values = {
            name: normalise(self.fields[name], value, dims)
            for name, value in given.items()
            if value is not None
        }
        for name in self.required:
            if name not in values:
                hint = f"{name}: {self.fields[name].about.doc}"
                raise LayerError(f"{self.name} needs {name}", hint=hint)
        return _built(self.name, tuple(sorted(values.items())), dims)


LOADED: dict[str, Kind] = {}
"""The kinds whose modules have been imported; `convcost.kinds.REGISTRY` is all of them."""


def kind(
    name: str,
    *,
    group: Group = "convolution",
    tail: Iterable[str] | None = None,
    **facts: Any,
) -> Callable[[Callable[..., Stages]], Callable[..., Stages]]:
    """Register the builder below as the kind `name`; a second registration is an error.

    `facts` are the remaining attributes of `Kind`. `tail` names the fields of TAIL that it takes
    besides the builder's own: all for a convolution, else none unless told.
    """
    tails = TAIL if tail is None and group == "convolution" else tail or ()

    def register(builder: Callable[..., Stages]) -> Callable[..., Stages]:
        if name in LOADED:
            raise ValueError(f"the kind {name} is registered twice")
        fields = _fields(builder) | {name: TAIL[name] for name in tails}
        summary = (builder.__doc__ or "").strip()
        required = tuple(name for name, field in fields.items() if field.required)
        LOADED[name] = Kind(name, group, builder, summary, fields, required, **facts)
        return builder

    return register


def _fields(builder: Callable[..., Stages]) -> dict[str, Field]:
    """A builder's parameters as fields, in order; those with defaults are the last."""
    # Not by inspect.signature, which takes as long for all kinds as reading a spec.
    annotations = {key: what for key, what in builder.__annotations__.items() if key != "return"}
    defaults = builder.__defaults__ or ()
    given = dict(zip(reversed(annotations), reversed(defaults), strict=False))
    return {
        name: Field(name, about(what), given.get(name), name not in given)
        for name, what in annotations.items()
    }


INPUT = -1
"""What a stage calls its layer's input."""


class Draft:
    """Collects the stages of a layer that is no plain chain."""

    def __init__(self) -> None:
        self._stages: list[Stage] = []

    def add(self, op: Op, *inputs: int) -> int:
        """One more op, on the layer's input unless told otherwise; its index."""
        self._stages.append(Stage(op, inputs or (INPUT,)))
        return len(self._stages) - 1

    def stages(self) -> Stages:
        """All of them; the last one's output is the layer's."""
        return tuple(self._stages)


def chain(*ops: Op) -> Stages:
    """Ops one after the other."""
    return tuple([Stage(op, (index - 1,)) for index, op in enumerate(ops)])


def shapes_of(stages: Stages, inputs: tuple[Shape, ...]) -> list[Shape]:
    """Every stage's output shape; the last is the layer's. LayerError if an op refuses."""
    shapes: list[Shape] = []
    for op, sources in stages:
        ins = [shapes[source] if source >= 0 else inputs[-source - 1] for source in sources]
        shapes.append(op.out(*ins))
    return shapes


@lru_cache(maxsize=4096)
def _built(name: str, items: tuple[tuple[str, Any], ...], dims: int) -> Stages:
    """Equal layers share one tuple of stages, so that a network of 100,000 stays small."""
    tail: dict[str, Any] = {}
    values = dict(_defaults(name, dims))
    for field, value in items:
        (tail if field in TAIL else values)[field] = value
    stages = LOADED[name].builder(**values)
    if not tail:
        return stages
    if (learned := LEARNED[tail.pop("weights", OWN)]) is not True:
        stages = tuple(Stage(_relearned(op, learned), sources) for op, sources in stages)
    functional = tail.pop("functional", False)
    stages = _with_tail(stages, values.get("m") or values.get("n") or 0, **tail)
    return _functional(stages) if functional else stages


@lru_cache(maxsize=256)
def _defaults(name: str, dims: int) -> Mapping[str, Any]:
    """What the builder of a kind takes where a field is not given."""
    return {
        field.name: normalise(field, field.default, dims)
        for field in LOADED[name].fields.values()
        if field.name not in TAIL and field.default is not None
    }


def _functional(stages: Stages) -> Stages:
    """The stages with every op that can be one as a call of a function."""
    from convcost.ops.pooling import AdaptivePool, Pool, Resize, Upsample
    from convcost.ops.structure import Activation

    callable_ops = (Activation, AdaptivePool, Pool, Resize, Upsample)
    return tuple(
        Stage(op.changed(functional=True) if isinstance(op, callable_ops) else op, sources)
        for op, sources in stages
    )


def _relearned(op: Op, learned: bool | None) -> Op:
    """The op with weights that are no parameters, or of which that is not known."""
    return op.changed(learned=learned) if isinstance(op, Frozen) and hasattr(op, "learned") else op


def _with_tail(
    stages: Stages,
    channels: int,
    norm: str | None = None,
    act: str | None = None,
    inner_norm: str | None = None,
    inner_act: str | None = None,
) -> Stages:
    """The stages with norm and activation behind the last, and, where the layer is a plain chain,
    the inner ones behind each convolution but the last."""
    if not any((norm, act, inner_norm, inner_act)):
        return stages
    last = stages[-1].op
    end = len(stages) - 1
    outer = _tail_ops(norm, act, last.m if isinstance(last, Weighted) else channels)
    if not end or any(sources != (index - 1,) for index, (_, sources) in enumerate(stages)):
        return stages + tuple([Stage(op, (end + index,)) for index, op in enumerate(outer)])
    convolutions = [index for index, stage in enumerate(stages) if isinstance(stage.op, Weighted)]
    inner = (norm if inner_norm is None else inner_norm, act if inner_act is None else inner_act)
    ops: list[Op] = []
    for index, (op, _) in enumerate(stages):
        ops.append(op)
        if isinstance(op, Weighted) and index != convolutions[-1]:
            ops += _tail_ops(*inner, op.m)
    return chain(*ops, *outer)


# Most layers end in one of a few ways.
@lru_cache(maxsize=1024)
def _tail_ops(norm: str | None, act: str | None, channels: int) -> tuple[Op, ...]:
    from convcost.ops.structure import Activation, Norm  # seldom needed to compare layers

    ops: list[Op] = []
    if norm not in (None, NONE):
        ops.append(Norm(norm, channels, affine=norm != "instance"))
    if act not in (None, NONE):
        ops.append(Activation(act))
    return tuple(ops)
