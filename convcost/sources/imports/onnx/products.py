"""ONNX's matrix products: of floats and integers, in every layout, and Einstein's sums."""

from __future__ import annotations

from math import prod

from convcost.errors import LayerError
from convcost.sources.imports import movement, weights
from convcost.sources.imports.assembler import Constant, Value
from convcost.sources.imports.contraction import einsum
from convcost.sources.imports.onnx.call import Call, Known, handles
from convcost.sources.imports.onnx.convolutions import activated


@handles("MatMul", "MatMulInteger")
def _matmul(call: Call) -> Value:
    return _product(call, call.input(0), call.input(1), None)


@handles("QLinearMatMul")
def _of_integers(call: Call) -> Value:
    return _product(call, call.input(0), call.input(3), None)


@handles("com.microsoft.MatMulIntegerToFloat")
def _to_float(call: Call) -> Value:
    return _product(call, call.input(0), call.input(1), call.input(6))


@handles("com.microsoft.DynamicQuantizeMatMul")
def _quantised(call: Call) -> Value:
    return _product(call, call.input(0), call.input(1), call.input(4))


@handles("Gemm", "com.microsoft.FusedGemm")
def _gemm(call: Call) -> Value:
    return activated(call, _product(call, call.input(0), call.input(1), call.input(2)))


@handles("com.microsoft.QGemm")
def _gemm_of_integers(call: Call) -> Value:
    return _product(call, call.input(0), call.input(3), call.input(6))


@handles("com.microsoft.FusedMatMul", "com.microsoft.TransposeMatMul")
def _fused(call: Call) -> Value:
    """Where an attribute says so, what the rows of a batch are stands in front of it."""
    pair = [call.input(0), call.input(1)]
    for at, word in enumerate(("transBatchA", "transBatchB")):
        if call.attribute(word, 0):
            value = call.live(pair[at])
            rank = len(value.shape)
            order = (*range(1, rank - 1), 0, rank - 1)
            shape = tuple(value.shape[dim] for dim in order)
            pair[at] = movement.permute(call.to, value, order, shape, call.name)
    return _product(call, pair[0], pair[1], None)


@handles("com.microsoft.MatMulNBits")
def _of_few_bits(call: Call) -> Value:
    """Its weight is packed: what it is stands in the attributes."""
    packed, sizes = call.weight, (call.attribute("N"), call.attribute("K"))
    if isinstance(packed, Value):
        raise LayerError("a packed weight that is computed")
    name = f"{call.node.input[1]}"
    call.to.params[name] = sizes
    weight = Constant(sizes, frozenset([name]))
    return weights.linear(call.to, call.value, weight, call.input(5), call.shape, call.name)


@handles("Einsum")
def _einsum(call: Call) -> Value:
    values = [call.live(each) for each in call.inputs]
    return einsum(call.to, call.attribute("equation", ""), values, call.shape, call.name)


def _product(call: Call, left: Known | None, right: Known | None, bias: Known | None) -> Value:
    """`left` times `right`, each with its last two dims exchanged where an attribute says so, and
    a bias; a matrix that does not depend on the input is a linear layer's weight."""
    turns = call.attribute("transA", 0), call.attribute("transB", 0)
    if isinstance(left, Value) and isinstance(right, Constant) and len(right.shape) == 2:
        left = turned(call, left) if turns[0] else left
        tensors = (left, right, bias)
        return weights.linear(call.to, *tensors, call.shape, call.name, turned=not turns[1])
    first, second = (
        turned(call, call.live(each)) if turn else call.live(each)
        for each, turn in zip((left, right), turns, strict=True)
    )
    made = movement.matmul(call.to, first, second, call.shape, call.name)
    if bias is None or (isinstance(bias, Constant) and not bias.params and prod(bias.shape) == 1):
        return made
    values = [made, call.live(bias)]
    return movement.combine(call.to, "add", {}, values, call.shape, call.name)


def turned(call: Call, value: Value) -> Value:
    """The last two dims exchanged."""
    rank = len(value.shape)
    order = (*range(rank - 2), rank - 1, rank - 2)
    shape = tuple(value.shape[dim] for dim in order)
    return movement.permute(call.to, value, order, shape, call.name)
