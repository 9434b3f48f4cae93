"""Files that leave sizes open: their input is asked for, and what follows from it is followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from convcost import evaluate
from convcost.errors import SpecError
from convcost.network import Network
from convcost.ops.base import Shape
from convcost.sources import SpecFile, code
from convcost.sources.imports.tflite.schema import graphs_in
from convcost.sources.imports.tflite.shapes import resized
from convcost.sources.inputs import parse_inputs
from tests.cli.runner import Runner
from tests.tflite.models import (
    FLOAT32,
    INT32,
    VALID,
    Graph,
    Operator,
    Tensor,
    conv,
    ints,
    model,
    saved,
    varied,
)

FULL = "FullyConnectedOptions"
Options = Mapping[str, int]


def floating(name: str, *signature: int, type: int = FLOAT32) -> Tensor:  # noqa: A002 - as in the schema
    """A tensor as converters write it: with a size of 1 wherever one is open."""
    shape = [max(size, 1) for size in signature]
    return Tensor(name, shape, type, signature=signature)


def classifier() -> bytes:
    """A convolution, a mean over all positions and a linear layer, for images of any size."""
    tensors = [
        floating("image", -1, -1, -1, 3),
        varied("w", 4, 3, 3, 3),
        varied("fc", 10, 4),
        ints("axes", 1, 2),
        floating("c", -1, -1, -1, 4),
        floating("p", -1, 4),
        floating("y", -1, 10),
    ]
    operators = [
        conv(["image", "w"], "c", StrideH=2, StrideW=2),
        Operator("MEAN", ["c", "axes"], ["p"]),
        Operator("FULLY_CONNECTED", ["p", "fc"], ["y"], {}, FULL),
    ]
    return model(Graph(tensors, operators, ["image"], ["y"]))


def read(folder: Path, raw: bytes, given: str = "") -> Network:
    """What a file holds for an input."""
    return code.read_code(SpecFile(saved(folder, raw)), parse_inputs(given or None))


def test_the_input_is_asked_for_and_enough(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = saved(tmp_path, classifier())

    asked = Runner(capsys)("eval", path)
    given = Runner(capsys)("eval", path, "--input", "3x9x8")

    assert asked.code == 2
    assert "its input image is open: ?x?x?x3" in asked.err
    assert "--input 3x224x224" in asked.err
    assert (given.code, given.err) == (0, "")
    assert f"{4 * 27 * 5 * 4 + 40:,} MACs" in given.out


def test_it_is_given_by_its_name(tmp_path: Path) -> None:
    assert read(tmp_path, classifier(), "image=3x9x8") == read(tmp_path, classifier(), "3x9x8")
    with pytest.raises(SpecError, match="it has no input imag"):
        read(tmp_path, classifier(), "imag=3x9x8")


@pytest.mark.parametrize("given", ["4x9x8", "3x9", "3x9x8x2"])
def test_what_is_known_of_it_must_fit(tmp_path: Path, given: str) -> None:
    with pytest.raises(SpecError) as caught:
        read(tmp_path, classifier(), given)
    (problem,) = caught.value.problems
    assert problem.message == f"--input {given} is not what it takes"
    assert problem.hint == "its input image is ?x?x?x3, with its batch and channels last"


def test_of_several_inputs_only_the_open_ones_are_asked_for(tmp_path: Path) -> None:
    tensors = [
        floating("image", 1, -1, -1, 3),
        floating("ids", 1, -1, type=INT32),
        Tensor("size", (1, 2)),
        varied("table", 50, 6),
        floating("e", 1, -1, 6),
        floating("y", 1, -1, -1, 3),
    ]
    operators = [
        Operator("EMBEDDING_LOOKUP", ["ids", "table"], ["e"]),
        Operator("RELU", ["image"], ["y"]),
    ]
    raw = model(Graph(tensors, operators, ["ids", "image", "size"], ["y", "e"]))

    with pytest.raises(SpecError, match="its input ids is open") as caught:
        read(tmp_path, raw, "image=3x4x4")
    network = code.read_code(
        SpecFile(saved(tmp_path, raw)), parse_inputs(["image=3x4x4", "ids=7:int32"])
    )

    assert "--input ids=128" in caught.value.problems[0].hint
    assert [(each.name, each.shape) for each in network.inputs] == [
        ("image", (3, 4, 4)),
        ("ids", (7,)),
        ("size", (2,)),
    ]


def test_of_several_files_those_get_it_that_need_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = [Tensor("x", (1, 4, 4, 3)), Tensor("y", (1, 4, 4, 3))]
    (tmp_path / "closed").mkdir()
    raw = model(Graph(closed, [Operator("RELU", ["x"], ["y"])], ["x"], ["y"]))
    paths = saved(tmp_path, classifier()), saved(tmp_path / "closed", raw)

    code, out, err = Runner(capsys)("eval", *paths, "--input", "3x9x8")

    assert code == 0
    assert "input 3×9×8" in out
    assert "input 3×4×4" in out
    assert "--input is not for" in err


def test_arithmetic_on_shapes_is_followed(tmp_path: Path) -> None:
    """A map is made as large as the image, whose size is asked for and put together."""
    tensors = [
        floating("x", 1, -1, -1, 3),
        varied("w", 4, 3, 3, 3),
        varied("v", 2, 1, 1, 4),
        floating("c", 1, -1, -1, 4),
        Tensor("shape", (4,), INT32),
        *(ints(name, at) for name, at in (("one", 1), ("two", 2), ("three", 3))),
        Tensor("h", (), INT32),
        Tensor("w0", (), INT32),
        Tensor("size", (2,), INT32),
        floating("r", 1, -1, -1, 4),
        floating("y", 1, -1, -1, 2),
    ]
    shrunk = {"ShrinkAxisMask": 1}
    operators = [
        conv(["x", "w"], "c", StrideH=2, StrideW=2),
        Operator("SHAPE", ["x"], ["shape"]),
        Operator(
            "STRIDED_SLICE", ["shape", "one", "two", "one"], ["h"], shrunk, "StridedSliceOptions"
        ),
        Operator(
            "STRIDED_SLICE", ["shape", "two", "three", "one"], ["w0"], shrunk, "StridedSliceOptions"
        ),
        Operator("PACK", ["h", "w0"], ["size"], {"ValuesCount": 2}, "PackOptions"),
        Operator("RESIZE_BILINEAR", ["c", "size"], ["r"]),
        conv(["r", "v"], "y"),
    ]

    network = read(tmp_path, model(Graph(tensors, operators, ["x"], ["y"])), "3x9x7")
    report = evaluate(network)

    assert [layer.kind for layer in network.layers] == ["standard", "resize", "pointwise"]
    assert report.layers[-1].out == (2, 9, 7)
    assert report.macs == 4 * 27 * 5 * 4 + 2 * 4 * 9 * 7
    assert not report.status


def dilated(*lead: int) -> bytes:
    """A convolution whose dilation TensorFlow has written as windows in the place of a batch: each
    second position of 8 x 8 with 2 zeros around is 6 x 6 of them, 4 times."""
    tensors = [
        floating("x", *lead, 8, 8, 3),
        ints("sides", 2, 2),
        ints("pads", 2, 2, 2, 2, shape=(2, 2)),
        ints("crops", 0, 0, 0, 0, shape=(2, 2)),
        varied("w", 5, 3, 3, 3),
        floating("b", -1, 6, 6, 3),
        floating("c", -1, 4, 4, 5),
        floating("y", *lead, 8, 8, 5),
    ]
    operators = [
        Operator("SPACE_TO_BATCH_ND", ["x", "sides", "pads"], ["b"]),
        conv(["b", "w"], "c", Padding=VALID),
        Operator("BATCH_TO_SPACE_ND", ["c", "sides", "crops"], ["y"]),
    ]
    return model(Graph(tensors, operators, ["x"], ["y"]))


@pytest.mark.parametrize("lead", [-1, 1])
def test_windows_in_the_place_of_an_open_batch_are_all_counted(tmp_path: Path, lead: int) -> None:
    """The file says that there is one, as it says 1 of every size that is open."""
    report = evaluate(read(tmp_path, dilated(lead)))

    assert report.macs == 5 * 27 * 8 * 8
    assert not report.status


def test_rows_that_the_file_leaves_open_are_followed_without_being_asked_for(
    tmp_path: Path,
) -> None:
    """20 steps of 6 features are rows of a linear layer; the file does not say how many."""
    tensors = [
        Tensor("x", (1, 20, 6)),
        ints("rows", -1, 6),
        varied("w", 5, 6),
        floating("r", -1, 6),
        floating("y", -1, 5),
    ]
    operators = [
        Operator("RESHAPE", ["x", "rows"], ["r"]),
        Operator("FULLY_CONNECTED", ["r", "w"], ["y"], {}, FULL),
    ]

    report = evaluate(read(tmp_path, model(Graph(tensors, operators, ["x"], ["y"]))))

    assert report.macs == 20 * 6 * 5
    assert not report.status


def custom(*lead: int) -> bytes:
    """A custom operation between an image and a convolution."""
    tensors = [
        floating("x", *lead, 3),
        varied("w", 4, 3, 3, 3),
        floating("own", *lead, 3),
        floating("y", *lead, 4),
    ]
    operators = [Operator("MyOwn", ["x"], ["own"]), conv(["own", "w"], "y")]
    return model(Graph(tensors, operators, ["x"], ["y"]))


def test_what_cannot_be_followed_is_named(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"nothing tells what own \(MyOwn\) makes of such an input"):
        read(tmp_path, custom(1, -1, -1), "3x8x8")


def test_what_a_file_says_of_an_unknown_operation_holds_for_its_own_input(tmp_path: Path) -> None:
    report = evaluate(read(tmp_path, custom(-1, 8, 8)))

    assert report.macs == 4 * 27 * 64
    assert report.status["macs"].why == "MyOwn is not understood"


def test_behind_what_is_not_followed_work_is_unknown_and_not_less(tmp_path: Path) -> None:
    """The file says one window, where 4 reach an operation that nothing is known of."""
    tensors = [
        floating("x", -1, 8, 8, 3),
        ints("sides", 2, 2),
        ints("pads", 0, 0, 0, 0, shape=(2, 2)),
        varied("w", 4, 3, 3, 3),
        floating("b", -1, 4, 4, 3),
        floating("own", -1, 4, 4, 3),
        floating("y", -1, 4, 4, 4),
    ]
    operators = [
        Operator("SPACE_TO_BATCH_ND", ["x", "sides", "pads"], ["b"]),
        Operator("MyOwn", ["b"], ["own"]),
        conv(["own", "w"], "y"),
    ]

    network = read(tmp_path, model(Graph(tensors, operators, ["x"], ["y"])))

    assert "CONV_2D is unknown: some of its sizes are known only when it runs" in network.notes


@pytest.mark.parametrize("given", ["3x2x2", "3x999999999x999999999"])
def test_sizes_that_do_not_go_are_refused_or_counted_at_once(tmp_path: Path, given: str) -> None:
    tensors = [floating("x", 1, -1, -1, 3), varied("w", 4, 3, 3, 3), floating("y", 1, -1, -1, 4)]
    raw = model(Graph(tensors, [conv(["x", "w"], "y", Padding=VALID)], ["x"], ["y"]))

    if given == "3x2x2":
        with pytest.raises(SpecError, match=r"nothing tells what y \(CONV_2D\) makes of such"):
            read(tmp_path, raw, given)
    else:
        assert evaluate(read(tmp_path, raw, given)).macs == 4 * 27 * 999_999_997**2


def test_a_tensor_beyond_all_counting_is_refused(tmp_path: Path) -> None:
    tensors = [floating("x", 1, -1, -1, 3), floating("y", 1, -1, -1, 3)]
    raw = model(Graph(tensors, [Operator("RELU", ["x"], ["y"])], ["x"], ["y"]))
    with pytest.raises(SpecError, match="a tensor of 1x9999999999x9999999999x3 is too large"):
        read(tmp_path, raw, "3x9999999999x9999999999")


POOL = {"FilterHeight": 3, "FilterWidth": 3, "StrideH": 2, "StrideW": 2, "Padding": VALID}
VOLUMES = {f"Stride{axis}": 2 for axis in "DHW"} | {f"Dilation{axis}Factor": 1 for axis in "DHW"}
SLICE = "StridedSliceOptions"
ELLIPSIS = {"EllipsisMask": 1, "NewAxisMask": 2, "BeginMask": 4}
FROM, TO, STEP = ints("f", 0, 0, 9), ints("t", 0, 0, 6), ints("s", 1, 1, 2)
X = Tensor("x", ())
"""Where the input is among what is taken, if not in front."""
PAIR = Tensor("p", (1, 1, 1, 6))
RULES: Sequence[tuple[str, Options, str, Sequence[Tensor], Shape, Sequence[Shape]]] = [
    ("RELU", {}, "", [], (1, 5, 7, 6), [(1, 5, 7, 6)]),
    ("LOG", {}, "", [], (1, 5, 7, 6), [(1, 5, 7, 6)]),
    ("CAST", {}, "", [], (1, 5, 7, 6), [(1, 5, 7, 6)]),
    ("MUL", {}, "", [PAIR], (1, 5, 7, 6), [(1, 5, 7, 6)]),
    ("SELECT_V2", {}, "", [PAIR, Tensor("q", (2, 1, 1, 1))], (1, 5, 7, 6), [(2, 5, 7, 6)]),
    ("MAX_POOL_2D", POOL, "Pool2DOptions", [], (1, 5, 8, 6), [(1, 2, 3, 6)]),
    (
        "CONV_3D",
        VOLUMES,
        "Conv3DOptions",
        [varied("w", 3, 3, 3, 2, 4)],
        (1, 5, 6, 7, 2),
        [(1, 3, 3, 4, 4)],
    ),
    (
        "DEPTHWISE_CONV_2D",
        {"StrideH": 1, "StrideW": 1, "DilationHFactor": 2, "DilationWFactor": 1, "Padding": VALID},
        "DepthwiseConv2DOptions",
        [varied("w", 1, 3, 3, 12)],
        (1, 9, 7, 6),
        [(1, 5, 5, 12)],
    ),
    ("FULLY_CONNECTED", {}, FULL, [varied("w", 4, 6)], (1, 5, 7, 6), [(35, 4)]),
    (
        "FULLY_CONNECTED",
        {"KeepNumDims": 1},
        FULL,
        [varied("w", 4, 6)],
        (1, 5, 7, 6),
        [(1, 5, 7, 4)],
    ),
    ("BATCH_MATMUL", {}, "", [varied("w", 6, 4)], (1, 2, 5, 6), [(1, 2, 5, 4)]),
    (
        "BATCH_MATMUL",
        {"AdjX": 1, "AdjY": 1},
        "BatchMatMulOptions",
        [varied("w", 2, 1, 4, 5)],
        (1, 2, 5, 6),
        [(2, 2, 6, 4)],
    ),
    ("RESHAPE", {}, "", [ints("s", 1, -1, 6)], (1, 5, 7, 6), [(1, 35, 6)]),
    ("EXPAND_DIMS", {}, "", [ints("s", -2)], (1, 5, 6), [(1, 5, 1, 6)]),
    ("SQUEEZE", {}, "", [], (1, 5, 1, 6), [(5, 6)]),
    ("TRANSPOSE", {}, "", [ints("s", 0, 2, 1, 3)], (1, 5, 7, 6), [(1, 7, 5, 6)]),
    (
        "CONCATENATION",
        {"Axis": -1},
        "ConcatenationOptions",
        [varied("w", 1, 5, 7, 2)],
        (1, 5, 7, 6),
        [(1, 5, 7, 8)],
    ),
    ("PACK", {"Axis": 1}, "PackOptions", [varied("w", 1, 5, 6)], (1, 5, 6), [(1, 2, 5, 6)]),
    ("UNPACK", {"Axis": 1}, "UnpackOptions", [], (1, 2, 5, 6), [(1, 5, 6), (1, 5, 6)]),
    ("SPLIT_V", {}, "", [ints("s", 2, -1), ints("a", 1)], (1, 5, 6), [(1, 2, 6), (1, 3, 6)]),
    ("SLICE", {}, "", [ints("b", 0, 1, 2), ints("s", 1, -1, 3)], (1, 5, 6), [(1, 4, 3)]),
    ("BROADCAST_TO", {}, "", [ints("s", 1, 4, 5, 6)], (1, 1, 5, 6), [(1, 4, 5, 6)]),
    (
        "GATHER",
        {"Axis": 1},
        "GatherOptions",
        [ints("s", 0, 2, 4, 0, shape=(2, 2))],
        (1, 5, 6),
        [(1, 2, 2, 6)],
    ),
    (
        "PAD",
        {},
        "",
        [ints("s", 0, 0, 1, 2, 3, 4, 0, 0, shape=(4, 2))],
        (1, 5, 7, 6),
        [(1, 8, 14, 6)],
    ),
    ("TILE", {}, "", [ints("s", 1, 2, 3)], (1, 5, 6), [(1, 10, 18)]),
    ("SPLIT", {}, "", [ints("a", 1), X], (1, 4, 6), [(1, 2, 6), (1, 2, 6)]),
    ("STRIDED_SLICE", ELLIPSIS, SLICE, [FROM, TO, STEP], (1, 5, 7, 6), [(1, 5, 7, 1, 3)]),
    (
        "TRANSPOSE_CONV",
        {},
        "",
        [ints("s", 1, 9, 8, 4), varied("w", 4, 3, 3, 6), X],
        (1, 5, 4, 6),
        [(1, 9, 8, 4)],
    ),
    ("RESIZE_NEAREST_NEIGHBOR", {}, "", [ints("s", 10, 20)], (1, 5, 7, 6), [(1, 10, 20, 6)]),
    ("SUM", {"KeepDims": 1}, "ReducerOptions", [ints("s", -1)], (1, 5, 6), [(1, 5, 1)]),
    ("ARG_MAX", {}, "", [ints("s", 1)], (1, 5, 6), [(1, 6)]),
    ("DEPTH_TO_SPACE", {"BlockSize": 2}, "DepthToSpaceOptions", [], (1, 5, 7, 8), [(1, 10, 14, 2)]),
    ("SPACE_TO_DEPTH", {"BlockSize": 2}, "SpaceToDepthOptions", [], (1, 4, 6, 2), [(1, 2, 3, 8)]),
    ("RFFT2D", {}, "", [ints("s", 1, 512)], (1, 5, 1, 400), [(1, 5, 1, 257)]),
    (
        "UNIDIRECTIONAL_SEQUENCE_RNN",
        {},
        "",
        [varied("w", 4, 6), varied("r", 4, 4)],
        (1, 9, 6),
        [(1, 9, 4)],
    ),
]


@pytest.mark.parametrize(
    ("op", "options", "table", "others", "given", "out"), RULES, ids=[each[0] for each in RULES]
)
def test_which_shape_comes_out(
    op: str,
    options: Options,
    table: str,
    others: Sequence[Tensor],
    given: Shape,
    out: Sequence[Shape],
) -> None:
    """As the reference of TensorFlow Lite's operations says."""
    made = [floating(f"y{at}", *(-1 for _ in each)) for at, each in enumerate(out)]
    if op == "UNIDIRECTIONAL_SEQUENCE_RNN":
        made = [floating("y0", 1, -1, 4)]
    front = [] if X in others else [X]
    taken = [each.name for each in (*front, *others)]
    others = [each for each in others if each != X]
    operator = Operator(op, taken, [each.name for each in made], options, table)
    start = floating("x", *(-1 for _ in given))
    raw = model(Graph([start, *others, *made], [operator], ["x"], [each.name for each in made]))

    graph = resized(graphs_in(raw)[0], {0: given})

    places = graph.operators[0].outputs
    assert [graph.tensors[at].shape for at in places] == out
    assert all(graph.tensors[at].signature == graph.tensors[at].shape for at in places)
