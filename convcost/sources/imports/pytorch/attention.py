"""Attention, and the layers of transformers that PyTorch fuses into one operation."""

from __future__ import annotations

from math import prod

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports import layers, movement, norms, weights
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.heads import by_head, mask_of, parts, side_by_side
from convcost.sources.imports.pytorch.call import Call, Result, handles


@handles("scaled_dot_product_attention")
def _attention(call: Call) -> Value:
    tensors = [call.live(call.arg(each)) for each in ("query", "key", "value")]
    mask = mask_of(call.to, call.arg("attn_mask"), call.name)
    return movement.attention(call.to, tensors, mask, call.shape, call.name)


@handles("native_multi_head_attention")
def _multi_head(call: Call) -> Result:
    """Of its second output, the scores, only the shape is known."""
    query = call.value
    if any(call.arg(each) is not call.arg("query") for each in ("key", "value")):
        raise LayerError("fused attention of several inputs")
    made = _self_attention(call, query, call.arg("num_head"), call.shape)
    scores = [
        movement.gather(call.to, made, "scores", shape, call.name)
        if prod(shape)
        else Constant(shape)
        for shape in call.shapes[1:]
    ]
    return made, *scores


def _self_attention(call: Call, value: Value, heads: int, shape: Shape) -> Value:
    """Projected to queries, keys and values in one, attended to by head, projected back."""
    to, name = call.to, call.name
    *lead, tokens, features = value.shape
    projection = (call.arg("qkv_weight"), call.arg("qkv_bias"))
    whole = (*lead, tokens, 3 * features)
    made = weights.linear(to, value, *projection, whole, f"{name}.qkv")
    tensors = [by_head(to, part, heads, name) for part in parts(to, made, (features,) * 3, name)]
    mask = mask_of(to, call.arg("mask"), name)
    attended = movement.attention(to, tensors, mask, tensors[0].shape, name)
    joined = side_by_side(to, attended, value.shape, name)
    back = (call.arg("proj_weight"), call.arg("proj_bias"))
    return weights.linear(to, joined, *back, shape, f"{name}.out")


@handles("transformer_encoder_layer_fwd")
def _encoder_layer(call: Call) -> Value:
    value = call.live(call.arg("src"))
    first = bool(call.arg("norm_first"))
    inner = _norm(call, value, 1) if first else value
    attended = _self_attention(call, inner, call.arg("num_heads"), value.shape)
    value = _plus(call, value, attended)
    value = value if first else _norm(call, value, 1)
    inner = _feed_forward(call, _norm(call, value, 2) if first else value)
    value = _plus(call, value, inner)
    return value if first else _norm(call, value, 2)


def _feed_forward(call: Call, value: Value) -> Value:
    to, name = call.to, call.name
    wider = (call.arg("ffn_weight_1"), call.arg("ffn_bias_1"))
    back = (call.arg("ffn_weight_2"), call.arg("ffn_bias_2"))
    wide = (*value.shape[:-1], wider[0].shape[0])
    made = weights.linear(to, value, *wider, wide, f"{name}.linear1")
    act = "gelu" if call.arg("use_gelu") else "relu"
    made = layers.activation(to, made, act, f"{name}.act")
    return weights.linear(to, made, *back, value.shape, f"{name}.linear2")


def _norm(call: Call, value: Value, which: int) -> Value:
    own = [call.arg(f"norm_{each}_{which}") for each in ("weight", "bias")]
    return norms.last_norm(call.to, value, value.shape[-1:], own, f"{call.name}.norm{which}")


def _plus(call: Call, left: Value, right: Value) -> Value:
    return movement.combine(call.to, "add", {}, [left, right], left.shape, call.name)
