"""Einstein sums of two tensors as one matrix product."""

from __future__ import annotations

from math import prod

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler, Value
from convcost.sources.imports.movement import matmul, permute


def einsum(
    to: Assembler, equation: str, left: Value, right: Value, shape: Shape, name: str
) -> Value:
    """`equation` of two tensors: dims that both have and keep lead, dims that both lose are
    multiplied over."""
    terms, _, result = equation.replace(" ", "").partition("->")
    a, _, b = terms.partition(",")
    if "..." in equation or not result or "," in b or any(len({*x}) < len(x) for x in (a, b)):
        raise LayerError(f"einsum {equation}")
    sizes = dict(zip(a + b, left.shape + right.shape, strict=True))
    both = [dim for dim in a if dim in b]
    batch = [dim for dim in both if dim in result]
    inner = [dim for dim in both if dim not in result]
    rows = [dim for dim in a if dim not in b]
    columns = [dim for dim in b if dim not in a]
    if any(dim not in result for dim in rows + columns):
        raise LayerError(f"einsum {equation}")

    def sized(dims: list[str]) -> Shape:
        return tuple(sizes[dim] for dim in dims)

    def arranged(value: Value, term: str, dims: list[str], merged: Shape) -> Value:
        order = [term.index(dim) for dim in dims]
        turned = permute(to, value, order, sized(dims), name)
        return Value(to.exactly(turned, merged, name).index, merged)

    lead = prod(sized(batch))
    t, d, s = prod(sized(rows)), prod(sized(inner)), prod(sized(columns))
    x = arranged(left, a, batch + rows + inner, (lead, t, d))
    y = arranged(right, b, batch + inner + columns, (lead, d, s))
    made = matmul(to, x, y, (lead, t, s), name)
    dims = batch + rows + columns
    made = to.reshape(made, sized(dims), name)
    return permute(to, made, [dims.index(dim) for dim in result], shape, name)
