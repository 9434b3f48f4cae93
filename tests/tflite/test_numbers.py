"""Where the numbers of a file are, and in how many bits: 4 of them, shuffled, behind the file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from convcost import evaluate
from convcost.cost import Report
from convcost.metrics.base import measured
from convcost.operands import Bits
from tests.tflite.models import (
    INT4,
    INT8,
    INT16,
    INT32,
    UINT8,
    Graph,
    Operator,
    Tensor,
    conv,
    model,
    parted,
    read,
    varied,
)

FULL = "FullyConnectedOptions"
SHUFFLED = 1
"""The schema's number of weights that are shuffled in blocks of 4 x 16."""


def bytes_of(report: Report) -> tuple[int, int]:
    """Of its weights, and of its arena."""
    report = measured(report, ["weight_bytes", "arena"])
    return report.figure("weight_bytes"), report.figure("arena")


def test_weights_of_four_bits_are_two_in_a_byte(tmp_path: Path) -> None:
    """108 numbers are in 54 bytes, and 4 of a bias in 16; the tensors of int8 are 192 and 256."""
    tensors = [
        Tensor("x", (1, 8, 8, 3), INT8, scale=0.1),
        varied("w", 4, 3, 3, 3, type=INT4, scale=0.1),
        varied("b", 4, type=INT32, scale=0.01),
        Tensor("y", (1, 8, 8, 4), INT8, scale=0.1),
    ]
    raw = model(Graph(tensors, [conv(["x", "w", "b"], "y")], ["x"], ["y"]))

    network = read(tmp_path, raw)
    report = evaluate(network)

    assert network.layers[0].operands.bits == Bits(4, 8)
    assert (report.params, report.macs) == (108 + 4, 108 * 64)
    assert bytes_of(report) == (54 + 16, 192 + 256)
    assert not report.status


def test_an_odd_number_of_four_bits_takes_half_a_byte_more(tmp_path: Path) -> None:
    """3 x 5 weights are 15 numbers in 8 bytes; 5 and 3 activations in 3 and 2, each in 16."""
    tensors = [
        Tensor("x", (1, 5), INT4, scale=0.1),
        varied("w", 3, 5, type=INT4, scale=0.1),
        Tensor("y", (1, 3), INT4, scale=0.1),
    ]
    raw = model(Graph(tensors, [Operator("FULLY_CONNECTED", ["x", "w"], ["y"])], ["x"], ["y"]))

    report = evaluate(read(tmp_path, raw))

    assert (report.params, report.macs) == (15, 15)
    assert report.layers[0].operands.bits == Bits(4, 4)
    assert bytes_of(report) == (8, 32)


def test_four_bits_that_are_dequantised_first(tmp_path: Path) -> None:
    tensors = [
        varied("w4", 4, 3, 3, 3, type=INT4, scale=0.1),
        Tensor("w", (4, 3, 3, 3)),
        Tensor("y", (1, 8, 8, 4)),
        Tensor("x", (1, 8, 8, 3)),
    ]
    operators = [Operator("DEQUANTIZE", ["w4"], ["w"]), conv(["x", "w"], "y")]

    network = read(tmp_path, model(Graph(tensors, operators, ["x"], ["y"])))

    assert network.layers[0].operands.bits == Bits(4, None)
    assert bytes_of(evaluate(network))[0] == 54


def test_shuffled_weights_count_as_those_that_are_not(tmp_path: Path) -> None:
    """Their order in the file is another, and their shape the same; beside what comes out, in 16
    bits, stands room for the shuffled input."""
    tensors = [
        Tensor("x", (1, 32), UINT8, scale=0.1, point=128),
        varied("w", 8, 32, type=UINT8, scale=0.1, point=128),
        varied("b", 8, type=INT32, scale=0.01),
        Tensor("y", (1, 8), INT16, scale=0.1),
        Tensor("room", (1, 32), UINT8, scale=0.1),
    ]
    options = {"WeightsFormat": SHUFFLED}
    operator = Operator("FULLY_CONNECTED", ["x", "w", "b"], ["y", "room"], options, FULL)

    network = read(tmp_path, model(Graph(tensors, [operator], ["x"], ["y"])))
    report = evaluate(network)

    assert [layer.kind for layer in network.layers] == ["linear"]
    assert (report.params, report.macs) == (8 * 32 + 8, 8 * 32)
    assert network.layers[0].operands.bits == Bits(8, 8)
    assert bytes_of(report) == (8 * 32 + 4 * 8, 32 + 16 + 32)
    assert not report.status


def large() -> Graph:
    """What the numbers of a file tell: a weight half of which is zero, and a size that is asked of
    a constant."""
    packed = bytes([5, 0] * 4)
    tensors = [
        Tensor("x", (1, 4, 4, 2), INT8, scale=0.1),
        Tensor("w", (4, 1, 1, 2), INT8, packed, scale=0.1),
        varied("b", 4, type=INT32, scale=0.01),
        Tensor("c", (1, 4, 4, 4), INT8, scale=0.1),
        Tensor("order", (4,), INT32, b"".join(at.to_bytes(4, "little") for at in (0, 2, 1, 3))),
        Tensor("y", (1, 4, 4, 4), INT8, scale=0.1),
    ]
    turned = Operator("TRANSPOSE", ["c", "order"], ["y"])
    return Graph(tensors, [conv(["x", "w", "b"], "c"), turned], ["x"], ["y"])


def test_numbers_behind_the_flatbuffer_are_read(tmp_path: Path) -> None:
    """As in files of more than 2 GB, whose buffers say where they begin and how long they are."""
    inside = read(tmp_path, model(large()))
    behind = read(tmp_path, b"".join(parted(large())))

    assert behind == inside
    density = behind.layers[0].operands.density
    assert density is not None
    assert density.weights == Fraction(1, 2)
    report = evaluate(behind)
    assert (report.params, report.macs) == (8 + 4, 8 * 16)
    assert bytes_of(report) == (8 + 16, 64 + 64)


def test_a_file_that_lacks_them_is_told_from_one_that_has_them(tmp_path: Path) -> None:
    """Without the numbers it has the parameters and multiply-adds of its shapes, as far as nothing
    but numbers tells; an order that is not there is unknown."""
    front, _ = parted(large())

    network = read(tmp_path, front)
    report = evaluate(network)

    assert (report.params, report.macs) == (8 + 4, 8 * 16)
    assert [layer.kind for layer in network.layers] == ["pointwise", "constant", "unknown"]
    assert report.status["macs"].state == "at least"
