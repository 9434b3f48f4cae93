"""Several tensors as one: Keras's merging layers, and the operations of keras.ops that do so."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports import layers, movement
from convcost.sources.imports.assembler import Fields, Value
from convcost.sources.imports.keras.activations import apply
from convcost.sources.imports.keras.call import Call, Result, Tensor, handles

_NAMES = {"Add": "add", "Multiply": "multiply", "Average": "average", "TrueDivide": "divide"}


@handles(
    *("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"),
    *("ops.Add", "ops.Subtract", "ops.Multiply", "ops.Maximum", "ops.Minimum", "ops.Divide"),
    *("ops.TrueDivide", "ops.FloorDivide", "ops.Mod", "ops.Where", "ops.Greater", "ops.Less"),
)
def _merged(call: Call) -> Result:
    tensors, op = call.tensors(), call.layer.cls.lower()
    op = _NAMES.get(call.layer.cls, op)
    if len(tensors) == 1:  # the other is a number
        return apply(call, tensors[0], op)
    return merged(call, tensors, op)


def merged(call: Call, tensors: Sequence[Tensor], op: str) -> Tensor:
    """Tensors of one shape, or spread to one, as one."""
    turned = _is_turned(tensors)
    values = aligned(call, tensors)
    shape = spread([each.shape for each in values])
    kind, fields = (op, {}) if op in ("add", "multiply") else ("elementwise", {"op": op})
    given: Fields = dict(fields)
    made = movement.combine(call.to, kind, given, values, shape, call.name)
    return Tensor(made, turned)


def _is_turned(tensors: Sequence[Tensor]) -> bool:
    ranks = {len(each.shape) for each in tensors}
    return len(ranks) == 1 and any(each.turned for each in tensors)


def aligned(call: Call, tensors: Sequence[Tensor]) -> list[Value]:
    """The tensors with their dims in one order: channels first, if any has them so."""
    if _is_turned(tensors):
        return [call.first(each) for each in tensors]
    return [call.plain(each) for each in tensors]


def spread(shapes: Sequence[Shape]) -> Shape:
    """The shape that all are repeated to; LayerError where two sizes differ and none is 1."""
    rank = max(map(len, shapes))
    full = [(*(1,) * (rank - len(shape)), *shape) for shape in shapes]
    found = tuple(max(sizes) for sizes in zip(*full, strict=True))
    if any(
        size not in (1, most) for shape in full for size, most in zip(shape, found, strict=True)
    ):
        raise LayerError("tensors whose sizes do not fit")
    return found


@handles("CustomScaleLayer")
def _scaled(call: Call) -> Result:
    """Of Inception-ResNet, which `keras.applications` has: the second is scaled by a number."""
    return merged(call, call.tensors(), "add")


@handles("Concatenate", "ops.Concatenate")
def _concatenated(call: Call) -> Result:
    tensors = call.tensors()
    rank = len(call.tensor.shape)
    said = call.layer.config.get("axis", -1)
    said = call.kwargs.get("axis", said)
    if type(said) is not int:
        raise LayerError("a concatenation along no axis")
    axis = movement.checked_dim(said, rank)
    turned = _is_turned(tensors)
    values = aligned(call, tensors)
    if turned:
        axis = 1 if axis == rank - 1 else axis + (axis > 0)
    first = values[0].shape
    if any(len(each.shape) != len(first) for each in values):
        raise LayerError("a concatenation of tensors of several ranks")
    shape = (*first[:axis], sum(each.shape[axis] for each in values), *first[axis + 1 :])
    made = movement.concat(call.to, values, axis, shape, call.name)
    return Tensor(Value(made.index, shape), turned)


@handles("Dot")
def _dot(call: Call) -> Result:
    """The product over one dim of each, of tensors of three dims or two with the batch."""
    left, right = (call.plain(call.nth(index)) for index in (0, 1))
    said = call.setting("axes")
    axes = list(said) if isinstance(said, list | tuple) else [said, said]
    if any(type(each) is not int for each in axes):
        raise LayerError("a product along no axis")
    from convcost.sources.imports.contraction import contract

    terms = []
    for value, axis, letters in zip((left, right), axes, ("pqrst", "uvwxy"), strict=True):
        over = movement.checked_dim(axis, len(value.shape))
        terms.append(
            [
                "b" if not dim else "z" if dim == over else letters[dim]
                for dim in range(len(value.shape))
            ]
        )
    result = ["b", *(each for term in terms for each in term if each not in "bz")]
    sizes = {
        label: size
        for term, value in zip(terms, (left, right), strict=True)
        for label, size in zip(term, value.shape, strict=True)
    }
    shape = tuple(sizes[label] for label in result)
    made = contract(call.to, terms, [left, right], result, shape, call.name, of_matrices=True)
    return Tensor(call.to.reshape(made, (*shape, 1) if len(shape) == 1 else shape, call.name))


@handles("ops.Matmul")
def _product(call: Call) -> Result:
    left, right = (call.plain(call.nth(index)) for index in (0, 1))
    if min(len(left.shape), len(right.shape)) < 2 or left.shape[-1] != right.shape[-2]:
        raise LayerError("a product of tensors that do not fit")
    lead = spread([left.shape[:-2], right.shape[:-2]]) if len(left.shape) > 2 else ()
    shape = (*lead, left.shape[-2], right.shape[-1])
    return Tensor(movement.matmul(call.to, left, right, shape, call.name))


@handles("ops.Mean", "ops.Sum", "ops.Max", "ops.Min", "ops.Prod", "ops.Var", "ops.Std")
def _reduced(call: Call) -> Result:
    value = call.plain(call.tensor)
    rank = len(value.shape)
    said = call.kwargs.get("axis", call.setting("axis"))
    several = [*range(1, rank)] if said is None else said if isinstance(said, list) else [said]
    over = sorted({movement.checked_dim(int(each), rank) for each in several})
    keep = bool(call.kwargs.get("keepdims", call.flag("keepdims", usual=False)))
    if 0 in over:
        raise LayerError("what is reduced over the batch")
    shape = tuple(
        1 if dim in over else size
        for dim, size in enumerate(value.shape)
        if keep or dim not in over
    )
    word = call.layer.cls.lower()
    return Tensor(layers.reduce(call.to, value, word, over, keep, shape, call.name))
