"""Layers on tensors of any dims, as imported networks have them: attention, permutes, lookups.

Where a dim is named by its number, counting starts at 0, the batch left out.
"""

from typing import Annotated

from convcost.errors import LayerError
from convcost.kinds.fields import Bias, FieldDoc, Inputs, M, N, Padding, Size
from convcost.kinds.registry import Draft, Stages, chain, kind
from convcost.ops.base import Shape, Sizes
from convcost.ops.conv import Linear
from convcost.ops.joints import Matmul
from convcost.ops.pooling import Resize
from convcost.ops.structure import Activation, Reshape
from convcost.ops.tensors import (
    Broadcast,
    Elementwise,
    Gather,
    LastNorm,
    Permute,
    Reduce,
    Tensor,
    Transpose,
    Unknown,
    ZeroPad,
)

NewShape = Annotated[Shape, FieldDoc("shape", "the shape it has behind: 64x49x96")]
OpName = Annotated[str, FieldDoc("text", "the operation's name")]


@kind("projection", group="layer", tail=("act", "functional", "weights", "weights_per"))
def projection(n: N, m: M, size: Size, bias: Bias = False) -> Stages:
    """A linear layer over the last dim; the dims before it are positions."""
    return chain(Linear(size[-1] if size else n, m, bias))


@kind("matmul", group="joint")
def matmul(
    inputs: Inputs,
    transpose: Annotated[bool, FieldDoc("flag", "whether the second has its last dims swapped")] = (
        False
    ),
) -> Stages:
    """The matrix product of two inputs, over their last two dims."""
    if inputs != 2:
        raise LayerError(f"matmul takes two inputs, not {inputs}")
    draft = Draft()
    draft.add(Matmul(), -1, draft.add(Transpose(), -2) if transpose else -2)
    return draft.stages()


@kind("attention", group="joint", source="Vaswani et al. 2017")
def attention(inputs: Inputs) -> Stages:
    """softmax(q·kᵀ)·v of three inputs q, k and v, each heads x tokens x features."""
    if inputs != 3:
        raise LayerError(f"attention takes three inputs, q, k and v, not {inputs}")
    draft = Draft()
    scores = draft.add(Matmul(), -1, draft.add(Transpose(), -2))
    draft.add(Matmul(), draft.add(Activation("softmax"), scores), -3)
    return draft.stages()


@kind("last-norm", group="layer")
def last_norm(
    n: N,
    size: Size,
    dims: Annotated[int, FieldDoc("count", "how many of the last dims it works over")] = 1,
    sort: Annotated[str, FieldDoc("word", "which norm", ("layer", "rms"))] = "layer",
    weight: Annotated[bool, FieldDoc("flag", "whether it has a weight for each element")] = True,
    bias: Annotated[
        bool | None, FieldDoc("flag", "whether it has a bias; default: as weight, but not for rms")
    ] = None,
) -> Stages:
    """Layer norm over the last dims, with weights for each of their elements."""
    if bias and not (weight and sort == "layer"):
        raise LayerError("a norm over the last dims has no bias without a weight, nor an rms one")
    has_bias = weight and sort == "layer" if bias is None else bias
    return chain(LastNorm(sort, (n, *size)[-dims:], weight, has_bias))


@kind("parameter", group="layer", tail=("weights",))
def parameter(shape: NewShape) -> Stages:
    """A learnable tensor of its own, such as a class token; its input is ignored."""
    return chain(Tensor(shape, learned=True))


@kind("constant", group="layer")
def constant(shape: NewShape) -> Stages:
    """A tensor that is not learned, such as an attention mask; its input is ignored."""
    return chain(Tensor(shape, learned=False))


@kind("reshape", group="layer")
def reshape(shape: NewShape) -> Stages:
    """The same elements in another shape."""
    return chain(Reshape(shape))


@kind("permute", group="layer")
def permute(order: Annotated[Sizes, FieldDoc("order", "the dims in their new order")]) -> Stages:
    """The same elements with the dims in another order."""
    return chain(Permute(order))


@kind("broadcast", group="layer")
def broadcast(shape: NewShape) -> Stages:
    """Repeated along dims of size 1, and along new leading dims."""
    return chain(Broadcast(shape))


@kind("pad", group="layer")
def pad(
    size: Size,
    padding: Annotated[
        Padding | None, FieldDoc("padding", "zeros before and behind each spatial dim")
    ] = None,
    channels: Annotated[
        Sizes | None, FieldDoc("order", "channels of zeros, as [before, behind]")
    ] = None,
) -> Stages:
    """Zeros around its input."""
    # With channels it is option A of ResNet's shortcuts, He et al. 2016.
    if isinstance(padding, str):
        raise LayerError("pad needs numbers", hint="padding: 1, or [[0, 1], [0, 1]]")
    if padding is None and channels is None:
        raise LayerError("pad needs padding or channels", hint="padding: 1, or channels: [8, 8]")
    if channels is not None and len(channels) != 2:
        raise LayerError(
            f"channels has {len(channels)} number{'s' * (len(channels) != 1)}, not two",
            hint="write channels: [before, behind]",
        )
    before, behind = channels or (0, 0)
    return chain(ZeroPad(padding or ((0, 0),) * len(size), (before, behind)))


@kind("resize", group="layer", tail=("functional",))
def resize(
    out: Annotated[Sizes, FieldDoc("sizes", "output size")],
    mode: Annotated[
        str,
        FieldDoc("word", "how values are filled in", ("nearest", "linear", "bilinear", "bicubic")),
    ] = "nearest",
) -> Stages:
    """Resizing to the size `out`, by whatever factor that is."""
    return chain(Resize(out, mode))


@kind("reduce", group="layer")
def reduce(
    dims: Annotated[Sizes, FieldDoc("order", "the dims it goes over")],
    sort: Annotated[str, FieldDoc("text", "which: mean, sum, max, ...")] = "mean",
    keep: Annotated[bool, FieldDoc("flag", "whether those dims stay, as 1")] = False,
) -> Stages:
    """The mean, or so, over some of the dims."""
    return chain(Reduce(sort, dims, keep))


@kind("elementwise", group="joint")
def elementwise(inputs: Inputs, op: OpName) -> Stages:
    """Any other function of the elements of its inputs, which all have one shape."""
    draft = Draft()
    draft.add(Elementwise(op), *range(-1, -inputs - 1, -1))
    return draft.stages()


@kind("gather", group="layer")
def gather(op: OpName, shape: NewShape) -> Stages:
    """Elements picked, moved or repeated, without arithmetic: rolls, indexing, lookups."""
    return chain(Gather(op, shape))


@kind("unknown", group="joint")
def unknown(
    inputs: Inputs,
    op: OpName,
    shape: NewShape,
    counted: Annotated[
        bool, FieldDoc("flag", "whether its parameters are counted, by layers of their own")
    ] = False,
    macs: Annotated[int | None, FieldDoc("offset", "its multiply-adds, where they are known")] = (
        None
    ),
    activations: Annotated[
        int | None, FieldDoc("offset", "its activations, where known; none without multiply-adds")
    ] = None,
) -> Stages:
    """An operation that convcost has no rule for: totals with it are lower bounds."""
    draft = Draft()
    draft.add(Unknown(op, shape, counted, macs, activations), *range(-1, -inputs - 1, -1))
    return draft.stages()
