"""What the constant inputs of ONNX's operations are there for, by operation and place."""

from __future__ import annotations

from enum import Flag, auto

from convcost.sources.imports.onnx.call import SHAPE_ONLY


class For(Flag):
    """What a tensor is there for."""

    NOTHING = 0
    WEIGHT = auto()
    KERNEL = auto()
    SCORES = auto()
    NORM = auto()
    DATA = auto()
    UNSURE = auto()
    QUANTISED = auto()
    """Its integers stand for floating-point numbers."""
    WHOLE = auto()
    """It is all of what is used, and no part of it."""
    ANGLE = auto()
    DIVISOR = auto()
    FACTOR = auto()
    FIRST = auto()
    """It is multiplied with a weight: where it is zero, a network starts from there."""
    AGAIN = auto()
    """Several operations take it."""


_W, _D, _N = For.WEIGHT | For.WHOLE, For.DATA | For.WHOLE, For.WEIGHT | For.NORM | For.WHOLE
_K, _Q, _F = _W | For.KERNEL, _W | For.QUANTISED, _W | For.FIRST
_ROWS: tuple[tuple[tuple[str, ...], dict[int, For]], ...] = (
    (("Conv", "ConvTranspose", "FusedConv"), {1: _K, 2: _W, 3: _D}),
    (("CausalConvWithState",), {1: _K, 2: _W, 3: _D}),
    (("DeformConv",), {1: _K, 3: _W}),
    (("FusedGemm", "Gemm"), {0: _F, 1: _W, 2: _W}),
    (("FusedMatMul", "MatMul", "TransposeMatMul"), {0: _F, 1: _W}),
    (("Einsum",), dict.fromkeys(range(16), _W)),
    (
        (
            "BatchNormalization",
            "GroupNorm",
            "GroupNormalization",
            "InstanceNormalization",
            "LayerNormalization",
            "RMSNormalization",
            "SimplifiedLayerNormalization",
        ),
        {1: _N, 2: _N, 3: For.NORM, 4: For.NORM},
    ),
    (("SkipLayerNormalization",), {1: _D, 2: _N, 3: _N, 4: _W}),
    (("SkipSimplifiedLayerNormalization",), {1: _D, 2: _N, 3: _W}),
    (("PRelu",), {1: _W}),
    (("QLinearSoftmax", "Softmax"), {0: For.SCORES}),
    (("Gather",), {0: _W}),
    (("GRU", "RNN"), {1: _W, 2: _W, 3: _W, 5: _D}),
    (("LSTM",), {1: _W, 2: _W, 3: _W, 5: _D, 6: _D, 7: _W}),
    (("DynamicQuantizeLSTM",), {1: _Q, 2: _Q, 3: _W, 5: _D, 6: _D, 7: _W}),
    (("ConvInteger",), {1: _Q}),
    (("MatMulInteger",), {0: _Q, 1: _Q}),
    (("QLinearConv",), {3: _Q, 8: _Q}),
    (("QLinearMatMul",), {0: _Q, 3: _Q}),
    (("QGemm",), {3: _Q, 6: _Q}),
    (("MatMulIntegerToFloat",), {1: _Q, 6: _W}),
    (("DynamicQuantizeMatMul",), {1: _Q, 4: _W}),
    (("Attention",), {1: _W, 2: _W}),
    (("QAttention",), {1: _Q, 2: _W}),
    (("MultiHeadAttention",), {3: _W}),
    (("MatMulNBits",), {5: _W}),
    (("BiasAdd", "BiasGelu", "FastGelu"), {1: _W, 2: _D}),
    (("EmbedLayerNormalization",), {2: _W, 3: _W, 4: _W, 5: _N, 6: _N}),
    (("QLinearAdd",), dict.fromkeys((0, 3), _D | For.QUANTISED)),
    (("QLinearMul",), dict.fromkeys((0, 3), _D | For.QUANTISED | For.FACTOR)),
    (("QLinearConcat",), dict.fromkeys(range(2, 999, 3), _D | For.QUANTISED)),
    (("Cos", "Sin"), {0: For.ANGLE}),
    (("Div",), {0: _D, 1: For.DIVISOR}),
    (("Mul",), dict.fromkeys((0, 1), _D | For.FACTOR)),
    (("Add", "Concat", "Sub", "Sum"), dict.fromkeys(range(999), _D)),
)
PLACES = {op: places for ops, places in _ROWS for op in ops}
"""By operation, what the constant inputs in its places are there for."""
NEVER = frozenset(
    (
        "Cast",
        "CastLike",
        "Clip",
        "Dropout",
        "DynamicQuantizeLinear",
        "Equal",
        "Expand",
        "Greater",
        "GridSample",
        "GreaterOrEqual",
        "Less",
        "LessOrEqual",
        "NonMaxSuppression",
        "OneHot",
        "Pad",
        "QuantizeLinear",
        "DequantizeLinear",
        "Range",
        "Reshape",
        "Resize",
        "RotaryEmbedding",
        "Slice",
        "Tile",
        "Upsample",
        *SHAPE_ONLY,
    )
)
"""Operations whose constant inputs were not learned, beside a tensor of the data."""
MOVING = frozenset(
    (
        "Cast",
        "CastLike",
        "DepthToSpace",
        "Dropout",
        "Flatten",
        "Gather",
        "Identity",
        "Pad",
        "QuantizeLinear",
        "Reshape",
        "Slice",
        "SpaceToDepth",
        "Split",
        "Squeeze",
        "Transpose",
        "Unsqueeze",
    )
)
"""Operations that leave a tensor, their first, what it is there for."""
