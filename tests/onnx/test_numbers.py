"""Bits and zeros of ONNX files: of quantised ones as they are, of weights that are there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
import pytest
from onnx import TensorProto, helper, numpy_helper

from convcost.cost import evaluate
from convcost.emit.spec import spec_text
from convcost.metrics import measured
from convcost.network import Network
from convcost.operands import Bits
from convcost.sources import SpecFile, code
from convcost.sources.networkjson import network_text
from convcost.sources.spec.reading import parse_spec
from tests.onnx.models import RUNTIME, model, node, saved, weight

LEFT = ("nonzero_params", "effective_macs", "dense_macs")
INT8, INT16, INT4 = TensorProto.INT8, TensorProto.INT16, TensorProto.INT4
UINT8 = TensorProto.UINT8


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def made(nodes: Sequence[Any], tensors: Sequence[Any], *shape: int) -> Network:
        whole = model(nodes, tensors, shape, opset=23)
        whole.opset_import.add(domain=RUNTIME, version=1)
        return code.read_code(SpecFile(saved(tmp_path, whole)))

    return made


def tensor(name: str, values: Any, dtype: str = "float32") -> Any:
    return numpy_helper.from_array(numpy.asarray(values).astype(dtype), name)


def ones(name: str, sort: int, *shape: int) -> Any:
    return helper.make_tensor(name, sort, shape, [1] * int(numpy.prod(shape)))


def figures(network: Network) -> tuple[int, ...]:
    report = measured(evaluate(network), LEFT)
    assert report.status == {}
    return tuple(report.figure(metric) for metric in LEFT)


STEP = tensor("s", 0.5)
QDQ = [
    node("QuantizeLinear", ["x", "s", "z"], ["q"]),
    node("DequantizeLinear", ["q", "s", "z"], ["r"]),
    node("DequantizeLinear", ["w", "s"], ["k"]),
    node("Conv", ["r", "k"], ["y"]),
]
"""As quantisers write a convolution: what it takes is dequantised."""


@pytest.mark.parametrize(
    ("nodes", "weights", "zero", "bits"),
    [
        (QDQ, INT8, UINT8, Bits(8, 8)),
        (QDQ, INT4, INT16, Bits(4, 16)),
        ([*QDQ[2:3], node("Conv", ["x", "k"], ["y"])], INT4, 0, Bits(4)),
        (
            [QDQ[0], node("ConvInteger", ["q", "w", "z"], ["i"]), node("Cast", ["i"], ["y"], to=1)],
            INT8,
            UINT8,
            Bits(8, 8),
        ),
        (
            [
                QDQ[0],
                node("QLinearConv", ["q", "s", "z", "w", "s", "wz", "s", "z"], ["i"]),
                node("DequantizeLinear", ["i", "s", "z"], ["y"]),
            ],
            INT8,
            UINT8,
            Bits(8, 8),
        ),
        (
            [
                QDQ[0],
                node("DequantizeLinear", ["q", "s", "z"], ["r"]),
                node("QuantizeLinear", ["w", "s", "wz"], ["v"]),
                node("DequantizeLinear", ["v", "s", "wz"], ["k"]),
                node("Conv", ["r", "k"], ["y"]),
            ],
            TensorProto.FLOAT,
            UINT8,
            Bits(8, 8),
        ),
    ],
    ids=["qdq", "int4", "weights alone", "conv-integer", "qlinear-conv", "weights in floats"],
)
def test_a_quantised_convolution_has_the_bits_of_the_file(
    read: Any, nodes: Sequence[Any], weights: int, zero: int, bits: Bits
) -> None:
    used = {name for each in nodes for name in each.input}
    held = [STEP, ones("w", weights, 4, 3, 3, 3), ones("wz", INT8)]
    held += [ones("z", zero)] if zero else []
    network = read(nodes, [each for each in held if each.name in used], 1, 3, 8, 8)
    (layer,) = [each for each in network.layers if each.multiplies]
    assert layer.operands.bits == bits
    report = measured(evaluate(network), ["bops", "weight_bytes"])
    assert report.figure("bops") == 108 * 36 * (bits.weights or 32) * (bits.activations or 32)
    assert report.figure("weight_bytes") == 108 * (bits.weights or 32) // 8
    again = parse_spec(spec_text(network), "again.yaml").network
    assert [each.operands.bits for each in again.layers if each.multiplies] == [bits]


@pytest.mark.parametrize(
    ("nodes", "bits"),
    [
        (
            [
                node("DynamicQuantizeLinear", ["x"], ["q", "s2", "z2"]),
                node("MatMulInteger", ["q", "w", "z2"], ["i"]),
                node("Cast", ["i"], ["y"], to=1),
            ],
            Bits(8, 8),
        ),
        (
            [node("DynamicQuantizeMatMul", ["x", "w", "s"], ["y"], domain=RUNTIME)],
            Bits(8, 8),
        ),
        (
            [
                node("QuantizeLinear", ["x", "s", "z"], ["q"]),
                node("QLinearMatMul", ["q", "s", "z", "w", "s", "z", "s", "z"], ["i"]),
                node("DequantizeLinear", ["i", "s", "z"], ["y"]),
            ],
            Bits(8, 8),
        ),
        (
            [
                node(
                    "MatMulNBits",
                    ["x", "p", "s"],
                    ["y"],
                    K=6,
                    N=7,
                    bits=2,
                    block_size=16,
                    domain=RUNTIME,
                )
            ],
            Bits(2),
        ),
        ([node("MatMul", ["x", "f"], ["y"])], None),
    ],
    ids=["integers", "dynamic", "qlinear", "packed", "floats"],
)
def test_products_have_bits_too(read: Any, nodes: Sequence[Any], bits: Bits | None) -> None:
    used = {name for each in nodes for name in each.input}
    held = [STEP, ones("w", INT8, 6, 7), ones("z", INT8), ones("p", UINT8, 7, 1, 4)]
    held.append(ones("f", TensorProto.FLOAT, 6, 7))
    network = read(nodes, [each for each in held if each.name in used], 5, 6)
    assert {each.operands.bits for each in network.layers if each.multiplies} == {bits}


def test_zeros_of_weights_are_counted_exactly(read: Any) -> None:
    kernel: Any = numpy.arange(108).reshape(4, 3, 3, 3) % 3
    bias = numpy.array([0.0, 1.0, 0.0, 2.0])
    nodes = [node("Conv", ["x", "w", "b"], ["y"])]
    network = read(nodes, [tensor("w", kernel), tensor("b", bias)], 1, 3, 8, 8)
    kept = int(numpy.count_nonzero(kernel))
    assert figures(network) == (kept + 2, kept * 36, 108 * 36)
    text = spec_text(network)
    assert figures(parse_spec(text, "again.yaml").network)[1:] == figures(network)[1:]
    assert network_text(network._replace(path="")) is not None


def test_channels_that_are_zero_are_told_apart(read: Any) -> None:
    kernel = numpy.ones((4, 3, 3, 3))
    kernel[1:3] = 0  # half of what comes out
    kernel[:, 2] = 0  # a third of what goes in
    kernel[0, 0, 0, 0] = 0
    network = read([node("Conv", ["x", "w"], ["y"])], [tensor("w", kernel)], 1, 3, 8, 8)
    assert figures(network) == (35, 35 * 36, 36 * 36)


def test_of_a_convolution_and_its_norm_all_are_counted(read: Any) -> None:
    halves = [tensor(name, [0.0, 1.0, 2.0, 0.0]) for name in ("g", "c", "m", "v")]
    nodes = [
        node("Conv", ["x", "w"], ["i"]),
        node("BatchNormalization", ["i", "g", "c", "m", "v"], ["y"]),
    ]
    kernel = tensor("w", numpy.arange(12).reshape(4, 3, 1, 1))
    network = read(nodes, [kernel, *halves], 1, 3, 8, 8)
    assert [layer.kind for layer in network.layers] == ["pointwise"]
    assert figures(network) == (11 + 4, 11 * 64, 12 * 64)


@pytest.mark.parametrize(("zero", "kept"), [([0], 7), ([3], 8), ([3, 3], 8)])
def test_the_zero_point_of_a_quantised_weight_is_its_zero(
    read: Any, zero: list[int], kept: int
) -> None:
    nodes = [
        node("DequantizeLinear", ["w", "s", "z"], ["k"], axis=0),
        node("Conv", ["x", "k"], ["y"]),
    ]
    point = tensor("z", zero if len(zero) > 1 else zero[0], "uint8")
    step = tensor("s", [0.5] * len(zero) if len(zero) > 1 else 0.5)
    kernel = tensor("w", numpy.arange(10).reshape(2, 5, 1, 1) % 4, "uint8")
    assert figures(read(nodes, [kernel, step, point], 1, 5, 2, 2))[0] == kept


def test_what_a_file_does_not_tell_is_about(read: Any) -> None:
    uneven = [tensor("z", [0, 1], "uint8"), tensor("s", [0.5, 0.5])]
    kernel = tensor("w", numpy.ones((2, 5, 1, 1)), "uint8")
    quantised = [
        node("DequantizeLinear", ["w", "s", "z"], ["k"], axis=0),
        node("Conv", ["x", "k"], ["y"]),
    ]
    elsewhere = weight("w", 2, 5, 1, 1, external="data")
    short = weight("w", 2, 5, 1, 1)
    for nodes, tensors in (
        (quantised, [kernel, *uneven]),
        ([node("Conv", ["x", "w"], ["y"])], [elsewhere]),
        ([node("Conv", ["x", "w"], ["y"])], [short]),
    ):
        report = measured(evaluate(read(nodes, tensors, 1, 5, 2, 2)), LEFT)
        assert {report.status[metric].state for metric in LEFT} == {"about"}
        assert report.figure("nonzero_params") == report.params == 10
