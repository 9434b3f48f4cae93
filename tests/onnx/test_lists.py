"""ONNX's sequences: lists of tensors cost what their tensors do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from onnx import TensorProto, helper

from convcost import evaluate
from convcost.cost import Report
from convcost.errors import ConvcostError
from convcost.sources import SpecFile, code
from tests.onnx.models import model, node, numbers, saved, weight

IMAGE = (1, 8, 6, 6)


def scalar(name: str, value: int) -> Any:
    return helper.make_tensor(name, TensorProto.INT64, [], [value])


def counted(folder: Path, nodes: list[Any], tensors: list[Any], opset: int = 17) -> Report:
    used = {name for each in nodes for name in each.input}
    kept = [each for each in tensors if each.name in used]
    return evaluate(code.read_code(SpecFile(saved(folder, model(nodes, kept, IMAGE, opset)))))


TENSORS = [
    *(scalar(str(number), number) for number in range(-2, 6)),
    numbers("sizes", 3, 5),
    weight("w3", 4, 3, 1, 1),
    weight("w5", 4, 5, 1, 1),
    weight("w2", 4, 2, 1, 1),
    weight("w8", 4, 8, 1, 1),
]


def conv(source: str, weights: str, name: str) -> Any:
    return node("Conv", [source, weights], [name])


def taken(at: int, name: str, whole: str = "s") -> Any:
    return node("SequenceAt", [whole, str(at)], [name])


BY_SIZES = [node("SplitToSequence", ["x", "sizes"], ["s"], axis=1), taken(0, "a"), taken(-1, "b")]
CASES: dict[str, tuple[list[Any], int]] = {
    "split into sizes": (
        [*BY_SIZES, conv("a", "w3", "c"), conv("b", "w5", "d"), node("Add", ["c", "d"], ["y"])],
        (3 + 5) * 4 * 36,
    ),
    "split alike": (
        [
            node("SplitToSequence", ["x", "3"], ["s"], axis=-3),
            taken(2, "a"),  # what is left: 2 of 8
            conv("a", "w2", "y"),
        ],
        2 * 4 * 36,
    ),
    "split into rows": (
        [
            node("SplitToSequence", ["x"], ["s"], axis=3, keepdims=0),
            node("ConcatFromSequence", ["s"], ["t"], axis=-1, new_axis=1),
            conv("t", "w8", "y"),
        ],
        8 * 4 * 36,
    ),
    "split into rows that stay": (
        [
            node("SplitToSequence", ["x"], ["s"], axis=3),
            taken(5, "row"),
            conv("row", "w8", "y"),
        ],
        8 * 4 * 6,
    ),
    "put together": (
        [
            node("SequenceConstruct", ["x", "x"], ["s"]),
            node("ConcatFromSequence", ["s"], ["t"], axis=2),
            conv("t", "w8", "y"),
        ],
        8 * 4 * 72,
    ),
    "put in": (
        [
            node("SequenceEmpty", [], ["s"]),
            conv("x", "w8", "c"),
            node("SequenceInsert", ["s", "c"], ["s1"]),
            node("SequenceInsert", ["s1", "x", "0"], ["s2"]),
            node("Identity", ["s2"], ["s3"]),
            taken(0, "first", "s3"),
            conv("first", "w8", "y"),
        ],
        2 * 8 * 4 * 36,
    ),
    "taken out": (
        [
            conv("x", "w8", "c"),
            node("SequenceConstruct", ["x", "c", "x"], ["s"]),
            node("SequenceErase", ["s", "1"], ["t"]),
            node("SequenceErase", ["t"], ["u"]),
            node("SequenceLength", ["u"], ["one"]),
            node("Sub", ["one", "1"], ["none"]),
            node("SequenceAt", ["u", "none"], ["only"]),
            conv("only", "w8", "d"),
            node("Add", ["c", "d"], ["y"]),
        ],
        2 * 8 * 4 * 36,
    ),
}


@pytest.mark.parametrize("opset", [11, 17])
@pytest.mark.parametrize(("nodes", "macs"), CASES.values(), ids=CASES.keys())
def test_a_list_costs_what_its_tensors_do(
    nodes: list[Any], macs: int, opset: int, tmp_path: Path
) -> None:
    report = counted(tmp_path, nodes, TENSORS, opset)

    assert report.macs == macs
    assert not report.status


@pytest.mark.parametrize(
    "nodes",
    [
        [node("SplitToSequence", ["x", "0"], ["s"]), taken(0, "a"), conv("a", "w8", "y")],
        [node("ConcatFromSequence", ["s"], ["t"], axis=1), conv("t", "w8", "y")],
    ],
)
def test_lists_of_which_nothing_is_known_are_refused(nodes: list[Any], tmp_path: Path) -> None:
    with pytest.raises(ConvcostError, match="is not known"):
        counted(tmp_path, nodes, TENSORS)


@pytest.mark.parametrize(
    "nodes",
    [
        [*BY_SIZES[:1], taken(4, "a"), conv("a", "w3", "y")],  # there are two
        [
            node("Cast", ["x"], ["whole"], to=TensorProto.INT64),
            node("ReduceMax", ["whole"], ["at"], keepdims=0),
            node("SequenceConstruct", ["x", "x"], ["s"]),
            node("SequenceAt", ["s", "at"], ["a"]),
            conv("a", "w8", "y"),
        ],
    ],
)
def test_a_tensor_of_a_list_that_nothing_names_is_not_understood(
    nodes: list[Any], tmp_path: Path
) -> None:
    assert counted(tmp_path, nodes, TENSORS).status["macs"].state == "at least"


def test_a_loop_that_makes_a_list(tmp_path: Path) -> None:
    body = helper.make_graph(
        [
            node("SequenceAt", ["rows", "i"], ["row"]),
            conv("row", "w8", "made"),
            node("SequenceInsert", ["list", "made"], ["longer"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("i", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_sequence_value_info("list", TensorProto.FLOAT, None),
        ],
        [
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_sequence_value_info("longer", TensorProto.FLOAT, None),
        ],
    )
    nodes = [
        node("SplitToSequence", ["x", "2"], ["rows"], axis=3),
        node("SequenceLength", ["rows"], ["often"]),
        node("SequenceEmpty", [], ["empty"]),
        node("Loop", ["often", "yes", "empty"], ["list"], body=body),
        node("ConcatFromSequence", ["list"], ["y"], axis=3),
    ]
    yes = helper.make_tensor("yes", TensorProto.BOOL, [], [True])
    made = model(nodes, [yes, scalar("2", 2), weight("w8", 4, 8, 1, 1)], IMAGE)

    report = evaluate(code.read_code(SpecFile(saved(tmp_path, made))))

    assert (report.params, report.macs) == (32, 8 * 4 * 36)
