"""ONNX files as networks: real operations, missing weights, hostile files."""

from __future__ import annotations

import os
import signal
from functools import partial
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any

import pytest
from onnx import helper

from convcost import evaluate
from convcost.errors import ConvcostError, SpecError
from convcost.gaps import gaps
from convcost.network import Network
from convcost.sources import SpecFile, code
from convcost.sources.imports.isolated import isolated
from convcost.sources.imports.onnx.model import import_file
from convcost.views.unknown import unknown_lines
from tests.cli.runner import Runner
from tests.onnx.models import model, node, numbers, saved, weight

CONV = node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1], strides=[2, 2])


def read_code(path: str, *about: Any) -> Network:
    """What the file holds."""
    return code.read_code(SpecFile(path), *about)


def kinds(network: Network) -> list[str]:
    return [layer.kind for layer in network.layers]


def test_a_file_that_is_too_large_is_refused_with_a_remedy_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convcost.sources.imports.onnx.model.LARGEST_FILE", 1 << 20)
    path = tmp_path / "net.onnx"
    path.write_bytes(bytes((1 << 20) + 1))
    with pytest.raises(SpecError, match="larger than 1 MiB") as caught:
        import_file(str(path))
    assert caught.value.problems[0].hint.startswith("save its weights as external data")


def test_a_small_network_without_weights(tmp_path: Path) -> None:
    nodes = [
        CONV,
        node("BatchNormalization", ["c", "s", "b", "mean", "var"], ["n"]),
        node("Relu", ["n"], ["r"]),
        node("GlobalAveragePool", ["r"], ["p"]),
        node("Flatten", ["p"], ["f"]),
        node("Gemm", ["f", "fc", "bias"], ["y"], transB=1),
    ]
    weights = [weight("w", 4, 3, 3, 3), *(weight(name, 4) for name in ("s", "b", "mean", "var"))]
    weights += [weight("fc", 10, 4), weight("bias", 10)]

    network = read_code(saved(tmp_path, model(nodes, weights)))
    report = evaluate(network)

    assert kinds(network) == ["standard", "global-avg-pool", "linear"]
    assert report.params == 4 * 3 * 9 + 2 * 4 + 10 * 4 + 10
    assert report.macs == 4 * 3 * 9 * 16 + 10 * 4


def test_a_deformable_convolution(tmp_path: Path) -> None:
    nodes = [
        node("Conv", ["x", "o"], ["offsets"], strides=[2, 2]),
        node("Conv", ["x", "m"], ["scores"], strides=[2, 2]),
        node("Sigmoid", ["scores"], ["masks"]),
        node("DeformConv", ["x", "w", "offsets", "b", "masks"], ["y"], strides=[2, 2]),
    ]
    weights = [weight("o", 18, 3, 3, 3), weight("m", 9, 3, 3, 3), weight("w", 4, 3, 3, 3)]

    network = read_code(saved(tmp_path, model(nodes, [*weights, weight("b", 4)], opset=19)))
    report = evaluate(network)

    assert kinds(network) == ["standard", "standard", "deform"]
    assert (report.params, report.macs) == (31 * 27 + 4, 31 * 27 * 9)


@pytest.mark.parametrize(
    ("nodes", "weights", "params", "macs", "state"),
    [
        (  # a kernel put together out of two parameters
            [node("Concat", ["a", "b"], ["w"], axis=0), node("Conv", ["x", "w"], ["y"])],
            [weight("a", 3, 3, 3, 3), weight("b", 1, 3, 3, 3)],
            4 * 27,
            4 * 27 * 36,
            None,
        ),
        (  # the network's own kernel, one for each input
            [
                node("ReduceMean", ["x"], ["m"], axes=[0, 1, 2, 3]),
                node("Mul", ["a", "m"], ["w"]),
                node("Conv", ["x", "w", "b"], ["y"]),
            ],
            [weight("a", 4, 3, 3, 3), weight("b", 4)],
            4 * 27 + 4,
            4 * 27 * 36,
            None,
        ),
        (  # a bias in a node of its own
            [
                node("Constant", [], ["b"], value=weight("b", 4)),
                node("Conv", ["x", "w", "b"], ["y"]),
            ],
            [weight("w", 4, 3, 3, 3)],
            4 * 27 + 4,
            4 * 27 * 36,
            None,
        ),
        (  # one kernel, two biases
            [
                node("Conv", ["x", "w", "a"], ["c"]),
                node("Conv", ["c", "w", "b"], ["y"]),
            ],
            [weight("w", 3, 3, 1, 1), weight("a", 3), weight("b", 3)],
            9 + 3 + 3,
            2 * 9 * 64,
            None,
        ),
        (  # a norm with a weight that is shared, and a bias of its own
            [
                node("InstanceNormalization", ["x", "s", "a"], ["c"]),
                node("InstanceNormalization", ["c", "s", "b"], ["y"]),
            ],
            [weight("s", 3), weight("a", 3), weight("b", 3)],
            9,
            0,
            None,
        ),
    ],
)
def test_whosever_the_weights_are_each_is_counted_once(
    nodes: Any, weights: Any, params: int, macs: int, state: str | None, tmp_path: Path
) -> None:
    report = evaluate(read_code(saved(tmp_path, model(nodes, weights))))

    assert (report.params, report.macs) == (params, macs)
    assert [status.state for status in report.status.values()] == [state] * bool(state)


def test_a_depthwise_pair_a_shuffle_and_a_transposed_convolution(tmp_path: Path) -> None:
    nodes = [
        node("Conv", ["x", "dw"], ["a"], group=6, auto_pad="SAME_UPPER"),
        node("Conv", ["a", "pw"], ["b"]),
        node("Reshape", ["b", "split"], ["c"]),
        node("Transpose", ["c"], ["d"], perm=[0, 2, 1, 3, 4]),
        node("Reshape", ["d", "whole"], ["e"]),
        node("ConvTranspose", ["e", "up"], ["y"], strides=[2, 2]),
    ]
    weights = [weight("dw", 6, 1, 3, 3), weight("pw", 8, 6, 1, 1), weight("up", 8, 2, 2, 2)]
    weights += [numbers("split", 1, 2, 4, 5, 7), numbers("whole", 1, 8, 5, 7)]

    network = read_code(saved(tmp_path, model(nodes, weights, (1, 6, 5, 7))))

    assert kinds(network) == ["depthwise-separable", "shuffle", "transposed"]
    assert evaluate(network).macs == (6 * 9 + 6 * 8 + 8 * 2 * 4) * 35
    assert evaluate(network).layers[-1].out == (2, 10, 14)


def test_products_and_branches(tmp_path: Path) -> None:
    nodes = [
        node("MatMul", ["x", "w"], ["a"]),
        node("Transpose", ["a"], ["b"], perm=[0, 2, 1]),
        node("MatMul", ["a", "b"], ["c"]),
        node("Softmax", ["c"], ["d"], axis=-1),
        node("Split", ["d", "parts"], ["e", "f"], axis=1),
        node("Concat", ["e", "f", "e"], ["y"], axis=1),
    ]
    weights = [weight("w", 8, 16), numbers("parts", 3, 2)]

    report = evaluate(read_code(saved(tmp_path, model(nodes, weights, (1, 5, 8)))))

    assert report.macs == 5 * 8 * 16 + 5 * 16 * 5
    assert report.params == 8 * 16
    assert report.layers[-1].out == (8, 5)


@pytest.mark.parametrize("shape", [("batch", 3, 8, 8), (None, 3, "h", "w")])
def test_an_open_input(tmp_path: Path, shape: tuple[int | str | None, ...]) -> None:
    path = saved(
        tmp_path, model([node("Conv", ["x", "w"], ["y"])], [weight("w", 4, 3, 1, 1)], shape)
    )

    assert evaluate(read_code(path, (3, 8, 8))).macs == 12 * 64
    if shape[2] == 8:
        assert evaluate(read_code(path)).macs == 12 * 64
    else:
        with pytest.raises(SpecError, match="no shape of plain numbers"):
            read_code(path)


def test_external_data_is_never_read(tmp_path: Path) -> None:
    outside = weight("w", 4, 3, 3, 3, external="../../../etc/hostname")
    nodes = [CONV, node("Relu", ["c"], ["y"])]

    assert evaluate(read_code(saved(tmp_path, model(nodes, [outside])))).params == 108


def test_an_unknown_operation_is_named(tmp_path: Path) -> None:
    nodes = [CONV, node("Det", ["c"], ["y"])]
    nodes[1].op_type = "NonMaxSuppressionOfOurs"
    nodes[1].domain = "own"
    info = helper.make_tensor_value_info("y", 1, (1, 4, 4, 4))
    made = model(nodes, [weight("w", 4, 3, 3, 3)])
    made.graph.output[0].CopyFrom(info)

    report = evaluate(read_code(saved(tmp_path, made)))

    (line,) = unknown_lines(gaps(report))
    assert line.startswith("model: own.NonMaxSuppressionOfOurs, 1 of 2 operations (about ")


def refused(folder: Path, made: object) -> str:
    with pytest.raises(SpecError) as caught:
        read_code(saved(folder, made))
    return str(caught.value)


def test_a_truncated_file(tmp_path: Path) -> None:
    path = Path(saved(tmp_path, model([CONV], [weight("w", 4, 3, 3, 3)])))
    path.write_bytes(path.read_bytes()[:-7])

    with pytest.raises(SpecError, match="not an ONNX model, or only a part"):
        read_code(str(path))


def test_a_file_that_is_something_else(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"name: resnet\n" * 10)

    with pytest.raises(SpecError, match=r"not an ONNX model|no operations"):
        read_code(str(path))


@pytest.mark.parametrize("size", [2**62, -3])
def test_an_impossible_weight(tmp_path: Path, size: int) -> None:
    assert "impossible shape" in refused(tmp_path, model([CONV], [weight("w", size, 3, 3, 3)]))


def test_an_input_without_elements(tmp_path: Path) -> None:
    assert "its input is empty" in refused(
        tmp_path, model([node("Relu", ["x"], ["y"])], [], (1, 3, 0))
    )


def test_an_input_that_is_no_tensor(tmp_path: Path) -> None:
    made = model([node("Relu", ["x"], ["y"])], [])
    made.graph.input[0].type.sequence_type.elem_type.tensor_type.elem_type = 1

    assert "its input x is no tensor" in refused(tmp_path, made)


def test_what_the_runtime_has_laid_out_for_a_processor(tmp_path: Path) -> None:
    nodes = [
        node("Conv", ["x", "w"], ["c"], domain="com.microsoft.nchwc"),
        node("ReorderOutput", ["c"], ["y"], channels=3, domain="com.microsoft.nchwc"),
    ]

    made = model(nodes, [])
    made.opset_import.add(domain="com.microsoft.nchwc", version=1)

    assert "laid it out for one processor" in refused(tmp_path, made)


def test_an_impossible_input(tmp_path: Path) -> None:
    made = model([CONV], [weight("w", 4, 3, 3, 3)], (1, 3, 2**62, 2**62))

    assert "no shape of plain numbers" in refused(tmp_path, made)


def function(level: int) -> object:
    """A function that calls the one of the level below ten times."""
    calls = [
        node(f"f{level - 1}", ["a" if turn == 0 else f"t{turn - 1}"], [f"t{turn}"], domain="own")
        for turn in range(10)
    ]
    inner = [*calls, node("Identity", ["t9"], ["b"])] if level else [node("Relu", ["a"], ["b"])]
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    return helper.make_function("own", f"f{level}", ["a"], ["b"], inner, imports)


def test_functions_that_multiply_are_refused_before_they_are_placed(tmp_path: Path) -> None:
    functions = [function(level) for level in range(20)]
    made = model([node("f19", ["x"], ["y"], domain="own")], [], functions=functions)

    assert "operations are refused" in refused(tmp_path, made)


def branch(name: str, nodes: list[object]) -> object:
    return helper.make_graph(
        nodes, name, [], [helper.make_tensor_value_info(f"{name}_out", 1, None)]
    )


def test_functions_that_multiply_in_branches_are_refused_too(tmp_path: Path) -> None:
    functions = []
    for level in range(20):
        inner = [
            node(f"f{level - 1}" if level else "Relu", ["a"], [f"{side}_out"], domain=domain)
            for side in ("then", "else")
            for domain in (["own"] if level else [""])
        ]
        body = [
            node("Constant", [], ["on"], value=helper.make_tensor("on", 9, [], [True])),
            node(
                "If",
                ["on"],
                ["b"],
                then_branch=branch("then", [inner[0]]),
                else_branch=branch("else", [inner[1]]),
            ),
        ]
        imports = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
        functions.append(helper.make_function("own", f"f{level}", ["a"], ["b"], body, imports))
    made = model([node("f19", ["x"], ["y"], domain="own")], [], functions=functions)
    assert len(made.SerializeToString()) < 10_000

    assert "operations are refused" in refused(tmp_path, made)


def test_functions_that_copy_an_attribute_many_times_are_refused(tmp_path: Path) -> None:
    names = ["a", *(f"t{turn}" for turn in range(1000))]
    inner = [node("Elu", [before], [after]) for before, after in pairwise(names)]
    for each in inner:
        given = each.attribute.add()
        given.name, given.ref_attr_name, given.type = "text", "text", 3
    inner.append(node("Identity", ["t999"], ["b"]))
    imports = [helper.make_opsetid("", 17)]
    made_of = helper.make_function("own", "f", ["a"], ["b"], inner, imports, ["text"])
    calls = [node("f", ["x"], ["y"], domain="own", text="t" * 100_000)]

    assert "put in place, have more than" in refused(
        tmp_path, model(calls, [], functions=[made_of])
    )


def test_functions_that_call_each_other_are_refused(tmp_path: Path) -> None:
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    functions = [
        helper.make_function(
            "own", name, ["a"], ["b"], [node(other, ["a"], ["b"], domain="own")], imports
        )
        for name, other in (("f", "g"), ("g", "f"))
    ]
    made = model([node("Relu", ["x"], ["y"])], [], functions=functions)

    assert "nested too deeply" in refused(tmp_path, made)


@pytest.mark.parametrize("op", ["Concat", "Gather"])
def test_shapes_that_double_are_refused(op: str, tmp_path: Path) -> None:
    first = node("Shape", ["x"], ["s0"]) if op == "Concat" else node("Cast", ["x"], ["s0"], to=7)
    doubled = [node(op, [f"s{turn}"] * 2, [f"s{turn + 1}"], axis=0) for turn in range(40)]
    made = model([first, *doubled, node("Relu", ["x"], ["y"])], [])

    assert "shapes may have more than 2,000,000 sizes" in refused(tmp_path, made)


BROKEN = [
    pytest.param(node("Transpose", ["x"], ["t"], perm=[0, 1, 2, 7]), id="a dim that is not there"),
    pytest.param(node("Split", ["x"], ["t", "u"], axis=9), id="an axis that is not there"),
    pytest.param(node("Conv", ["x", "w"], ["t"], pads=[1]), id="too few pads"),
    pytest.param(node("Conv", ["x", "w"], ["t"], pads="same"), id="pads of another type"),
    pytest.param(node("Conv", ["x"], ["t"]), id="no weight"),
    pytest.param(node("MaxPool", ["x"], ["t"]), id="no kernel"),
    pytest.param(node("LayerNormalization", ["x", "w"], ["t"], axis=1.5), id="half an axis"),
    pytest.param(node("Einsum", ["x", "x"], ["t"], equation="ab,cd->"), id="too few letters"),
]


@pytest.mark.parametrize("broken", BROKEN)
def test_what_a_rule_trips_over_is_unknown_by_name(broken: Any, tmp_path: Path) -> None:
    made = model([broken, node("Relu", ["t"], ["y"])], [weight("w", 4, 3, 3, 3)])
    for name in broken.output:
        made.graph.value_info.append(helper.make_tensor_value_info(name, 1, (1, 3, 8, 8)))

    (line,) = unknown_lines(gaps(evaluate(read_code(saved(tmp_path, made)))))
    assert f"{broken.op_type}, 1 of" in line


def test_why_a_rule_does_not_apply_is_noted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = model([node("Conv", ["x", "w"], ["y"], pads=[1])], [weight("w", 4, 3, 3, 3)])
    made.graph.output[0].type.CopyFrom(helper.make_tensor_value_info("y", 1, (1, 4, 6, 6)).type)

    imported = import_file(saved(tmp_path, made))

    assert imported.unknown == {"Conv": 1}
    why = "Conv is unknown: its attributes, shapes or inputs do not fit (IndexError)"
    assert imported.network.notes == (why,)
    assert Runner(capsys)("eval", saved(tmp_path, made)).err.startswith(f"note: model: {why}\n")


def test_native_code_that_breaks_off_takes_nothing_along() -> None:
    with pytest.raises(ConvcostError, match=r"^it fails: it breaks off \(SIGKILL\)$"):
        isolated("it fails", killed)
    with pytest.raises(ConvcostError, match=r"^it fails: no such thing$"):
        isolated("it fails", partial(fail, "no such thing\nat all"))


def fail(message: str) -> bytes:
    raise ValueError(message)


def killed() -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


@pytest.mark.parametrize(
    ("slopes", "fields"),
    [
        ((4, 1, 1), {"act": "prelu"}),
        ((1, 4, 1, 1), {"act": "prelu"}),
        ((1,), {"act": "prelu", "weights_per": "layer"}),
        ((4, 8, 8), {"weights_per": "element"}),
    ],
)
def test_slopes_of_a_prelu(tmp_path: Path, slopes: tuple[int, ...], fields: dict[str, Any]) -> None:
    nodes = [node("Conv", ["x", "w"], ["c"]), node("PRelu", ["c", "s"], ["y"])]
    weights = [weight("w", 4, 3, 1, 1), weight("s", *slopes)]
    network = read_code(saved(tmp_path, model(nodes, weights)))

    assert fields.items() <= dict(network.layers[-1].fields).items()
    assert evaluate(network).params == 12 + prod(slopes)


def test_slopes_of_rows_are_a_parameter_beside_it(tmp_path: Path) -> None:
    nodes = [node("PRelu", ["x", "s"], ["y"])]
    network = read_code(saved(tmp_path, model(nodes, [weight("s", 8, 1)])))
    assert kinds(network)[0] == "parameter"
    assert evaluate(network).params == 8
