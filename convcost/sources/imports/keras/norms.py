"""Keras's norms. Running statistics are no parameters here, though Keras counts them."""

from __future__ import annotations

from math import prod

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports import norms
from convcost.sources.imports.keras.activations import apply
from convcost.sources.imports.keras.call import Call, Result, Tensor, handles


def axes_of(call: Call, rank: int) -> list[int]:
    """The dims of a norm, counted from 0 with the batch."""
    said = call.setting("axis")
    said = -1 if said is None else said
    several = said if isinstance(said, list | tuple) else [said]
    if not several or any(type(each) is not int or not -rank <= each < rank for each in several):
        raise LayerError("a norm along an axis that is none")
    return sorted(each % rank for each in several)


@handles("BatchNormalization", "BatchNormalizationV1", "SyncBatchNormalization")
def _batch(call: Call) -> Result:
    made = _of_channels(call, "batch")
    channels = _channels(call)
    call.keep("moving_mean", channels)
    call.keep("moving_variance", channels)
    return made


@handles("GroupNormalization")
def _group(call: Call) -> Result:
    return _of_channels(call, "group")


def _channels(call: Call) -> int:
    shape = call.tensor.shape
    (axis,) = axes_of(call, len(shape))
    return shape[axis]


def _of_channels(call: Call, sort: str) -> Result:
    tensor, channels = call.tensor, _channels(call)
    rank = len(tensor.shape)
    (axis,) = axes_of(call, rank)
    own = [
        call.maybe(call.flag("scale"), "gamma", (channels,)),
        call.maybe(call.flag("center"), "beta", (channels,)),
    ]
    if axis not in (1, rank - 1):
        raise LayerError("a norm of channels that are neither first nor last")
    if axis == rank - 1:
        tensor = Tensor(call.first(tensor), rank > 2)
    else:
        tensor = Tensor(call.plain(tensor))
    return Tensor(norms.norm(call.to, tensor.value, sort, own, call.name), tensor.turned)


@handles("LayerNormalization")
def _layer(call: Call) -> Result:
    sizes = _last_sizes(call)
    is_rms = call.flag("rms_scaling", usual=False)
    gamma = call.maybe(call.flag("scale") or is_rms, "gamma", sizes)
    beta = call.maybe(call.flag("center") and not is_rms, "beta", sizes)
    value = call.plain(call.tensor)
    sort = "rms" if is_rms else "layer"
    return Tensor(norms.last_norm(call.to, value, sizes, [gamma, beta], call.name, sort))


@handles("RMSNormalization")
def _rms(call: Call) -> Result:
    sizes = _last_sizes(call)
    value = call.plain(call.tensor)
    own = [call.weight("scale", sizes), None]
    return Tensor(norms.last_norm(call.to, value, sizes, own, call.name, "rms"))


def _last_sizes(call: Call) -> Shape:
    """The sizes of the last dims, which are normalised over."""
    shape = call.tensor.shape
    axes = axes_of(call, len(shape))
    if axes != [*range(len(shape) - len(axes), len(shape))]:
        raise LayerError("a norm over dims that are not the last")
    return tuple(shape[axis] for axis in axes)


@handles("Normalization")
def _statistics(call: Call) -> Result:
    """By statistics of the data, which Keras counts unless they are given."""
    tensor = call.tensor
    if call.setting("mean") is None:
        has_axis = call.layer.config.get("axis", -1) is not None
        axes = axes_of(call, len(tensor.shape)) if has_axis else []
        numbers = prod(tensor.shape[axis] for axis in axes)
        for name, count in (("mean", numbers), ("variance", numbers), ("count", 1)):
            call.keep(name, count)
    return apply(call, tensor, "normalization")


@handles("LayerScale")
def _scale(call: Call) -> Result:
    """Of ConvNeXt, which `keras.applications` has."""
    from convcost.sources.imports.weights import behind

    tensor = call.tensor
    gamma = call.weight("gamma", (call.count("projection_dim"),))
    dims = len(tensor.value.shape) - 2 if tensor.turned else 0
    made = behind(call.to, "multiply", tensor.value, gamma, dims, call.name)
    return Tensor(made, tensor.turned)
