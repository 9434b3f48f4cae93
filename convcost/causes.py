"""Why a layer costs what it did not: what tells two versions of it apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from math import prod
from typing import Literal, NamedTuple

from convcost.cost import LayerCost
from convcost.operands import Bits, Density, Operands
from convcost.ops.base import Op, Shape, Sizes, Weighted, format_shape
from convcost.ops.conv import Conv, TransposedConv
from convcost.ops.structure import Activation, Norm

Sort = Literal["added", "removed", "changed"]


class Cause(NamedTuple):
    """One thing that is not what it was: `m`, 256, 320."""

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what} {self.before} -> {self.after}"


class LayerChange(NamedTuple):
    """A layer that was added (no `before`), removed (no `after`) or changed, and why.

    A changed layer is without causes where a report does not tell what is inside its layers.
    """

    before: LayerCost | None
    after: LayerCost | None
    causes: tuple[Cause, ...] = ()

    @property
    def sort(self) -> Sort:
        """Which of the three it is."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def layer(self) -> LayerCost:
        """The layer as it is now, or as it was."""
        layer = self.after or self.before
        assert layer is not None, "a change has a side"
        return layer

    def delta(self, metric: str) -> int:
        """How much more there is of a metric; negative for less."""
        before, after = (side.figure(metric) if side else 0 for side in (self.before, self.after))
        return after - before


def causes(before: LayerCost, after: LayerCost) -> tuple[Cause, ...]:
    """What tells two versions of a layer apart, as far as both reports know.

    What follows from another is left out: what is inside, where the kind is another, and the
    channels in between, where those that come or go are.
    """
    found = list(_shape_causes(before, after))
    channels_changed = any(cause.what in ("n", "m") for cause in found)
    kind_changed = before.kind != after.kind
    if kind_changed:
        found.insert(0, Cause("kind", before.kind, after.kind))
    old, new = _traits(before), _traits(after)
    found += (
        Cause(what, old[what], new[what])
        for what in old
        if before.stages
        and after.stages
        and old[what] != new[what]
        and not _follows(what, old[what], new[what], kind_changed, channels_changed)
    )
    if before.stages and after.stages:
        found += _operand_causes(before.operands, after.operands)
    if not found and before.out != after.out:
        found.append(Cause("output", format_shape(before.out), format_shape(after.out)))
    return tuple(found)


def _operand_causes(before: Operands, after: Operands) -> Iterator[Cause]:
    old, new = before.bits or Bits(), after.bits or Bits()
    if old != new:
        yield Cause("bits", str(old), str(new))
    left, right = before.density or Density(), after.density or Density()
    if left.shares != right.shares:
        yield Cause("density", str(left), str(right))


def _shape_causes(before: LayerCost, after: LayerCost) -> Iterator[Cause]:
    if len(before.ins) == len(after.ins) == 1:
        yield from _input_causes(before.ins[0], after.ins[0])
    elif before.ins != after.ins:
        yield Cause("inputs", _joined(before.ins), _joined(after.ins))
    if before.out[0] != after.out[0]:
        yield Cause("m", str(before.out[0]), str(after.out[0]))


def _input_causes(before: Shape, after: Shape) -> Iterator[Cause]:
    if len(before) != len(after):
        yield Cause("input", format_shape(before), format_shape(after))
        return
    if before[0] != after[0]:
        yield Cause("n", str(before[0]), str(after[0]))
    if before[1:] != after[1:]:
        yield Cause("input", format_shape(before[1:]), format_shape(after[1:]))


def _joined(shapes: Iterable[Shape]) -> str:
    return " + ".join(map(format_shape, shapes))


def _traits(layer: LayerCost) -> dict[str, str]:
    """What can be told of a layer from its ops, in words that can be compared across kinds."""
    ops = [stage.op for stage in layer.stages]
    filters = [op for op in ops if isinstance(op, (Conv, TransposedConv))]
    windows: list[Op] = [op for op in ops if hasattr(op, "kernel")]
    last = max((place for place, op in enumerate(ops) if isinstance(op, Weighted)), default=-1)
    between = [op for place, op in enumerate(ops) if place < last]
    behind = ops[last + 1 :]
    return {
        "k": _per_dim(windows, "kernel", max),
        "stride": _per_dim(windows, "stride", prod),
        "dilation": _per_dim(filters, "dilation", max),
        "groups": "+".join(map(_groups, filters)),
        "between": "+".join(filter(None, map(_in_a_word, between))) or "nothing",
        "bias": "yes" if any(isinstance(op, Weighted) and op.bias for op in ops) else "no",
        "norm": "+".join(op.sort for op in behind if isinstance(op, Norm)) or "none",
        "act": "+".join(op.sort for op in behind if isinstance(op, Activation)) or "none",
    }


def _follows(
    what: str, before: str, after: str, kind_changed: bool, channels_changed: bool
) -> bool:
    """Whether a trait that changed was bound to, as the layer's kind or channels did."""
    if what == "between":
        return kind_changed or channels_changed
    return what == "groups" and kind_changed and not (before.isdigit() and after.isdigit())


def _in_a_word(op: Op) -> str:
    if isinstance(op, Weighted):
        return str(op.m)
    return op.sort if isinstance(op, (Norm, Activation)) else ""


def _groups(op: Conv | TransposedConv) -> str:
    """Depthwise is a word of its own: there are as many groups as channels, however many."""
    return "depthwise" if op.groups == op.n > 1 else str(op.groups)


def _per_dim(ops: Iterable[Op], name: str, combine: Callable[[Sizes], int]) -> str:
    """What the ops have together, per spatial dim: the widest kernel, the product of strides."""
    values = [getattr(op, name) for op in ops if hasattr(op, name)]
    return format_shape(tuple(combine(sizes) for sizes in zip(*values, strict=False)))
