"""Products of tensors whose dims have labels, as in Einstein's sums: two at a time, each a matrix
product, or a product of elements where nothing is summed over.

A dim of two tensors that is kept leads, one that is summed over is multiplied over, as PyTorch
does it; one that only one of them has is summed before.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import prod
from typing import NamedTuple

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports import layers, movement
from convcost.sources.imports.assembler import Assembler, Value

Labels = list[str]


class Labelled(NamedTuple):
    """A tensor, and a label for each of its dims, none twice."""

    labels: Labels
    value: Value

    def size(self, label: str) -> int:
        """The size of the dim of that label, 1 where it has none."""
        return self.value.shape[self.labels.index(label)] if label in self.labels else 1


def einsum(
    to: Assembler,
    equation: str,
    values: Sequence[Value],
    shape: Shape,
    name: str,
    path: Sequence[int] | None = None,
) -> Value:
    """`equation` of any number of tensors, from left to right, or in the order of `path`: for
    each product the places of its two tensors among those that are left."""
    terms, result = _terms(equation, [value.shape for value in values])
    return contract(to, terms, values, result, shape, name, path)


def contract(
    to: Assembler,
    terms: Sequence[Labels],
    values: Sequence[Value],
    result: Labels,
    shape: Shape,
    name: str,
    path: Sequence[int] | None = None,
    of_matrices: bool = False,
) -> Value:
    """The product of `values`, whose dims the `terms` label, with the dims `result`; `of_matrices`
    also where nothing is summed over."""
    left = [_unique(to, term, value, name) for term, value in zip(terms, values, strict=True)]
    _check(left, result)
    turns = iter(path or ())
    while len(left) > 1:
        first, second = sorted((next(turns), next(turns))) if path else (0, 1)
        right = left.pop(second)
        pair = left.pop(first), right
        later = {*result, *(label for each in left for label in each.labels)}
        left.insert(len(left) if path else 0, _product(to, *pair, later, of_matrices, name))
    made = _summed(to, left[0], [label for label in left[0].labels if label not in result], name)
    order = [made.labels.index(label) for label in result]
    return movement.permute(to, made.value, order, shape, name)


def _terms(equation: str, shapes: Sequence[Shape]) -> tuple[list[Labels], Labels]:
    """The labels of each tensor and of the result; those of an ellipsis count from the end."""
    inputs, arrow, output = "".join(equation.split()).partition("->")
    terms = inputs.split(",")
    if len(terms) != len(shapes):
        raise LayerError(f"einsum {equation} of {len(shapes)} tensors")
    letters = [term.replace("...", "", 1) for term in terms]
    spreads = [len(shape) - len(term) for term, shape in zip(letters, shapes, strict=True)]
    found = [_labels(term, spread) for term, spread in zip(terms, spreads, strict=True)]
    if arrow:
        return found, _labels(output, max(spreads) if "..." in output else 0)
    every = "".join(letters)
    once = sorted(letter for letter in set(every) if every.count(letter) == 1)
    return found, [*_labels("...", max(spreads)), *once]


def _labels(term: str, spread: int) -> Labels:
    before, dots, behind = term.partition("...")
    if spread < 0 or (spread and not dots) or not f"{before}{behind}x".isalpha():
        raise LayerError(f"einsum with {term} for {spread} dims more")
    return [*before, *(f"...{place}" for place in range(spread, 0, -1)), *behind]


def _unique(to: Assembler, labels: Labels, value: Value, name: str) -> Labelled:
    """A label that stands twice takes the diagonal."""
    once = list(dict.fromkeys(labels))
    if len(once) == len(labels):
        return Labelled(labels, value)
    shape = tuple(value.shape[labels.index(label)] for label in once)
    return Labelled(once, movement.gather(to, value, "diagonal", shape, name))


def _check(tensors: Sequence[Labelled], result: Labels) -> None:
    """LayerError where a label has two sizes, or the result one that no tensor has."""
    sizes: dict[str, set[int]] = {}
    for each in tensors:
        for label in each.labels:
            sizes.setdefault(label, set()).add(each.size(label))
    if any(len(found - {1}) > 1 for found in sizes.values()):
        raise LayerError("a product of dims that are not equal")
    if not sizes.keys() >= set(result) or len({*result}) < len(result):
        raise LayerError("a product whose result has dims of its own")


def _product(
    to: Assembler,
    left: Labelled,
    right: Labelled,
    later: Collection[str],
    of_matrices: bool,
    name: str,
) -> Labelled:
    """Two tensors multiplied, and summed over the dims that nothing `later` has."""
    every = list(dict.fromkeys(left.labels + right.labels))
    lost = [label for label in every if label not in later]
    inner = [label for label in lost if min(left.size(label), right.size(label)) > 1]
    rest = [label for label in lost if label not in inner]
    left, right = (_summed(to, each, rest, name) for each in (left, right))
    kept = [label for label in every if label in later]
    columns = [label for label in kept if left.size(label) == 1]
    rows = [label for label in kept if right.size(label) == 1 and label not in columns]
    batch = [label for label in kept if label not in columns + rows]
    labels = batch + rows + columns
    sizes = {label: max(left.size(label), right.size(label)) for label in every}
    shape = tuple(sizes[label] for label in labels)
    if not inner and not of_matrices:
        values = [_arranged(to, each, labels, name) for each in (left, right)]
        return Labelled(labels, movement.combine(to, "multiply", {}, values, shape, name))
    lead, t, d, s = (prod(sizes[label] for label in each) for each in (batch, rows, inner, columns))
    x = Value(_arranged(to, left, batch + rows + inner, name).index, (lead, t, d))
    y = Value(_arranged(to, right, batch + inner + columns, name).index, (lead, d, s))
    made = movement.matmul(to, x, y, (lead, t, s), name)
    return Labelled(labels, to.reshape(made, shape, name))


def _summed(to: Assembler, tensor: Labelled, lost: Collection[str], name: str) -> Labelled:
    """Without the dims `lost`."""
    labels = [label for label in tensor.labels if label not in lost]
    shape = tuple(tensor.size(label) for label in labels)
    over = [
        dim
        for dim, label in enumerate(tensor.labels)
        if label in lost and tensor.value.shape[dim] != 1
    ]
    if not over:
        return Labelled(labels, to.reshape(tensor.value, shape, name))
    made = layers.reduce(to, tensor.value, "sum", over, False, shape, name)
    return Labelled(labels, made)


def _arranged(to: Assembler, tensor: Labelled, labels: Labels, name: str) -> Value:
    """With its dims in the order of `labels`, those that it lacks as 1."""
    shape = tuple(tensor.size(label) for label in labels)
    order = [tensor.labels.index(label) for label in labels if label in tensor.labels]
    return movement.permute(to, tensor.value, order, shape, name)
