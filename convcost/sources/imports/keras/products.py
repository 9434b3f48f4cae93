"""Keras's layers that multiply by a matrix, and its tables."""

from __future__ import annotations

from math import prod

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports import movement, weights
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.contraction import contract
from convcost.sources.imports.keras.activations import activated
from convcost.sources.imports.keras.call import Call, Result, Tensor, counted, handles
from convcost.sources.imports.keras.merging import spread


@handles("Dense")
def _dense(call: Call) -> Result:
    tensor = Tensor(call.plain(call.tensor))
    made = linear(call, tensor.value, call.count("units"), call.flag("use_bias"))
    return activated(call, Tensor(made))


def linear(
    call: Call, value: Value, m: int, bias: bool, part: str = "", n: int | None = None
) -> Value:
    """A linear layer over the last dim to `m` features; `part` is that of the layer that it is."""
    n = n or value.shape[-1]
    dot = "." if part else ""
    weight = call.weight(f"{part}{dot}kernel", (n, m))
    biases = call.maybe(bias, f"{part}{dot}bias", (m,))
    shape = (*value.shape[:-1], m)
    name = f"{call.name}{dot}{part}"
    return weights.linear(call.to, value, weight, biases, shape, name, turned=True)


@handles("EinsumDense")
def _einsum(call: Call) -> Result:
    """A product with a weight whose dims the equation names; those of an ellipsis are leading."""
    value = call.plain(call.tensor)
    terms, kernel, result = _labels(str(call.setting("equation")), len(value.shape))
    sizes = dict(zip(terms, value.shape, strict=True))
    stated = _stated(call, result)
    known = {label: stated.get(label) or sizes.get(label, 0) for label in {*terms, *kernel}}
    known |= sizes
    weight = call.weight("kernel", [known[label] for label in kernel])
    shape = tuple(known[label] for label in result)
    made = _multiplied(call, value, terms, weight, kernel, result, shape)
    axes = call.setting("bias_axes")
    if axes:
        places = [known[label] if label in str(axes) else 1 for label in result]
        first = next(dim for dim, label in enumerate(result) if label in str(axes))
        bias = call.weight("bias", places[first:])
        added = call.to.constant(bias, call.name)
        made = movement.combine(
            call.to, "add", {}, [made, added], spread([made.shape, added.shape]), call.name
        )
    return activated(call, Tensor(made))


def _labels(equation: str, rank: int) -> tuple[list[str], list[str], list[str]]:
    left, arrow, result = "".join(equation.split()).partition("->")
    first, comma, kernel = left.partition(",")
    if not arrow or not comma:
        raise LayerError("an equation that is none")
    more = rank - len(first.replace("...", ""))
    dots = [f"...{place}" for place in range(more)]
    found = [_spelled(each, dots) for each in (first, kernel, result)]
    if len(found[0]) != rank or any(len({*each}) != len(each) for each in found):
        raise LayerError("an equation that does not fit")
    return found[0], found[1], found[2]


def _spelled(term: str, dots: list[str]) -> list[str]:
    before, found, behind = term.partition("...")
    return [*before, *(dots if found else []), *behind]


def _stated(call: Call, result: list[str]) -> dict[str, int]:
    """The sizes of the result that the layer states, from behind."""
    said = call.setting("output_shape")
    several = list(said) if isinstance(said, list | tuple) else [said]
    pairs = zip(reversed(result), reversed(several), strict=False)
    return {label: counted(size, "output_shape") for label, size in pairs if size is not None}


def _multiplied(
    call: Call,
    value: Value,
    terms: list[str],
    weight: Constant,
    kernel: list[str],
    result: list[str],
    shape: Shape,
) -> Value:
    """A linear layer, where each number of the weight meets the whole tensor; else a product."""
    inner = [label for label in kernel if label in terms and label not in result]
    outer = [label for label in kernel if label not in terms]
    if len(inner) + len(outer) < len(kernel) or not inner:
        tensors = [value, call.to.constant(weight, call.name)]
        return contract(call.to, [terms, kernel], tensors, result, shape, call.name)
    rest = [label for label in terms if label not in inner]
    order = [terms.index(label) for label in (*rest, *inner)]
    lead = tuple(value.shape[dim] for dim in order[: len(rest)])
    n = prod(value.shape[dim] for dim in order[len(rest) :])
    sizes = dict(zip(kernel, weight.shape, strict=True))
    turned = tuple(value.shape[dim] for dim in order)
    rows = movement.permute(call.to, value, order, turned, f"{call.name}.turned")
    rows = call.to.reshape(rows, (*lead, n), call.name)
    m = prod(sizes[label] for label in outer)
    matrix = Constant((n, m), weight.params)
    made = weights.linear(call.to, rows, matrix, None, (*lead, m), call.name, turned=True)
    apart = (*lead, *(sizes[label] for label in outer))
    made = call.to.reshape(made, apart, call.name)
    labels = [*rest, *outer]
    places = [labels.index(label) for label in result]
    return movement.permute(call.to, made, places, shape, f"{call.name}.back")


@handles("Embedding")
def _embedding(call: Call) -> Result:
    return Tensor(_looked_up(call, call.weight("embeddings", _table(call))))


def _table(call: Call) -> Shape:
    return call.count("input_dim"), call.count("output_dim")


def _looked_up(call: Call, table: Constant) -> Value:
    shape = (*call.plain(call.tensor).shape, table.shape[-1])
    rows = call.to.constant(table, call.name)
    return movement.gather(call.to, rows, "embedding", shape, call.name)


@handles("ReversibleEmbedding")
def _reversible(call: Call) -> Result:
    """A table, and, called the other way round, a product with it or with one of its own."""
    rows, features = _table(call)
    table = call.weight("embeddings", (rows, features))
    is_tied = call.flag("tie_weights")
    back = table if is_tied else call.weight("reverse_embeddings", (features, rows))
    if not call.kwargs.get("reverse"):
        return Tensor(_looked_up(call, table))
    value = call.plain(call.tensor)
    shape = (*value.shape[:-1], rows)
    return Tensor(weights.linear(call.to, value, back, None, shape, call.name, turned=not is_tied))
