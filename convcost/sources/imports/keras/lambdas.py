"""Operations of TensorFlow that a model of Keras 2 has between its layers, by their names."""

from __future__ import annotations

from dataclasses import replace

from convcost.errors import LayerError
from convcost.sources.imports.keras.activations import apply
from convcost.sources.imports.keras.call import HANDLERS, Call, Result, handles

_MERGING = {
    "add": "Add",
    "subtract": "Subtract",
    "multiply": "Multiply",
    "mul": "Multiply",
    "sub": "Subtract",
    "truediv": "TrueDivide",
    "divide": "Divide",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "concat": "Concatenate",
    "matmul": "Matmul",
    "reduce_mean": "Mean",
    "reduce_sum": "Sum",
    "reduce_max": "Max",
    "expand_dims": "ExpandDims",
    "squeeze": "Squeeze",
}
"""Those that keras.ops has as well, as it calls them."""
_ELEMENTWISE = (
    *("relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "swish", "sigmoid", "tanh"),
    *("softplus", "softmax", "exp", "log", "sqrt", "rsqrt", "abs", "square", "pow", "negative"),
    *("clip_by_value", "cast", "erf", "sin", "cos"),
)


@handles("TFOpLambda")
def _operation(call: Call) -> Result:
    function = str(call.setting("function") or "").rpartition(".")[2]
    if function in _ELEMENTWISE:
        return apply(call, call.tensor, function)
    if function == "reshape":
        return HANDLERS["ops.Reshape"](_with(call, newshape=call.kwargs.get("shape")))
    if function not in _MERGING:
        raise LayerError(f"tf.{function} is not known here")
    cls = _MERGING[function]
    named = replace(call, layer=call.layer._replace(cls=cls))
    return HANDLERS[f"ops.{cls}"](named)


@handles("SlicingOpLambda")
def _slice(call: Call) -> Result:
    return HANDLERS["ops.GetItem"](_with(call, key=call.kwargs.get("slice_spec")))


def _with(call: Call, **kwargs: object) -> Call:
    """The call with its first tensor alone, and these arguments."""
    return replace(call, args=[call.tensor], kwargs=kwargs)
