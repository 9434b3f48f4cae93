"""TensorFlow Lite files as networks: shapes, numbers of every width, hostile files."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest

from convcost import evaluate
from convcost.errors import ConvcostError, SpecError
from convcost.network import Network
from convcost.operands import Bits
from convcost.sources import SpecFile, code
from convcost.sources.imports.tflite.schema import graphs_in
from convcost.sources.inputs import parse_inputs
from tests.cli.runner import Runner
from tests.tflite.models import (
    FLOAT16,
    INT8,
    INT16,
    INT32,
    INT64,
    UINT8,
    VALID,
    Graph,
    Operator,
    Tensor,
    conv,
    ints,
    model,
    read,
    saved,
    simple,
    varied,
    zeros,
)


def kinds(network: Network) -> list[str]:
    return [layer.kind for layer in network.layers]


def small() -> bytes:
    """A convolution with a relu6 fused to it, a pool of all positions, and a classifier."""
    operators = [
        conv(["x", "w", "b"], "c", StrideH=2, StrideW=2, FusedActivationFunction=3),
        Operator("MEAN", ["c", "axes"], ["p"]),
        Operator("FULLY_CONNECTED", ["p", "fc", "fb"], ["y"], {}, "FullyConnectedOptions"),
    ]
    weights = [varied("w", 4, 3, 3, 3), varied("b", 4), varied("fc", 10, 4), varied("fb", 10)]
    made = [Tensor("c", (1, 4, 4, 4)), Tensor("p", (1, 4)), Tensor("y", (1, 10))]
    return simple(operators, [*weights, ints("axes", 1, 2), *made])


def test_channels_come_first_and_what_is_fused_stands_with_its_layer(tmp_path: Path) -> None:
    network = read(tmp_path, small())
    report = evaluate(network)

    assert network.input == (3, 8, 8)
    assert kinds(network) == ["standard", "global-avg-pool", "linear"]
    assert dict(network.layers[0].fields)["act"] == "relu6"
    assert report.params == 4 * 3 * 9 + 4 + 10 * 4 + 10
    assert report.macs == 4 * 3 * 9 * 16 + 10 * 4
    assert not report.status


def test_it_comes_out_as_a_spec(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = saved(tmp_path, small())

    text = Runner(capsys)("import", "tflite", path).out

    assert text.startswith(f"# Imported from TensorFlow Lite: {path}\n")
    assert "input: 3x8x8" in text
    assert "{name: c, kind: standard, m: 4, k: 3, stride: 2," in text


@pytest.mark.parametrize(("size", "pads"), [(8, ((0, 1), (0, 1))), (7, 1)])
def test_same_is_as_tensorflow_means_it(tmp_path: Path, size: int, pads: object) -> None:
    """With a stride of 2, an even size has one zero behind it and none in front."""
    operator = conv(["x", "w", ""], "y", StrideH=2, StrideW=2)
    tensors = [varied("w", 4, 3, 3, 3), Tensor("y", (1, 4, 4, 4))]

    network = read(tmp_path, simple([operator], tensors, (1, size, size, 3)))

    told = dict(network.layers[0].fields)
    assert told.get("padding", 1) == pads
    assert evaluate(network).macs == 4 * 3 * 9 * 16


def test_a_depthwise_convolution_with_a_multiplier(tmp_path: Path) -> None:
    operator = conv(["x", "w", "b"], "y", "DEPTHWISE_CONV_2D", "DepthwiseConv2DOptions")
    tensors = [varied("w", 1, 3, 3, 6), varied("b", 6), Tensor("y", (1, 8, 8, 6))]

    network = read(tmp_path, simple([operator], tensors))

    assert kinds(network) == ["depthwise"]
    assert (evaluate(network).params, evaluate(network).macs) == (6 * 9 + 6, 6 * 9 * 64)


def test_a_convolution_is_grouped_where_its_filters_see_fewer_channels(tmp_path: Path) -> None:
    tensors = [varied("w", 8, 3, 3, 2), Tensor("y", (1, 8, 8, 8))]

    network = read(tmp_path, simple([conv(["x", "w"], "y")], tensors, (1, 8, 8, 4)))

    assert dict(network.layers[0].fields)["groups"] == 2
    assert evaluate(network).macs == 8 * 2 * 9 * 64


@pytest.mark.parametrize(("padding", "out"), [(0, 16), (VALID, 17)])
def test_a_transposed_convolution(tmp_path: Path, padding: int, out: int) -> None:
    operator = Operator(
        "TRANSPOSE_CONV",
        ["shape", "w", "x", "b"],
        ["y"],
        {"Padding": padding, "StrideH": 2, "StrideW": 2},
        "TransposeConvOptions",
    )
    weights = [ints("shape", 1, out, out, 4), varied("w", 4, 3, 3, 3), varied("b", 4)]

    report = evaluate(read(tmp_path, simple([operator], [*weights, Tensor("y", (1, out, out, 4))])))

    assert report.layers[0].kind == "transposed"
    assert report.layers[-1].out == (4, out, out)
    assert (report.params, report.macs) == (4 * 3 * 9 + 4, 4 * 3 * 9 * 64)


def test_a_convolution_of_volumes(tmp_path: Path) -> None:
    options = {f"Stride{axis}": 1 for axis in "DHW"} | {
        f"Dilation{axis}Factor": 1 for axis in "DHW"
    }
    operator = Operator("CONV_3D", ["x", "w", "b"], ["y"], options, "Conv3DOptions")
    tensors = [varied("w", 3, 3, 3, 2, 4), varied("b", 4), Tensor("y", (1, 5, 6, 7, 4))]

    report = evaluate(read(tmp_path, simple([operator], tensors, (1, 5, 6, 7, 2))))

    assert report.input == (2, 5, 6, 7)
    assert (report.params, report.macs) == (4 * 2 * 27 + 4, 4 * 2 * 27 * 5 * 6 * 7)


@pytest.mark.parametrize(
    ("data", "weight", "bias", "bits"),
    [
        (INT8, INT8, INT32, Bits(8, 8)),
        (INT16, INT8, INT64, Bits(8, 16)),
        (UINT8, UINT8, INT32, Bits(8, 8)),
    ],
)
def test_scales_are_no_parameters_and_biases_of_integers_are(
    tmp_path: Path, data: int, weight: int, bias: int, bits: Bits
) -> None:
    weights = [
        varied("w", 4, 3, 3, 3, type=weight, scale=0.1),
        varied("b", 4, type=bias, scale=0.01),
        Tensor("y", (1, 8, 8, 4), data, scale=0.2),
    ]
    start = Tensor("x", (1, 8, 8, 3), data, scale=0.2)
    raw = model(Graph([start, *weights], [conv(["x", "w", "b"], "y")], ["x"], ["y"]))

    network = read(tmp_path, raw)

    assert evaluate(network).params == 4 * 3 * 9 + 4
    assert network.layers[0].operands.bits == bits
    assert not evaluate(network).status


def test_weights_of_half_the_width_are_dequantised(tmp_path: Path) -> None:
    operators = [
        Operator("DEQUANTIZE", ["w16"], ["w"]),
        Operator("DEQUANTIZE", ["b16"], ["b"]),
        conv(["x", "w", "b"], "y"),
    ]
    tensors = [
        varied("w16", 4, 3, 3, 3, type=FLOAT16),
        varied("b16", 4, type=FLOAT16),
        Tensor("w", (4, 3, 3, 3)),
        Tensor("b", (4,)),
        Tensor("y", (1, 8, 8, 4)),
    ]

    network = read(tmp_path, simple(operators, tensors))

    assert kinds(network) == ["standard"]
    assert evaluate(network).params == 4 * 3 * 9 + 4
    assert network.layers[0].operands.bits == Bits(16, None)


def test_zeros_beside_biases_that_vary_are_the_converters(tmp_path: Path) -> None:
    """A convolution without a bias has zeros there in the file."""
    operators = [conv(["x", "w", "b"], "c"), conv(["c", "v", "none"], "y")]
    weights = [varied("w", 4, 3, 3, 3), varied("b", 4), varied("v", 4, 1, 1, 4), zeros("none", 4)]
    made = [Tensor("c", (1, 8, 8, 4)), Tensor("y", (1, 8, 8, 4))]

    report = evaluate(read(tmp_path, simple(operators, [*weights, *made])))

    assert report.params == 4 * 3 * 9 + 4 + 16
    assert not report.status


def test_zeros_in_the_place_of_all_biases_may_be_new_or_none(tmp_path: Path) -> None:
    tensors = [varied("w", 4, 3, 3, 3), zeros("b", 4), Tensor("y", (1, 8, 8, 4))]

    report = evaluate(read(tmp_path, simple([conv(["x", "w", "b"], "y")], tensors)))

    assert report.params == 4 * 3 * 9 + 4
    assert report.status["params"].state == "about"


def test_a_weight_that_two_layers_take_is_counted_once(tmp_path: Path) -> None:
    operators = [conv(["x", "w"], "c"), conv(["c", "w"], "y")]
    tensors = [varied("w", 3, 3, 3, 3), Tensor("c", (1, 8, 8, 3)), Tensor("y", (1, 8, 8, 3))]

    report = evaluate(read(tmp_path, simple(operators, tensors)))

    assert (report.params, report.macs) == (81, 2 * 81 * 64)


def test_zeros_among_weights_are_seen(tmp_path: Path) -> None:
    """Half of the filters of the second channel are zero, by their zero point."""
    packed = bytes([5, 3] * 4)
    weight = Tensor("w", (4, 1, 1, 2), INT8, packed, scale=0.1, point=3)
    tensors = [weight, Tensor("y", (1, 8, 8, 4))]

    (layer,) = read(tmp_path, simple([conv(["x", "w"], "y")], tensors, (1, 8, 8, 2))).layers

    density = layer.operands.density
    assert density is not None
    assert density.shares == (Fraction(1, 2), Fraction(1, 2))


def test_a_sparse_weight_has_the_parameters_of_its_shape(tmp_path: Path) -> None:
    operators = [Operator("DENSIFY", ["sparse"], ["w"]), conv(["x", "w"], "y")]
    kept = varied("kept", 27).data
    sparse = Tensor("sparse", (4, 3, 3, 3), data=kept, is_sparse=True)
    tensors = [sparse, Tensor("w", (4, 3, 3, 3)), Tensor("y", (1, 8, 8, 4))]

    network = read(tmp_path, simple(operators, tensors))

    assert evaluate(network).params == 108
    density = network.layers[0].operands.density
    assert density is not None
    assert density.weights == 0.25


def test_counts_are_for_one_input_of_a_batch(tmp_path: Path) -> None:
    operators = [
        conv(["x", "w"], "c"),
        Operator("RESHAPE", ["c", "shape"], ["f"], {}, "ReshapeOptions"),
        Operator("FULLY_CONNECTED", ["f", "fc"], ["y"], {}, "FullyConnectedOptions"),
    ]
    weights = [varied("w", 4, 3, 3, 3), ints("shape", 8, 256), varied("fc", 10, 256)]
    made = [Tensor("c", (8, 8, 8, 4)), Tensor("f", (8, 256)), Tensor("y", (8, 10))]

    network = read(tmp_path, simple(operators, [*weights, *made], (8, 8, 8, 3)))

    assert evaluate(network).macs == 4 * 27 * 64 + 2560
    assert network.notes == ("its batch of 8 is taken out; counts are for one input",)


def test_a_custom_operation_is_named_and_not_zero(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operators = [conv(["x", "w"], "c"), Operator("MyOwn", ["c"], ["y"])]
    tensors = [varied("w", 4, 3, 3, 3), Tensor("c", (1, 8, 8, 4)), Tensor("y", (1, 2))]
    path = saved(tmp_path, simple(operators, tensors))

    result = Runner(capsys)("eval", path)

    assert "≥ 6,912" in result.out
    assert "MyOwn, 1 of 2 operations" in result.err


def test_branches_are_not_followed_and_their_weights_are_counted(tmp_path: Path) -> None:
    branch = Graph(
        [Tensor("in", (1, 4)), varied("v", 2, 4), Tensor("out", (1, 2))],
        [Operator("FULLY_CONNECTED", ["in", "v"], ["out"], {}, "FullyConnectedOptions")],
        ["in"],
        ["out"],
        "then",
    )
    inside = {"ThenSubgraphIndex": 1, "ElseSubgraphIndex": 1}
    main = Graph(
        [Tensor("x", (1, 3)), varied("w", 4, 3), Tensor("h", (1, 4)), Tensor("y", (1, 2))],
        [
            Operator("FULLY_CONNECTED", ["x", "w"], ["h"], {}, "FullyConnectedOptions"),
            Operator("IF", ["h"], ["y"], inside, "IfOptions"),
        ],
        ["x"],
        ["y"],
    )

    network = read(tmp_path, model(main, branch, branch._replace(name="other")))
    report = evaluate(network)

    assert (report.params, report.macs) == (12 + 8, 12)
    assert report.status["macs"].state == "at least"
    assert "IF is unknown: what is inside it is not followed" in network.notes
    assert "counts are of its first graph, and not of other" in network.notes


def test_what_is_run_once_to_set_up_is_no_part_of_it(tmp_path: Path) -> None:
    start = Graph([Tensor("v", (), 13)], [Operator("VAR_HANDLE", [], ["v"])], [], [], "NoOp")
    once = Operator("CALL_ONCE", [], [], {"InitSubgraphIndex": 1}, "CallOnceOptions")
    tensors = [Tensor("x", (1, 8, 8, 3)), varied("w", 4, 3, 3, 3), Tensor("y", (1, 8, 8, 4))]
    main = Graph(tensors, [once, conv(["x", "w"], "y")], ["x"], ["y"])

    network = read(tmp_path, model(main, start))

    assert kinds(network) == ["standard"]
    assert network.notes == ()


def test_an_input_that_is_open_is_refused(tmp_path: Path) -> None:
    start = Tensor("x", (1, 1, 1, 3), signature=(1, -1, -1, 3))
    raw = model(
        Graph(
            [start, varied("w", 4, 3, 3, 3), Tensor("y", (1, 1, 1, 4))],
            [conv(["x", "w"], "y")],
            ["x"],
            ["y"],
        )
    )

    with pytest.raises(SpecError, match=r"its input x is open: 1x\?x\?x3"):
        read(tmp_path, raw)


def test_its_own_input_may_be_said_and_no_other(tmp_path: Path) -> None:
    path = SpecFile(saved(tmp_path, small()))

    assert code.read_code(path, parse_inputs("3x8x8")).input == (3, 8, 8)
    with pytest.raises(SpecError, match="--input 3x9x9 is not what it takes"):
        code.read_code(path, parse_inputs("3x9x9"))


def test_what_is_no_such_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, b"\0\0\0\x20TFL3 and nothing of a model")

    result = Runner(capsys)("eval", path)

    assert result.code == 2
    assert "this is not a TensorFlow Lite model, or only a part of one" in result.err


def test_a_file_that_is_too_large_is_refused_with_a_remedy_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convcost.sources.imports.tflite.model.LARGEST_FILE", 1 << 20)
    with pytest.raises(SpecError, match="larger than 1 MiB") as caught:
        read(tmp_path, small() + bytes(1 << 20))
    assert caught.value.problems[0].hint == "convert it to numbers of fewer bits"


def test_options_that_lead_out_of_a_file_are_refused_wherever_they_are_asked_for() -> None:
    raw = small()
    operator = graphs_in(raw)[0].operators[0]
    operator.options.Init(raw, len(raw) + 100)

    assert operator.option("Unheard") == 0
    with pytest.raises(ConvcostError, match="or only a part of one"):
        operator.option("StrideH")


def test_every_start_of_a_file_ends_in_a_result_or_a_problem(tmp_path: Path) -> None:
    raw = small()
    for length in range(0, len(raw), 7):
        with suppress(SpecError):
            assert read(tmp_path, raw[:length]).layers
