"""Equal tensors that stand for several parameters, or for none: told by what PyTorch notes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy
import pytest
from onnx import numpy_helper

from convcost import evaluate
from convcost.cost import Report
from convcost.sources import SpecFile, code
from convcost.status import status_of
from tests.onnx.models import model, node, numbers, saved

N = 4
IMAGE = (1, N, 6, 6)


def full(name: str, value: float, *shape: int) -> Any:
    return numpy_helper.from_array(numpy.full(shape, value, "float32"), name)


def noted(made: Any, path: str, target: str, *args: str) -> Any:
    """A node with what PyTorch's newer exporter notes in it."""
    line = f"%{target} : [num_users=1] = call_function[target=torch.ops.aten.{target}.default]"
    made.metadata_props.add(
        key="pkg.torch.onnx.fx_node", value=f"{line}(args = ({', '.join(args)}), kwargs = {{}})"
    )
    made.metadata_props.add(key="pkg.torch.onnx.name_scopes", value=f"['', '{path}', '{target}']")
    return made


def counted(folder: Path, nodes: list[Any], tensors: list[Any]) -> Report:
    made = model(nodes, tensors, IMAGE)
    made.producer_name = "pytorch"
    return evaluate(code.read_code(SpecFile(saved(folder, made))))


def norms(*params: tuple[str, str]) -> list[Any]:
    """Instance norms in a row that have the weights and biases of these names."""
    tensors = ["x", *(f"t{number}" for number in range(1, len(params))), "y"]
    return [
        noted(
            node("InstanceNormalization", [tensors[at], "0.weight", "0.bias"], [tensors[at + 1]]),
            str(at),
            "instance_norm",
            f"%{tensors[at]}",
            *param,
            *("None", "None", "True", "0.1", "1e-05", "False"),
        )
        for at, param in enumerate(params)
    ]


ONES = [full("0.weight", 1, N), full("0.bias", 0, N)]
FIRST, SECOND, NONE = ("%p_0_weight", "%p_0_bias"), ("%p_1_weight", "%p_1_bias"), ("None", "None")


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ([FIRST], 2 * N),
        ([FIRST, SECOND], 4 * N),
        ([FIRST, SECOND, FIRST], 4 * N),  # the first norm once more
        ([FIRST, NONE], 2 * N),
        ([NONE, NONE], 0),
        ([NONE, SECOND], 2 * N),
        ([(FIRST[0], "None")], N),
    ],
)
def test_new_norms_that_share_their_ones_and_zeros(
    params: list[tuple[str, str]], count: int, tmp_path: Path
) -> None:
    report = counted(tmp_path, norms(*params), ONES)

    assert report.params == count
    assert not report.status


@pytest.mark.parametrize("about", [norms(FIRST, ("%view", "%view_1")), norms(FIRST)])
def test_where_nothing_is_noted_the_figure_is_about(about: list[Any], tmp_path: Path) -> None:
    """One norm that is there twice, or two that are new."""
    *first, last = about
    plain = node("InstanceNormalization", ["t", "0.weight", "0.bias"], ["y"])
    last.output[0] = "t"

    report = counted(tmp_path, [*first, last, plain], ONES)

    status = report.status["params"]
    assert (report.params, status.state) == (2 * N, "about")


@pytest.mark.parametrize(
    ("weight", "bias", "count"),
    [("%p_0_weight", "%p_0_bias", 2 * N), ("None", "None", 0), ("%p_0_weight", "None", N)],
)
@pytest.mark.parametrize("is_noted", [True, False])
def test_a_group_norm_that_was_folded(
    weight: str, bias: str, count: int, is_noted: bool, tmp_path: Path
) -> None:
    """With weights or not, it is the same: a norm of groups, ones and zeros."""
    args = ("%x", "2", weight, bias, "1e-05", "False")
    nodes = [
        node("Reshape", ["x", "groups"], ["g"]),
        node("InstanceNormalization", ["g", "val_1", "val_2"], ["i"]),
        node("Reshape", ["i", "sizes"], ["n"]),
        node("Mul", ["n", "val_3"], ["m"]),
        node("Add", ["m", "val_4"], ["y"]),
    ]
    if is_noted:
        nodes = [noted(each, "norm", "group_norm", *args) for each in nodes]
    tensors = [numbers("groups", 1, 2, -1), numbers("sizes", *IMAGE)]
    tensors += [full("val_1", 1, 2), full("val_2", 0, 2)]
    tensors += [full("val_3", 1, N, 1, 1), full("val_4", 0, N, 1, 1)]

    report = counted(tmp_path, nodes, tensors)

    assert report.params == (count if is_noted else 2 * N)
    assert report.status.keys() == (set() if is_noted else {"params"})


def test_biases_of_zeros_are_one_each(tmp_path: Path) -> None:
    kernel = numpy_helper.from_array(numpy.arange(16, dtype="float32").reshape(4, 4, 1, 1), "k")
    convs = [
        noted(
            node("Conv", [source, "k", "zeros"], [target]),
            "",
            "conv2d",
            f"%{source}",
            f"%p_{target}_weight",
            f"%p_{target}_bias",
            "[1, 1]",
        )
        for source, target in (("x", "a"), ("a", "y"))
    ]

    report = counted(tmp_path, convs, [kernel, full("zeros", 0, N)])

    assert report.params == 2 * (16 + N)
    assert not report.status


@pytest.mark.parametrize(("third", "count"), [("%p_a_weight", 16), ("%p_c_weight", 32)])
def test_layers_that_begin_as_copies_of_one(third: str, count: int, tmp_path: Path) -> None:
    """Tied weights have one name."""
    kernel = numpy_helper.from_array(numpy.arange(16, dtype="float32").reshape(4, 4), "val_0")
    products = [
        noted(node("MatMul", [source, "val_0"], [target]), target, "linear", f"%{source}", param)
        for source, target, param in (
            ("x", "a", "%p_a_weight"),
            ("a", "b", "%p_a_weight"),
            ("b", "y", third),
        )
    ]
    made = model(products, [kernel], (1, 6, N))
    made.producer_name = "pytorch"

    report = evaluate(code.read_code(SpecFile(saved(tmp_path, made))))

    assert (report.params, report.macs) == (count, 3 * 6 * 16)
    assert not report.status


def test_gains_and_offsets_that_are_no_norms(tmp_path: Path) -> None:
    nodes = [
        noted(node("Mul", ["x", "0.gain"], ["a"]), "0", "mul", "%x", "%p_0_gain"),
        noted(node("Mul", ["a", "0.gain"], ["b"]), "1", "mul", "%a", "%p_1_gain"),
        noted(node("Add", ["b", "0.shift"], ["c"]), "2", "add", "%b", "%p_2_shift"),
        noted(node("Add", ["c", "0.shift"], ["y"]), "3", "add", "%c", "%p_2_shift"),
    ]

    report = counted(tmp_path, nodes, [full("0.gain", 1, N, 1, 1), full("0.shift", 0, N, 1, 1)])

    assert report.params == 3 * N
    assert not report.status


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dynamo", [False, True])
@pytest.mark.parametrize("affine", [False, True])
def test_norms_of_pytorch_that_are_new(dynamo: bool, affine: bool, tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    if dynamo:
        pytest.importorskip("onnxscript")
    nn = torch.nn
    net = nn.Sequential(
        nn.BatchNorm2d(N, affine=affine),
        *(nn.GroupNorm(2, N, affine=affine) for _ in range(2)),
        *(nn.InstanceNorm2d(N, affine=affine) for _ in range(2)),
        *(nn.LayerNorm(6, elementwise_affine=affine) for _ in range(2)),
        nn.GroupNorm(2, N),
    ).eval()
    path = tmp_path / "net.onnx"
    torch.onnx.export(net, (torch.zeros(IMAGE),), str(path), dynamo=dynamo)

    report = evaluate(code.read_code(SpecFile(str(path))))

    right = sum(each.numel() for each in net.parameters())
    is_sure = not report.status
    assert is_sure or report.status["params"].state == "about"
    assert report.params == right or not is_sure
    assert is_sure or not dynamo or affine


def linear(at: int, weight: str, out: str) -> Any:
    made = node("MatMul", ["x", weight], [out])
    made.name = f"/layers.{at}/MatMul"
    return made


@pytest.mark.parametrize(
    ("first", "other", "state"),
    [
        ("layers.0.weight", "layers.1.weight", "about"),  # tied, or it began as a copy
        ("onnx::MatMul_7", "onnx::MatMul_8", "about"),  # that are turned, of such layers
        ("embed.weight", "head.weight", "complete"),  # only what is tied is called so
    ],
)
def test_layers_that_begin_as_copies_may_be_several(
    first: str, other: str, state: str, tmp_path: Path
) -> None:
    nodes = [
        node("Identity", [first], [other]),
        linear(0, first, "a"),
        linear(1, other, "b"),
        node("Add", ["a", "b"], ["y"]),
    ]
    varied = numpy.arange(N * N, dtype="float32").reshape(N, N)
    made = model(nodes, [numpy_helper.from_array(varied, first)], (1, N))
    made.producer_name = "pytorch"
    network = code.read_code(SpecFile(saved(tmp_path, made)))
    report = evaluate(network)

    assert report.params == N * N
    assert status_of(report.status, "params").state == state
    assert any(f"{first} stand for others" in note for note in network.notes) == (state == "about")
