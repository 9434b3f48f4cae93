"""Functions of each element: activations, and whatever else keeps the shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from convcost.errors import LayerError
from convcost.sources.imports import layers, weights
from convcost.sources.imports.keras.call import Call, Result, Tensor, handles

_KNOWN = {
    "relu": "relu",
    "relu6": "relu6",
    "leaky_relu": "leaky-relu",
    "elu": "elu",
    "selu": "selu",
    "gelu": "gelu",
    "silu": "silu",
    "swish": "silu",
    "mish": "mish",
    "sigmoid": "sigmoid",
    "hard_sigmoid": "hard-sigmoid",
    "hard_silu": "hard-swish",
    "hard_swish": "hard-swish",
    "tanh": "tanh",
    "softplus": "softplus",
    "softmax": "softmax",
}
_PASSING = (
    "Dropout",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "AlphaDropout",
    "GaussianDropout",
    "GaussianNoise",
    "ActivityRegularization",
    "Identity",
    "Masking",
    "StochasticDepth",
    "FixedDropout",
    "ops.Identity",
    "ops.StopGradient",
    "ops.Cast",
    "ops.Copy",
)
"""What does nothing once a network is trained."""
_AUGMENTING = (
    *("AugMix", "AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "CutMix"),
    *("Equalization", "MixUp", "RandAugment", "RandomBrightness", "RandomColorDegeneration"),
    *("RandomColorJitter", "RandomContrast", "RandomElasticTransform", "RandomErasing"),
    *("RandomFlip", "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert"),
    *("RandomPerspective", "RandomPosterization", "RandomRotation", "RandomSaturation"),
    *("RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom", "Solarization"),
    "RandomHeight",
    "RandomWidth",
)


@handles(*_PASSING, *_AUGMENTING)
def _passing(call: Call) -> Result:
    return call.tensor


@handles("Activation")
def _activation(call: Call) -> Result:
    return activated(call, call.tensor)


def activated(call: Call, tensor: Tensor, name: str = "activation") -> Tensor:
    """`tensor` with the activation behind it that the layer's setting of that `name` says."""
    said = call.setting(name)
    if isinstance(said, Mapping):
        inner = said.get("config")
        if isinstance(inner, str):  # a function by its name
            said = inner
        else:
            said = _class(str(said.get("class_name", "activation")), inner)
    if said in (None, "linear"):
        return tensor
    return apply(call, tensor, str(said))


def _class(cls: str, config: Any) -> str:
    """The function that a layer of that class is."""
    has_most = isinstance(config, Mapping) and config.get("max_value") == 6
    if cls == "ReLU" and has_most:
        return "relu6"
    return {"LeakyReLU": "leaky_relu"}.get(cls, cls.lower())


def apply(call: Call, tensor: Tensor, function: str) -> Tensor:
    """The function of that name behind `tensor`."""
    function = function.rpartition(">")[2]
    is_behind = "activation" in call.layer.config and call.layer.cls != "Activation"
    name = f"{call.name}.act" if is_behind else call.name
    if function in _KNOWN:
        made = layers.activation(call.to, tensor.value, _KNOWN[function], name)
    else:
        word = re.sub(r"\W+", "_", function)[:40] or "activation"
        made = layers.elementwise(call.to, tensor.value, word, name)
    return Tensor(made, tensor.turned)


@handles("ReLU")
def _relu(call: Call) -> Result:
    most, slope = call.setting("max_value"), call.setting("negative_slope")
    function = "relu6" if most == 6 else "leaky_relu" if slope else "relu"
    return apply(call, call.tensor, function)


@handles(
    *("LeakyReLU", "ELU", "Softmax", "ThresholdedReLU", "UnitNormalization"),
    *("ops.Relu", "ops.Relu6", "ops.Sigmoid", "ops.Silu", "ops.Softmax", "ops.Gelu", "ops.Tanh"),
    *("ops.LeakyRelu", "ops.Elu", "ops.Selu", "ops.Softplus", "ops.HardSigmoid", "ops.HardSilu"),
    *("ops.LogSoftmax", "ops.Softsign", "ops.Celu", "ops.Glu", "ops.Exp", "ops.Log", "ops.Sqrt"),
    *("ops.Abs", "ops.Negative", "ops.Square", "ops.Clip", "ops.Sin", "ops.Cos", "ops.Rsqrt"),
    *("ops.Power", "ops.Round", "ops.Floor", "ops.Ceil", "ops.Sign", "ops.Reciprocal", "ops.Erf"),
    *("ops.Nan_to_num", "ops.Cumsum", "ops.Roll", "ops.Flip", "ops.Normalize", "ops.Mish"),
)
def _function(call: Call) -> Result:
    if call.layer.cls == "Glu":
        raise LayerError("a gated unit halves its channels")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", call.layer.cls).lower()
    function = {"leaky_re_lu": "leaky_relu", "thresholded_re_lu": "thresholded_relu"}
    return apply(call, call.tensor, function.get(words, words))


@handles("PReLU")
def _prelu(call: Call) -> Result:
    """Slopes for each element, but one for all places along the axes that are shared."""
    tensor = call.tensor
    shape = tensor.shape[1:]
    shared = {axis % (len(shape) + 1) for axis in call.setting("shared_axes") or ()}
    sizes = tuple(1 if dim in shared else size for dim, size in enumerate(shape, 1))
    per = "element" if sizes == shape else "channel"
    slopes = call.weight("alpha", sizes)
    if not tensor.turned and len(shape) > 1:
        tensor = Tensor(call.first(tensor), turned=True)
    if per == "channel" and sizes != (*(1,) * (len(shape) - 1), shape[-1]):
        per = "layer"
    made = weights.prelu(call.to, tensor.value, slopes, per, call.name)
    return Tensor(made, tensor.turned)


@handles("Rescaling", "Discretization")
def _elementwise(call: Call) -> Result:
    return apply(call, call.tensor, call.layer.cls.lower())
