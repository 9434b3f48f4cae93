"""Ops that PyTorch has no module for, as expressions of their inputs in `forward`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convcost.ops.base import Op, Shape
from convcost.ops.joints import Add, Concat, Matmul, Multiply
from convcost.ops.structure import Crop, Reshape, Slice
from convcost.ops.tensors import Broadcast, Elementwise, Permute, Reduce, Transpose

REDUCTIONS = {
    "mean": "mean",
    "sum": "sum",
    "max": "amax",
    "min": "amin",
    "var": "var",
    "std": "std",
}

LONGEST_CHAIN = 100
"""Operands in a row."""


def _inputs(ins: tuple[Shape, ...]) -> list[str]:
    return [f"{{{number}}}" for number in range(len(ins))]


def _chained(sign: str, function: str, ins: tuple[Shape, ...]) -> str:
    """The inputs with a sign between them; as a call where that nests too deeply for Python."""
    inputs = _inputs(ins)
    if len(inputs) > LONGEST_CHAIN:
        return f"{function}(({', '.join(inputs)}))"
    return sign.join(inputs)


def _concat(op: Concat, ins: tuple[Shape, ...]) -> str:
    inputs = _inputs(ins)
    return f"torch.cat(({', '.join(inputs)}{',' * (len(inputs) == 1)}), dim={op.axis + 1})"


def _crop(op: Crop, ins: tuple[Shape, ...]) -> str:
    starts = [(size - kept) // 2 for size, kept in zip(ins[0][1:], op.size, strict=True)]
    spans = [f"{at}:{at + kept}" for at, kept in zip(starts, op.size, strict=True)]
    return f"{{0}}[:, :, {', '.join(spans)}]"


def _broadcast(op: Broadcast, ins: tuple[Shape, ...]) -> str:
    new = "None, " * (len(op.shape) - len(ins[0]))
    spread = f"{{0}}[:, {new}...]" if new else "{0}"
    return f"{spread}.expand(-1, {', '.join(map(str, op.shape))})"


def _reduce(op: Reduce, ins: tuple[Shape, ...]) -> str:
    dims = tuple(dim + 1 for dim in op.dims)
    keep = ", keepdim=True" if op.keep else ""
    made = f"{{0}}.{REDUCTIONS[op.sort]}(dim={dims!r}{keep})"
    whole = len(op.dims) == len(ins[0]) and not op.keep
    return f"{made}.unsqueeze(1)" if whole else made


def _elementwise(op: Elementwise, ins: tuple[Shape, ...]) -> str:
    sign = {"sub": " - ", "div": " / "}.get(op.sort, " + ")
    return sign.join(_inputs(ins))


def _slice(op: Slice, ins: tuple[Shape, ...]) -> str:
    return f"{{0}}[{':, ' * (op.axis + 1)}{_span(op, ins[0][op.axis])}]"


EXPRESSIONS: dict[type[Op], Callable[[Any, tuple[Shape, ...]], str]] = {
    Add: lambda op, ins: _chained(" + ", "sum", ins),
    Multiply: lambda op, ins: _chained(" * ", "math.prod", ins),
    Concat: _concat,
    Matmul: lambda op, ins: "{0} @ {1}",
    Transpose: lambda op, ins: "{0}.transpose(-2, -1)",
    Permute: lambda op, ins: f"{{0}}.permute(0, {', '.join(str(dim + 1) for dim in op.order)})",
    Reshape: lambda op, ins: f"{{0}}.reshape(-1, {', '.join(map(str, op.shape))})",
    Slice: _slice,
    Crop: _crop,
    Broadcast: _broadcast,
    Reduce: _reduce,
    Elementwise: _elementwise,
}
"""Ops without a module of their own, as expressions of their inputs."""


def _span(op: Slice, size: int) -> str:
    start = "" if op.start == 0 else str(op.start)
    stop = "" if op.stop == size else str(op.stop)
    step = "" if op.step == 1 else f":{op.step}"
    return f"{start}:{stop}{step}"
