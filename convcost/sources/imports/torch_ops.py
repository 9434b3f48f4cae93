"""PyTorch's operations, each beside the layer that it is.

A handler takes the call and gives the value that comes out, or several. LayerError where convcost
has no layer for it: the operation is then listed as unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from convcost.errors import LayerError
from convcost.kinds.fields import OWN
from convcost.ops.base import Pads, Shape, Sizes
from convcost.ops.conv import same_pads
from convcost.sources.imports import layers, movement
from convcost.sources.imports.assembler import Assembler, Constant, Value
from convcost.sources.imports.contraction import einsum

Result = Value | tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One operation of the graph: its arguments by name, and the shapes that come out."""

    to: Assembler
    op: str
    args: dict[str, Any]
    shapes: list[Shape]
    name: str

    @property
    def shape(self) -> Shape:
        """The shape of the first tensor that comes out."""
        return self.shapes[0]

    def arg(self, *names: str) -> Any:
        """The first of these arguments that the operation has; None if it has none of them."""
        return next((self.args[name] for name in names if name in self.args), None)

    def tensors(self) -> list[Value | Constant]:
        """Every tensor among the arguments, in order."""
        found: list[Value | Constant] = []
        for value in self.args.values():
            for each in value if isinstance(value, (list, tuple)) else [value]:
                if isinstance(each, (Value, Constant)) and not isinstance(each, list):
                    found.append(each)
        return found

    def live(self, tensor: Any) -> Value:
        """A tensor as a layer's output; a constant gets a layer of its own."""
        if isinstance(tensor, Constant):
            return self.to.constant(tensor, self.name)
        if not isinstance(tensor, Value):
            raise LayerError(f"{self.op} of what is no tensor")
        return tensor

    @property
    def value(self) -> Value:
        """The tensor that it works on."""
        return self.live(self.arg("self", "input", "x", "query"))

    def weights(self, tensor: Any) -> str:
        """Count the constant `tensor` as the layer's weights: `own`, `shared` or `fixed`.

        Further parameters that it is computed from get layers of their own.
        """
        if not isinstance(tensor, Constant):
            raise LayerError(f"{self.op} with a weight that depends on the input")
        status = self.to.claim(tensor)
        self.to.parameters(tensor.params)
        return status

    def weights_and_bias(self, weight: Any, bias: Any) -> dict[str, Any]:
        """The fields that tell whose a layer's weights are, and whether it has a bias."""
        status = self.weights(weight)
        fields: dict[str, Any] = {} if status == OWN else {"weights": status}
        if bias is not None and self.weights(bias) == status:
            fields["bias"] = True
        return fields

    def norm_weights(self) -> list[int]:
        """How many learnable numbers the norm's own weight and bias are; 0 where it has none."""
        return [
            prod(tensor.shape) if tensor is not None and self.weights(tensor) == OWN else 0
            for tensor in (self.arg("weight"), self.arg("bias"))
        ]

    def same_size(self) -> bool:
        """Whether what comes out has the elements of what goes in."""
        tensors = self.tensors()
        return bool(tensors) and prod(tensors[0].shape) == prod(self.shape)


Handler = Callable[[Call], Result]
HANDLERS: dict[str, Handler] = {}


def _handles(*ops: str) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        HANDLERS.update(dict.fromkeys(ops, handler))
        return handler

    return register


def _per_dim(value: Any, dims: int) -> Sizes:
    numbers = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    return numbers * dims if len(numbers) == 1 else numbers


@_handles(
    "conv1d", "conv2d", "conv3d", "convolution", "conv_transpose1d", "conv_transpose2d",
    "conv_transpose3d",
)
def _convolution(call: Call) -> Value:
    weight = call.arg("weight")
    if not isinstance(weight, Constant):
        raise LayerError("a convolution whose weight depends on the input")
    kernel = weight.shape[2:]
    dims = len(kernel)
    padding = call.arg("padding")
    dilation = _per_dim(call.arg("dilation"), dims)
    if padding == "same":
        pads: Pads = same_pads(kernel, dilation)
    else:
        zeros = (0,) * dims if padding == "valid" else _per_dim(padding, dims)
        pads = tuple((side, side) for side in zeros)
    transposed = "transpose" in call.op or bool(call.arg("transposed"))
    settings = {
        "stride": _per_dim(call.arg("stride"), dims),
        "padding": pads,
        "dilation": dilation,
        "groups": call.arg("groups"),
        "transposed": transposed,
        "output_padding": _per_dim(call.arg("output_padding") or 0, dims),
    }
    value = call.value
    settings |= call.weights_and_bias(weight, call.arg("bias"))
    return layers.convolution(call.to, value, weight.shape, settings, call.shape, call.name)


@_handles("linear")
def _linear(call: Call) -> Value:
    weight = call.arg("weight")
    if not isinstance(weight, Constant) or len(weight.shape) != 2:
        raise LayerError("a linear layer whose weight depends on the input")
    value = call.value
    fields = call.weights_and_bias(weight, call.arg("bias"))
    return layers.linear(call.to, value, weight.shape, fields, call.shape, call.name)


@_handles("addmm", "addmv")
def _addmm(call: Call) -> Value:
    left, right = call.arg("mat1", "mat"), call.arg("mat2", "vec")
    if isinstance(right, Constant) and isinstance(left, Value) and len(right.shape) == 2:
        turned = right.shape[::-1]
        fields = call.weights_and_bias(right, call.arg("self"))
        return layers.linear(call.to, left, turned, fields, call.shape, call.name)
    product = movement.matmul(call.to, call.live(left), call.live(right), call.shape, call.name)
    added = [product, call.live(call.arg("self"))]
    return movement.combine(call.to, "add", {}, added, call.shape, call.name)


@_handles("matmul", "mm", "bmm", "mv")
def _matmul(call: Call) -> Value:
    left = call.live(call.arg("self"))
    right = call.live(call.arg("other", "mat2", "vec"))
    return movement.matmul(call.to, left, right, call.shape, call.name)


@_handles("baddbmm")
def _baddbmm(call: Call) -> Value:
    left, right = call.live(call.arg("batch1")), call.live(call.arg("batch2"))
    product = movement.matmul(call.to, left, right, call.shape, call.name)
    added = [product, call.live(call.arg("self"))]
    return movement.combine(call.to, "add", {}, added, call.shape, call.name)


@_handles("einsum")
def _einsum(call: Call) -> Value:
    tensors = [call.live(each) for each in call.arg("tensors")]
    if len(tensors) != 2:
        raise LayerError(f"einsum of {len(tensors)} tensors")
    return einsum(call.to, call.arg("equation"), *tensors, call.shape, call.name)


@_handles("scaled_dot_product_attention")
def _attention(call: Call) -> Value:
    tensors = [call.live(call.arg(each)) for each in ("query", "key", "value")]
    mask = call.arg("attn_mask")
    if mask is not None:
        call.live(mask)
    return movement.attention(call.to, tensors, call.shape, call.name)


@_handles("batch_norm", "native_batch_norm_legit_no_training", "instance_norm", "group_norm")
def _norm(call: Call) -> Value:
    sort = "batch" if "batch" in call.op else call.op.split("_")[0]
    value = call.value
    return layers.norm(call.to, value, sort, sum(call.norm_weights()), call.name)


@_handles("layer_norm", "rms_norm", "native_layer_norm")
def _last_norm(call: Call) -> Value:
    sizes = tuple(call.arg("normalized_shape"))
    sort = "rms" if "rms" in call.op else "layer"
    value = call.value
    weight, bias = map(bool, call.norm_weights())
    return layers.last_norm(call.to, value, sizes, (weight, bias), call.name, sort)


ACTIVATIONS = {
    "relu": "relu",
    "relu6": "relu6",
    "leaky_relu": "leaky-relu",
    "elu": "elu",
    "selu": "selu",
    "gelu": "gelu",
    "silu": "silu",
    "mish": "mish",
    "sigmoid": "sigmoid",
    "hardsigmoid": "hard-sigmoid",
    "hardswish": "hard-swish",
    "tanh": "tanh",
    "softplus": "softplus",
    "softmax": "softmax",
}


@_handles(*ACTIVATIONS)
def _activation(call: Call) -> Value:
    return layers.activation(call.to, call.value, ACTIVATIONS[call.op], call.name)


@_handles("hardtanh")
def _hardtanh(call: Call) -> Value:
    if (call.arg("min_val"), call.arg("max_val")) == (0, 6):
        return layers.activation(call.to, call.value, "relu6", call.name)
    return layers.elementwise(call.to, call.value, "hardtanh", call.name)


@_handles("prelu")
def _prelu(call: Call) -> Value:
    weight = call.live(call.arg("weight"))
    channels = (1, prod(weight.shape), *(1,) * (len(call.shape) - 2))
    value = call.value
    if prod(weight.shape) > 1:
        weight = call.to.reshape(weight, channels, call.name)
    return movement.combine(
        call.to, "elementwise", {"op": "prelu"}, [value, weight], call.shape, call.name
    )


@_handles("dropout", "feature_dropout", "alpha_dropout", "native_dropout")
def _dropout(call: Call) -> Value:
    return call.to.add("dropout", {}, [call.value], call.shape, call.name)


@_handles(
    "contiguous", "clone", "alias", "detach", "to", "to_copy", "type_as", "lift_fresh_copy",
    "lift_fresh", "positive", "view_as_real_copy", "requires_grad", "conj", "resolve_conj",
)
def _nothing(call: Call) -> Value:
    return call.value


@_handles(
    "view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "unsafe_view", "view_as",
    "reshape_as", "ravel", "expand_as", "view_copy", "reshape_copy", "atleast_2d",
)
def _reshape(call: Call) -> Value:
    if not call.same_size():
        return movement.broadcast(call.to, call.value, call.shape, call.name)
    return call.to.reshape(call.value, call.shape, call.name)


@_handles("expand", "broadcast_to")
def _expand(call: Call) -> Value:
    return movement.broadcast(call.to, call.value, call.shape, call.name)


@_handles("permute", "transpose", "t", "swapaxes", "movedim", "numpy_T", "mT", "permute_copy")
def _permute(call: Call) -> Value:
    order = list(range(len(call.value.shape)))
    if call.op.startswith("permute"):
        order = [dim % len(order) for dim in call.arg("dims")]
    elif call.op == "movedim":
        places = [
            [dim % len(order) for dim in ([given] if isinstance(given, int) else given)]
            for given in (call.arg("source"), call.arg("destination"))
        ]
        rest = [dim for dim in order if dim not in places[0]]
        for source, target in sorted(zip(*places, strict=True), key=lambda pair: pair[1]):
            rest.insert(target, source)
        order = rest
    elif call.op in ("t", "numpy_T"):
        order.reverse()
    else:
        first, second = call.arg("dim0", "axis0"), call.arg("dim1", "axis1")
        if first is None:
            first, second = -1, -2
        order[first], order[second] = order[second], order[first]
    return movement.permute(call.to, call.value, order, call.shape, call.name)


@_handles("cat", "concat", "concatenate")
def _concat(call: Call) -> Value:
    values = [call.live(each) for each in call.arg("tensors") if prod(each.shape)]
    return movement.concat(call.to, values, call.arg("dim"), call.shape, call.name)


@_handles("stack")
def _stack(call: Call) -> Value:
    values = [call.live(each) for each in call.arg("tensors")]
    return movement.stack(call.to, values, call.arg("dim"), call.shape, call.name)


@_handles("split", "split_with_sizes", "chunk", "unsafe_chunk", "unsafe_split", "tensor_split")
def _split(call: Call) -> Result:
    dim = call.arg("dim") % len(call.value.shape)
    parts: list[Any] = []
    start = 0
    for shape in call.shapes:
        span = range(start, start + shape[dim])
        parts.append(_part(call, dim, span, shape))
        start = span.stop
    return tuple(parts)


@_handles("unbind")
def _unbind(call: Call) -> Result:
    dim = call.arg("dim") % len(call.value.shape)
    return tuple(
        _part(call, dim, range(index, index + 1), shape) for index, shape in enumerate(call.shapes)
    )


@_handles("slice", "narrow", "slice_copy")
def _slice(call: Call) -> Value:
    dim = call.arg("dim") % len(call.value.shape)
    size = call.value.shape[dim]
    if call.op == "narrow":
        start = call.arg("start") % size
        return _part(call, dim, range(start, start + call.arg("length")), call.shape)
    span = range(size)[slice(call.arg("start"), call.arg("end"), call.arg("step"))]
    return _part(call, dim, span, call.shape)


@_handles("select", "select_copy")
def _select(call: Call) -> Value:
    dim = call.arg("dim") % len(call.value.shape)
    index = call.arg("index") % call.value.shape[dim]
    return _part(call, dim, range(index, index + 1), call.shape)


def _part(call: Call, dim: int, span: range, shape: Shape) -> Any:
    if not prod(shape):
        return Constant(shape)
    return movement.take(call.to, call.value, dim, span, shape, call.name)


@_handles(
    "index", "roll", "flip", "gather", "index_select", "im2col", "unfold", "repeat", "take",
    "repeat_interleave", "pixel_shuffle", "pixel_unshuffle", "channel_shuffle", "tile", "rot90",
    "reflection_pad1d", "reflection_pad2d", "replication_pad1d", "replication_pad2d", "diagonal",
    "as_strided", "masked_select", "index_put", "slice_scatter", "select_scatter", "copy", "tril",
    "triu", "col2im",
)
def _gather(call: Call) -> Value:
    return movement.gather(call.to, call.value, call.op, call.shape, call.name)


@_handles("embedding")
def _embedding(call: Call) -> Value:
    table = call.live(call.arg("weight"))
    return movement.gather(call.to, table, call.op, call.shape, call.name)


def _pool(call: Call) -> Result:
    dims = int(call.op[call.op.index("pool") + 4])
    if any(step != 1 for step in _per_dim(call.arg("dilation") or 1, dims)):
        raise LayerError("a dilated pool")
    kernel = _per_dim(call.arg("kernel_size"), dims)
    settings = {
        "k": kernel,
        "stride": _per_dim(call.arg("stride") or kernel, dims),
        "padding": tuple((side, side) for side in _per_dim(call.arg("padding"), dims)),
        "ceil": call.arg("ceil_mode"),
    }
    made = layers.pool(call.to, call.value, call.op[:3], settings, call.shape, call.name)
    return made if len(call.shapes) == 1 else (made, made)


def _pool_to(call: Call) -> Result:
    dims = int(call.op[call.op.index("pool") + 4])
    sort = "max" if "max" in call.op else "avg"
    made = layers.pool_to(call.to, call.value, sort, dims, call.shape, call.name)
    return made if len(call.shapes) == 1 else (made, made)


for _dims in "123":
    for _sort in ("max", "avg"):
        HANDLERS[f"{_sort}_pool{_dims}d"] = _pool
        HANDLERS[f"{_sort}_pool{_dims}d_with_indices"] = _pool
        HANDLERS[f"adaptive_{_sort}_pool{_dims}d"] = _pool_to


@_handles(
    "mean", "sum", "amax", "amin", "max", "min", "var", "std", "prod", "argmax", "norm",
    "logsumexp", "var_mean", "std_mean", "any", "all", "linalg_vector_norm", "median",
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


@_handles(
    "upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d", "upsample_linear1d",
    "upsample_bilinear2d", "upsample_trilinear3d", "upsample_bicubic2d", "upsample_nearest_exact2d",
)
def _upsample(call: Call) -> Value:
    mode = call.op.removeprefix("upsample_").rstrip("123d").removesuffix("_exact")
    dims = len(call.shape) - 2
    return layers.resize(call.to, call.value, mode, dims, call.shape, call.name)


@_handles("pad", "constant_pad_nd")
def _pad(call: Call) -> Value:
    numbers = call.arg("pad")
    pads = tuple(reversed([(numbers[at], numbers[at + 1]) for at in range(0, len(numbers), 2)]))
    if call.arg("mode") in (None, "constant"):
        return layers.pad(call.to, call.value, pads, call.shape, call.name)
    return movement.gather(call.to, call.value, f"{call.arg('mode')} pad", call.shape, call.name)


@_handles("add", "mul", "multiply", "sub", "subtract", "rsub", "div", "divide", "true_divide", "pow",
          "maximum", "minimum", "where", "masked_fill", "lerp", "addcmul", "addcdiv", "eq", "ne",
          "lt", "gt", "le", "ge", "logical_and", "logical_or", "atan2", "remainder", "fmod",
          "floor_divide", "bitwise_and", "bitwise_or")
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


@_handles(
    "neg", "abs", "exp", "log", "sqrt", "rsqrt", "clamp", "clamp_min", "clamp_max", "erf", "sin",
    "cos", "square", "reciprocal", "floor", "ceil", "round", "sign", "log1p", "expm1", "log_softmax",
    "celu", "logsigmoid", "softsign", "threshold", "rrelu", "hardshrink", "softshrink", "tanhshrink",
    "log_sigmoid", "log2", "logical_not", "bitwise_not", "sigmoid_", "normalize", "cumsum", "isnan",
    "tan", "asin", "acos", "atan", "special_erf", "nan_to_num", "exp2", "sinc", "softmin",
)
def _unary(call: Call) -> Value:
    return layers.elementwise(call.to, call.value, call.op, call.name)


@_handles("glu")
def _glu(call: Call) -> Value:
    dim = call.arg("dim") % len(call.value.shape)
    half = call.shape[dim]
    halves = [
        movement.take(call.to, call.value, dim, range(at, at + half), call.shape, call.name)
        for at in (0, half)
    ]
    gate = layers.activation(call.to, halves[1], "sigmoid", call.name)
    return movement.combine(
        call.to, "multiply", {}, [halves[0], gate], call.shape, call.name
    )


SHAPE_ONLY = frozenset(
    (
        "new_zeros", "new_ones", "new_full", "new_empty", "zeros_like", "ones_like", "full_like",
        "empty_like", "rand_like", "randn_like", "sym_size", "assert_tensor_metadata",
    )
)
"""Operations whose result depends on their input's shape alone."""
WORK = frozenset(
    (
        "conv1d", "conv2d", "conv3d", "convolution", "conv_transpose1d", "conv_transpose2d",
        "conv_transpose3d", "linear", "addmm", "mm", "bmm", "matmul", "baddbmm", "einsum",
        "scaled_dot_product_attention",
    )
)
"""Operations that multiply: they are counted even where all they work on is constant."""
