"""PyTorch's operations that multiply tensors: matrix products, sums over several dims, chains."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from convcost.errors import LayerError
from convcost.ops.base import Shape
from convcost.sources.imports import layers, movement, weights
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.contraction import contract, einsum
from convcost.sources.imports.pytorch.call import Call, handles


@handles("matmul", "linalg_matmul", "mm", "int_mm", "bmm", "mv", "dot", "vdot")
def _matmul(call: Call) -> Value:
    left = call.live(call.arg("self"))
    right = call.live(call.arg("other", "mat2", "vec", "tensor"))
    return movement.matmul(call.to, left, right, call.shape, call.name)


@handles("grouped_mm")
def _grouped(call: Call) -> Value:
    """Rows by the matrix of the group that each is in, as of the expert that it is sent to."""
    left, right = call.live(call.arg("self")), call.live(call.arg("mat2"))
    if (len(left.shape), len(right.shape)) != (2, 3) or call.arg("bias") is not None:
        raise LayerError("a product of groups of other than rows")
    chosen = movement.gather(call.to, right, "of each group", right.shape[1:], call.name)
    return movement.matmul(call.to, left, chosen, call.shape, call.name)


@handles("addmm", "addmv")
def _addmm(call: Call) -> Value:
    left, right = call.arg("mat1", "mat"), call.arg("mat2", "vec")
    if isinstance(right, Constant) and isinstance(left, Value) and len(right.shape) == 2:
        tensors = (left, right, call.arg("self"))
        return weights.linear(call.to, *tensors, call.shape, call.name, turned=True)
    return _added(
        call, movement.matmul(call.to, call.live(left), call.live(right), call.shape, call.name)
    )


@handles("baddbmm")
def _baddbmm(call: Call) -> Value:
    left, right = call.live(call.arg("batch1")), call.live(call.arg("batch2"))
    return _added(call, movement.matmul(call.to, left, right, call.shape, call.name))


@handles("addbmm")
def _addbmm(call: Call) -> Value:
    values = [call.live(call.arg(each)) for each in ("batch1", "batch2")]
    return _added(call, einsum(call.to, "bij,bjk->ik", values, call.shape, call.name))


def _added(call: Call, product: Value) -> Value:
    """What the operation adds its product to."""
    values = [product, call.live(call.arg("self"))]
    return movement.combine(call.to, "add", {}, values, call.shape, call.name)


@handles("einsum")
def _einsum(call: Call) -> Value:
    values = [call.live(each) for each in call.arg("tensors")]
    path = call.arg("path")
    return einsum(call.to, call.arg("equation"), values, call.shape, call.name, path)


@handles("tensordot")
def _tensordot(call: Call) -> Value:
    left, right = call.live(call.arg("self")), call.live(call.arg("other"))
    over = [
        [movement.checked_dim(dim, len(value.shape)) for dim in call.arg(which)]
        for value, which in ((left, "dims_self"), (right, "dims_other"))
    ]
    return _over(call, left, right, list(zip(*over, strict=True)))


@handles("inner")
def _inner(call: Call) -> Value:
    left, right = call.live(call.arg("self")), call.live(call.arg("other"))
    pairs = [(len(left.shape) - 1, len(right.shape) - 1)] if left.shape and right.shape else []
    return _over(call, left, right, pairs)


def _over(call: Call, left: Value, right: Value, pairs: Sequence[tuple[int, int]]) -> Value:
    """The product over `pairs` of dims, the other dims of both in their order."""
    first = [f"a{dim}" for dim in range(len(left.shape))]
    second = [f"b{dim}" for dim in range(len(right.shape))]
    for mine, theirs in pairs:
        second[theirs] = first[mine]
    result = [label for label in first + second if not (label in first and label in second)]
    terms, values = [first, second], [left, right]
    return contract(call.to, terms, values, result, call.shape, call.name, of_matrices=True)


@handles("outer", "ger")
def _outer(call: Call) -> Value:
    left, right = call.live(call.arg("self")), call.live(call.arg("vec2"))
    return einsum(call.to, "i,j->ij", [left, right], call.shape, call.name)


@handles("kron")
def _kron(call: Call) -> Value:
    """Every element of one tensor by every one of the other, dim by dim."""
    values = [call.live(call.arg(each)) for each in ("self", "other")]
    rank = len(call.shape)
    terms = [[f"{which}{rank - dim}" for dim in range(rank)] for which in "ab"]
    labels = [label for pair in zip(*terms, strict=True) for label in pair]
    ends = [term[rank - len(value.shape) :] for term, value in zip(terms, values, strict=True)]
    result = [label for label in labels if label in ends[0] + ends[1]]
    sizes = dict(
        pair
        for labels, value in zip(ends, values, strict=True)
        for pair in zip(labels, value.shape, strict=True)
    )
    shape = tuple(sizes[label] for label in result)
    made = contract(call.to, ends, values, result, shape, call.name)
    return call.to.reshape(made, call.shape, call.name)


@handles("linalg_vecdot")
def _vecdot(call: Call) -> Value:
    """Elements multiplied and summed: no matrix product."""
    values = [call.live(call.arg(each)) for each in ("x", "y")]
    rank = max(len(value.shape) for value in values)
    dim = movement.checked_dim(call.arg("dim"), rank)
    whole = [(1,) * (rank - len(value.shape)) + value.shape for value in values]
    shape = tuple(map(max, *whole))
    made = movement.combine(call.to, "multiply", {}, values, shape, call.name)
    return layers.reduce(call.to, made, "sum", [dim], False, call.shape, call.name)


@handles("chain_matmul", "linalg_multi_dot")
def _chain(call: Call) -> Value:
    """Matrices, and vectors at the ends, in the order that takes the fewest multiply-adds."""
    values = [call.live(each) for each in call.arg("matrices", "tensors")]
    if any(len(value.shape) != 2 for value in values[1:-1]):
        raise LayerError("a chain of other than matrices")
    first, last = values[0], values[-1]
    if len(first.shape) == 1:
        values[0] = call.to.reshape(first, (1, *first.shape), call.name)
    if len(last.shape) == 1:
        values[-1] = call.to.reshape(last, (*last.shape, 1), call.name)
    sizes = (values[0].shape[0], *(value.shape[1] for value in values))

    def product(start: int, stop: int) -> Value:
        if stop - start == 1:
            return values[start]
        middle = _cheapest(sizes[start : stop + 1])[1]
        pair = product(start, start + middle), product(start + middle, stop)
        return movement.matmul(call.to, *pair, (sizes[start], sizes[stop]), call.name)

    return call.to.reshape(product(0, len(values)), call.shape, call.name)


@lru_cache(maxsize=1024)
def _cheapest(sizes: Shape) -> tuple[int, int]:
    """The multiply-adds of a chain of matrices of these sizes, and where to split it."""
    if len(sizes) < 3:
        return 0, 0
    return min(
        (
            _cheapest(sizes[: at + 1])[0]
            + _cheapest(sizes[at:])[0]
            + sizes[0] * sizes[at] * sizes[-1],
            at,
        )
        for at in range(1, len(sizes) - 1)
    )


@handles("bilinear")
def _bilinear(call: Call) -> Value:
    """Each element of one input by each of the other, and a linear layer over these."""
    left, right = call.live(call.arg("input1")), call.live(call.arg("input2"))
    weight = call.arg("weight")
    m, i, j = weight.shape
    shape = (*call.shape[:-1], i * j)
    pairs = einsum(call.to, "...i,...j->...ij", [left, right], (*shape[:-1], i, j), call.name)
    pairs = call.to.reshape(pairs, shape, call.name)
    if isinstance(weight, Constant):
        weight = Constant((m, i * j), weight.params)
    else:
        weight = call.to.reshape(weight, (m, i * j), call.name)
    bias = call.arg("bias")
    return weights.linear(call.to, pairs, weight, bias, call.shape, call.name)
