"""Attention as one operation, of ONNX and of ONNX Runtime: projections, heads and products."""

from __future__ import annotations

from dataclasses import replace

from convcost.ops.base import Shape
from convcost.sources.imports import movement, weights
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.heads import by_head, exchanged, mask_of, parts, side_by_side
from convcost.sources.imports.onnx.call import Call, Known, Result, handles
from convcost.sources.imports.onnx.products import turned


@handles("Attention")
def _attention(call: Call) -> Result:
    q, k, v = (call.live(call.input(index)) for index in range(3))
    are_flat = len(q.shape) == 3
    if are_flat:
        heads, own = call.attribute("q_num_heads"), call.attribute("kv_num_heads")
        q, k, v = (_by_head(call, each, n) for each, n in ((q, heads), (k, own), (v, own)))
    k, v = (_behind(call, call.input(at), each) for at, each in ((4, k), (5, v)))
    mask = call.input(3)
    if mask is not None and mask.shape[-1] < k.shape[-2]:
        mask = None  # behind its end is padding
    made = _attended(call, q, k, v, mask)
    whole = _side_by_side(call, made, call.shape) if are_flat else made
    outputs = [whole, k, v]
    if any(call.node.output[3:]):
        outputs.append(movement.gather(call.to, made, "scores", call.shapes[-1], call.name))
    return _named(call, *outputs)


@handles("com.microsoft.Attention")
def _runtimes_attention(call: Call) -> Result:
    value, weight, past = call.value, call.weight, call.input(4)
    heads = call.attribute("num_heads")
    sizes = call.attribute("qkv_hidden_sizes") or (weight.shape[1] // 3,) * 3
    lead = value.shape[:-1]
    tensors = (value, weight, call.input(2))
    whole = (*lead, weight.shape[1])
    made = weights.linear(call.to, *tensors, whole, f"{call.name}.qkv", turned=True)
    q, k, v = (_by_head(call, each, heads) for each in parts(call.to, made, sizes, call.name))
    if past is not None:  # keys and values in one tensor
        k, v = (_behind(call, _slice(call, past, 0, at), each) for at, each in ((0, k), (1, v)))
    whole_made = _side_by_side(call, _attended(call, q, k, v, call.input(5)), call.shape)
    if len(call.shapes) == 1:
        return whole_made
    return whole_made, movement.gather(call.to, k, "cache", call.shapes[1], call.name)


@handles("com.microsoft.QAttention")
def _of_integers(call: Call) -> Result:
    """The same, with scales and zero points among what it takes."""
    places = (0, 1, 2, 5, 8)
    return _runtimes_attention(replace(call, inputs=[call.input(at) for at in places]))


@handles("com.microsoft.MultiHeadAttention")
def _multi_head(call: Call) -> Result:
    heads, given = call.attribute("num_heads"), [call.input(index) for index in range(3)]
    tensors = [call.live(each) for each in given if each is not None]
    if call.input(3) is not None:
        sizes = tuple(each.shape[-1] for each in tensors)
        biases = parts(call.to, call.live(call.input(3)), sizes, call.name)
        tensors = [
            movement.combine(call.to, "add", {}, list(pair), pair[0].shape, call.name)
            for pair in zip(tensors, biases, strict=True)
        ]
    q, k, v = (part for each in tensors for part in _heads_in(call, each, heads))
    k, v = (_behind(call, call.input(at), each) for at, each in ((6, k), (7, v)))
    made = _side_by_side(call, _attended(call, q, k, v, call.input(5)), call.shape)
    return _named(call, made, k, v)


@handles("com.microsoft.GroupQueryAttention")
def _grouped(call: Call) -> Result:
    heads, own = call.attribute("num_heads"), call.attribute("kv_num_heads")
    tensors = [call.value]
    if call.input(1) is None:  # queries, keys and values side by side
        size = call.value.shape[-1] // (heads + 2 * own)
        sizes = (heads * size, own * size, own * size)
        tensors = parts(call.to, call.value, sizes, call.name)
    else:
        tensors += [call.live(call.input(index)) for index in (1, 2)]
    q, k, v = (_by_head(call, each, n) for each, n in zip(tensors, (heads, own, own), strict=True))
    k, v = (_behind(call, call.input(at), each) for at, each in ((3, k), (4, v)))
    return _named(call, _side_by_side(call, _attended(call, q, k, v, None), call.shape), k, v)


@handles("LinearAttention")
def _linear(call: Call) -> Result:
    """Queries read a state that keys and values have written, which is what multiplies: as much for
    all tokens together as token by token. By a delta rule keys read it first."""
    heads, own = call.attribute("q_num_heads"), call.attribute("kv_num_heads")
    given = zip(range(3), (heads, own, own), strict=True)
    q, k, v = (_by_head(call, call.live(call.input(at)), n) for at, n in given)
    past, lead = call.input(3), k.shape[:-2]
    shape = (*lead, k.shape[-1], v.shape[-1])
    if "delta" in call.attribute("update_rule", "gated_delta"):
        before = call.live(past or Constant(shape))
        read = movement.matmul(call.to, k, before, v.shape, call.name)
        fields = {"op": "delta"}
        v = movement.combine(call.to, "elementwise", fields, [v, read], v.shape, call.name)
    state = movement.matmul(call.to, turned(call, k), v, shape, call.name)
    if past is not None:
        both = [call.live(past), state]
        state = movement.combine(call.to, "add", {}, both, shape, call.name)
    read_by, seen = (lead[0], own, heads // own, q.shape[2], q.shape[3]), (*lead, 1, *shape[-2:])
    made = movement.matmul(
        call.to,
        call.to.reshape(q, read_by, call.name),
        call.to.reshape(state, seen, call.name),
        (*read_by[:-1], v.shape[-1]),
        call.name,
    )
    made = call.to.reshape(made, (*q.shape[:-1], v.shape[-1]), call.name)
    return _named(call, _side_by_side(call, made, call.shape), state)


def _named(call: Call, *outputs: Value) -> Result:
    """Those of the outputs that the node gives a name."""
    named = zip(outputs, call.node.output, strict=False)
    return tuple(each for each, name in named if name)


def _attended(call: Call, q: Value, k: Value, v: Value, mask: Known | None) -> Value:
    """Attention of tensors by heads."""
    shape = (*q.shape[:-1], v.shape[-1])
    added = mask_of(call.to, mask, call.name)
    return movement.attention(call.to, [q, k, v], added, shape, call.name)


def _by_head(call: Call, value: Value, heads: int) -> Value:
    return by_head(call.to, value, heads, call.name)


def _heads_in(call: Call, value: Value, heads: int) -> list[Value]:
    """A tensor by heads; several, where they are packed: batch x tokens x heads x several x
    features."""
    match len(value.shape):
        case 3:
            return [_by_head(call, value, heads)]
        case 5:
            count = range(value.shape[3])
            return [exchanged(call.to, _slice(call, value, 3, at), call.name) for at in count]
        case _:
            return [value]


def _slice(call: Call, tensor: Known, dim: int, at: int) -> Value:
    """What stands at `at` in a dim of a tensor, without that dim."""
    value, shape = call.live(tensor), list(tensor.shape)
    shape[dim] = 1
    part = movement.take(call.to, value, dim, range(at, at + 1), tuple(shape), call.name)
    return call.to.reshape(part, (*shape[:dim], *shape[dim + 1 :]), call.name)


def _side_by_side(call: Call, value: Value, shape: Shape) -> Value:
    return side_by_side(call.to, value, shape, call.name)


def _behind(call: Call, past: Known | None, value: Value) -> Value:
    """Keys or values behind those of a cache."""
    if past is None:
        return value
    shape = (*value.shape[:2], past.shape[2] + value.shape[2], value.shape[3])
    return movement.concat(call.to, [call.live(past), value], 2, shape, call.name)
