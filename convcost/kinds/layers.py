"""Everything in a network that is not a convolution: linear, pooling, norms, joints."""

from typing import Annotated, Any, Literal

from convcost.kinds.fields import (
    ACTIVATIONS,
    NORMS,
    WEIGHTS_PER,
    Bias,
    FieldDoc,
    Inputs,
    K,
    M,
    N,
    Pad,
    Size,
    resolve_pads,
)
from convcost.kinds.registry import Stage, Stages, chain, kind
from convcost.ops.base import Op, Sizes
from convcost.ops.conv import Linear
from convcost.ops.joints import Add, Concat, Multiply
from convcost.ops.pooling import AdaptivePool, Pool, Upsample
from convcost.ops.structure import Activation, Crop, Flatten, Identity, Norm, PRelu, Shuffle, Slice

PoolStride = Annotated[Sizes | None, FieldDoc("sizes", "stride; default: the kernel size")]
Ceil = Annotated[bool, FieldDoc("flag", "whether a last, partial window counts")]
Axis = Annotated[int, FieldDoc("offset", "the dim it works along, from 0; default: the channels")]
OutSize = Annotated[Sizes, FieldDoc("sizes", "output size")]
Affine = Annotated[
    bool | None, FieldDoc("flag", "whether it has weights; default: all but instance norm have")
]
WeightsPer = Annotated[Literal["channel", "layer", "element"], WEIGHTS_PER]
CALL_FIELD = ("functional",)
ACT_FIELDS = ("act", *CALL_FIELD, "weights_per")
NORM_FIELDS = ("norm", *ACT_FIELDS)


@kind(
    "linear",
    group="layer",
    tail=(*NORM_FIELDS, "weights"),
    flattens=True,
    formula="n·m",
    macs="n·m",
)
def linear(n: N, m: M, size: Size, bias: Bias = False) -> Stages:
    """A fully connected layer; an input with spatial dims is flattened first."""
    return chain(Flatten(), Linear(n, m, bias)) if size else chain(Linear(n, m, bias))


@kind("flatten", group="layer")
def flatten() -> Stages:
    """All elements as one vector."""
    return chain(Flatten())


@kind("dropout", group="layer")
def dropout() -> Stages:
    """Nothing at evaluation: a place to note it."""
    return chain(Identity())


@kind("identity", group="layer", tail=NORM_FIELDS)
def identity(n: N) -> Stages:
    """Its input unchanged; with norm or act it is that alone."""
    return chain(Identity())


@kind("shuffle", group="layer", source="ShuffleNet, Zhang et al. 2018")
def shuffle(groups: Annotated[int, FieldDoc("count", "groups to mix")]) -> Stages:
    """Channel shuffle between grouped convolutions."""
    return chain(Shuffle(groups))


@kind("slice", group="layer")
def slice_channels(
    stop: Annotated[int, FieldDoc("count", "one past the last channel kept")],
    start: Annotated[int, FieldDoc("offset", "the first channel kept")] = 0,
    axis: Axis = 0,
    step: Annotated[int, FieldDoc("count", "one in how many is kept")] = 1,
) -> Stages:
    """Some of the channels, `start` to `stop` (not included)."""
    return chain(Slice(start, stop, axis, step))


@kind("crop", group="layer", source="U-Net, Ronneberger et al. 2015")
def crop(out: OutSize) -> Stages:
    """The middle of its input, cut to the size `out`."""
    return chain(Crop(out))


@kind("upsample", group="layer", tail=CALL_FIELD)
def upsample(
    scale: Annotated[Sizes, FieldDoc("sizes", "factor of each spatial size")],
    mode: Annotated[
        str,
        FieldDoc("word", "how values are filled in", ("nearest", "linear", "bilinear", "bicubic")),
    ] = "nearest",
) -> Stages:
    """Resizing by a whole factor."""
    return chain(Upsample(scale, mode))


@kind("add", group="joint", tail=ACT_FIELDS)
def add(inputs: Inputs) -> Stages:
    """The element-wise sum of its inputs."""
    return _joint(Add(), inputs)


@kind("concat", group="joint", tail=ACT_FIELDS)
def concat(inputs: Inputs, axis: Axis = 0) -> Stages:
    """Its inputs behind each other along the channels."""
    return _joint(Concat(axis), inputs)


@kind("multiply", group="joint", tail=ACT_FIELDS)
def multiply(inputs: Inputs) -> Stages:
    """The element-wise product of its inputs; C x 1 x 1 scales whole channels."""
    return _joint(Multiply(), inputs)


def _joint(op: Op, inputs: int) -> Stages:
    return (Stage(op, tuple(range(-1, -inputs - 1, -1))),)


def _register_pools(sort: Literal["max", "avg"], word: str) -> None:
    def pool(
        k: K,
        stride: PoolStride = None,
        padding: Pad = "valid",
        ceil: Ceil = False,
    ) -> Stages:
        pads = resolve_pads(padding, k, (1,) * len(k))
        return chain(Pool(sort, k, stride or k, pads, ceil))

    def global_pool(size: Size) -> Stages:
        return chain(AdaptivePool(sort, (1,) * len(size)))

    def adaptive_pool(out: OutSize) -> Stages:
        return chain(AdaptivePool(sort, out))

    pool.__doc__ = f"The {word} of a sliding k x k window."
    global_pool.__doc__ = f"The {word} of each channel: C x 1 x 1."
    adaptive_pool.__doc__ = f"The {word} over as many windows as `out` asks for."
    kind(f"{sort}-pool", group="layer", tail=CALL_FIELD)(pool)
    kind(f"global-{sort}-pool", group="layer", tail=CALL_FIELD)(global_pool)
    kind(f"adaptive-{sort}-pool", group="layer", tail=CALL_FIELD)(adaptive_pool)


def _register_norm(sort: str, doc: str) -> None:
    def norm(n: N, affine: Affine = None) -> Stages:
        return chain(Norm(sort, n, affine=sort != "instance" if affine is None else affine))

    norm.__doc__ = doc[0].upper() + doc[1:] + "."
    formula: dict[str, Any] = {} if sort == "instance" else {"formula": "2·n", "macs": "0"}
    kind(f"{sort}-norm", group="layer", **formula)(norm)


def _register_activation(sort: str) -> None:
    def activation() -> Stages:
        return chain(Activation(sort))

    activation.__doc__ = f"The activation {sort}, element by element."
    kind(sort, group="layer", tail=CALL_FIELD)(activation)


def _register_prelu() -> None:
    @kind(
        "prelu",
        group="layer",
        tail=(*CALL_FIELD, "weights"),
        formula="n",
        macs="0",
        source="He et al. 2015",
    )
    def prelu(n: N, size: Size, weights_per: WeightsPer = "channel") -> Stages:
        """A relu with a learned slope below zero, element by element."""
        sizes = size if weights_per == "element" else ()
        return chain(PRelu("prelu", channels=n, weights_per=weights_per, sizes=sizes))


_register_pools("max", "maximum")
_register_pools("avg", "average")
for _sort, _doc in NORMS.items():
    _register_norm(_sort, _doc)
for _sort in ACTIVATIONS:
    if _sort == "prelu":
        _register_prelu()
    else:
        _register_activation(_sort)
