"""Operations of ONNX and of ONNX Runtime, each in every form that files have it in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from onnx import TensorProto, defs, helper

from tests.onnx.models import RUNTIME, counted, node, numbers, weight


def integers(name: str, *shape: int, sort: int = TensorProto.INT8) -> Any:
    return TensorProto(name=name, data_type=sort, dims=shape)


def scalar(name: str, value: float, sort: int = TensorProto.FLOAT) -> Any:
    return helper.make_tensor(name, sort, [], [value])


@pytest.mark.parametrize(
    ("given", "out"),
    [
        ({"output_shape": [16, 16], "strides": [2, 2]}, 16),
        ({"output_shape": [18, 18], "strides": [2, 2]}, 18),
        ({"auto_pad": "SAME_UPPER", "strides": [2, 2]}, 16),
        ({"auto_pad": "SAME_LOWER", "strides": [2, 2]}, 16),
        ({"auto_pad": "VALID", "strides": [2, 2]}, 17),
        ({"strides": [2, 2], "pads": [1, 1, 1, 1], "output_padding": [1, 1]}, 16),
        ({"dilations": [2, 2]}, 12),
    ],
)
def test_a_transposed_convolution_works_on_its_input_grid(
    given: Any, out: int, tmp_path: Path
) -> None:
    up = node("ConvTranspose", ["x", "w", "b"], ["y"], **given)
    report = counted(tmp_path, [up], [weight("w", 4, 6, 3, 3), weight("b", 6)], (1, 4, 8, 8))

    assert (report.params, report.macs) == (4 * 6 * 9 + 6, 4 * 6 * 9 * 64)
    assert report.layers[-1].out == (6, out, out)


@pytest.mark.parametrize("bias", [[], ["b"], [""]])
@pytest.mark.parametrize("turned", [0, 1])
@pytest.mark.parametrize("also", [0, 1])
def test_gemm_in_every_layout(bias: list[str], turned: int, also: int, tmp_path: Path) -> None:
    about = {"transA": turned, "transB": also, "alpha": 0.5, "beta": 2.0}
    gemm = node("Gemm", ["x", "w", *bias], ["y"], **about)
    weights = [weight("w", *((7, 6) if also else (6, 7))), weight("b", 7)]
    weights = weights[: 1 + (bias == ["b"])]

    report = counted(tmp_path, [gemm], weights, (6, 5) if turned else (5, 6))

    # Rows that lie in front are a batch.
    assert (report.params, report.macs) == (42 + 7 * (bias == ["b"]), (5 if turned else 1) * 42)


@pytest.mark.parametrize(("given", "rows"), [({}, (5, 5)), ({"transA": 1, "transB": 1}, (5, 5))])
def test_gemm_of_a_weight_that_comes_first(given: Any, rows: Any, tmp_path: Path) -> None:
    gemm = node("Gemm", ["w", "x"], ["y"], **given)
    shape = (6, 7) if given else (7, 6)
    w = weight("w", *((7, 5) if given else (5, 7)))

    report = counted(tmp_path, [gemm], [w], shape)

    assert (report.params, report.macs) == (35, 5 * 7 * 6)


@pytest.mark.parametrize(
    "nodes",
    [
        [node("ConvInteger", ["q", "w", "zero"], ["i"]), node("Cast", ["i"], ["y"], to=1)],
        [
            node("QLinearConv", ["q", "s", "zero", "w", "s", "wz", "s", "zero"], ["i"]),
            node("DequantizeLinear", ["i", "s", "zero"], ["y"]),
        ],
    ],
)
def test_convolutions_of_integers(nodes: Sequence[Any], tmp_path: Path) -> None:
    nodes = [node("QuantizeLinear", ["x", "s", "zero"], ["q"]), *nodes]
    weights = [scalar("s", 0.1), scalar("zero", 3, TensorProto.UINT8), integers("w", 4, 3, 3, 3)]
    weights.append(scalar("wz", 0, TensorProto.INT8))
    weights = [each for each in weights if any(each.name in one.input for one in nodes)]

    report = counted(tmp_path, nodes, weights, (1, 3, 8, 8))

    assert (report.params, report.macs) == (108, 108 * 36)


@pytest.mark.parametrize("fused", ["", "MatMulIntegerToFloat", "DynamicQuantizeMatMul"])
def test_dynamic_quantisation(fused: str, tmp_path: Path) -> None:
    quantised = node("DynamicQuantizeLinear", ["x"], ["q", "qs", "qz"])
    weights = [integers("w", 6, 7), scalar("s", 0.1), weight("b", 7)]
    if fused == "DynamicQuantizeMatMul":
        nodes = [node(fused, ["x", "w", "s", "", "b"], ["y"], domain=RUNTIME)]
    elif fused:
        inputs = ["q", "w", "qs", "s", "qz", "", "b"]
        nodes = [quantised, node(fused, inputs, ["y"], domain=RUNTIME)]
    else:
        nodes = [
            quantised,
            node("MatMulInteger", ["q", "w", "qz"], ["i"]),
            node("Cast", ["i"], ["f"], to=1),
            node("Mul", ["qs", "s"], ["scale"]),
            node("Mul", ["f", "scale"], ["p"]),
            node("Add", ["p", "b"], ["y"]),
        ]

    report = counted(tmp_path, nodes, weights, (1, 5, 6))

    assert (report.params, report.macs) == (42 + 7, 5 * 42)


def test_a_product_of_integers_with_scales(tmp_path: Path) -> None:
    nodes = [
        node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        node("QLinearMatMul", ["q", "s", "z", "w", "s", "z", "s", "z"], ["i"]),
        node("DequantizeLinear", ["i", "s", "z"], ["y"]),
    ]
    weights = [scalar("s", 0.1), scalar("z", 0, TensorProto.INT8), integers("w", 6, 7)]

    report = counted(tmp_path, nodes, weights, (1, 5, 6))

    assert (report.params, report.macs) == (42, 5 * 42)


def test_weights_of_a_few_bits(tmp_path: Path) -> None:
    product = node("MatMulNBits", ["x", "w", "s"], ["y"], K=64, N=7, bits=4, domain=RUNTIME)
    packed = integers("w", 7, 2, 16, sort=TensorProto.UINT8)

    report = counted(tmp_path, [product], [packed, weight("s", 14)], (1, 5, 64))

    assert (report.params, report.macs) == (64 * 7, 5 * 64 * 7)


def test_fused_products_norms_and_activations_of_the_runtime(tmp_path: Path) -> None:
    nodes = [
        node("FusedMatMul", ["x", "w"], ["p"], transB=1, alpha=0.5, domain=RUNTIME),
        node("BiasGelu", ["p", "b"], ["g"], domain=RUNTIME),
        node("FastGelu", ["g", "b2"], ["f"], domain=RUNTIME),
        node("QuickGelu", ["f"], ["h"], domain=RUNTIME),
        node("SkipLayerNormalization", ["h", "g", "s", "t"], ["n", "", "", "sum"], domain=RUNTIME),
        node("Add", ["n", "sum"], ["y"]),
    ]
    weights = [weight("w", 7, 6), *(weight(name, 7) for name in ("b", "b2", "s", "t"))]

    report = counted(tmp_path, nodes, weights, (1, 5, 6))

    assert (report.params, report.macs) == (42 + 4 * 7, 5 * 42)


def test_a_fused_convolution_of_the_runtime(tmp_path: Path) -> None:
    conv = node(
        "FusedConv", ["x", "w", "b"], ["y"], pads=[1, 1, 1, 1], activation="Relu", domain=RUNTIME
    )

    report = counted(tmp_path, [conv], [weight("w", 4, 3, 3, 3), weight("b", 4)], (1, 3, 8, 8))

    assert (report.params, report.macs) == (112, 108 * 64)


def test_embeddings_of_the_runtime(tmp_path: Path) -> None:
    nodes = [
        node("Cast", ["x"], ["ids"], to=TensorProto.INT32),
        node(
            "EmbedLayerNormalization",
            ["ids", "", "words", "places", "", "s", "b"],
            ["y", ""],
            domain=RUNTIME,
        ),
    ]
    weights = [weight("words", 50, 8), weight("places", 9, 8), weight("s", 8), weight("b", 8)]

    assert counted(tmp_path, nodes, weights, (1, 5)).params == 400 + 72 + 16


@pytest.mark.parametrize(
    ("equation", "inputs", "macs"),
    [
        ("bij,jk->bik", ["x", "w"], 5 * 6 * 6),
        ("bij,bkj->bik", ["x", "x"], 5 * 5 * 6),
        ("...j,jk,kl->...l", ["x", "w", "w"], 2 * 5 * 36),
    ],
)
def test_sums_of_einstein(equation: str, inputs: list[str], macs: int, tmp_path: Path) -> None:
    einsum = node("Einsum", inputs, ["y"], equation=equation)
    weights = [weight("w", 6, 6)] if "w" in inputs else []

    report = counted(tmp_path, [einsum], weights, (1, 5, 6))

    assert (report.params, report.macs) == (36 if weights else 0, macs)


def test_elements_moved_and_picked(tmp_path: Path) -> None:
    nodes = [
        node("DepthToSpace", ["x"], ["d"], blocksize=2),
        node("GridSample", ["d", "grid"], ["g"]),
        node("Conv", ["g", "w"], ["y"]),
    ]
    weights = [weight("grid", 1, 5, 7, 2), weight("w", 4, 3, 1, 1)]

    report = counted(tmp_path, nodes, weights, (1, 12, 8, 8))

    assert (report.params, report.macs) == (12, 12 * 35)


@pytest.mark.skipif(defs.onnx_opset_version() < 27, reason="this onnx does not know it")
@pytest.mark.parametrize("kernel", [4, 1])
@pytest.mark.parametrize("has_past", [False, True])
def test_a_causal_convolution_with_what_came_before(
    kernel: int, has_past: bool, tmp_path: Path
) -> None:
    past = ["past"] if has_past else []
    causal = node("CausalConvWithState", ["x", "w", "b", *past], ["c", "now"], activation="silu")
    nodes = [causal, node("Concat", ["now", "c"], ["y"], axis=2)]
    weights = [weight("w", 6, 1, kernel), weight("b", 6)]
    if has_past:
        size = kernel - 1
        weights.append(helper.make_tensor("past", 1, [1, 6, size], [0.0] * 6 * size))

    report = counted(tmp_path, nodes, weights, (1, 6, 9), opset=27)

    assert (report.params, report.macs) == (6 * kernel + 6, 9 * 6 * kernel)


@pytest.mark.parametrize("op", ["Concat", "Split"])
def test_parts_that_are_empty_cost_nothing(op: str, tmp_path: Path) -> None:
    split = node("Split", ["x", "sizes"], ["a", "none"], axis=1)
    nodes = [split, node("Conv", ["a", "w"], ["c"])]
    nodes.append(node(op, ["none", "c"] if op == "Concat" else ["c", "sizes"], ["y"], axis=1))

    report = counted(tmp_path, nodes, [numbers("sizes", 3, 0), weight("w", 3, 3, 1)], (1, 3, 8))

    assert report.macs == 9 * 8


@pytest.mark.skipif(defs.onnx_opset_version() < 28, reason="this onnx does not know it")
def test_a_gate_of_silu(tmp_path: Path) -> None:
    nodes = [
        node("Conv", ["x", "w"], ["c"]),
        node("SwiGLU", ["c", "x"], ["y"]),
    ]

    report = counted(tmp_path, nodes, [weight("w", 3, 3, 1, 1)], (1, 3, 8, 8), opset=28)

    assert report.macs == 9 * 64


def by(name: str, zero: int = TensorProto.UINT8) -> list[Any]:
    """The scale and the zero point of a tensor."""
    return [scalar(f"{name}_scale", 0.1), scalar(f"{name}_zero", 0, zero)]


@pytest.mark.parametrize("is_last", [False, True])
def test_integers_from_end_to_end(is_last: bool, tmp_path: Path) -> None:
    """As ONNX Runtime's quantiser and optimiser write them: operations of both take turns."""
    own = {"domain": RUNTIME, "channels_last": 1} if is_last else {}
    shape = (1, 8, 8, 3) if is_last else (1, 3, 8, 8)
    x, c, a = (["x_scale", "x_zero"], ["c_scale", "c_zero"], ["a_scale", "a_zero"])
    first = ["q", *x, "w", "w_scale", "w_zero", *c, "b"]
    second = ["s", *a, "v", "w_scale", "w_zero", *c]
    pooled = node("NhwcMaxPool", ["c"], ["p"], kernel_shape=[2, 2], strides=[2, 2], domain=RUNTIME)
    nodes = [
        node("QuantizeLinear", ["x", *x], ["q"]),
        node("QLinearConv", first, ["c"], pads=[1, 1, 1, 1], **own),
        pooled if is_last else node("MaxPool", ["c"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        node("QLinearAdd", ["p", *c, "p", *c, *a], ["s"], domain=RUNTIME),
        node("QLinearConv", second, ["d"], **own),
        node("DequantizeLinear", ["d", *c], ["y"]),
    ]
    weights = [integers("w", 4, 3, 3, 3), integers("v", 5, 4, 1, 1)]
    weights += [integers("b", 4, sort=TensorProto.INT32), *by("x"), *by("c"), *by("a")]
    weights += by("w", TensorProto.INT8)

    report = counted(tmp_path, nodes, weights, shape)

    assert (report.params, report.macs) == (108 + 4 + 20, 108 * 64 + 20 * 16)


@pytest.mark.parametrize("keep", [0, 1])
def test_pools_and_means_of_integers(keep: int, tmp_path: Path) -> None:
    x = ["x_scale", "x_zero"]
    pool = {"kernel_shape": [2, 2], "strides": [2, 2], "domain": RUNTIME}
    mean = {"axes": [2, 3], "keepdims": keep, "domain": RUNTIME}
    nodes = [
        node("QuantizeLinear", ["x", *x], ["q"]),
        node("QLinearAveragePool", ["q", *x, *x], ["p"], **pool),
        node("QLinearConv", ["p", *x, "w", "w_scale", "w_zero", *x], ["c"]),
        node("QLinearReduceMean", ["c", *x, *x], ["m"], **mean),
        node("DequantizeLinear", ["m", *x], ["d"]),
        node("Reshape", ["d", "row"], ["r"]),
        node("MatMul", ["r", "v"], ["y"]),
    ]
    weights = [integers("w", 4, 3, 3, 3), *by("x"), *by("w", TensorProto.INT8)]
    weights += [numbers("row", 1, 4), weight("v", 4, 7)]

    report = counted(tmp_path, nodes, weights, (1, 3, 8, 8))

    assert (report.params, report.macs) == (108 + 28, 108 * 4 + 28)


@pytest.mark.parametrize("turned", [["transBatchA"], ["transBatchA", "transBatchB"]])
def test_products_whose_batches_stand_behind_their_rows(turned: list[str], tmp_path: Path) -> None:
    """5 rows of 4 heads of 8 features, as ONNX Runtime leaves heads where they were."""
    right = "x" if len(turned) == len(["A", "B"]) else "h"
    nodes = [
        node("Transpose", ["x"], ["h"], perm=[1, 0, 2]),
        node(
            "FusedMatMul", ["x", right], ["s"], transB=1, domain=RUNTIME, **dict.fromkeys(turned, 1)
        ),
        node("MatMul", ["s", "w"], ["y"]),
    ]

    report = counted(tmp_path, nodes, [weight("w", 5, 3)], (5, 4, 8))

    assert report.macs == 4 * 5 * 5 * 8 + 4 * 5 * 5 * 3


@pytest.mark.parametrize(("op", "params"), [("Simplified", 8), ("", 16)])
def test_norms_that_the_runtime_writes_as_if_they_were_onnx(
    op: str, params: int, tmp_path: Path
) -> None:
    given = ["x", "s"] if op else ["x", "s", "b"]
    nodes = [
        node(f"{op}LayerNormalization", given, ["n"]),
        node("MatMul", ["n", "w"], ["y"]),
    ]
    weights = [weight("s", 8), weight("b", 8), weight("w", 8, 3)]
    used = [each for each in weights if op == "" or each.name != "b"]

    report = counted(tmp_path, nodes, used, (1, 5, 8), opset=14)

    assert (report.params, report.macs) == (params + 24, 5 * 24)
