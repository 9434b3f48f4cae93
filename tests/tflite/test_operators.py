"""TensorFlow Lite's operators one by one, against arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from convcost import evaluate
from convcost.cost import Report
from tests.tflite.models import (
    Graph,
    Operator,
    Tensor,
    conv,
    ints,
    model,
    read,
    simple,
    varied,
)

FULL = "FullyConnectedOptions"
IMAGE = (1, 4, 4, 6)


def of_one(
    folder: Path, operator: Operator, shape: Sequence[int], out: Sequence[int], *more: Tensor
) -> Report:
    """What one operator costs between x and y."""
    return evaluate(read(folder, simple([operator], [*more, Tensor("y", out)], shape)))


@pytest.mark.parametrize(
    ("op", "kind"),
    [
        ("LOGISTIC", "sigmoid"),
        ("HARD_SWISH", "hard-swish"),
        ("SOFTMAX", "softmax"),
        ("RELU6", "relu6"),
        ("ABS", "elementwise"),
        ("RSQRT", "elementwise"),
        ("L2_NORMALIZATION", "elementwise"),
    ],
)
def test_functions_of_elements_keep_images_as_they_are(tmp_path: Path, op: str, kind: str) -> None:
    (layer,) = of_one(tmp_path, Operator(op, ["x"], ["y"]), IMAGE, IMAGE).layers

    assert (layer.kind, layer.out) == (kind, (6, 4, 4))


@pytest.mark.parametrize(
    ("slopes", "params"), [((1, 1, 6), 6), ((1, 1, 1), 1), ((4, 4, 6), 96), ((1, 4, 6), 24)]
)
def test_slopes_are_parameters_whatever_they_are_for(
    tmp_path: Path, slopes: Sequence[int], params: int
) -> None:
    report = of_one(
        tmp_path, Operator("PRELU", ["x", "s"], ["y"]), IMAGE, IMAGE, varied("s", *slopes)
    )

    assert (report.params, report.layers[-1].out) == (params, (6, 4, 4))
    assert not report.status


@pytest.mark.parametrize(("padding", "size"), [(0, 2), (1, 1)])
@pytest.mark.parametrize("op", ["AVERAGE_POOL_2D", "MAX_POOL_2D"])
def test_pools(tmp_path: Path, op: str, padding: int, size: int) -> None:
    options = {"FilterHeight": 3, "FilterWidth": 3, "StrideH": 2, "StrideW": 2, "Padding": padding}
    operator = Operator(op, ["x"], ["y"], options, "Pool2DOptions")

    (layer,) = of_one(tmp_path, operator, IMAGE, (1, size, size, 6)).layers

    assert (layer.kind, layer.out) == (
        f"{op[:3].lower()}-pool".replace("ave", "avg"),
        (6, size, size),
    )


@pytest.mark.parametrize("keep", [0, 1])
@pytest.mark.parametrize(("op", "kind"), [("MEAN", "global-avg-pool"), ("SUM", "reduce")])
def test_images_are_reduced_to_their_channels(
    tmp_path: Path, op: str, kind: str, keep: int
) -> None:
    operator = Operator(op, ["x", "axes"], ["y"], {"KeepDims": keep}, "ReducerOptions")
    out = (1, 1, 1, 6) if keep else (1, 6)

    report = of_one(tmp_path, operator, IMAGE, out, ints("axes", 1, -2))

    assert report.layers[0].kind == kind
    assert report.layers[-1].out == ((6, 1, 1) if keep else (6,))


def test_rows_are_reduced_along_what_is_said(tmp_path: Path) -> None:
    operator = Operator("REDUCE_MAX", ["x", "axes"], ["y"], {}, "ReducerOptions")

    (layer,) = of_one(tmp_path, operator, (1, 7, 5), (1, 5), ints("axes", 1)).layers

    assert (layer.kind, layer.out) == ("reduce", (5,))


@pytest.mark.parametrize(
    ("op", "size", "kind"),
    [
        ("RESIZE_BILINEAR", 8, "upsample"),
        ("RESIZE_NEAREST_NEIGHBOR", 6, "resize"),
    ],
)
def test_resizing(tmp_path: Path, op: str, size: int, kind: str) -> None:
    operator = Operator(op, ["x", "size"], ["y"])

    (layer,) = of_one(
        tmp_path, operator, IMAGE, (1, size, size, 6), ints("size", size, size)
    ).layers

    assert (layer.kind, layer.out) == (kind, (6, size, size))


def test_a_pad_is_of_the_dims_that_it_says(tmp_path: Path) -> None:
    pads = ints("pads", 0, 0, 1, 2, 0, 0, 0, 3, shape=(4, 2))

    (layer,) = of_one(
        tmp_path, Operator("PAD", ["x", "pads"], ["y"]), IMAGE, (1, 7, 4, 9), pads
    ).layers

    assert (layer.kind, layer.out) == ("pad", (9, 7, 4))


def test_channels_are_joined_and_split_where_they_are(tmp_path: Path) -> None:
    operators = [
        Operator("SPLIT", ["axis", "x"], ["a", "b"], {"NumSplits": 2}, "SplitOptions"),
        Operator("CONCATENATION", ["b", "a"], ["c"], {"Axis": -1}, "ConcatenationOptions"),
        Operator("CONCATENATION", ["c", "x"], ["y"], {"Axis": 1}, "ConcatenationOptions"),
    ]
    half = (1, 4, 4, 3)
    made = [Tensor("a", half), Tensor("b", half), Tensor("c", IMAGE), Tensor("y", (1, 8, 4, 6))]

    report = evaluate(read(tmp_path, simple(operators, [ints("axis", 3), *made], IMAGE)))

    assert [layer.kind for layer in report.layers] == ["slice", "slice", "concat", "concat"]
    assert [layer.out for layer in report.layers] == [(3, 4, 4)] * 2 + [(6, 4, 4), (6, 8, 4)]


def test_parts_are_taken_along_any_dims(tmp_path: Path) -> None:
    masks = {"BeginMask": 0b1001, "EndMask": 0b1001}
    operator = Operator("STRIDED_SLICE", ["x", "b", "e", "s"], ["y"], masks, "StridedSliceOptions")
    places = [ints("b", 0, 1, 0, 0), ints("e", 0, 3, 4, 0), ints("s", 1, 1, 2, 1)]

    report = of_one(tmp_path, operator, IMAGE, (1, 2, 2, 6), *places)

    assert report.layers[-1].out == (6, 2, 2)


def test_a_dim_that_is_taken_out(tmp_path: Path) -> None:
    masks = {"BeginMask": 0b01, "EndMask": 0b01, "ShrinkAxisMask": 0b10}
    operator = Operator("STRIDED_SLICE", ["x", "b", "e", "s"], ["y"], masks, "StridedSliceOptions")
    places = [ints("b", 0, -1), ints("e", 0, 0), ints("s", 1, 1)]

    report = of_one(tmp_path, operator, (1, 5, 3), (1, 3), *places)

    assert [layer.kind for layer in report.layers] == ["slice", "flatten"]
    assert report.layers[-1].out == (3,)


def test_a_slice_by_its_sizes(tmp_path: Path) -> None:
    operator = Operator("SLICE", ["x", "b", "s"], ["y"])
    places = [ints("b", 0, 1, 0, 2), ints("s", 1, 3, 4, 4)]

    assert of_one(tmp_path, operator, IMAGE, (1, 3, 4, 4), *places).layers[-1].out == (4, 3, 4)


def test_what_is_stacked_and_taken_apart(tmp_path: Path) -> None:
    operators = [
        Operator("UNPACK", ["x"], ["a", "b"], {"Num": 2, "Axis": 1}, "UnpackOptions"),
        Operator("PACK", ["b", "a"], ["y"], {"ValuesCount": 2, "Axis": 2}, "PackOptions"),
    ]
    made = [Tensor("a", (1, 5)), Tensor("b", (1, 5)), Tensor("y", (1, 5, 2))]

    report = evaluate(read(tmp_path, simple(operators, made, (1, 2, 5))))

    assert report.layers[-1].out == (5, 2)


def test_tokens_of_an_image_have_their_features_last(tmp_path: Path) -> None:
    """(H, W, C) in rows of C: a permute in front, and a product of each row."""
    operators = [
        Operator("RESHAPE", ["x", "sizes"], ["r"], {}, "ReshapeOptions"),
        Operator("FULLY_CONNECTED", ["r", "w"], ["y"], {"KeepNumDims": 1}, FULL),
    ]
    made = [ints("sizes", 1, 16, 6), varied("w", 2, 6), Tensor("r", (1, 16, 6))]

    report = evaluate(read(tmp_path, simple(operators, [*made, Tensor("y", (1, 16, 2))], IMAGE)))

    assert [layer.kind for layer in report.layers] == ["permute", "reshape", "projection"]
    assert report.macs == 16 * 12


def test_a_network_that_turns_its_images_itself_has_no_permutes(tmp_path: Path) -> None:
    """Converted from a framework with channels first, between its own transposes."""
    operators = [
        Operator("TRANSPOSE", ["x", "last"], ["t"], {}, "TransposeOptions"),
        conv(["t", "w"], "c"),
        Operator("TRANSPOSE", ["c", "first"], ["y"], {}, "TransposeOptions"),
    ]
    orders = [ints("last", 0, 2, 3, 1), ints("first", 0, 3, 1, 2)]
    made = [Tensor("t", (1, 5, 5, 3)), Tensor("c", (1, 5, 5, 2)), Tensor("y", (1, 2, 5, 5))]
    start = Tensor("x", (1, 3, 5, 5))
    graph = Graph([start, *orders, varied("w", 2, 3, 3, 3), *made], operators, ["x"], ["y"])

    report = evaluate(read(tmp_path, model(graph)))

    assert report.macs == 2 * 27 * 25
    assert report.params == 54


@pytest.mark.parametrize("turned", [0, 1])
def test_products_with_a_matrix_are_layers(tmp_path: Path, turned: int) -> None:
    weight = varied("w", 4, 3) if turned else varied("w", 3, 4)
    operator = Operator("BATCH_MATMUL", ["x", "w"], ["y"], {"AdjY": turned}, "BatchMatMulOptions")

    (layer,) = of_one(tmp_path, operator, (1, 5, 3), (1, 5, 4), weight).layers

    assert (layer.kind, layer.params, layer.macs) == ("projection", 12, 60)


def test_products_of_what_the_network_makes(tmp_path: Path) -> None:
    """x times itself turned: 2 heads of 5 rows by 3."""
    operator = Operator("BATCH_MATMUL", ["x", "x"], ["y"], {"AdjY": 1}, "BatchMatMulOptions")

    report = of_one(tmp_path, operator, (2, 5, 3), (2, 5, 5))

    assert report.macs == 2 * 5 * 5 * 3


def test_a_scale_of_channels_is_learned_and_a_number_is_not(tmp_path: Path) -> None:
    operators = [
        Operator("MUL", ["x", "s"], ["m"], {}, "MulOptions"),
        Operator("ADD", ["m", "one"], ["y"], {}, "AddOptions"),
    ]
    made = [varied("s", 1, 1, 1, 6), varied("one", 1), Tensor("m", IMAGE), Tensor("y", IMAGE)]

    report = evaluate(read(tmp_path, simple(operators, made, IMAGE)))

    assert (report.params, report.layers[-1].out) == (6, (6, 4, 4))


def test_a_gate_of_channels_is_spread_over_the_image(tmp_path: Path) -> None:
    operators = [
        Operator("MEAN", ["x", "axes"], ["p"], {}, "ReducerOptions"),
        Operator("FULLY_CONNECTED", ["p", "w"], ["g"], {}, FULL),
        Operator("MUL", ["x", "g"], ["y"], {"FusedActivationFunction": 1}, "MulOptions"),
    ]
    made = [ints("axes", 1, 2), varied("w", 6, 6), Tensor("p", (1, 6)), Tensor("g", (1, 6))]

    report = evaluate(read(tmp_path, simple(operators, [*made, Tensor("y", IMAGE)], IMAGE)))

    assert report.layers[-1].out == (6, 4, 4)
    assert report.params == report.macs == 36


def test_rows_of_a_table_are_looked_up(tmp_path: Path) -> None:
    start = Tensor("x", (1, 7), 2)
    operator = Operator("GATHER", ["table", "x"], ["y"], {}, "GatherOptions")
    graph = Graph(
        [start, varied("table", 100, 4), Tensor("y", (1, 7, 4))], [operator], ["x"], ["y"]
    )

    report = evaluate(read(tmp_path, model(graph)))

    assert (report.params, report.macs) == (400, 0)


def lstm(folder: Path, *, coupled: bool = False, both: bool = False) -> Report:
    """An LSTM of 3 units over 5 steps of 2 features."""
    gates = [f"{sort}{gate}" for sort in "ir" for gate in "ifco"]
    biases = [f"b{gate}" for gate in "ifco"]
    weights = [varied(name, 3, 2 if name[0] == "i" else 3) for name in gates]
    weights += [varied(name, 3) for name in biases]
    states = [Tensor(name, (1, 3), is_variable=True) for name in ("h", "c")]
    taken = ["" if coupled and name in ("ii", "ri") else name for name in gates]
    one = [*taken, "", "", "", *biases, "", ""]
    if both:
        op, table = "BIDIRECTIONAL_SEQUENCE_LSTM", "BidirectionalSequenceLSTMOptions"
        options = {"MergeOutputs": 1}
        inputs = ["x", *one, *one, "h", "c", "h", "c"]
        out: Sequence[int] = (1, 5, 6)
    else:
        op, table = "UNIDIRECTIONAL_SEQUENCE_LSTM", "UnidirectionalSequenceLSTMOptions"
        options = {"FusedActivationFunction": 4}
        inputs, out = ["x", *one, "h", "c"], (1, 5, 3)
    operator = Operator(op, inputs, ["y"], options, table)
    return of_one(folder, operator, (1, 5, 2), out, *weights, *states)


def test_an_lstm_has_one_bias_for_each_gate(tmp_path: Path) -> None:
    report = lstm(tmp_path)

    assert report.params == 4 * (3 * 2 + 3 * 3 + 3)
    assert report.macs == 5 * 4 * (3 * 2 + 3 * 3)
    assert not report.status


def test_an_lstm_of_two_directions_that_share_weights(tmp_path: Path) -> None:
    report = lstm(tmp_path, both=True)

    assert report.params == 4 * (3 * 2 + 3 * 3 + 3)
    assert report.macs == 2 * 5 * 4 * (3 * 2 + 3 * 3)


def test_an_lstm_whose_gates_are_coupled_is_unknown_and_its_weights_are_counted(
    tmp_path: Path,
) -> None:
    report = lstm(tmp_path, coupled=True)

    assert report.status["macs"].state == "at least"
    assert report.params >= 3 * (3 * 2 + 3 * 3 + 3)


def test_a_plain_recurrent_layer(tmp_path: Path) -> None:
    state = Tensor("h", (1, 3), is_variable=True)
    weights = [varied("w", 3, 2), varied("r", 3, 3), varied("b", 3), state]
    operator = Operator(
        "UNIDIRECTIONAL_SEQUENCE_RNN",
        ["x", "w", "r", "b", "h"],
        ["y"],
        {"FusedActivationFunction": 1},
        "SequenceRNNOptions",
    )

    report = of_one(tmp_path, operator, (1, 5, 2), (1, 5, 3), *weights)

    assert (report.params, report.macs) == (6 + 9 + 3, 5 * 15)


def test_filters_in_two_parts(tmp_path: Path) -> None:
    """4 units of rank 2: 8 filters of 6 features and 10 steps."""
    state = Tensor("h", (1, 80), is_variable=True)
    weights = [varied("w", 8, 6), varied("t", 8, 10), varied("b", 4), state]
    operator = Operator("SVDF", ["x", "w", "t", "b", "h"], ["y"], {"Rank": 2}, "SVDFOptions")

    report = of_one(tmp_path, operator, (1, 6), (1, 4), *weights)

    assert report.params == 8 * 6 + 8 * 10 + 4
    assert report.macs == 8 * 6 + 8 * 10
    assert not report.status


def test_weights_that_are_read_of_variables_are_counted(tmp_path: Path) -> None:
    operators = [
        Operator("VAR_HANDLE", [], ["v"], {}, "VarHandleOptions"),
        Operator("READ_VARIABLE", ["v"], ["w"], {}, "ReadVariableOptions"),
        Operator("FULLY_CONNECTED", ["x", "w"], ["y"], {}, FULL),
    ]
    made = [Tensor("v", (), 13), Tensor("w", (4, 3)), Tensor("y", (1, 4))]

    report = evaluate(read(tmp_path, simple(operators, made, (1, 3))))

    assert (report.params, report.macs) == (12, 12)
