"""Shapes that ONNX's own inference leaves open; loops and branches put in place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import onnx
import pytest
from onnx import TensorProto, helper

from convcost import evaluate
from convcost.cost import Report
from convcost.errors import SpecError
from convcost.sources import SpecFile, code
from convcost.sources.imports.folding import LARGEST, folded
from convcost.sources.imports.onnx.shapes import NOT_TAKEN
from tests.onnx.models import model, node, numbers, saved, weight


def counted(folder: Path, made: Any, *about: Any) -> Report:
    return evaluate(code.read_code(SpecFile(saved(folder, made)), *about))


def floats(name: str, *values: float) -> Any:
    return helper.make_tensor(name, TensorProto.FLOAT, [len(values)], values)


def number(name: str, value: int, sort: int = TensorProto.INT64) -> Any:
    return helper.make_tensor(name, sort, [], [value])


def test_scales_that_are_joined(tmp_path: Path) -> None:
    nodes = [
        node("Concat", ["ones", "twos"], ["scales"], axis=0),
        node("Resize", ["x", "", "scales"], ["r"], mode="nearest"),
        node("Conv", ["r", "w"], ["y"]),
    ]
    weights = [floats("ones", 1, 1), floats("twos", 2, 2), weight("w", 4, 3, 1, 1)]

    assert counted(tmp_path, model(nodes, weights)).macs == 4 * 3 * 16 * 16


def test_heads_whose_number_is_worked_out_from_the_shape(tmp_path: Path) -> None:
    nodes = [
        node("Shape", ["x"], ["s"]),
        node("Gather", ["s", "last"], ["d"], axis=0),
        node("Div", ["d", "four"], ["h"]),
        node("Cast", ["h"], ["hf"], to=TensorProto.FLOAT),
        node("Floor", ["hf"], ["hg"]),
        node("Cast", ["hg"], ["hi"], to=TensorProto.INT64),
        node("Unsqueeze", ["hi", "zero"], ["h1"]),
        node("Concat", ["lead", "h1", "fours"], ["split"], axis=0),
        node("Reshape", ["x", "split"], ["r"]),
        node("Transpose", ["r"], ["q"], perm=[0, 2, 1, 3]),
        node("Transpose", ["r"], ["k"], perm=[0, 2, 3, 1]),
        node("MatMul", ["q", "k"], ["y"]),
    ]
    weights = [number("last", 2), number("four", 4), numbers("zero", 0)]
    weights += [numbers("lead", 0, 0), numbers("fours", 4)]

    report = counted(tmp_path, model(nodes, weights, (1, 5, 12)))

    assert report.macs == 3 * 5 * 4 * 5
    assert not report.status


@pytest.mark.parametrize("shape", [("n", 3, 8, 8), ("n", 3, "h", "w")])
def test_open_sizes_need_an_input_and_no_more(tmp_path: Path, shape: Any) -> None:
    nodes = [
        node("Shape", ["x"], ["s"], start=2),
        node("Mul", ["s", "twos"], ["d"]),
        node("Concat", ["lead", "d"], ["sizes"], axis=0),
        node("Resize", ["x", "", "", "sizes"], ["r"]),
        node("Conv", ["r", "w"], ["y"]),
    ]
    weights = [numbers("twos", 2, 2), numbers("lead", 1, 3), weight("w", 4, 3, 1, 1)]
    given = [(3, 8, 8)] if "h" in shape else []

    assert counted(tmp_path, model(nodes, weights, shape), *given).macs == 4 * 3 * 256


def test_a_mask_that_nothing_takes_needs_no_shape(tmp_path: Path) -> None:
    nodes = [node("Dropout", ["x"], ["d", "mask"]), node("Conv", ["d", "w"], ["y"])]

    assert counted(tmp_path, model(nodes, [weight("w", 4, 3, 1, 1)], opset=9)).macs == 12 * 64


def branch(name: str, op: Any) -> Any:
    out = helper.make_tensor_value_info(op.output[0], 1, None)
    return helper.make_graph([op], name, [], [out])


def fork(**about: Any) -> Any:
    wide = branch("wide", node("Conv", ["x", "w3"], ["b"], pads=[1, 1, 1, 1]))
    return node("If", ["on"], ["y"], then_branch=wide, else_branch=narrow(), **about)


def narrow() -> Any:
    return branch("narrow", node("Conv", ["x", "w1"], ["b"]))


FORK_WEIGHTS = [weight("w3", 4, 3, 3, 3), weight("w1", 4, 3, 1, 1)]


@pytest.mark.parametrize(("taken", "macs"), [(1, 4 * 27 * 64), (0, 4 * 3 * 64)])
def test_the_branch_that_is_taken(taken: int, macs: int, tmp_path: Path) -> None:
    on = number("on", taken, TensorProto.BOOL)
    report = counted(tmp_path, model([fork()], [*FORK_WEIGHTS, on]))

    assert (report.params, report.macs) == (4 * 27 + 4 * 3, macs)


def test_the_costlier_branch_where_the_input_decides(tmp_path: Path) -> None:
    nodes = [
        node("ReduceMax", ["x"], ["m"], keepdims=0),
        node("Cast", ["m"], ["on"], to=TensorProto.BOOL),
        fork(name="fork"),
    ]
    network = code.read_code(SpecFile(saved(tmp_path, model(nodes, FORK_WEIGHTS))))
    report = evaluate(network)

    assert (report.params, report.macs) == (4 * 27 + 4 * 3, 4 * 27 * 64)
    assert "the costlier of its branches is counted" in network.notes[0]


def test_a_bias_of_one_number_in_the_cheaper_branch_is_a_parameter(tmp_path: Path) -> None:
    nodes = [
        node("ReduceMax", ["x"], ["m"], keepdims=0),
        node("Cast", ["m"], ["on"], to=TensorProto.BOOL),
        helper.make_node(
            "If",
            ["on"],
            ["y"],
            then_branch=branch("wide", node("Conv", ["x", "w3"], ["b"], pads=[1, 1, 1, 1])),
            else_branch=branch("narrow", node("Conv", ["x", "w1", "bias"], ["b"])),
        ),
    ]
    weights = [weight("w3", 1, 3, 3, 3), weight("w1", 1, 3, 1, 1), weight("bias", 1)]
    report = counted(tmp_path, model(nodes, weights))

    assert (report.params, report.macs) == (27 + 3 + 1, 27 * 64)


def test_a_file_cannot_leave_out_operations_of_its_own(tmp_path: Path) -> None:
    conv = node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1])
    conv.doc_string = NOT_TAKEN

    assert counted(tmp_path, model([conv], [weight("w", 4, 3, 3, 3)])).macs == 4 * 27 * 64


def body(going: str = "c") -> Any:
    info = helper.make_tensor_value_info
    nodes = [
        node("Conv", ["v", "w"], ["u"], pads=[1, 1, 1, 1]),
        node("ReduceMean", ["u"], ["mean"], keepdims=0),
        node("Cast", ["mean"], ["small"], to=TensorProto.BOOL),
        node("Identity", [going], ["on"]),
    ]
    inputs = [info("i", 7, []), info("c", 9, []), info("v", 1, None)]
    outputs = [info("on", 9, []), info("u", 1, None), info("mean", 1, None)]
    return helper.make_graph(nodes, "body", inputs, outputs, [weight("w", 3, 3, 3, 3)])


def test_a_loop_is_counted_as_often_as_it_runs(tmp_path: Path) -> None:
    nodes = [
        node("Loop", ["times", "on", "x"], ["z", "means"], body=body(), name="loop"),
        node("Unsqueeze", ["means", "zero"], ["m"]),
        node("MatMul", ["m", "f"], ["r"]),
        node("Relu", ["z"], ["y"]),
    ]
    weights = [number("times", 5), number("on", 1, TensorProto.BOOL), numbers("zero", 0)]
    network = code.read_code(SpecFile(saved(tmp_path, model(nodes, [*weights, weight("f", 5, 7)]))))
    report = evaluate(network)

    assert (report.params, report.macs) == (81 + 35, 5 * 81 * 64 + 5 * 7)
    assert "5 times" in network.notes[0]
    assert not report.status


@pytest.mark.parametrize("count", ["the number is an input", "it ends when it likes"])
def test_a_loop_of_open_length_is_at_least_one_round(count: str, tmp_path: Path) -> None:
    is_input = count == "the number is an input"
    nodes = [
        node("ReduceMax", ["x"], ["m"], keepdims=0),
        node("Cast", ["m"], ["t"], to=TensorProto.INT64),
        node(
            "Loop",
            ["t" if is_input else "five", "on", "x"],
            ["z", "means"],
            body=body("c" if is_input else "small"),
        ),
        node("Relu", ["z"], ["y"]),
    ]
    weights = [number("five", 5), number("on", 1, TensorProto.BOOL)]
    report = counted(tmp_path, model(nodes, weights))

    assert (report.params, report.macs) == (81, 81 * 64)
    assert report.status["macs"].state == "at least"
    assert "params" not in report.status


def stepped(h: str = "h0", *behind: str) -> Any:
    """A scan whose state takes in a step."""
    info = helper.make_tensor_value_info
    nodes = [
        node("MatMul", ["step", "w"], ["p"]),
        node("Add", ["p", "h"], ["g"]),
        node("Identity", ["g"], ["o"]),
    ]
    inside = helper.make_graph(
        nodes,
        "body",
        [info("h", 1, None), info("step", 1, None)],
        [info("g", 1, None), info("o", 1, None)],
    )
    return node("Scan", [*behind, h, "x"], ["last", "all"], body=inside, num_scan_inputs=1)


def test_a_scan_takes_its_sequence_step_by_step(tmp_path: Path) -> None:
    back = node("MatMul", ["all", "v"], ["y"])
    h0 = helper.make_tensor("h0", 1, (1, 4), [0.0] * 4)
    weights = [weight("w", 6, 4), h0, weight("v", 4, 2)]

    report = counted(tmp_path, model([stepped(), back], weights, (7, 1, 6)))

    assert (report.params, report.macs) == (6 * 4 + 4 * 2, 7 * (6 * 4 + 4 * 2))


@pytest.mark.parametrize("batch", [1, 3])
def test_a_scan_of_old_takes_each_sequence_of_a_batch(batch: int, tmp_path: Path) -> None:
    back = node("MatMul", ["all", "v"], ["y"])
    h0 = helper.make_tensor("h0", 1, (batch, 1, 4), [0.0] * 4 * batch)
    weights = [weight("w", 6, 4), h0, weight("v", 4, 2)]

    made = model([stepped("h0", ""), back], weights, (batch, 7, 1, 6), opset=8)
    network = code.read_code(SpecFile(saved(tmp_path, made)))
    report = evaluate(network)

    assert (report.params, report.macs) == (6 * 4 + 4 * 2, batch * 7 * (6 * 4 + 4 * 2))
    assert f"{batch * 7} times" in " ".join(network.notes)


def test_a_scan_of_old_over_too_many_is_at_least_one_round(tmp_path: Path) -> None:
    weights = [weight("w", 6, 4), helper.make_tensor("h0", 1, (1, 1, 4), [0.0] * 4)]
    nodes = [stepped("h0", ""), node("Relu", ["all"], ["y"])]

    report = counted(tmp_path, model(nodes, weights, (1, 10**6, 1, 6), opset=8))

    assert report.macs == 6 * 4
    assert report.status["macs"].state == "at least"


def test_how_often_a_loop_runs_that_is_too_long_is_said(tmp_path: Path) -> None:
    nodes = [
        node("Loop", ["times", "on", "x"], ["z", "m"], body=body()),
        node("Relu", ["z"], ["y"]),
    ]
    weights = [number("times", 10**6), number("on", 1, TensorProto.BOOL)]
    network = code.read_code(SpecFile(saved(tmp_path, model(nodes, weights))))

    assert "runs 1,000,000 times, too often: one round is counted" in network.notes[0]
    assert evaluate(network).status["macs"].state == "at least"


ARITHMETIC = [
    ("Add", [[1, 2], [3]], {}, [4, 5]),
    ("Div", [[-7, 7], [2]], {}, [-3, 3]),
    ("Concat", [[1], [2, 3]], {"axis": 0}, [1, 2, 3]),
    ("Slice", [[1, 2, 3, 4], [1], [9]], {}, [2, 3, 4]),
    ("Slice", [[1, 2, 3], [-1], [-9], [0], [-1]], {}, [3, 2, 1]),
    ("Gather", [[5, 6, 7], [-1, 0]], {}, [7, 5]),
    ("Range", [[2], [8], [3]], {}, [2, 5]),
    ("Where", [[1, 0], [4, 5], [6, 7]], {}, [4, 7]),
    ("Expand", [[3], [4]], {}, [3, 3, 3, 3]),
    ("ReduceProd", [[2, 3, 4]], {"keepdims": 0}, 24),
]


@pytest.mark.parametrize(("op", "inputs", "given", "wanted"), ARITHMETIC)
def test_arithmetic_on_shapes(op: str, inputs: Any, given: Any, wanted: Any) -> None:
    made = folded(op, [numpy.asarray(each, dtype="int64") for each in inputs], given)

    assert made is not None
    assert made[0].tolist() == wanted


HUGE = [
    ("Expand", [[1], [10**6, 10**6]]),
    ("Range", [[0], [10**12], [1]]),
    ("ConstantOfShape", [[10**9]]),
    ("Tile", [[1, 2], [10**9]]),
    ("Add", [[1], [[1]] * (LARGEST + 1)]),
    ("Div", [[1], [0]]),
    ("Gather", [[1], [5]]),
]


@pytest.mark.parametrize(("op", "inputs"), HUGE)
def test_what_is_large_or_senseless_is_not_folded(op: str, inputs: Any) -> None:
    assert folded(op, [numpy.asarray(each, dtype="int64") for each in inputs], {}) is None


def test_branches_that_multiply_are_refused(tmp_path: Path) -> None:
    """Twice in a branch, seven deep."""
    inside: list[Any] = [node("Relu", ["x"], ["l"])]
    for level in range(7):
        graph = helper.make_graph(inside, "g", [], [helper.make_tensor_value_info("l", 1, None)])
        forks = [
            node("If", ["on"], [each], name=f"{level}{each}", then_branch=graph, else_branch=graph)
            for each in ("k", "l")
        ]
        inside = forks
    nodes = [
        node("ReduceMax", ["x"], ["m"], keepdims=0),
        node("Cast", ["m"], ["on"], to=TensorProto.BOOL),
        *inside,
        node("Relu", ["l"], ["y"]),
    ]

    with pytest.raises(SpecError, match="branches come to more than 4,000 operations"):
        counted(tmp_path, model(nodes, []))


def either(at: int) -> Any:
    """A branch of one operation or another, behind `x`."""
    graphs = [
        helper.make_graph(
            [node(op, ["x"], ["l"])], "g", [], [helper.make_tensor_value_info("l", 1, None)]
        )
        for op in ("Relu", "Sigmoid")
    ]
    return node("If", ["on"], [f"f{at}"], then_branch=graphs[0], else_branch=graphs[1])


@pytest.mark.parametrize(
    ("forks", "others", "refusal"),
    [
        (2001, 1, "its branches come to more than 4,000 operations"),
        (1500, 20_000, "its branches are given more than 32,000,000 tensors"),
    ],
)
def test_branches_are_refused_before_onnx_carries_all_tensors_into_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forks: int, others: int, refusal: str
) -> None:
    def inferred(*args: object, **named: object) -> None:
        raise AssertionError("this takes time with branches times tensors")

    monkeypatch.setattr(onnx.shape_inference, "infer_shapes", inferred)
    nodes = [node("Relu", ["x"], [f"y{at}"]) for at in range(others)]
    nodes += [node("Cast", ["x"], ["on"], to=TensorProto.BOOL), *map(either, range(forks))]
    nodes.append(node("Relu", ["f0"], ["y"]))

    with pytest.raises(SpecError, match=refusal):
        counted(tmp_path, model(nodes, []))


def test_what_is_known_only_when_it_runs_is_left_out_behind_all_that_multiplies(
    tmp_path: Path,
) -> None:
    """Boxes chosen by their scores: how many there will be, no file says."""
    nodes = [
        node("Conv", ["x", "w"], ["c"]),
        node("NonZero", ["c"], ["at"]),
        node("Transpose", ["at"], ["pairs"]),
        node("Relu", ["pairs"], ["y"]),
    ]
    made = model(nodes, [weight("w", 4, 3, 1, 1)])

    report = counted(tmp_path, made)
    assert (report.params, report.macs) == (12, 4 * 3 * 8 * 8)
    assert not report.status
    (note,) = code.read_code(SpecFile(saved(tmp_path, made))).notes
    assert note.startswith("what comes from NonZero is not followed")


@pytest.mark.parametrize(
    "last", [node("MatMul", ["pairs", "v"], ["y"]), node("Relu", ["pairs"], ["y"], domain="own")]
)
def test_what_may_multiply_must_have_a_shape(last: Any, tmp_path: Path) -> None:
    nodes = [
        node("Conv", ["x", "w"], ["c"]),
        node("Compress", ["c", "which"], ["pairs"], axis=0),
        last,
    ]
    weights = [weight("w", 4, 3, 1, 1), weight("v", 8, 2), number("which", 1, TensorProto.BOOL)]

    with pytest.raises(SpecError, match="is not known"):
        counted(tmp_path, model(nodes, weights))


def test_what_is_unknown_is_not_left_out(tmp_path: Path) -> None:
    """Nothing at all is known of what comes out of an operation that has no rule."""
    nodes = [
        node("Mystery", ["x"], ["hidden"], domain="own"),
        node("Identity", ["hidden"], ["unused"]),
        node("Relu", ["x"], ["y"]),
    ]

    with pytest.raises(SpecError, match="behind Mystery"):
        counted(tmp_path, model(nodes, []))


def test_a_network_that_only_renames_costs_nothing(tmp_path: Path) -> None:
    made = model([node("Cast", ["x"], ["y"], to=TensorProto.FLOAT16)], [])

    network = code.read_code(SpecFile(saved(tmp_path, made)))
    assert [layer.kind for layer in network.layers] == ["identity"]
    assert evaluate(network).macs == 0


def test_a_number_alone_has_a_shape(tmp_path: Path) -> None:
    made = model([node("Conv", ["x", "w"], ["c"]), node("Mul", ["c", "s"], ["y"])], [])
    made.graph.initializer.append(weight("w", 4, 3, 1, 1))
    made.graph.input.append(helper.make_tensor_value_info("s", TensorProto.FLOAT, []))

    assert counted(tmp_path, made).macs == 4 * 3 * 8 * 8
