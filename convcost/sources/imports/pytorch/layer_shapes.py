"""What shape comes out of PyTorch's operations that are layers."""

from __future__ import annotations

from functools import lru_cache, partial
from math import floor

from convcost.ops.base import Pads, Shape, Sizes
from convcost.ops.conv import Conv, TransposedConv, same_pads
from convcost.ops.pooling import Pool
from convcost.sources.imports.pytorch.shape_rules import (
    Arguments,
    per_dim,
    shape_of,
    shapes,
    spread,
    words,
)


@shapes("batch_norm", "instance_norm", "group_norm")
def _norm(args: Arguments) -> Shape | None:
    shape, weight = shape_of(args, "input"), args["weight"]
    return shape if weight is None or tuple(weight.shape) == shape[1:2] else None


@shapes("conv1d", "conv2d", "conv3d")
def _conv(args: Arguments) -> Shape | None:
    shape, weight = shape_of(args, "input"), tuple(args["weight"].shape)
    kernel, groups, batch = weight[2:], args["groups"], len(shape) - len(weight) + 1
    dims = len(kernel)
    dilation, padding = per_dim(args["dilation"], dims), args["padding"]
    if padding == "same":
        pads: Pads = same_pads(kernel, dilation)
    else:
        pads = tuple([(n, n) for n in per_dim(0 if padding == "valid" else padding, dims)])
    op = _filter(weight, per_dim(args["stride"], dims), pads, dilation, groups)
    return (*shape[:batch], *op.out(shape[batch:])) if batch in (0, 1) else None


@lru_cache(maxsize=1024)
def _filter(weight: Shape, stride: Sizes, pads: Pads, dilation: Sizes, groups: int) -> Conv:
    return Conv(weight[1] * groups, weight[0], weight[2:], stride, pads, dilation, groups)


@shapes("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def _transposed(args: Arguments) -> Shape | None:
    shape, weight = shape_of(args, "input"), tuple(args["weight"].shape)
    kernel, groups, batch = weight[2:], args["groups"], len(shape) - len(weight) + 1
    dims = len(kernel)
    stride, padding, extra, dilation = (
        per_dim(args[name], dims) for name in ("stride", "padding", "output_padding", "dilation")
    )
    pads: Pads = tuple((n, n) for n in padding)
    m = weight[1] * groups
    op = TransposedConv(weight[0], m, kernel, stride, pads, dilation, extra, groups)
    return (*shape[:batch], *op.out(shape[batch:])) if batch in (0, 1) else None


@shapes("linear")
def _linear(args: Arguments) -> Shape | None:
    shape, weight = shape_of(args, "input"), tuple(args["weight"].shape)
    return (*shape[:-1], weight[0]) if len(weight) == 2 and shape[-1] == weight[1] else None


@shapes("matmul", "mm", "bmm", "mv")
def _matmul(args: Arguments) -> Shape | None:
    return _product(shape_of(args, "self", "input"), shape_of(args, "other", "mat2", "vec"))


@shapes("grouped_mm")
def _grouped(args: Arguments) -> Shape | None:
    """Rows by one matrix of several each; PyTorch takes no number but bfloat16 here."""
    left, right = shape_of(args, "self"), shape_of(args, "mat2")
    fits = (len(left), len(right)) == (2, 3) and left[1] == right[1]
    return (left[0], right[2]) if fits else None


@shapes("addmm")
def _addmm(args: Arguments) -> Shape | None:
    return _product(shape_of(args, "mat1"), shape_of(args, "mat2"))


@shapes("baddbmm")
def _baddbmm(args: Arguments) -> Shape | None:
    return _product(shape_of(args, "batch1"), shape_of(args, "batch2"))


def _product(a: Shape, b: Shape) -> Shape | None:
    """The shape of the product of two matrices, or of many at once."""
    left = a if len(a) > 1 else (1, *a)
    right = b if len(b) > 1 else (*b, 1)
    if left[-1] != right[-2] or not a or not b:
        return None
    lead = spread(left[:-2], right[:-2])
    rows, columns = left[-2:-1] if len(a) > 1 else (), right[-1:] if len(b) > 1 else ()
    return None if lead is None else (*lead, *rows, *columns)


@shapes("scaled_dot_product_attention")
def _attention(args: Arguments) -> Shape | None:
    query, key, value = (shape_of(args, name) for name in ("query", "key", "value"))
    if query[-1] != key[-1] or key[-2] != value[-2]:
        return None
    is_grouped = args.get("enable_gqa")
    lead = query[:-2] if is_grouped else spread(query[:-2], key[:-2], value[:-2])
    return None if lead is None else (*lead, query[-2], value[-1])


def _window(args: Arguments, dims: int) -> Shape | None:
    shape = shape_of(args, "self", "input")
    kernel = per_dim(args["kernel_size"], dims)
    if set(per_dim(args.get("dilation", 1), dims)) != {1}:
        return None
    stride = per_dim(args["stride"] or kernel, dims)
    pads: Pads = tuple((n, n) for n in per_dim(args["padding"], dims))
    op = Pool("max", kernel, stride, pads, args["ceil_mode"])
    lead = len(shape) - dims - 1
    return (*shape[:lead], *op.out(shape[lead:])) if lead in (0, 1) else None


def _window_to(args: Arguments, dims: int) -> Shape | None:
    shape = shape_of(args, "self", "input")
    lead, sizes = shape[:-dims], shape[-dims:]
    wanted = per_dim(args["output_size"], dims)
    if len(lead) not in (1, 2):
        return None
    return (*lead, *(old if new is None else new for old, new in zip(sizes, wanted, strict=True)))


for _dims in (1, 2, 3):
    shapes(f"max_pool{_dims}d", f"avg_pool{_dims}d")(partial(_window, dims=_dims))
    shapes(f"adaptive_avg_pool{_dims}d")(partial(_window_to, dims=_dims))


@shapes(
    *words(
        """
        upsample_nearest1d upsample_nearest2d upsample_nearest3d upsample_linear1d
        upsample_bilinear2d upsample_bicubic2d upsample_trilinear3d
        """
    )
)
def _upsample(args: Arguments) -> Shape | None:
    shape, size = shape_of(args, "self", "input"), args["output_size"]
    if size is None:
        scales = args["scale_factors"]
        size = [floor(old * scale) for old, scale in zip(shape[2:], scales, strict=True)]
    return (*shape[:2], *size) if len(size) == len(shape) - 2 else None


@shapes("pad", "constant_pad_nd")
def _pad(args: Arguments) -> Shape:
    shape, pads = list(shape_of(args, "self")), args["pad"]
    for place, (before, after) in enumerate(zip(pads[::2], pads[1::2], strict=True)):
        shape[-1 - place] += before + after
    return tuple(shape)


@shapes("einsum")
def _einsum(args: Arguments) -> Shape | None:
    letters, arrow, out = args["equation"].replace(" ", "").partition("->")
    if not arrow or "." in letters:
        return None
    sizes: dict[str, int] = {}
    terms = letters.split(",")
    for term, tensor in zip(terms, args["tensors"], strict=True):
        for letter, size in zip(term, tuple(tensor.shape), strict=True):
            if sizes.setdefault(letter, size) != size:
                return None
    return tuple(sizes[letter] for letter in out)


@shapes("lstm")
def _lstm(args: Arguments) -> list[Shape]:
    states = [tuple(each.shape) for each in args["hx"]]
    return [_outputs(args, states[0]), *states]


@shapes("gru", "rnn_tanh", "rnn_relu")
def _recurrent(args: Arguments) -> list[Shape]:
    state = shape_of(args, "hx")
    return [_outputs(args, state), state]


def _outputs(args: Arguments, state: Shape) -> Shape:
    """What a recurrent layer gives at every step: the states of both directions."""
    return (*shape_of(args, "input", "data")[:-1], state[-1] * (2 if args["bidirectional"] else 1))
