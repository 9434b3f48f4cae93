"""Which shape comes out of a TensorFlow Lite operation, by those of what it takes.

A rule may fail in any way that arithmetic and looking things up can: nothing is told then.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import NamedTuple

from convcost.ops.base import Shape
from convcost.sources.imports.folding import Array
from convcost.sources.imports.tflite.convolutions import SAME, settings_of
from convcost.sources.imports.tflite.layers import ACTIVATIONS, UNARY
from convcost.sources.imports.tflite.schema import Operator, Tensor
from convcost.sources.imports.tflite.tensors import AS_THEY_ARE, BINARY


class Node(NamedTuple):
    """An operation: the arrays that it takes, None for one that is left out, of which those that
    are `known` have their numbers, and the file's tensors that it gives."""

    op: Operator
    arrays: Sequence[Array]
    known: Sequence[bool]
    outputs: Sequence[Tensor]

    def shape(self, at: int) -> Shape:
        """The shape of an input."""
        return tuple(self.arrays[at].shape)

    def ints(self, at: int) -> tuple[int, ...]:
        """The numbers of an input; LookupError where they are not known."""
        if not self.known[at]:
            raise LookupError("numbers that only a run tells")
        return tuple(int(each) for each in self.arrays[at].ravel())


class View(NamedTuple):
    """What moves the elements of the input `at`, without any memory."""

    move: Callable[[Node], Sequence[Array]]
    at: int = 0


def _reshape(node: Node) -> Sequence[Array]:
    sizes = node.ints(1) if len(node.arrays) > 1 else node.op.option("NewShapeAsNumpy").tolist()
    return [node.arrays[0].reshape(sizes)]


def _expand(node: Node) -> Sequence[Array]:
    import numpy

    return [numpy.expand_dims(node.arrays[0], node.ints(1))]


def _squeeze(node: Node) -> Sequence[Array]:
    is_said = node.op.option("SqueezeDimsLength")
    return [
        node.arrays[0].squeeze(tuple(node.op.option("SqueezeDimsAsNumpy")) if is_said else None)
    ]


def _strided_slice(node: Node) -> Sequence[Array]:
    masks = {
        name: node.op.option(f"{name}Mask")
        for name in ("Begin", "End", "Ellipsis", "NewAxis", "ShrinkAxis")
    }
    spans: list[object] = []
    for dim, (begin, end, step) in enumerate(zip(*map(node.ints, (1, 2, 3)), strict=True)):
        said = {name for name, mask in masks.items() if mask >> dim & 1}
        first = None if "Begin" in said else begin
        span: object = slice(first, None if "End" in said else end, step)
        if "ShrinkAxis" in said:
            span = begin
        if "NewAxis" in said:
            span = None
        spans.append(Ellipsis if "Ellipsis" in said else span)
    return [node.arrays[0][tuple(spans)]]


def _slice(node: Node) -> Sequence[Array]:
    array = node.arrays[0]
    pairs = zip(node.ints(1), node.ints(2), strict=True)
    spans = tuple(slice(begin, None if size < 0 else begin + size) for begin, size in pairs)
    return [array[spans]]


def _split(node: Node) -> Sequence[Array]:
    import numpy

    (axis,) = node.ints(0)
    return [*numpy.split(node.arrays[1], len(node.outputs), axis)]


def _split_as_said(node: Node) -> Sequence[Array]:
    import numpy

    array, sizes, (axis,) = node.arrays[0], [*node.ints(1)], node.ints(2)
    left = array.shape[axis] - sum(size for size in sizes if size >= 0)
    ends = numpy.cumsum([left if size < 0 else size for size in sizes])
    return [*numpy.split(array, ends[:-1], axis)]


def _unpack(node: Node) -> Sequence[Array]:
    import numpy

    return [*numpy.moveaxis(node.arrays[0], node.op.option("Axis"), 0)[: len(node.outputs)]]


def _broadcast_to(node: Node) -> Sequence[Array]:
    import numpy

    return [numpy.broadcast_to(node.arrays[0], node.ints(1))]


VIEWS: dict[str, View] = {
    "BROADCAST_TO": View(_broadcast_to),
    "EXPAND_DIMS": View(_expand),
    "RESHAPE": View(_reshape),
    "SLICE": View(_slice),
    "SPLIT": View(_split, 1),
    "SPLIT_V": View(_split_as_said),
    "SQUEEZE": View(_squeeze),
    "STRIDED_SLICE": View(_strided_slice),
    "TRANSPOSE": View(lambda node: [node.arrays[0].transpose(node.ints(1))]),
    "UNPACK": View(_unpack),
}


def _same(node: Node) -> list[Shape]:
    return [node.shape(0)]


def _together(node: Node) -> list[Shape]:
    import numpy

    return [numpy.broadcast_shapes(*(each.shape for each in node.arrays))]


def _windows(node: Node, kernel: Shape) -> Shape:
    """The positions of a window that slides over the sizes behind the batch."""
    settings = settings_of(node.op, len(kernel))
    sizes = node.shape(0)[1:-1]
    if node.op.option("Padding") == SAME:
        steps = zip(sizes, settings["stride"], strict=True)
        return tuple(-(-size // step) for size, step in steps)
    spans = zip(sizes, kernel, settings["stride"], settings["dilation"], strict=True)
    out = tuple((size - spread * (side - 1) - 1) // step + 1 for size, side, step, spread in spans)
    if min(out) < 1:
        raise ValueError("the window is larger")
    return out


def _convolution(node: Node) -> list[Shape]:
    weight = node.shape(1)
    return [(node.shape(0)[0], *_windows(node, weight[1:-1]), weight[0])]


def _depthwise(node: Node) -> list[Shape]:
    weight = node.shape(1)
    return [(node.shape(0)[0], *_windows(node, weight[1:-1]), weight[-1])]


def _volumes(node: Node) -> list[Shape]:
    weight = node.shape(1)
    return [(node.shape(0)[0], *_windows(node, weight[:3]), weight[-1])]


def _pool(node: Node) -> list[Shape]:
    shape = node.shape(0)
    kernel = (node.op.option("FilterHeight"), node.op.option("FilterWidth"))
    return [(shape[0], *_windows(node, kernel), shape[-1])]


def _fully_connected(node: Node) -> list[Shape]:
    shape, (m, n) = node.shape(0), node.shape(1)
    if node.op.option("KeepNumDims"):
        return [(*shape[:-1], m)]
    rows, rest = divmod(prod(shape), n)
    if rest:
        raise ValueError("no whole number of rows")
    return [(rows, m)]


def _product(node: Node) -> list[Shape]:
    import numpy

    left, right = node.shape(0), node.shape(1)
    rows = left[-1] if node.op.option("AdjX") else left[-2]
    columns = right[-2] if node.op.option("AdjY") else right[-1]
    return [(*numpy.broadcast_shapes(left[:-2], right[:-2]), rows, columns)]


def _concat(node: Node) -> list[Shape]:
    first, axis = node.shape(0), node.op.option("Axis") % len(node.shape(0))
    size = sum(each.shape[axis] for each in node.arrays)
    return [(*first[:axis], size, *first[axis + 1 :])]


def _pack(node: Node) -> list[Shape]:
    shape = [*node.shape(0)]
    shape.insert(node.op.option("Axis") % (len(shape) + 1), len(node.arrays))
    return [tuple(shape)]


def _gather(node: Node) -> list[Shape]:
    shape, places = node.shape(0), node.shape(1)
    axis = node.op.option("Axis") % len(shape)
    return [(*shape[:axis], *places[node.op.option("BatchDims") :], *shape[axis + 1 :])]


def _pad(node: Node) -> list[Shape]:
    shape, pads = node.shape(0), node.ints(1)
    return [tuple(size + pads[2 * at] + pads[2 * at + 1] for at, size in enumerate(shape))]


def _tile(node: Node) -> list[Shape]:
    return [tuple(a * b for a, b in zip(node.shape(0), node.ints(1), strict=True))]


def _resize(node: Node) -> list[Shape]:
    shape = node.shape(0)
    return [(shape[0], *node.ints(1), shape[-1])]


def _reduce(node: Node) -> list[Shape]:
    shape, keep = node.shape(0), node.op.option("KeepDims")
    axes = {axis % len(shape) for axis in node.ints(1)}
    sizes = [1 if at in axes else size for at, size in enumerate(shape)]
    return [tuple(size for at, size in enumerate(sizes) if keep or at not in axes)]


def _transformed(node: Node) -> list[Shape]:
    """A Fourier transform of real numbers, of which half is left out."""
    rows, columns = node.ints(1)
    return [(*node.shape(0)[:-2], rows, columns // 2 + 1)]


def _blocks(node: Node, deeper: bool) -> list[Shape]:
    n, height, width, channels = node.shape(0)
    side = node.op.option("BlockSize")
    if deeper:
        return [(n, height // side, width // side, channels * side**2)]
    return [(n, height * side, width * side, channels // side**2)]


def _to_batch(node: Node) -> list[Shape]:
    batch, *sizes = node.shape(0)
    sides, pads = node.ints(1), node.ints(2)
    for at, side in enumerate(sides):
        sizes[at] = (sizes[at] + pads[2 * at] + pads[2 * at + 1]) // side
    return [(batch * prod(sides), *sizes)]


def _from_batch(node: Node) -> list[Shape]:
    batch, *sizes = node.shape(0)
    sides, crops = node.ints(1), node.ints(2)
    for at, side in enumerate(sides):
        sizes[at] = sizes[at] * side - crops[2 * at] - crops[2 * at + 1]
    return [(batch // prod(sides), *sizes)]


def _recurrent(node: Node) -> list[Shape]:
    """What comes out has the units that the file says, at each step."""
    return [(*node.shape(0)[:-1], node.outputs[0].shape[-1])]


SHAPES: dict[str, Callable[[Node], Sequence[Shape]]] = {
    "BATCH_MATMUL": _product,
    "BATCH_TO_SPACE_ND": _from_batch,
    "CONCATENATION": _concat,
    "CONV_2D": _convolution,
    "CONV_3D": _volumes,
    "DEPTHWISE_CONV_2D": _depthwise,
    "DEPTH_TO_SPACE": lambda node: _blocks(node, False),
    "EMBEDDING_LOOKUP": lambda node: [(*node.shape(0), *node.shape(1)[1:])],
    "FILL": lambda node: [node.ints(0)],
    "FULLY_CONNECTED": _fully_connected,
    "GATHER": _gather,
    "PACK": _pack,
    "RFFT2D": _transformed,
    "SPACE_TO_BATCH_ND": _to_batch,
    "SPACE_TO_DEPTH": lambda node: _blocks(node, True),
    "TILE": _tile,
    **dict.fromkeys(BINARY, _together),
    **dict.fromkeys((*ACTIVATIONS, *UNARY, *AS_THEY_ARE), _same),
    **dict.fromkeys(("DENSIFY", "PRELU", "REVERSE_SEQUENCE", "REVERSE_V2", "ZEROS_LIKE"), _same),
    **dict.fromkeys(("ARG_MAX", "ARG_MIN"), _reduce),
    **dict.fromkeys(("AVERAGE_POOL_2D", "L2_POOL_2D", "MAX_POOL_2D"), _pool),
    **dict.fromkeys(("CONV_3D_TRANSPOSE", "TRANSPOSE_CONV"), lambda node: [node.ints(0)]),
    **dict.fromkeys(("MIRROR_PAD", "PAD", "PADV2"), _pad),
    **dict.fromkeys(("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"), _resize),
    **dict.fromkeys(("UNIDIRECTIONAL_SEQUENCE_LSTM", "UNIDIRECTIONAL_SEQUENCE_RNN"), _recurrent),
    **dict.fromkeys(
        ("MEAN", "REDUCE_ALL", "REDUCE_ANY", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "SUM"),
        _reduce,
    ),
}
