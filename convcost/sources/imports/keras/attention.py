"""Keras's attention layers."""

from __future__ import annotations

from math import prod

from convcost.errors import LayerError
from convcost.sources.imports import layers, movement
from convcost.sources.imports.assembler import Value
from convcost.sources.imports.heads import by_head, side_by_side
from convcost.sources.imports.keras.call import Call, Result, Tensor, handles
from convcost.sources.imports.keras.products import linear
from convcost.sources.imports.movement import checked_dim


@handles("MultiHeadAttention")
def _multi_head(call: Call) -> Result:
    heads, each = call.count("num_heads"), call.count("key_dim")
    out = call.count("value_dim") if call.setting("value_dim") else each
    return _attended(call, heads, heads, each, out)


@handles("GroupQueryAttention", "GroupedQueryAttention")
def _grouped(call: Call) -> Result:
    each = call.count("head_dim")
    heads, pairs = call.count("num_query_heads"), call.count("num_key_value_heads")
    return _attended(call, heads, pairs, each, each)


def _attended(call: Call, heads: int, pairs: int, each: int, out: int) -> Result:
    """Queries of `heads`, keys and values of as many `pairs`; a head has `each` features, and of
    its values `out`."""
    query, value, key = _inputs(call)
    axes, rank = call.setting("attention_axes"), len(query.shape)
    if axes is not None and sorted(checked_dim(axis, rank) for axis in axes) != [
        *range(1, rank - 1)
    ]:
        raise LayerError("attention along some of the dims")
    bias, tokens = call.flag("use_bias"), prod(query.shape[1:-1])
    q = linear(call, query, heads * each, bias, "query")
    k = linear(call, key, pairs * each, bias, "key")
    gates = (
        linear(call, query, heads * out, bias, "gate")
        if call.flag("use_gate", usual=False)
        else None
    )
    v = linear(call, value, pairs * out, bias, "value")
    split = [
        by_head(call.to, made, of, call.name) for made, of in _rows(call, q, k, v, heads, pairs)
    ]
    shape = (query.shape[0], heads, tokens, out)
    made = movement.attention(call.to, split, None, shape, call.name)
    joined = side_by_side(call.to, made, (query.shape[0], tokens, heads * out), call.name)
    joined = call.to.reshape(joined, (*query.shape[:-1], heads * out), call.name)
    if gates:
        gates = layers.activation(call.to, gates, "sigmoid", f"{call.name}.gate")
        both = [joined, gates]
        joined = movement.combine(call.to, "multiply", {}, both, joined.shape, call.name)
    said = call.setting("output_shape")
    sizes = said if isinstance(said, list | tuple) else [said]
    m = query.shape[-1] if said is None else prod(int(size) for size in sizes)
    made = linear(call, joined, m, bias, "attention_output")
    whole = (*made.shape[:-1], *(int(size) for size in sizes)) if said else made.shape
    return Tensor(call.to.reshape(made, whole, call.name))


def _inputs(call: Call) -> tuple[Value, Value, Value]:
    """Queries, values and keys, which are the values where none are given."""
    given = dict(zip(("query", "value", "key"), call.args, strict=False))
    given |= {name: call.kwargs[name] for name in ("query", "value", "key") if name in call.kwargs}
    found = {name: each for name, each in given.items() if isinstance(each, Tensor)}
    if len(call.args) == 1 and isinstance(call.args[0], list | tuple):
        several = [each for each in call.args[0] if isinstance(each, Tensor)]
        found |= dict(zip(("query", "value", "key"), several, strict=False))
    if "query" not in found or "value" not in found:
        raise LayerError("attention without queries or values")
    query, value = call.plain(found["query"]), call.plain(found["value"])
    return query, value, call.plain(found["key"]) if "key" in found else value


def _rows(
    call: Call, q: Value, k: Value, v: Value, heads: int, pairs: int
) -> list[tuple[Value, int]]:
    """Each with its tokens in a row, and how many heads it has."""
    found = []
    for each, of in ((q, heads), (k, pairs), (v, pairs)):
        if len(each.shape) < 3:
            raise LayerError("attention of what has no tokens")
        shape = (each.shape[0], prod(each.shape[1:-1]), each.shape[-1])
        found.append((call.to.reshape(each, shape, call.name), of))
    return found


@handles("Attention", "AdditiveAttention")
def _plain(call: Call) -> Result:
    """Without projections; scores that are sums multiply nothing."""
    query, value, key = _inputs(call)
    shape = (*query.shape[:-1], value.shape[-1])
    is_sum = call.layer.cls == "AdditiveAttention"
    has_scale = call.flag("use_scale", usual=is_sum)
    sizes = (query.shape[-1],) if is_sum else (1,)
    scale = call.maybe(has_scale, "scale", sizes)
    if call.setting("score_mode") == "concat":
        extra = call.weight("concat_score_weight", (1,))
        call.to.parameters(extra.params)
        is_sum = True
    if scale:
        call.to.parameters(scale.params)
    if not is_sum:
        made = movement.attention(call.to, [query, key, value], None, shape, call.name)
        return Tensor(made)
    scores = (*query.shape[:-1], key.shape[-2])
    made = movement.gather(call.to, query, "scores", scores, f"{call.name}.scores")
    made = layers.activation(call.to, made, "softmax", f"{call.name}.softmax")
    return Tensor(movement.matmul(call.to, made, value, shape, call.name))
