"""PyTorch's operations on elements, and sums over them."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports import layers, movement
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.pytorch.call import Call, Result, handles
from convcost.sources.imports.pytorch.shape_rules import words


@handles(
    *words(
        """
        mean sum amax amin max min var std prod argmax argmin norm logsumexp var_mean std_mean any
        all linalg_vector_norm median nansum nanmean count_nonzero aminmax trace
        """
    )
)
def _reduce(call: Call) -> Result:
    other = call.arg("other")
    if other is not None:
        return _binary(call)
    dims = call.arg("dim")
    over: Sequence[int] = [dims] if isinstance(dims, int) else dims or ()
    keep = bool(call.arg("keepdim"))
    sort = call.op.replace("amax", "max").replace("amin", "min")
    made = tuple(
        layers.reduce(call.to, call.value, sort, over, keep, shape, call.name)
        for shape in call.shapes
    )
    return made if len(made) > 1 else made[0]


@handles(
    *words(
        """
        add mul multiply sub subtract rsub div divide true_divide pow float_power maximum minimum
        fmax fmin where masked_fill lerp addcmul addcdiv eq ne lt gt le ge isclose logical_and
        logical_or logical_xor bitwise_and bitwise_or bitwise_xor atan2 hypot remainder fmod
        floor_divide xlogy logaddexp logaddexp2 heaviside copysign ldexp cross linalg_cross complex
        polar
        """
    )
)
def _binary(call: Call) -> Value:
    tensors = [each for each in call.tensors() if not _is_plain(each, call.shape)]
    op = {"multiply": "mul", "subtract": "sub", "divide": "div"}.get(call.op, call.op)
    if not tensors:
        raise LayerError("an operation on constants")
    values = [call.live(each) for each in tensors]
    if len(values) == 1:
        if prod(values[0].shape) != prod(call.shape):
            return movement.broadcast(call.to, values[0], call.shape, call.name)
        value = call.to.reshape(values[0], call.shape, call.name)
        return layers.elementwise(call.to, value, op, call.name)
    known = {"add": "add", "mul": "multiply"}
    kind = known.get(op, "elementwise")
    fields = {"op": op} if kind == "elementwise" else {}
    return movement.combine(call.to, kind, fields, values, call.shape, call.name)


def _is_plain(tensor: Value | Constant, shape: Shape) -> bool:
    """Whether it is a constant that learns nothing and spreads nothing: a number, a mask."""
    return isinstance(tensor, Constant) and not tensor.params


@handles(
    *words(
        """
        neg negative abs absolute exp exp2 expm1 log log1p log2 log10 sqrt rsqrt square reciprocal
        clamp clamp_min clamp_max clip floor ceil round trunc fix frac sign sgn signbit sin cos tan
        asin acos atan sinc deg2rad rad2deg erf erfc erfinv special_erf lgamma digamma logit
        special_expit sigmoid_ log_softmax softmin logsigmoid log_sigmoid celu softsign threshold
        rrelu hardshrink softshrink tanhshrink logical_not bitwise_not isnan isinf isfinite
        nan_to_num normalize renorm cumsum cumprod logcumsumexp angle bernoulli poisson
        """
    )
)
def _unary(call: Call) -> Value:
    return layers.elementwise(call.to, call.value, call.op, call.name)


@handles("glu")
def _glu(call: Call) -> Value:
    dim = call.arg("dim") % len(call.value.shape)
    half = call.shape[dim]
    halves = [
        movement.take(call.to, call.value, dim, range(at, at + half), call.shape, call.name)
        for at in (0, half)
    ]
    gate = layers.activation(call.to, halves[1], "sigmoid", call.name)
    return movement.combine(call.to, "multiply", {}, [halves[0], gate], call.shape, call.name)


@handles("grid_sampler")
def _sampled(call: Call) -> Value:
    """Elements that are read between others, at points that may be computed."""
    way = ("", " nearest", " bicubic")[call.arg("interpolation_mode")]
    return _of_both(call, f"grid_sample{way}", call.arg("input"), call.arg("grid"))


@handles(
    *words(
        """
        cdist pdist dist pairwise_distance cosine_similarity scatter scatter_add scatter_reduce
        index_add index_copy index_fill index_reduce masked_scatter take_along_dim bucketize
        searchsorted max_unpool2d max_unpool3d block_diag cartesian_prod affine_grid_generator
        """
    )
)
def _picked(call: Call) -> Value:
    """Distances, or elements put where others say."""
    return _of_both(call, call.op, *call.tensors())


def _of_both(call: Call, op: str, *tensors: Value | Constant) -> Value:
    """Every element by `op` from some of each tensor, if that is learned or comes of the input."""
    values = [
        movement.gather(call.to, call.live(each), op, call.shape, call.name)
        for each in tensors
        if not _is_plain(each, call.shape)
    ]
    return movement.combine(call.to, "elementwise", {"op": op}, values, call.shape, call.name)
