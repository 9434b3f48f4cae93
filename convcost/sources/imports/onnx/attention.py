"""Attention as one operation, of ONNX and of ONNX Runtime: projections, heads and products."""

from __future__ import annotations

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports import movement, weights
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.onnx.call import Call, Known, Result, handles


@handles("Attention")
def _attention(call: Call) -> Result:
    if len(call.shapes) not in (1, 3):
        raise LayerError("attention that gives its scores")
    q, k, v = (call.live(call.input(index)) for index in range(3))
    are_flat = len(q.shape) == 3
    if are_flat:
        heads, own = call.attribute("q_num_heads"), call.attribute("kv_num_heads")
        q, k, v = (_by_head(call, each, n) for each, n in ((q, heads), (k, own), (v, own)))
    k, v = (_behind(call, call.input(at), each) for at, each in ((4, k), (5, v)))
    made = _attended(call, q, k, v, call.input(3))
    made = _side_by_side(call, made, call.shape) if are_flat else made
    return (made, k, v)[: len(call.shapes)]


@handles("com.microsoft.Attention")
def _runtimes_attention(call: Call) -> Value:
    if call.input(4) is not None or len(call.shapes) > 1:
        raise LayerError("attention with a cache")
    value, weight = call.value, call.weight
    heads = call.attribute("num_heads")
    sizes = call.attribute("qkv_hidden_sizes") or (weight.shape[1] // 3,) * 3
    lead = value.shape[:-1]
    tensors = (value, weight, call.input(2))
    whole = (*lead, weight.shape[1])
    made = weights.linear(call.to, *tensors, whole, f"{call.name}.qkv", turned=True)
    q, k, v = (_by_head(call, each, heads) for each in _parts(call, made, sizes))
    return _side_by_side(call, _attended(call, q, k, v, call.input(5)), call.shape)


@handles("com.microsoft.MultiHeadAttention")
def _multi_head(call: Call) -> Value:
    if call.input(6) is not None or len(call.shapes) > 1:
        raise LayerError("attention with a cache")
    heads, value = call.attribute("num_heads"), call.value
    if len(value.shape) == 5:  # all three in one, by heads
        raise LayerError("attention of packed tensors")
    tensors = [value, *(call.live(call.input(index)) for index in (1, 2))]
    if call.input(3) is not None:
        sizes = tuple(each.shape[-1] for each in tensors)
        biases = _parts(call, call.live(call.input(3)), sizes)
        tensors = [
            movement.combine(call.to, "add", {}, list(pair), pair[0].shape, call.name)
            for pair in zip(tensors, biases, strict=True)
        ]
    q, k, v = (_by_head(call, each, heads) if len(each.shape) == 3 else each for each in tensors)
    return _side_by_side(call, _attended(call, q, k, v, call.input(5)), call.shape)


@handles("com.microsoft.GroupQueryAttention")
def _grouped(call: Call) -> Value:
    if any(each is not None for each in (call.input(3), call.input(4))) or len(call.shapes) > 1:
        raise LayerError("attention with a cache")
    heads, own = call.attribute("num_heads"), call.attribute("kv_num_heads")
    tensors = [call.live(call.input(index)) for index in range(3)]
    q, k, v = (_by_head(call, each, n) for each, n in zip(tensors, (heads, own, own), strict=True))
    return _side_by_side(call, _attended(call, q, k, v, None), call.shape)


def _attended(call: Call, q: Value, k: Value, v: Value, mask: Known | None) -> Value:
    """Attention of tensors by heads; a mask of numbers that nobody learned is no work."""
    if isinstance(mask, Constant):
        mask = call.live(mask) if mask.params else None
    shape = (*q.shape[:-1], v.shape[-1])
    return movement.attention(call.to, [q, k, v], mask, shape, call.name)


def _by_head(call: Call, value: Value, heads: int) -> Value:
    """batch x tokens x features as batch x heads x tokens x features of one."""
    batch, tokens, features = value.shape
    if not heads or features % heads:
        raise LayerError(f"{features} features for {heads} heads")
    split = call.to.reshape(value, (batch, tokens, heads, features // heads), call.name)
    return _exchanged(call, split)


def _side_by_side(call: Call, value: Value, shape: Shape) -> Value:
    return call.to.reshape(_exchanged(call, value), shape, call.name)


def _exchanged(call: Call, value: Value) -> Value:
    """Heads and tokens exchanged."""
    order = (0, 2, 1, 3)
    shape = tuple(value.shape[dim] for dim in order)
    return movement.permute(call.to, value, order, shape, call.name)


def _behind(call: Call, past: Known | None, value: Value) -> Value:
    """Keys or values behind those of a cache."""
    if past is None:
        return value
    shape = (*value.shape[:2], past.shape[2] + value.shape[2], value.shape[3])
    return movement.concat(call.to, [call.live(past), value], 2, shape, call.name)


def _parts(call: Call, value: Value, sizes: tuple[int, ...]) -> list[Value]:
    """Pieces of the last dim."""
    found, start = [], 0
    for size in sizes:
        shape = (*value.shape[:-1], size)
        span = range(start, start + size)
        last = len(value.shape) - 1
        found.append(movement.take(call.to, value, last, span, shape, call.name))
        start += size
    return found
