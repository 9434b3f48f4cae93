"""Arithmetic on small tensors, as shapes are made by: folded to their numbers.

Operations have the names of ONNX, in whichever graph they stand. NumPy comes with what reads such
graphs. No tensor becomes larger than `LARGEST`, whatever a file asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

LARGEST = 2048
"""Elements of a tensor that is folded."""
NUMBERS = {1: "float32", 6: "int32", 7: "int64", 9: "bool", 10: "float16", 11: "float64"}
"""TensorProto's element types that are folded, as NumPy spells them."""
Array = Any
Attributes = dict[str, Any]


def folded(op: str, inputs: Sequence[Array | None], attributes: Attributes) -> list[Array] | None:
    """What the operation `op` makes of arrays that are known; None if it is none of those here,
    or does not fit them."""
    import numpy

    rule = _RULES.get(op)
    if rule is None or any(each is None for each in inputs[: _NEEDED.get(op, len(inputs))]):
        return None
    try:
        with numpy.errstate(all="ignore"):
            made = rule(numpy, list(inputs), attributes)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        return None
    arrays = made if isinstance(made, list) else [made]
    return [numpy.asarray(each) for each in arrays] if all(map(_is_small, arrays)) else None


def _is_small(array: Array) -> bool:
    return bool(array.size <= LARGEST)


def _sizes(array: Array) -> tuple[int, ...]:
    """An array as a shape, which is small."""
    sizes = tuple(int(size) for size in array.ravel())
    if prod(size for size in sizes if size > 0) > LARGEST:
        raise ValueError("a large tensor")
    return sizes


def _elementwise(name: str) -> Callable[..., Array]:
    def rule(np: Any, inputs: list[Array], _: Attributes) -> Array:
        _sizes(np.asarray(np.broadcast_shapes(*(each.shape for each in inputs)), dtype="int64"))
        made = inputs[0] if len(inputs) > 1 else getattr(np, name)(inputs[0])
        for each in inputs[1:]:
            made = getattr(np, name)(made, each)
        return np.asarray(made)

    return rule


def _div(np: Any, inputs: list[Array], _: Attributes) -> Array:
    left, right = inputs
    if left.dtype.kind == "f":
        return np.asarray(left / right)
    if not right.all():
        raise ValueError("a division by zero")
    _sizes(np.asarray(np.broadcast_shapes(left.shape, right.shape), dtype="int64"))
    rounded = np.sign(left) * np.sign(right) * (abs(left) // abs(right))  # towards zero
    return np.asarray(rounded, dtype=left.dtype)


def _cast(np: Any, inputs: list[Array], attributes: Attributes) -> Array:
    return inputs[0].astype(NUMBERS[attributes["to"]])


def _axes(inputs: list[Array], attributes: Attributes) -> tuple[int, ...] | None:
    """The axes of an operation: an attribute of old, an input of new opsets."""
    given = attributes.get("axes")
    if given is None and len(inputs) > 1 and inputs[1] is not None:
        given = inputs[1].ravel()
    return None if given is None else tuple(int(each) for each in given)


def _unsqueeze(np: Any, inputs: list[Array], attributes: Attributes) -> Array:
    return np.expand_dims(inputs[0], _axes(inputs, attributes) or ())


def _squeeze(np: Any, inputs: list[Array], attributes: Attributes) -> Array:
    return np.squeeze(inputs[0], _axes(inputs, attributes))


def _reshape(np: Any, inputs: list[Array], attributes: Attributes) -> Array:
    keeps = not attributes.get("allowzero")
    sizes = [
        inputs[0].shape[at] if not size and keeps else size
        for at, size in enumerate(_sizes(inputs[1]))
    ]
    return inputs[0].reshape(sizes)


def _gather(np: Any, inputs: list[Array], attributes: Attributes) -> Array:
    if inputs[0].size * inputs[1].size > LARGEST**2:
        raise ValueError("a large tensor")
    return np.asarray(np.take(inputs[0], inputs[1], axis=attributes.get("axis", 0)))


def _slice(np: Any, inputs: list[Array], attributes: Attributes) -> Array:
    given = [None if each is None else [int(at) for at in each.ravel()] for each in inputs[1:]]
    given += [None] * (4 - len(given))
    starts = given[0] or attributes["starts"]
    stops = given[1] or attributes["ends"]
    axes = given[2] or attributes.get("axes") or range(len(starts))
    steps = given[3] or [1] * len(starts)
    spans = [slice(None)] * inputs[0].ndim
    for start, stop, axis, step in zip(starts, stops, axes, steps, strict=True):
        size = inputs[0].shape[axis]
        last = range(size)[start:stop:step]
        spans[axis] = slice(last.start, last.stop if last.stop >= 0 else None, step)
    return inputs[0][tuple(spans)]


def _concat(np: Any, inputs: list[Array], attributes: Attributes) -> Array:
    return np.concatenate(inputs, axis=attributes.get("axis", 0))


def _split(np: Any, inputs: list[Array], attributes: Attributes) -> list[Array]:
    parts = attributes.get("split") or [int(each) for each in inputs[1].ravel()]
    return list(np.split(inputs[0], np.cumsum(parts)[:-1], axis=attributes.get("axis", 0)))


def _range(np: Any, inputs: list[Array], _: Attributes) -> Array:
    start, stop, step = (each.ravel()[0] for each in inputs)
    if not step or abs(float(stop) - float(start)) > LARGEST * abs(float(step)):
        raise ValueError("a large tensor")
    return np.arange(start, stop, step, dtype=inputs[0].dtype)


def _filled(np: Any, inputs: list[Array], attributes: Attributes) -> Array:
    value = attributes.get("value")
    shape = _sizes(inputs[0])
    return np.zeros(shape, "float32") if value is None else np.full(shape, value.ravel()[0])


def _expand(np: Any, inputs: list[Array], _: Attributes) -> Array:
    shape = np.broadcast_shapes(inputs[0].shape, _sizes(inputs[1]))
    _sizes(np.asarray(shape, dtype="int64"))
    return np.broadcast_to(inputs[0], shape)


def _tile(np: Any, inputs: list[Array], _: Attributes) -> Array:
    if inputs[0].size * prod(_sizes(inputs[1])) > LARGEST:
        raise ValueError("a large tensor")
    return np.tile(inputs[0], _sizes(inputs[1]))


def _where(np: Any, inputs: list[Array], _: Attributes) -> Array:
    _sizes(np.asarray(np.broadcast_shapes(*(each.shape for each in inputs)), dtype="int64"))
    return np.where(*inputs)


def _reduced(name: str) -> Callable[..., Array]:
    def rule(np: Any, inputs: list[Array], attributes: Attributes) -> Array:
        axes = _axes(inputs, attributes) or None
        made = getattr(np, name)(inputs[0], axis=axes, keepdims=bool(attributes.get("keepdims", 1)))
        return np.asarray(made, dtype=inputs[0].dtype)

    return rule


def _transpose(np: Any, inputs: list[Array], attributes: Attributes) -> Array:
    return np.transpose(inputs[0], attributes.get("perm"))


_RULES: dict[str, Callable[[Any, list[Array], Attributes], Any]] = {
    "Cast": _cast,
    "CastLike": lambda np, inputs, _: inputs[0].astype(inputs[1].dtype),
    "Concat": _concat,
    "ConstantOfShape": _filled,
    "Div": _div,
    "Expand": _expand,
    "Gather": _gather,
    "Identity": lambda np, inputs, _: inputs[0],
    "Range": _range,
    "Reshape": _reshape,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "Tile": _tile,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
    "Where": _where,
    **{
        op: _elementwise(name)
        for op, name in {
            "Abs": "abs",
            "Add": "add",
            "And": "logical_and",
            "Ceil": "ceil",
            "Equal": "equal",
            "Floor": "floor",
            "Greater": "greater",
            "GreaterOrEqual": "greater_equal",
            "Less": "less",
            "LessOrEqual": "less_equal",
            "Max": "maximum",
            "Min": "minimum",
            "Mod": "mod",
            "Mul": "multiply",
            "Neg": "negative",
            "Not": "logical_not",
            "Or": "logical_or",
            "Pow": "power",
            "Round": "rint",
            "Sqrt": "sqrt",
            "Sub": "subtract",
            "Xor": "logical_xor",
        }.items()
    },
    **{
        op: _reduced(name)
        for op, name in {
            "ReduceMax": "max",
            "ReduceMin": "min",
            "ReduceProd": "prod",
            "ReduceSum": "sum",
        }.items()
    },
}
_NEEDED = {"Slice": 3, "Squeeze": 1, "Unsqueeze": 1, "Split": 1}
"""How many of an operation's inputs must be there, where not all."""
