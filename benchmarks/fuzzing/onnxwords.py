"""Operators, attributes and numbers that ONNX files hold."""

from __future__ import annotations

ODD = (0, -1, 1, 2, 7, 2**31, 2**63 - 1, -(2**63))
OPS = (
    *("Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum", "LSTM", "GRU", "Reshape", "Transpose"),
    *(
        "Squeeze",
        "Unsqueeze",
        "Concat",
        "Split",
        "Slice",
        "Gather",
        "Expand",
        "Tile",
        "Pad",
        "Resize",
    ),
    *("ReduceMean", "ReduceSum", "Softmax", "LayerNormalization", "BatchNormalization", "Shape"),
    *("GroupNormalization", "InstanceNormalization", "AveragePool", "MaxPool", "GlobalAveragePool"),
    *(
        "Flatten",
        "Constant",
        "ConstantOfShape",
        "Cast",
        "Identity",
        "Dropout",
        "Clip",
        "PRelu",
        "Range",
    ),
    *("Add", "Mul", "Div", "Where", "Pow", "Sqrt", "If", "Loop", "Scan", "DepthToSpace", "TopK"),
    *("QuantizeLinear", "DequantizeLinear", "ConvInteger", "QLinearConv", "NonZero", "Attention"),
)
ATTRIBUTES = (
    *("kernel_shape", "strides", "pads", "dilations", "group", "auto_pad", "axis", "axes", "perm"),
    *(
        "keepdims",
        "equation",
        "transA",
        "transB",
        "alpha",
        "ceil_mode",
        "output_shape",
        "blocksize",
    ),
    *(
        "hidden_size",
        "direction",
        "num_groups",
        "epsilon",
        "mode",
        "to",
        "value",
        "then_branch",
        "body",
    ),
)
