"""The shapes behind the operations that ONNX Runtime adds to ONNX's own, and those of convcost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from convcost.ops.base import Shape
from convcost.ops.conv import window
from convcost.sources.imports.onnx.call import attributes_of
from convcost.sources.imports.onnx.data import FLOATS

RUNTIME = "com.microsoft"
OWN = "convcost"
"""The domain of the operation that stands for rounds of a loop that are not counted."""
Inputs = Sequence[Shape | None]
Given = dict[str, Any]


def shapes_of(node: Any, inputs: Inputs) -> list[Shape | None]:
    """The shapes of what comes out of a node, none where there is no rule for it here."""
    if node.domain == OWN:
        return list(inputs[: len(node.output)])
    is_ours = node.domain == RUNTIME or (node.domain == "" and node.op_type in _SPELLED_AS_ONNX)
    rule = _RULES.get(node.op_type) if is_ours else None
    if rule is None:
        return []
    try:
        shape = rule(inputs, attributes_of(node))
        if node.op_type == "DynamicQuantizeLSTM":
            return [shape, shape[1:], shape[1:]]
        # Behind the norm, its mean and variance, stands the sum.
        more = [None, None, shape] if node.op_type in _SUMS else _caches(node, inputs)
        return [shape, *more]
    except (ArithmeticError, LookupError, TypeError, ValueError):
        return []  # a shape that is not known, or that does not fit


def sort_of(node: Any, sorts: Sequence[int]) -> int:
    """The element type of what comes out of one of them, whose inputs have `sorts`: of what gives
    integers that of the last zero point, else that of the data."""
    gives_integers = node.op_type.startswith(("QLinear", "QuantizeLinear", "Nhwc"))
    if gives_integers or (node.op_type == "QGemm" and len(sorts) > _LAST_OF_QGEMM):
        return next((sort for sort in reversed(sorts) if sort in (INT8, UINT8)), UINT8)
    return sorts[0] if sorts and sorts[0] in FLOATS else FLOAT


_LAST_OF_QGEMM = 8
FLOAT, UINT8, INT8 = 1, 2, 3
_SPELLED_AS_ONNX = ("LayerNormalization", "SimplifiedLayerNormalization")
"""What ONNX Runtime puts into files as if ONNX of any opset had it."""


_PASTS = {
    "Attention": (4,),
    "GroupQueryAttention": (3, 4),
    "MultiHeadAttention": (6, 7),
    "QAttention": (8,),
}
"""Which inputs of an attention are keys and values of before."""


def _caches(node: Any, inputs: Inputs) -> list[Shape | None]:
    """The shapes of keys and values with those of before, which an attention gives on."""
    found: list[Shape | None] = []
    for at in _PASTS.get(node.op_type, ()):
        past = inputs[at] if at < len(inputs) and node.input[at] else None
        tokens = _known(inputs, 0)[1]
        found.append((*past[:-2], past[-2] + tokens, past[-1]) if past else None)
    return found


_SUMS = ("SkipLayerNormalization", "SkipSimplifiedLayerNormalization")


def _first(inputs: Inputs, _: Given) -> Shape:
    return _known(inputs, 0)


def _known(inputs: Inputs, index: int) -> Shape:
    shape = inputs[index]
    if shape is None:
        raise ValueError("an open shape")
    return shape


def _product_of(index: int) -> Callable[[Inputs, Given], Shape]:
    """The rule of a product whose second tensor is the input of that index."""
    return lambda inputs, given: _product(_known(inputs, 0), _known(inputs, index), given)


def _of_runtimes_attention(inputs: Inputs, given: Given) -> Shape:
    sizes = given.get("qkv_hidden_sizes") or (_known(inputs, 1)[1] // 3,)
    return (*_known(inputs, 0)[:-1], sizes[-1])


def _multi_head(inputs: Inputs, _: Given) -> Shape:
    first = _known(inputs, 0)
    if len(first) == 5:  # queries, keys and values packed by heads
        return (*first[:2], first[2] * first[4])
    values = inputs[2] if len(inputs) > 2 else None
    return (*first[:2], values[-1] if values and len(values) == 3 else first[-1])


def _grouped(inputs: Inputs, given: Given) -> Shape:
    first = _known(inputs, 0)
    if len(inputs) > 1 and inputs[1] is not None:
        return first
    heads = given["num_heads"]
    return (*first[:-1], first[-1] // (heads + 2 * given["kv_num_heads"]) * heads)


def _joined(inputs: Inputs, given: Given) -> Shape:
    parts = [_known(inputs, index) for index in range(2, len(inputs), 3)]
    axis = given["axis"] % len(parts[0])
    sizes = sum(part[axis] for part in parts)
    return (*parts[0][:axis], sizes, *parts[0][axis + 1 :])


def _embedded(inputs: Inputs, _: Given) -> Shape:
    return (*_known(inputs, 0), _known(inputs, 2)[-1])


def _product(left: Shape, right: Shape, given: Given) -> Shape:
    if given.get("transBatchA"):
        left = (*left[1:-1], left[0], left[-1])
    if given.get("transBatchB"):
        right = (*right[1:-1], right[0], right[-1])
    if given.get("transA"):
        left = (*left[:-2], left[-1], left[-2])
    if given.get("transB"):
        right = (*right[:-2], right[-1], right[-2])
    return (*_spread(left[:-2], right[:-2]), left[-2], right[-1])


def _spread(left: Shape, right: Shape) -> Shape:
    rank = max(len(left), len(right))
    pairs = zip((1,) * (rank - len(left)) + left, (1,) * (rank - len(right)) + right, strict=True)
    return tuple(max(each) for each in pairs)


def _convolved(inputs: Inputs, given: Given) -> Shape:
    shape, weight = _known(inputs, 0), _known(inputs, 1)
    dims = len(weight) - 2
    ones = (1,) * dims
    stride = given.get("strides") or ones
    dilation = given.get("dilations") or ones
    if str(given.get("auto_pad", "NOTSET")).startswith("SAME"):
        sizes = tuple(-(-size // step) for size, step in zip(shape[2:], stride, strict=True))
        return (shape[0], weight[0], *sizes)
    pads = given.get("pads") or (0,) * 2 * dims
    pairs = tuple(zip(pads[:dims], pads[dims:], strict=True))
    return (shape[0], weight[0], *window(shape[2:], weight[2:], stride, pairs, dilation))


def _of_integers(inputs: Inputs, given: Given) -> Shape:
    """A convolution whose tensors have a scale and a zero point behind them."""
    weight = _known(inputs, 3)
    if given.get("channels_last"):
        return _channels_last(_known(inputs, 0), weight, given)
    return _convolved([_known(inputs, 0), weight], given)


def _pooled(inputs: Inputs, given: Given) -> Shape:
    shape = _known(inputs, 0)
    if given.get("channels_last"):
        return _channels_last(shape, (shape[-1], 1, *given["kernel_shape"]), given)
    return _convolved([shape, (shape[1], 1, *given["kernel_shape"])], given)


def _reduced(inputs: Inputs, given: Given) -> Shape:
    shape = _known(inputs, 0)
    over = {axis % len(shape) for axis in given["axes"]}
    sizes = ((1 if dim in over else size, dim in over) for dim, size in enumerate(shape))
    return tuple(size for size, is_one in sizes if given.get("keepdims", 1) or not is_one)


def _channels_last(shape: Shape, weight: Shape, given: Given) -> Shape:
    batch, channels, *sizes = _convolved([(shape[0], shape[-1], *shape[1:-1]), weight], given)
    return (batch, *sizes, channels)


_RULES: dict[str, Callable[[Inputs, Given], Shape]] = {
    **dict.fromkeys(
        (
            "BiasAdd",
            "BiasGelu",
            "BiasSoftmax",
            "DequantizeLinear",
            "FastGelu",
            "Gelu",
            "GroupNorm",
            "LayerNormalization",
            "QLinearLeakyRelu",
            "QLinearSigmoid",
            "QLinearSoftmax",
            "QuantizeLinear",
            "QuickGelu",
            "RotaryEmbedding",
            "SimplifiedLayerNormalization",
            "SkipLayerNormalization",
            "SkipSimplifiedLayerNormalization",
        ),
        _first,
    ),
    "Attention": _of_runtimes_attention,
    "DynamicQuantizeLSTM": lambda inputs, _: (
        _known(inputs, 0)[0],
        _known(inputs, 2)[0],
        *_known(inputs, 0)[1:2],
        _known(inputs, 2)[1],
    ),
    "DynamicQuantizeMatMul": _product_of(1),
    "EmbedLayerNormalization": _embedded,
    "FusedConv": _convolved,
    "FusedGemm": _product_of(1),
    "FusedMatMul": _product_of(1),
    "GroupQueryAttention": _grouped,
    "MatMulIntegerToFloat": _product_of(1),
    "MatMulNBits": lambda inputs, given: (*_known(inputs, 0)[:-1], given["N"]),
    "MultiHeadAttention": _multi_head,
    "NhwcMaxPool": lambda inputs, given: _pooled(inputs, {**given, "channels_last": 1}),
    "QAttention": _of_runtimes_attention,
    "QGemm": _product_of(3),
    "QLinearAveragePool": _pooled,
    "QLinearConv": _of_integers,
    "QLinearConcat": _joined,
    "QLinearAdd": lambda inputs, _: _spread(_known(inputs, 0), _known(inputs, 3)),
    "QLinearGlobalAveragePool": lambda inputs, _: (
        *_known(inputs, 0)[:2],
        *(1 for _ in _known(inputs, 0)[2:]),
    ),
    "QLinearReduceMean": _reduced,
    "QLinearMul": lambda inputs, _: _spread(_known(inputs, 0), _known(inputs, 3)),
    "TransposeMatMul": _product_of(1),
}
