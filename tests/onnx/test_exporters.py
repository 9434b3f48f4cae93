"""Files as exporters write them: names, opsets, layouts and habits of each."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from onnx import helper, numpy_helper

from convcost import evaluate
from convcost.cost import Report
from convcost.sources import SpecFile, code
from tests.onnx.models import model, node, numbers, saved, weight


def counted(folder: Path, made: Any) -> Report:
    report = evaluate(code.read_code(SpecFile(saved(folder, made))))
    assert not report.status
    return report


def full(name: str, value: float, *shape: int) -> Any:
    return numpy_helper.from_array(numpy.full(shape, value, "float32"), name)


@pytest.mark.parametrize("opset", [7, 8, 9, 10, 11, 12])
def test_weights_that_are_inputs_as_well(opset: int, tmp_path: Path) -> None:
    """As Caffe2 and old versions of PyTorch wrote them."""
    up: dict[str, Any] = {"scales": [1.0, 1.0, 2.0, 2.0]} if opset < 9 else {}
    scales = ["scales"] if opset >= 9 else []
    upsampled = node("Upsample", ["n", *scales], ["u"], **up)
    nodes = [
        node("Conv", ["x", "conv1_w", "conv1_b"], ["c"], pads=[1, 1, 1, 1]),
        node("BatchNormalization", ["c", "s", "b", "mean", "var"], ["n"]),
        *([upsampled] if opset < 10 else [node("Identity", ["n"], ["u"])]),
        node("GlobalAveragePool", ["u"], ["p"]),
        node("Reshape", ["p", "sizes"], ["f"]),
        node("Gemm", ["f", "fc_w", "fc_b"], ["y"], transB=1),
    ]
    weights = [weight("conv1_w", 4, 3, 3, 3), weight("conv1_b", 4), numbers("sizes", 1, 4)]
    weights += [weight(name, 4) for name in ("s", "b", "mean", "var")]
    weights += [weight("fc_w", 10, 4), weight("fc_b", 10)]
    if opset == 9:
        weights.append(helper.make_tensor("scales", 1, [4], [1, 1, 2, 2]))
    made = model(nodes, weights, opset=opset)
    made.ir_version = 3
    for each in weights:
        made.graph.input.append(
            helper.make_tensor_value_info(each.name, each.data_type, list(each.dims))
        )

    report = counted(tmp_path, made)

    assert (report.params, report.macs) == (108 + 4 + 8 + 40 + 10, 108 * 64 + 40)


def test_channels_last_and_names_of_tensorflow(tmp_path: Path) -> None:
    name = "StatefulPartitionedCall/model/conv2d/Conv2D"
    nodes = [
        node("Transpose", ["x"], [f"{name}__6:0"], perm=[0, 3, 1, 2]),
        node(
            "Conv",
            [f"{name}__6:0", f"{name}/ReadVariableOp:0"],
            [f"{name}:0"],
            name=name,
            auto_pad="SAME_UPPER",
            strides=[2, 2],
        ),
        node("Add", [f"{name}:0", "model/batch_norm/const:0"], ["add:0"]),
        node("Transpose", ["add:0"], ["last:0"], perm=[0, 2, 3, 1]),
        node("MatMul", ["last:0", "dense/kernel:0"], ["y"]),
    ]
    shift = numpy_helper.from_array(
        numpy.arange(4, dtype="float32").reshape(1, 4, 1, 1), "model/batch_norm/const:0"
    )
    weights = [
        weight(f"{name}/ReadVariableOp:0", 4, 3, 3, 3),
        shift,
        weight("dense/kernel:0", 4, 7),
    ]

    report = counted(tmp_path, model(nodes, weights, (1, 8, 8, 3)))

    assert (report.params, report.macs) == (108 + 4 + 28, 108 * 16 + 28 * 16)


def test_weights_in_nodes_as_paddle_writes_them(tmp_path: Path) -> None:
    held = [("conv2d_0.w_0", (4, 3, 3, 3)), ("batch_norm2d_0.w_0", (4,))]
    held += [(f"batch_norm2d_0.{each}", (4,)) for each in ("b_0", "w_1", "w_2")]
    nodes = [
        *(node("Constant", [], [name], value=full(name, 1.0, *shape)) for name, shape in held),
        node("Conv", ["x", "conv2d_0.w_0"], ["c"]),
        node("BatchNormalization", ["c", *(name for name, _ in held[1:])], ["y"]),
    ]

    assert counted(tmp_path, model(nodes, [])).params == 108 + 8


@pytest.mark.parametrize("producer", ["pytorch", ""])
def test_equal_parameters_that_pytorch_keeps_one_of(producer: str, tmp_path: Path) -> None:
    nodes = [
        node("Identity", ["norm1.weight"], ["norm2.weight"]),
        node("Identity", ["norm1.bias"], ["norm2.bias"]),
        node("LayerNormalization", ["x", "norm1.weight", "norm1.bias"], ["n"], axis=-1),
        node("LayerNormalization", ["n", "norm2.weight", "norm2.bias"], ["y"], axis=-1),
    ]
    made = model(nodes, [full("norm1.weight", 1, 3), full("norm1.bias", 0, 3)], (1, 5, 3))
    made.producer_name = producer

    report = evaluate(code.read_code(SpecFile(saved(tmp_path, made))))

    assert report.params == (6 + 6 if producer else 6)
    assert report.status.keys() == (set() if producer else {"params"})  # which may be one norm


def test_a_bias_that_is_made_of_one_zero_is_none(tmp_path: Path) -> None:
    nodes = [
        node("Expand", ["zero", "sizes"], ["b"]),
        node("Conv", ["x", "w", "b"], ["y"]),
    ]
    weights = [full("zero", 0), numbers("sizes", 4), weight("w", 4, 3, 3, 3)]

    assert counted(tmp_path, model(nodes, weights)).params == 108


def test_a_mask_by_its_name_where_its_numbers_are_elsewhere(tmp_path: Path) -> None:
    nodes = [node("Add", ["x", "attn.mask"], ["s"]), node("Softmax", ["s"], ["y"])]
    outside = weight("attn.mask", 8, 8, external="weights.bin")

    assert counted(tmp_path, model(nodes, [outside])).params == 0
