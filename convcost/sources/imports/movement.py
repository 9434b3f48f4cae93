"""Layers that move elements, join tensors or multiply them: permutes, slices, concats, matmuls."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler, Fields, Value, plain_shape


def checked_dim(dim: int, rank: int) -> int:
    """The dim of a tensor of `rank` that `dim` means, from the end if it is negative."""
    if not -rank <= dim < rank:
        raise LayerError(f"there is no dim {dim} among {rank}")
    return dim % rank


def permute(to: Assembler, value: Value, order: Sequence[int], shape: Shape, name: str) -> Value:
    """The dims in another order, those of size 1 left out; no layer where only those move."""
    kept = [dim for dim in order if value.shape[dim] != 1]
    if kept == sorted(kept):
        return to.reshape(value, shape, name)
    sizes = [size for size in value.shape if size != 1]
    squeezed = to.exactly(value, tuple(sizes), name)
    places = {dim: place for place, dim in enumerate(sorted(kept))}
    fields: Fields = {"order": tuple(places[dim] for dim in kept)}
    return to.add("permute", fields, [squeezed], shape, name)


def take(to: Assembler, value: Value, dim: int, span: range, shape: Shape, name: str) -> Value:
    """The elements `span` along `dim`, which `shape` may leave out if it is one element."""
    if len(span) == value.shape[dim]:
        return to.reshape(value, shape, name)
    if not len(span):
        raise LayerError("a slice of nothing")
    value, axis = _along(to, value, dim, name)
    fields: Fields = {
        "start": span.start or None,
        "stop": span[-1] + 1,
        "axis": axis or None,
        "step": span.step if span.step > 1 else None,
    }
    return to.add("slice", fields, [value], shape, name)


def concat(to: Assembler, values: Sequence[Value], dim: int, shape: Shape, name: str) -> Value:
    """Tensors behind each other along `dim`."""
    values = [value for value in values if prod(value.shape)]
    dim = checked_dim(dim, len(shape))
    if len(values) == 1:
        return values[0]
    has_batch = dim > 0 and len(shape) > 1 and shape[0] == 1
    values = [
        to.exactly(value, value.shape[1:] if has_batch else value.shape, name) for value in values
    ]
    axis = dim - has_batch
    return to.add("concat", {"axis": axis or None}, values, shape, name)


def stack(to: Assembler, values: Sequence[Value], dim: int, shape: Shape, name: str) -> Value:
    """Tensors behind each other along a new dim."""
    dim = checked_dim(dim, len(shape))
    each = (*shape[:dim], 1, *shape[dim + 1 :])
    return concat(to, [to.reshape(value, each, name) for value in values], dim, shape, name)


def combine(
    to: Assembler, kind: str, fields: Fields, values: Sequence[Value], shape: Shape, name: str
) -> Value:
    """Tensors added, multiplied or otherwise combined, spread to `shape` first where needed."""
    has_batch = len(shape) > 1 and shape[0] == 1
    spread = []
    for value in values:
        full = (1,) * (len(shape) - len(value.shape)) + value.shape
        plain = full[1:] if has_batch else full or (1,)
        wanted = shape[1:] if has_batch else shape or (1,)
        each = to.exactly(value, plain, name)
        if kind != "multiply" and plain != wanted:
            each = _spread(to, each, wanted, name)
        spread.append(each)
    return to.add(kind, fields, spread, shape, name)


def broadcast(to: Assembler, value: Value, shape: Shape, name: str) -> Value:
    """Repeated along dims of size 1, up to `shape`."""
    if prod(value.shape) == prod(shape):
        return to.reshape(value, shape, name)
    full = (1,) * (len(shape) - len(value.shape)) + value.shape
    value = to.exactly(value, full, name)
    return to.add("broadcast", {"shape": shape}, [value], shape, name)


def gather(to: Assembler, value: Value, op: str, shape: Shape, name: str) -> Value:
    """Elements moved, picked or repeated by the operation `op`."""
    if not prod(shape):
        raise LayerError(f"{op} gives an empty tensor")
    return to.add("gather", {"op": op, "shape": plain_shape(shape)}, [value], shape, name)


def matmul(to: Assembler, left: Value, right: Value, shape: Shape, name: str) -> Value:
    """The matrix product over the last two dims, leading dims spread over each other."""
    a, b = left.shape, right.shape
    if len(a) == 1:
        a = (1, *a)
    if len(b) == 1:
        b = (*b, 1)
    rank = max(len(a), len(b)) - 2
    leads = [(1,) * (rank - len(each) + 2) + each[:-2] for each in (a, b)]
    batch = tuple(max(sizes) for sizes in zip(*leads, strict=True))
    values = []
    for value, lead, ends in ((left, leads[0], a[-2:]), (right, leads[1], b[-2:])):
        whole = to.exactly(value, (*lead, *ends), name)
        if lead != batch:
            whole = _spread(to, whole, (*batch, *ends), name)
        values.append(to.exactly(whole, (*_trimmed(batch), *ends), name))
    return to.add("matmul", {}, values, shape, name)


def attention(
    to: Assembler, values: Sequence[Value], mask: Value | None, shape: Shape, name: str
) -> Value:
    """softmax(q·kᵀ)·v of the `values` q, k and v, whose heads are spread where several share them;
    a `mask` is added to the scores."""
    lead = shape[:-2]
    q, k, v = (_with_heads(to, value, lead, name) for value in values)
    if mask is None:
        return to.add("attention", {}, [q, k, v], shape, name)
    scores = (*lead, q.shape[-2], k.shape[-2])
    made = to.add("matmul", {"transpose": True}, [q, k], scores, f"{name}.scores")
    made = combine(to, "add", {}, [made, mask], scores, f"{name}.mask")
    made = to.add("softmax", {}, [made], scores, f"{name}.softmax")
    return matmul(to, made, Value(v.index, (*lead, *v.shape[-2:])), shape, name)


def _with_heads(to: Assembler, value: Value, lead: Shape, name: str) -> Value:
    """Queries, keys or values for every head, as attention takes them."""
    own = (1,) * (len(lead) + 2 - len(value.shape)) + value.shape
    rounds = [wide // narrow for narrow, wide in zip(own, lead, strict=False)]
    if prod(rounds) > 1:
        value = gather(to, value, "repeat heads", (*lead, *own[-2:]), name)
    whole = (*lead, *own[-2:])
    return Value(to.exactly(value, (*_trimmed(lead), *own[-2:]), name).index, whole)


def _spread(to: Assembler, value: Value, shape: Shape, name: str) -> Value:
    made = to.add("broadcast", {"shape": shape}, [value], shape, f"{name}.broadcast")
    return to.exactly(made, shape, name)


def _trimmed(batch: Shape) -> Shape:
    """Leading dims without a first one of 1."""
    return batch[1:] if batch[:1] == (1,) else batch


def _along(to: Assembler, value: Value, dim: int, name: str) -> tuple[Value, int]:
    """`value` in a shape in which its `dim` has a place, and that place."""
    if dim and value.shape[0] == 1:
        return to.exactly(value, value.shape[1:], name), dim - 1
    return to.exactly(value, value.shape, name), dim
