"""Lists of tensors, ONNX's sequences, taken apart: what a list holds is known by name, and what is
done with lists is done with tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcost.errors import ConvcostError
from convcost.network import MAX_LAYERS
from convcost.ops.base import Sizes
from convcost.sources.imports.onnx.call import attributes_of

if TYPE_CHECKING:
    from convcost.sources.imports.onnx.shapes import Walk

OPERATIONS = frozenset(
    (
        "ConcatFromSequence",
        "Identity",
        "SequenceAt",
        "SequenceConstruct",
        "SequenceEmpty",
        "SequenceErase",
        "SequenceInsert",
        "SequenceLength",
        "SplitToSequence",
    )
)
"""What may take or give a list."""


def taken_apart(walk: Walk, node: Any) -> bool:
    """Whether an operation is one on lists whose tensors are known; they are noted, and operations
    on tensors added."""
    if node.op_type not in OPERATIONS or not node.output:
        return False
    try:
        return _Lists(walk, node).take_apart()
    except (IndexError, KeyError, TypeError, ValueError):  # the file says what cannot be
        return False


class _Lists:
    """One operation, on the lists that are known."""

    def __init__(self, walk: Walk, node: Any) -> None:
        self._walk = walk
        self._node = node
        self._given: Mapping[str, Any] = attributes_of(node)
        self._name: str = node.output[0]

    def take_apart(self) -> bool:
        """What goes wrong is as with any list of Python's."""
        op, inputs, lists = self._node.op_type, self._node.input, self._walk.lists
        if op in ("SequenceConstruct", "SequenceEmpty"):
            lists[self._name] = tuple(inputs)
            return True
        if op == "SplitToSequence":
            return self._split()
        if op == "Identity" and inputs[0] not in lists:
            return False
        whole = lists[inputs[0]]
        match op:
            case "Identity":
                lists[self._name] = whole
            case "SequenceInsert":
                at = self._number(2) if inputs[2:] else len(whole)
                lists[self._name] = (*whole[:at], inputs[1], *whole[at:])
            case "SequenceErase":
                at = range(len(whole))[self._number(1) if inputs[1:] else -1]
                lists[self._name] = (*whole[:at], *whole[at + 1 :])
            case "SequenceAt":
                self._add("Identity", [whole[self._number(1)]], self._name)
            case "SequenceLength":
                self._constant(self._name, len(whole))
            case _:
                self._join(whole)
        return True

    def _number(self, place: int) -> int:
        return int(self._walk.values[self._node.input[place]].reshape(()))

    def _split(self) -> bool:
        source, *given = self._node.input
        shape = self._walk.shape(source)
        if shape is None:
            return False
        dim = range(len(shape))[self._given.get("axis", 0)]
        sizes = self._walk.values[given[0]].tolist() if given else 1
        if isinstance(sizes, int):
            starts = range(0, shape[dim], sizes)
            if len(starts) > MAX_LAYERS:
                raise ConvcostError(f"more than {MAX_LAYERS:,} operations are refused")
            sizes = [min(sizes, shape[dim] - start) for start in starts]
        names = [f"{self._name}/{at}" for at in range(len(sizes))]
        keeps = given or self._given.get("keepdims", 1)
        parts = names if keeps else [f"{name}/whole" for name in names]
        self._part(source, parts, sizes, dim)
        if not keeps:
            own = (*shape[:dim], *shape[dim + 1 :])
            for part, name in zip(parts, names, strict=True):
                self._shape(part, own, name)
        self._walk.lists[self._name] = tuple(names)
        return True

    def _part(self, source: str, parts: Sequence[str], sizes: Sequence[int], dim: int) -> None:
        make = self._walk.onnx.helper.make_node
        if self._walk.opsets.get("", 1) < _SPLIT_TAKES_SIZES:
            self._walk.add(make("Split", [source], parts, axis=dim, split=sizes))
        else:
            self._constant(f"{self._name}/sizes", sizes)
            self._walk.add(make("Split", [source, f"{self._name}/sizes"], parts, axis=dim))

    def _join(self, parts: Sequence[str]) -> None:
        axis = self._given["axis"]
        if self._given.get("new_axis", 0):
            wider = []
            for at, part in enumerate(parts):
                shape = self._walk.shape(part) or ()
                place = range(len(shape) + 1)[axis]
                wider.append(f"{self._name}/{at}/wider")
                self._shape(part, (*shape[:place], 1, *shape[place:]), wider[-1])
            parts = wider
        self._add("Concat", parts, self._name, axis=axis)

    def _shape(self, source: str, shape: Sizes, name: str) -> None:
        self._constant(f"{name}/sizes", shape)
        self._add("Reshape", [source, f"{name}/sizes"], name)

    def _add(self, op: str, inputs: Sequence[str], name: str, **given: Any) -> None:
        self._walk.add(self._walk.onnx.helper.make_node(op, inputs, [name], **given))

    def _constant(self, name: str, numbers: int | Sequence[int]) -> None:
        import numpy

        self._walk.known(name, numpy.asarray(numbers, dtype="int64"))
        self._walk.nodes.append(self._walk.constant(name, self._walk.values[name]))


_SPLIT_TAKES_SIZES = 13
"""The opset since which they are no attribute."""
