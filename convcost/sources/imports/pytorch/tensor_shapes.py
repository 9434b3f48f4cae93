"""What shape comes out of PyTorch's operations on elements, and of those that move them."""

from __future__ import annotations

from typing import Any

from convcost.ops.base import Shape
from convcost.sources.imports.pytorch.shape_rules import (
    Arguments,
    per_dim,
    shape_of,
    shapes,
    spread,
    words,
)


@shapes(
    *words(
        """
        relu relu6 leaky_relu elu selu gelu silu mish sigmoid hardsigmoid hardswish tanh
        softplus hardtanh softmax log_softmax celu log_sigmoid logsigmoid softsign threshold
        rrelu hardshrink softshrink tanhshrink dropout feature_dropout alpha_dropout prelu neg
        abs exp log sqrt rsqrt clamp clamp_min clamp_max erf sin cos tan square reciprocal floor
        ceil round sign log1p expm1 log2 exp2 logical_not bitwise_not cumsum isnan asin acos
        atan nan_to_num roll flip tril triu contiguous clone channel_shuffle
        native_channel_shuffle layer_norm rms_norm positive
        """
    )
)
def _same(args: Arguments) -> Shape:
    return shape_of(args, "self", "input")


@shapes(
    *words(
        """
        add sub subtract mul multiply div divide true_divide floor_divide pow rsub maximum
        minimum where masked_fill lerp addcmul addcdiv atan2 remainder fmod eq ne lt gt le ge
        logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor
        """
    )
)
def _spread(args: Arguments) -> Shape | None:
    return spread(*(tuple(each.shape) for each in args.values() if hasattr(each, "shape")))


@shapes("cat", "concat", "concatenate")
def _concat(args: Arguments) -> Shape | None:
    several = [tuple(each.shape) for each in args["tensors"] if tuple(each.shape) != (0,)]
    dim = args["dim"] % len(several[0])
    rests = {(shape[:dim], shape[dim + 1 :]) for shape in several}
    if len(rests) > 1:
        return None
    before, after = rests.pop()
    return (*before, sum(shape[dim] for shape in several), *after)


@shapes("stack")
def _stack(args: Arguments) -> Shape | None:
    several = [tuple(each.shape) for each in args["tensors"]]
    dim = args["dim"] % (len(several[0]) + 1)
    shape = several[0]
    return (*shape[:dim], len(several), *shape[dim:]) if len(set(several)) == 1 else None


@shapes(*words("mean sum amax amin var std logsumexp linalg_vector_norm argmax argmin any all"))
def _reduced(args: Arguments) -> Shape:
    shape, over = shape_of(args, "self"), args.get("dim")
    dims = range(len(shape)) if over in (None, (), []) else per_dim(over, 1)
    gone = {range(len(shape))[dim] for dim in dims}
    if args.get("keepdim"):
        return tuple(1 if dim in gone else size for dim, size in enumerate(shape))
    return tuple(size for dim, size in enumerate(shape) if dim not in gone)


@shapes("embedding")
def _embedding(args: Arguments) -> Shape:
    return (*shape_of(args, "indices"), *shape_of(args, "weight")[1:])


@shapes("pixel_shuffle")
def _pixel_shuffle(args: Arguments) -> Shape | None:
    *lead, n, height, width = shape_of(args, "self")
    by = args["upscale_factor"]
    return None if n % by**2 else (*lead, n // by**2, height * by, width * by)


@shapes("pixel_unshuffle")
def _pixel_unshuffle(args: Arguments) -> Shape | None:
    *lead, n, height, width = shape_of(args, "self")
    by = args["downscale_factor"]
    return None if height % by or width % by else (*lead, n * by**2, height // by, width // by)


@shapes("repeat")
def _repeat(args: Arguments) -> Shape:
    times, shape = args["repeats"], shape_of(args, "self")
    full = (1,) * (len(times) - len(shape)) + shape
    return tuple(size * each for size, each in zip(full, times, strict=True))


@shapes("glu")
def _glu(args: Arguments) -> Shape | None:
    shape = list(shape_of(args, "self"))
    shape[args["dim"]] //= 2
    return tuple(shape)


@shapes("gather")
def _gather(args: Arguments) -> Shape:
    return shape_of(args, "index")


@shapes("index")
def _index(args: Arguments) -> Shape | None:
    """Picked by tensors of whole numbers, whose own shape takes the place of what they pick."""
    shape, indices = shape_of(args, "self"), args["indices"]
    places = [place for place, each in enumerate(indices) if each is not None]
    if any(not _counts(indices[place]) for place in places):
        return None
    picked = spread(*(tuple(indices[place].shape) for place in places))
    if picked is None:
        return None
    rest = [size for place, size in enumerate(shape) if place not in places]
    is_together = places == list(range(places[0], places[-1] + 1))
    first = places[0] if is_together else 0
    return (*rest[:first], *picked, *rest[first:])


def _counts(tensor: Any) -> bool:
    """Whether it holds whole numbers, none of them for yes or no."""
    return str(tensor.dtype) in ("torch.int64", "torch.int32")


@shapes("istft")
def _from_spectrum(args: Arguments) -> Shape | None:
    *lead, _, frames = shape_of(args, "self")
    hop = args["hop_length"] or args["n_fft"] // 4
    if not args["center"]:
        return None
    return (*lead, args["length"] or hop * (frames - 1))
