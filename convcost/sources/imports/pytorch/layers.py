"""PyTorch's operations that are layers: convolutions, products, norms, activations, pools."""

from __future__ import annotations

from math import prod

from convcost.errors import LayerError
from convcost.ops.base import Pads
from convcost.ops.conv import same_pads
from convcost.sources.imports import layers, movement, norms, weights
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.pytorch.call import Call, Result, handles
from convcost.sources.imports.pytorch.shape_rules import per_dim


@handles(
    "conv1d",
    "conv2d",
    "conv3d",
    "convolution",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
)
def _convolution(call: Call) -> Value:
    weight = call.arg("weight")
    kernel = weight.shape[2:]
    dims = len(kernel)
    padding = call.arg("padding")
    dilation = per_dim(call.arg("dilation"), dims)
    if padding == "same":
        pads: Pads = same_pads(kernel, dilation)
    else:
        zeros = (0,) * dims if padding == "valid" else per_dim(padding, dims)
        pads = tuple((side, side) for side in zeros)
    transposed = "transpose" in call.op or bool(call.arg("transposed"))
    settings = {
        "stride": per_dim(call.arg("stride"), dims),
        "padding": pads,
        "dilation": dilation,
        "groups": call.arg("groups"),
        "transposed": transposed,
        "output_padding": per_dim(call.arg("output_padding") or 0, dims),
    }
    tensors = (call.value, weight, call.arg("bias"))
    return weights.convolution(call.to, *tensors, settings, call.shape, call.name)


@handles("torchvision::deform_conv2d")
def _deformable(call: Call) -> Value:
    values = [call.value, call.live(call.arg("offset"))]
    if call.arg("use_mask"):
        values.append(call.live(call.arg("mask")))
    stride, zeros, dilation = (
        (call.arg(f"{key}_h"), call.arg(f"{key}_w")) for key in ("stride", "pad", "dilation")
    )
    settings = {
        "stride": stride,
        "padding": tuple((side, side) for side in zeros),
        "dilation": dilation,
        "groups": call.arg("groups"),
        "offset_groups": call.arg("offset_groups"),
    }
    bias = call.arg("bias")
    if isinstance(bias, Constant) and not bias.params:  # torchvision has zeros where there is none
        bias = None
    tensors = (call.arg("weight"), bias)
    return weights.deformable(call.to, values, *tensors, settings, call.shape, call.name)


@handles("linear")
def _linear(call: Call) -> Value:
    tensors = (call.value, call.arg("weight"), call.arg("bias"))
    return weights.linear(call.to, *tensors, call.shape, call.name)


@handles("batch_norm", "native_batch_norm_legit_no_training", "instance_norm", "group_norm")
def _norm(call: Call) -> Value:
    sort = "batch" if "batch" in call.op else call.op.split("_")[0]
    own = (call.arg("weight"), call.arg("bias"))
    return norms.norm(call.to, call.value, sort, own, call.name)


@handles("layer_norm", "rms_norm", "native_layer_norm")
def _last_norm(call: Call) -> Value:
    sizes = tuple(call.arg("normalized_shape"))
    sort = "rms" if "rms" in call.op else "layer"
    own = (call.arg("weight"), call.arg("bias"))
    return norms.last_norm(call.to, call.value, sizes, own, call.name, sort)


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


@handles(*ACTIVATIONS)
def _activation(call: Call) -> Value:
    return layers.activation(call.to, call.value, ACTIVATIONS[call.op], call.name)


@handles("hardtanh")
def _hardtanh(call: Call) -> Value:
    if (call.arg("min_val"), call.arg("max_val")) == (0, 6):
        return layers.activation(call.to, call.value, "relu6", call.name)
    return layers.elementwise(call.to, call.value, "hardtanh", call.name)


@handles("prelu")
def _prelu(call: Call) -> Value:
    slopes, value = call.arg("weight"), call.value
    if isinstance(slopes, Constant) and prod(slopes.shape) == 1:
        return weights.prelu(call.to, value, slopes, "layer", call.name)
    if isinstance(slopes, Constant) and value.shape[:2] == (1, prod(slopes.shape)):
        return weights.prelu(call.to, value, slopes, "channel", call.name)
    weight = call.live(slopes)
    channels = (1, prod(weight.shape), *(1,) * (len(call.shape) - 2))
    if prod(weight.shape) > 1:
        weight = call.to.reshape(weight, channels, call.name)
    return movement.combine(
        call.to, "elementwise", {"op": "prelu"}, [value, weight], call.shape, call.name
    )


@handles("dropout", "feature_dropout", "alpha_dropout", "native_dropout")
def _dropout(call: Call) -> Value:
    return call.to.add("dropout", {}, [call.value], call.shape, call.name)


def _pool(call: Call) -> Result:
    dims = int(call.op[call.op.index("pool") + 4])
    if any(step != 1 for step in per_dim(call.arg("dilation") or 1, dims)):
        raise LayerError("a dilated pool")
    kernel = per_dim(call.arg("kernel_size"), dims)
    settings = {
        "k": kernel,
        "stride": per_dim(call.arg("stride") or kernel, dims),
        "padding": tuple((side, side) for side in per_dim(call.arg("padding"), dims)),
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
        handles(f"{_sort}_pool{_dims}d", f"{_sort}_pool{_dims}d_with_indices")(_pool)
        handles(f"adaptive_{_sort}_pool{_dims}d")(_pool_to)


@handles("channel_shuffle", "native_channel_shuffle")
def _shuffle(call: Call) -> Value:
    if call.value.shape[0] != 1:
        raise LayerError("a channel shuffle of windows")
    return call.to.add(
        "shuffle", {"groups": call.arg("groups")}, [call.value], call.shape, call.name
    )
