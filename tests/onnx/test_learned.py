"""What of an ONNX file was learned: found from where it is used, and what its numbers are like."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy
import pytest
from onnx import TensorProto, helper, numpy_helper

from convcost import evaluate
from convcost.cost import Report
from convcost.sources import SpecFile, code
from convcost.sources.imports.onnx.data import describe
from convcost.sources.imports.onnx.learned import learned_in
from tests.onnx.models import RUNTIME, model, node, numbers, saved, weight


def counted(folder: Path, made: Any) -> Report:
    return evaluate(code.read_code(SpecFile(saved(folder, made))))


def drawn(name: str, *shape: int) -> Any:
    """A tensor of numbers of which no two are the same."""
    return array(name, numpy.arange(1, 1 + numpy.prod(shape)).reshape(shape) / 7)


def array(name: str, values: Any, dtype: str = "float32") -> Any:
    return numpy_helper.from_array(numpy.asarray(values, dtype), name)


def full(name: str, value: float, *shape: int) -> Any:
    return array(name, numpy.full(shape, value))


def held(tensor: Any) -> Any:
    """A node that has the tensor."""
    return node("Constant", [], [tensor.name], value=tensor)


KERNEL = drawn("w", 4, 3, 3, 3)
CONV = node("Conv", ["x", "k"], ["y"])


@pytest.mark.parametrize(
    "nodes",
    [
        [node("Identity", ["w"], ["k"])],
        [node("Cast", ["w"], ["k"], to=1)],
        [node("Reshape", ["f", "sizes"], ["k"])],
        [node("Transpose", ["t"], ["k"], perm=[2, 3, 0, 1])],
        [node("Identity", ["w"], ["i"]), node("Mul", ["i", "gain"], ["k"])],
        [node("DequantizeLinear", ["q", "step"], ["k"])],
        [
            node("QuantizeLinear", ["w", "step"], ["i"]),
            node("DequantizeLinear", ["i", "step"], ["k"]),
        ],
    ],
)
@pytest.mark.parametrize("in_nodes", [False, True])
def test_a_kernel_is_found_wherever_it_comes_from(
    nodes: Sequence[Any], in_nodes: bool, tmp_path: Path
) -> None:
    tensors = [KERNEL, drawn("f", 108), drawn("t", 3, 3, 4, 3), numbers("sizes", 4, 3, 3, 3)]
    tensors += [array("gain", 0.5), array("step", 0.1)]
    tensors.append(array("q", numpy.arange(108).reshape(4, 3, 3, 3), "int8"))
    used = {name for each in nodes for name in each.input}
    tensors = [each for each in tensors if each.name in used]

    made = (
        model([*map(held, tensors), *nodes, CONV], [])
        if in_nodes
        else model([*nodes, CONV], tensors)
    )
    report = counted(tmp_path, made)

    assert (report.params, report.macs) == (108, 108 * 36)
    assert not report.status


MASK = numpy.triu(numpy.full((8, 8), -1e9), 1)


@pytest.mark.parametrize(
    ("op", "tensor", "params"),
    [
        ("Add", drawn("p", 1, 3, 8, 8), 192),  # a position embedding
        ("Mul", drawn("p", 3, 1, 1), 3),  # a scale of each channel
        ("Concat", drawn("p", 1, 2, 8, 8), 128),  # further planes
        ("Add", full("p", 0.3, 3, 1, 1), 0),
        ("Mul", array("p", 2.0), 0),
        ("Mul", full("p", 2.0, 1), 0),
        ("Add", array("p", MASK), 0),
        ("Add", array("p", numpy.where(MASK < 0, -numpy.inf, 0)), 0),
        ("Mul", array("p", numpy.tri(8)), 0),
        ("Add", array("p", numpy.tri(8) * -100), 0),  # of windows that are shifted
        ("Div", drawn("p", 3, 1, 1), 0),
    ],
)
@pytest.mark.parametrize("in_node", [False, True])
def test_constants_beside_the_data(
    op: str, tensor: Any, params: int, in_node: bool, tmp_path: Path
) -> None:
    about = {"axis": 1} if op == "Concat" else {}
    nodes = [node(op, ["x", "p"], ["y"], **about)]
    made = model([held(tensor), *nodes], []) if in_node else model(nodes, [tensor])

    report = counted(tmp_path, made)

    assert report.params == params
    assert not report.status


def test_ones_and_zeros_of_a_norm_that_has_no_weights(tmp_path: Path) -> None:
    nodes = [
        *map(held, (full("ones", 1, 3), full("zeros", 0, 3))),
        node("InstanceNormalization", ["x", "ones", "zeros"], ["y"]),
    ]

    assert counted(tmp_path, model(nodes, [])).params == 0


def test_a_new_norm_whose_weights_are_still_ones_and_zeros(tmp_path: Path) -> None:
    weights = [full("s", 1, 3), full("b", 0, 3), full("mean", 0, 3), full("var", 1, 3)]
    nodes = [node("BatchNormalization", ["x", "s", "b", "mean", "var"], ["y"])]

    assert counted(tmp_path, model(nodes, weights)).params == 6


@pytest.mark.parametrize(
    ("scale", "shift", "mean", "params"),
    [
        (full("s", 1, 3), full("b", 0, 3), drawn("mean", 3), 0),
        (full("s", 1, 3), drawn("b", 3), full("mean", 0, 3), 3),
        (drawn("s", 3), full("b", 0, 3), full("mean", 0, 3), 3),
        (drawn("s", 3), drawn("b", 3), drawn("mean", 3), 6),
    ],
)
@pytest.mark.parametrize("in_nodes", [False, True])
def test_ones_and_zeros_of_a_norm_that_was_trained_were_not_learned(
    scale: Any, shift: Any, mean: Any, params: int, in_nodes: bool, tmp_path: Path
) -> None:
    """Those of Caffe's norms, say, whose weights are in a layer behind them."""
    tensors = [scale, shift, mean, full("var", 1, 3)]
    nodes = [node("BatchNormalization", ["x", "s", "b", "mean", "var"], ["y"])]
    made = model([*map(held, tensors), *nodes], []) if in_nodes else model(nodes, tensors)

    assert counted(tmp_path, made).params == params


@pytest.mark.parametrize(
    ("producer", "unused", "params"),
    [
        ("", full("queue", 0, 1, 1), 0),
        ("", drawn("aux", 7), 7),
        ("pytorch", full("aux", 0, 7), 7),
        ("pytorch", full("val_7", 0, 7), 0),
        ("pytorch", drawn("val_7", 7), 7),
    ],
)
def test_tensors_that_nothing_takes(
    producer: str, unused: Any, params: int, tmp_path: Path
) -> None:
    made = model([node("Relu", ["x"], ["y"])], [unused])
    made.producer_name = producer

    assert counted(tmp_path, made).params == params


@pytest.mark.parametrize(("state", "params"), [(full("h", 0, 1, 3), 0), (drawn("h", 1, 3), 3)])
def test_a_state_of_zeros_was_not_learned_though_a_weight_multiplies_it(
    state: Any, params: int, tmp_path: Path
) -> None:
    nodes = [node("MatMul", ["h", "w"], ["m"]), node("Add", ["x", "m"], ["y"])]

    report = counted(tmp_path, model(nodes, [state, drawn("w", 3, 3)], (1, 3)))

    assert (report.params, report.macs) == (9 + params, 9)


@pytest.mark.parametrize(("producer", "params"), [("pytorch", 3), ("", 0)])
def test_pytorch_keeps_the_names_of_parameters(producer: str, params: int, tmp_path: Path) -> None:
    made = model([node("Mul", ["x", "block.gamma"], ["y"])], [full("block.gamma", 1e-5, 3, 1, 1)])
    made.producer_name = producer

    assert counted(tmp_path, made).params == params


def test_scales_of_a_resize_were_not_learned(tmp_path: Path) -> None:
    nodes = [node("Resize", ["x", "", "scales"], ["y"])]

    assert counted(tmp_path, model(nodes, [array("scales", [1, 1, 2, 3])])).params == 0


def test_where_nothing_tells_the_figure_is_about(tmp_path: Path) -> None:
    made = model([node("Max", ["x", "p"], ["y"])], [drawn("p", 3, 1, 1)])
    network = code.read_code(SpecFile(saved(tmp_path, made)))
    report = evaluate(network)

    assert (report.params, report.status["params"].state) == (3, "about")
    assert network.notes == ("nothing says whether p were learned; they are counted",)


def test_an_embedding_that_may_be_a_mask_is_about(tmp_path: Path) -> None:
    """Its numbers are elsewhere."""
    report = counted(tmp_path, model([node("Add", ["x", "p"], ["y"])], [weight("p", 8, 8)]))

    assert (report.params, report.status["params"].state) == (64, "about")


def test_integers_in_a_weights_place(tmp_path: Path) -> None:
    nodes = [
        node("QuantizeLinear", ["x", "step", "zero"], ["q"]),
        node("DequantizeLinear", ["q", "step", "zero"], ["d"]),
        node("DequantizeLinear", ["wq", "steps"], ["w"], axis=0),
        node("DequantizeLinear", ["bq", "step"], ["b"]),
        node("Conv", ["d", "w", "b"], ["y"]),
    ]
    weights = [array("step", 0.1), array("zero", 3, "uint8"), drawn("steps", 4)]
    weights += [array("wq", numpy.ones((4, 3, 3, 3)), "int8"), array("bq", [1, 2, 3, 4], "int32")]

    report = counted(tmp_path, model(nodes, weights))

    assert (report.params, report.macs) == (108 + 4, 108 * 36)


def test_numbers_that_do_not_fit_their_type_tell_nothing() -> None:
    tensor = TensorProto(data_type=TensorProto.DOUBLE, dims=[3], int32_data=[1, 2, 3])
    describe(tensor)
    assert not tensor.doc_string


def test_an_operation_that_gives_nothing_is_none_of_ours() -> None:
    graph = helper.make_graph([helper.make_node("Add", ["x", "w"], [])], "g", [], [])
    assert learned_in(graph, "").params == {}


@pytest.mark.parametrize("value", [0.0, 1.0, 0.02])
def test_weights_that_one_number_fills_are_weights(value: float, tmp_path: Path) -> None:
    """Files that are to be small say the sizes of weights, and one number for all of them."""
    given = helper.make_tensor("", TensorProto.FLOAT, [1], [value])
    nodes = [
        node("ConstantOfShape", ["sizes"], ["w"], value=given),
        node("Conv", ["x", "w"], ["c"]),
        node("ConstantOfShape", ["row"], ["zeros"]),
        node("Add", ["c", "zeros"], ["y"]),
    ]
    tensors = [numbers("sizes", 4, 3, 1, 1), numbers("row", 4, 1, 1)]

    made = code.read_code(SpecFile(saved(tmp_path, model(nodes, tensors))))

    assert evaluate(made).params == 12


def test_integers_that_make_up_a_mask_were_not_learned(tmp_path: Path) -> None:
    nodes = [
        node("DequantizeLinear", ["q", "step", "zero"], ["mask"]),
        node("Add", ["x", "mask"], ["y"]),
    ]
    weights = [array("q", numpy.where(numpy.tri(8), 127, -128), "int8")]
    weights += [array("step", 7.8), array("zero", 127, "int8")]

    assert counted(tmp_path, model(nodes, weights)).params == 0


@pytest.mark.parametrize(("sort", "params"), [("int8", 50 * 4), ("int64", 0)])
def test_a_table_that_was_quantised(sort: str, params: int, tmp_path: Path) -> None:
    nodes = [
        node("Cast", ["x"], ["ids"], to=TensorProto.INT64),
        node("Gather", ["table", "ids"], ["rows"]),
        node("Cast", ["rows"], ["y"], to=TensorProto.FLOAT),
    ]
    table = array("table", numpy.arange(200).reshape(50, 4) % 100, sort)

    assert counted(tmp_path, model(nodes, [table], (1, 7))).params == params


@pytest.mark.parametrize(("name", "params"), [("turned", 50 * 4), ("head.weight", 2 * 50 * 4)])
def test_a_matrix_that_pytorch_has_turned_is_the_parameter_that_it_was(
    name: str, params: int, tmp_path: Path
) -> None:
    """A tied embedding, whose weights are there as they were and turned."""
    words = drawn("words.weight", 50, 4)
    nodes = [
        node("Cast", ["x"], ["ids"], to=TensorProto.INT64),
        node("Gather", ["words.weight", "ids"], ["rows"]),
        node("MatMul", ["rows", name], ["y"]),
    ]
    weights = [words, array(name, numpy_helper.to_array(words).T)]
    made = model(nodes, weights, (1, 7))
    made.producer_name = "pytorch"

    report = counted(tmp_path, made)

    assert (report.params, report.macs) == (params, 7 * 4 * 50)


@pytest.mark.parametrize(
    ("name", "shape", "params"),
    [
        ("rotary.inv_freq", (1, 4), 0),
        ("onnx::MatMul_7", (1, 4), 0),
        ("layer.weight", (1, 4), 4),
        ("layer.weight", (1, 9), 9),
    ],
)
@pytest.mark.parametrize("op", ["Cos", "Relu"])
def test_frequencies_of_places_were_not_learned(
    name: str, shape: tuple[int, int], params: int, op: str, tmp_path: Path
) -> None:
    nodes = [
        node("MatMul", ["x", name], ["m"]),
        node("Concat", ["m", "m"], ["c"], axis=-1),
        node(op, ["c"], ["y"]),
    ]
    made = model(nodes, [drawn(name, *shape)], (1, 5, 1))
    made.producer_name = "pytorch"

    assert counted(tmp_path, made).params == (params if op == "Cos" else shape[1])


@pytest.mark.parametrize("behind", ["Softmax", "Relu"])
def test_what_pytorch_has_folded_and_adds_to_scores_is_about(behind: str, tmp_path: Path) -> None:
    """It may be rows of a table, of which the file no longer says how many there are."""
    nodes = [node("Add", ["x", "val_7"], ["s"]), node(behind, ["s"], ["y"])]
    made = model(nodes, [drawn("val_7", 8, 8)])
    made.producer_name = "pytorch"

    report = counted(tmp_path, made)

    assert report.params == 64
    assert report.status.keys() == ({"params"} if behind == "Softmax" else set())


def test_cosines_of_places_that_were_folded_are_about(tmp_path: Path) -> None:
    made = model([node("Mul", ["x", "cos"], ["y"])], [drawn("cos", 8, 8)])
    made.producer_name = "pytorch"

    assert counted(tmp_path, made).status["params"].state == "about"


def test_statistics_in_the_place_of_ones_that_are_equal(tmp_path: Path) -> None:
    """PyTorch keeps one of tensors that are equal: that of a new norm without weights."""
    places = ["running_var", "running_mean", "running_mean", "running_var"]
    nodes = [node("BatchNormalization", ["x", *places], ["y"])]
    made = model(nodes, [full("running_mean", 0, 3), full("running_var", 1, 3)])
    made.producer_name = "pytorch"

    assert counted(tmp_path, made).params == 0


TABLE = drawn("val_7", 8, 8)


def quantised(name: str, *shape: int) -> Any:
    return array(name, numpy.arange(numpy.prod(shape)).reshape(shape) % 99, "int8")


QUANTISED: dict[str, list[Any]] = {
    "as it was": [node("Mul", ["x", "val_7"], ["y"])],
    "through integers": [
        node("QuantizeLinear", ["val_7", "step"], ["q"]),
        node("DequantizeLinear", ["q", "step"], ["d"]),
        node("Mul", ["x", "d"], ["y"]),
    ],
    "as integers": [
        node("DequantizeLinear", ["val_7_quantized", "step"], ["d"]),
        node("Mul", ["x", "d"], ["y"]),
    ],
    "multiplied as integers": [
        node("QuantizeLinear", ["x", "step", "zero"], ["q"]),
        node(
            "QLinearMul",
            ["q", "step", "zero", "val_7_quantized", "step", "zero", "step", "zero"],
            ["m"],
            domain=RUNTIME,
        ),
        node("DequantizeLinear", ["m", "step", "zero"], ["y"]),
    ],
    "added to scores": [
        node("DequantizeLinear", ["val_7_quantized", "step"], ["d"]),
        node("Add", ["x", "d"], ["s"]),
        node("QuantizeLinear", ["s", "step"], ["q"]),
        node("DequantizeLinear", ["q", "step"], ["dq"]),
        node("Softmax", ["dq"], ["y"]),
    ],
}


@pytest.mark.parametrize("nodes", QUANTISED.values(), ids=QUANTISED.keys())
def test_a_table_that_pytorch_has_folded_is_about_in_each_copy_of_the_file(
    nodes: list[Any], tmp_path: Path
) -> None:
    """ONNX Runtime's quantiser puts its own name in the place of PyTorch's."""
    tensors = [TABLE, quantised("val_7_quantized", 8, 8)]
    tensors += [array("step", 0.1), array("zero", 0, "int8")]
    used = {name for each in nodes for name in each.input}
    made = model(nodes, [each for each in tensors if each.name in used])
    made.opset_import.add(domain=RUNTIME, version=1)
    made.producer_name = "onnx.quantize"

    report = counted(tmp_path, made)

    assert (report.params, report.status["params"].state) == (64, "about")


def test_scales_of_what_was_quantised_are_no_parameters(tmp_path: Path) -> None:
    nodes = [
        node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
        node("MatMulInteger", ["q", "fc.weight_quantized", "z"], ["m"]),
        node("Mul", ["s", "fc.weight_scale"], ["scales"]),
        node("Cast", ["m"], ["f"], to=1),
        node("Mul", ["f", "scales"], ["r"]),
        node("Mul", ["r", "logit_scale"], ["y"]),
    ]
    tensors = [quantised("fc.weight_quantized", 8, 5), drawn("fc.weight_scale", 5)]
    made = model(nodes, [*tensors, drawn("logit_scale", 5)])
    made.producer_name = "onnx.quantize"

    report = counted(tmp_path, made)

    assert (report.params, report.macs) == (8 * 5 + 5, 24 * 8 * 5)
    assert not report.status
