"""What ONNX Runtime adds to ONNX's operations beside products: fused norms and activations,
elements of integers, embeddings."""

from __future__ import annotations

from convcost.errors import LayerError
from convcost.sources.imports import layers, movement, norms
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.onnx.call import Call, Result, handles
from convcost.sources.imports.onnx.convolutions import channels_first


@handles("com.microsoft.SkipLayerNormalization", "com.microsoft.SkipSimplifiedLayerNormalization")
def _skip_norm(call: Call) -> Result:
    is_rms = "simplified" in call.op
    own = [call.input(2), None if is_rms else call.input(3)]
    added = _plus(call, call.value, 1)
    added = _plus(call, added, 3 if is_rms else 4)
    made = norms.last_norm(
        call.to, added, call.shape[-1:], own, call.name, "rms" if is_rms else "layer"
    )
    return (made, added)[: len(call.shapes)]


def _plus(call: Call, value: Value, index: int) -> Value:
    """`value` with an input added that may be left out."""
    if call.input(index) is None:
        return value
    pair = [value, call.live(call.input(index))]
    return movement.combine(call.to, "add", {}, pair, value.shape, call.name)


@handles("com.microsoft.BiasGelu", "com.microsoft.FastGelu", "com.microsoft.Gelu")
def _gelu(call: Call) -> Value:
    return layers.activation(call.to, _plus(call, call.value, 1), "gelu", call.name)


@handles("com.microsoft.QuickGelu")
def _quick_gelu(call: Call) -> Value:
    return layers.elementwise(call.to, call.value, "quick gelu", call.name)


@handles("com.microsoft.BiasAdd")
def _bias_add(call: Call) -> Value:
    return _plus(call, _plus(call, call.value, 1), 2)


@handles("com.microsoft.BiasSoftmax")
def _bias_softmax(call: Call) -> Value:
    return layers.activation(call.to, _plus(call, call.value, 1), "softmax", call.name)


@handles("RotaryEmbedding", "com.microsoft.RotaryEmbedding")
def _rotary(call: Call) -> Value:
    return layers.elementwise(call.to, call.value, "rotary embedding", call.name)


@handles("com.microsoft.SimplifiedLayerNormalization")
def _rms_norm(call: Call) -> Value:
    own = (call.input(1), None)
    return norms.last_norm(call.to, call.value, call.shape[-1:], own, call.name, "rms")


@handles("com.microsoft.GroupNorm")
def _group_norm(call: Call) -> Value:
    """Its channels come last, unless an attribute says otherwise."""
    is_last = call.attribute("channels_last", 1)
    made = channels_first(call, _group) if is_last else _group(call)
    return layers.activation(call.to, made, "silu", call.name) if _is_swish(call) else made


def _group(call: Call) -> Value:
    return norms.norm(call.to, call.value, "group", (call.input(1), call.input(2)), call.name)


def _is_swish(call: Call) -> bool:
    return bool(call.attribute("activation", 0))


@handles("com.microsoft.EmbedLayerNormalization")
def _embedded(call: Call) -> Value:
    """Rows of tables for words, places and segments, added and normalised."""
    if len(call.shapes) > 1 and call.shapes[1] != (call.shape[0],):
        raise LayerError("embeddings that are given beside their norm")
    tables = [call.input(index) for index in (2, 3, 4)]
    found = [
        movement.gather(call.to, call.live(table), "lookup", call.shape, call.name)
        for table in tables
        if table is not None
    ]
    made = movement.combine(call.to, "add", {}, found, call.shape, call.name)
    own = (call.input(5), call.input(6))
    return norms.last_norm(call.to, made, call.shape[-1:], own, call.name)


@handles("com.microsoft.QLinearAdd", "com.microsoft.QLinearMul")
def _of_integers(call: Call) -> Value:
    """Each tensor has its scale and zero behind it."""
    pair = [each for each in (call.input(0), call.input(3)) if each is not None]
    kind = "multiply" if call.op.endswith("mul") else "add"
    live = [
        call.live(each) for each in pair if not (isinstance(each, Constant) and not each.params)
    ]
    if len(live) == 1:
        return layers.elementwise(call.to, live[0], kind, call.name)
    return movement.combine(call.to, kind, {}, live, call.shape, call.name)


@handles("com.microsoft.QLinearGlobalAveragePool")
def _pool(call: Call) -> Value:
    return layers.pool_to(call.to, call.value, "avg", len(call.shape) - 2, call.shape, call.name)


@handles("com.microsoft.QLinearReduceMean")
def _mean(call: Call) -> Value:
    axes, keep = call.attribute("axes"), bool(call.attribute("keepdims", 1))
    return layers.reduce(call.to, call.value, "mean", list(axes), keep, call.shape, call.name)


_OF_INTEGERS = {
    "QLinearLeakyRelu": "leaky-relu",
    "QLinearSigmoid": "sigmoid",
    "QLinearSoftmax": "softmax",
}


@handles(*(f"com.microsoft.{op}" for op in _OF_INTEGERS))
def _activation(call: Call) -> Value:
    return layers.activation(call.to, call.value, _OF_INTEGERS[call.node.op_type], call.name)


@handles("com.microsoft.QLinearConcat")
def _concat(call: Call) -> Value:
    """Behind the scale and the zero of what comes out, each tensor with its own."""
    values = [call.live(each) for each in call.inputs[2::3]]
    return movement.concat(call.to, values, call.attribute("axis", 0), call.shape, call.name)
