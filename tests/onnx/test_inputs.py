"""ONNX files with several inputs, and with the batch that they were exported with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from onnx import TensorProto, helper

from convcost import evaluate
from convcost.errors import SpecError
from convcost.network import Input, Network
from convcost.sources import SpecFile, code
from convcost.sources.inputs import Inputs
from tests.cli.runner import Runner
from tests.onnx.models import model, node, numbers, saved, weight

CONV = node("Conv", ["x", "w"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
WEIGHT = weight("w", 4, 3, 3, 3)
# 108 params, at 64 positions 6912 MACs.


def read(path: str, given: Inputs | None = None) -> Network:
    return code.read_code(SpecFile(path), given)


def counts(network: Network) -> tuple[int, int]:
    report = evaluate(network)
    return report.params, report.macs


def several(*shape: int | str | None) -> Any:
    """A picture `x`, and what is looked up for words `ids`, joined: 12 params a word, and 4·3 + 4
    multiply-adds for each word."""
    nodes = [
        CONV,
        node("GlobalAveragePool", ["c"], ["p"]),
        node("Flatten", ["p"], ["f"]),
        node("Gather", ["table", "ids"], ["e"]),
        node("MatMul", ["e", "v"], ["y"]),
    ]
    made = model(nodes, [WEIGHT, weight("table", 50, 3), weight("v", 3, 4)], shape)
    made.graph.input.append(helper.make_tensor_value_info("ids", TensorProto.INT64, (1, "words")))
    made.graph.output.append(helper.make_tensor_value_info("f", TensorProto.FLOAT, None))
    return made


@pytest.mark.parametrize("given", [["x=3x8x8", "ids=7"], ["ids=7:int64", "3x8x8"], ["3x8x8", "7"]])
def test_inputs_by_name_or_in_order(tmp_path: Path, given: list[str]) -> None:
    network = read(saved(tmp_path, several("batch", 3, "h", "w")), given)
    assert counts(network) == (108 + 150 + 12, 6912 + 7 * 12)
    assert network.input == (3, 8, 8)
    assert network.inputs == (Input("x", (3, 8, 8)), Input("ids", (7,), "int64"))


def test_an_input_that_the_file_states_may_be_left_out(tmp_path: Path) -> None:
    network = read(saved(tmp_path, several(1, 3, 8, 8)), "ids=7")
    assert counts(network) == (270, 6912 + 84)


def test_two_tensors_of_floats(tmp_path: Path) -> None:
    made = model([CONV, node("Mul", ["c", "scale"], ["y"])], [WEIGHT])
    made.graph.input.append(helper.make_tensor_value_info("scale", TensorProto.FLOAT, (1, 4, 1, 1)))
    network = read(saved(tmp_path, made))
    assert counts(network) == (108, 6912)
    assert [layer.kind for layer in network.layers] == ["constant", "standard", "multiply"]
    assert not evaluate(network).status


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["imag=3x8x8"], "it has no input imag .*its inputs: x, ids"),
        (["isd=3x8x8"], 'it has no input isd .*did you mean "ids"'),
        (["3x8x8"], "its input ids has no shape.*--input ids=3x224x224"),
        (["3x8x8", "7", "9"], "it does not take 3 inputs"),
        (["x=3x8", "ids=7"], "has 4 dims with the batch, and x=3x8 is given"),
    ],
)
def test_inputs_that_the_file_does_not_have(tmp_path: Path, given: list[str], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        read(saved(tmp_path, several("batch", 3, "h", "w")), given)


def test_a_shape_with_its_batch_is_counted_for_one(tmp_path: Path) -> None:
    path = saved(tmp_path, model([CONV], [WEIGHT], ("batch", 3, 8, 8)))
    network = read(path, "8x3x8x8")
    assert (network.input, counts(network)) == ((3, 8, 8), (108, 6912))
    assert network.notes == ("--input 8x3x8x8 has a batch of 8; counts are for one input",)
    assert read(path, "1x3x8x8").notes == read(path, "3x8x8").notes == ()


ONE = "its batch of 8 is taken out; counts are for one input"
HEAD = [
    CONV,
    node("Relu", ["c"], ["r"]),
    node("Reshape", ["r", "shape"], ["s"]),
    node("Gemm", ["s", "v"], ["y"]),
]


@pytest.mark.parametrize("given", [None, "3x8x8", "8x3x8x8"])
def test_the_batch_of_a_file_is_taken_out(tmp_path: Path, given: str | None) -> None:
    network = read(saved(tmp_path, model([CONV], [WEIGHT], (8, 3, 8, 8))), given)
    assert (network.input, counts(network)) == ((3, 8, 8), (108, 6912))
    assert network.notes == (() if given == "3x8x8" else (ONE,))


@pytest.mark.parametrize("shape", [(8, -1), (8, 256)])
def test_also_where_it_is_written_into_shapes(tmp_path: Path, shape: tuple[int, ...]) -> None:
    weights = [WEIGHT, numbers("shape", *shape), weight("v", 256, 10)]
    network = read(saved(tmp_path, model(HEAD, weights, (8, 3, 8, 8))))
    assert counts(network) == (108 + 2560, 6912 + 2560)
    assert network.notes == (ONE,)


def test_and_where_these_are_put_together_of_constants(tmp_path: Path) -> None:
    parts = [
        node("Constant", [], ["front"], value_ints=[8]),
        node("Constant", [], ["rest"], value=numbers("", -1)),
        node("Concat", ["front", "rest"], ["shape"], axis=0),
    ]
    made = model([*parts, *HEAD], [WEIGHT, weight("v", 256, 10)], (8, 3, 8, 8))
    assert counts(read(saved(tmp_path, made))) == (108 + 2560, 6912 + 2560)


def test_a_batch_that_cannot_be_taken_out_is_counted_and_noted(tmp_path: Path) -> None:
    weights = [WEIGHT, numbers("shape", 16, 128), weight("v", 128, 10)]
    network = read(saved(tmp_path, model(HEAD, weights, (8, 3, 8, 8))))
    assert evaluate(network).macs == 8 * (6912 + 2560)
    assert network.notes[0].startswith("counts are for its whole batch of 8")


def test_steps_are_no_batch(tmp_path: Path) -> None:
    made = model([node("MatMul", ["x", "v"], ["y"])], [weight("v", 5, 10)], (100, 1, 5))
    network = read(saved(tmp_path, made))
    assert (evaluate(network).macs, network.notes) == (5000, ())


def test_what_may_be_a_batch_is_noted(tmp_path: Path) -> None:
    made = model([node("MatMul", ["x", "v"], ["y"])], [weight("v", 5, 10)], (8, 7, 5))
    path = saved(tmp_path, made)
    network = read(path)
    assert evaluate(network).macs == 8 * 350
    (note,) = network.notes
    assert note.startswith("the 8 in front of its input x may be a batch; counts are for all")
    assert "--input x=7x5" in note
    assert counts(read(path, "x=7x5")) == (50, 350)


@pytest.mark.parametrize("op", ["Gemm", "MatMul"])
def test_rows_of_two_dims_are_a_batch(tmp_path: Path, op: str) -> None:
    nodes = [node("Relu", ["x"], ["r"]), node(op, ["r", "v"], ["y"])]
    network = read(saved(tmp_path, model(nodes, [weight("v", 5, 10)], (8, 5))))
    assert (network.input, counts(network), network.notes) == ((5,), (50, 50), (ONE,))


@pytest.mark.parametrize(("shape", "macs"), [((8, 7), 84), ((1, 7), 84), ((7, 1), 84)])
def test_words_are_a_batch_of_texts(tmp_path: Path, shape: tuple[int, ...], macs: int) -> None:
    nodes = [node("Gather", ["table", "x"], ["e"]), node("MatMul", ["e", "v"], ["y"])]
    made = model(nodes, [weight("table", 50, 3), weight("v", 3, 4)], shape)
    made.graph.input[0].type.tensor_type.elem_type = TensorProto.INT64
    network = read(saved(tmp_path, made))
    assert counts(network) == (162, macs)
    assert network.notes == ((ONE,) if shape == (8, 7) else ())


def test_it_is_for_files_that_leave_theirs_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shapes: dict[str, tuple[str | int, ...]] = {
        "open": ("n", 3, "h", "w"),
        "stated": ("n", 3, 8, 8),
    }
    for name, shape in shapes.items():
        made = model([CONV], [WEIGHT], shape)
        (tmp_path / f"{name}.onnx").write_bytes(made.SerializeToString())
    (tmp_path / "spec.yaml").write_text("input: 3x8x8\nlayers: [{kind: pointwise, m: 2}]\n")
    convcost = Runner(capsys)

    code, out, err = convcost(
        *("eval", "open.onnx", "stated.onnx", "spec.yaml"),
        *("--input", "3x4x4", "--format", "csv", "--summary"),
    )
    assert code == 0
    assert [line.split(",")[2:5] for line in out.splitlines()[1:]] == [
        ["3x4x4", "108", "1728"],
        ["3x8x8", "108", "6912"],
        ["3x8x8", "6", "384"],
    ]
    assert err == "note: --input is not for stated.onnx, spec.yaml: their own stay\n"

    code, out, err = convcost("eval", "stated.onnx", "spec.yaml", "--input", "3x4x4", "--summary")
    assert (code, err) == (0, "")
    assert "1,728" in out
    assert " 96" in out
