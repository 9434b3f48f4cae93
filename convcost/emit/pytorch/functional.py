"""Ops that PyTorch has no module for, as expressions of their inputs in `forward`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from convcost.ops.base import Op, Pads, Shape, Sizes
from convcost.ops.conv import SAME_TF
from convcost.ops.dynamic import DynamicConv, DynamicTransposedConv
from convcost.ops.joints import Add, Concat, Matmul, Multiply
from convcost.ops.structure import Crop, Reshape, Slice
from convcost.ops.tensors import Broadcast, Elementwise, Gather, Permute, Reduce, Transpose, Unknown

REDUCTIONS = {
    "mean": "mean",
    "sum": "sum",
    "max": "amax",
    "min": "amin",
    "var": "var",
    "std": "std",
}

SIGNS = {"sub": " - ", "div": " / "}

LONGEST_CHAIN = 100
"""Operands in a row."""


def known_by_name(op: Op) -> str | None:
    """The name of an operation that is known by that alone: what stands for it has its shape."""
    match op:
        case Reduce() if op.sort not in REDUCTIONS:
            return op.sort
        case Elementwise() if op.sort not in SIGNS:
            return op.sort
        case Gather() | Unknown():
            return op.sort
    return None


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
    return SIGNS.get(op.sort, " + ").join(_inputs(ins))


def _slice(op: Slice, ins: tuple[Shape, ...]) -> str:
    return f"{{0}}[{':, ' * (op.axis + 1)}{_span(op, ins[0][op.axis])}]"


def resolved_pads(
    padding: Any, kernel: Sizes, stride: Sizes, dilation: Sizes, shape: Shape
) -> Pads:
    """The zeros on each side, TensorFlow's rule worked out for this size."""
    if padding != SAME_TF:
        pads: Pads = padding
        return pads
    found = []
    for size, side, step, spread in zip(shape[1:], kernel, stride, dilation, strict=True):
        total = max(0, (-(-size // step) - 1) * step + spread * (side - 1) + 1 - size)
        found.append((total // 2, total - total // 2))
    return tuple(found)


def _dynamic(op: DynamicConv | DynamicTransposedConv, ins: tuple[Shape, ...]) -> str:
    """For a batch of one, as are the weights that an input makes."""
    dims = len(op.kernel)
    pads = resolved_pads(op.padding, op.kernel, op.stride, op.dilation, ins[0])
    even = all(before == after for before, after in pads)
    inside = tuple(before for before, _ in pads) if even else (0,) * dims
    # A transposed convolution's weights are (n, m/groups, ...), and its padding cuts.
    is_transposed = isinstance(op, DynamicTransposedConv)
    first, second = (op.n, op.m) if is_transposed else (op.m, op.n)
    shape = (first, second // op.groups, *op.kernel)
    rest = f"stride={op.stride}, padding={inside}, dilation={op.dilation}, groups={op.groups}"
    if isinstance(op, DynamicTransposedConv):
        rest += f", output_padding={op.output_padding}"
    name = f"torch.conv{'_transpose' * is_transposed}{dims}d"
    text = f"{name}({{0}}, {{1}}.reshape{shape}, {rest})"
    if even:
        return text
    sides = last_first(pads)
    if is_transposed:
        return f"nn.functional.pad({text}, {tuple(-side for side in sides)})"
    return text.replace("{0}", f"nn.functional.pad({{0}}, {sides})")


def last_first(pads: Pads) -> tuple[int, ...]:
    """Padding as PyTorch takes it: the last dim first."""
    return tuple(side for pair in reversed(pads) for side in pair)


EXPRESSIONS: dict[type[Op], Callable[[Any, tuple[Shape, ...]], str]] = {
    Add: lambda op, ins: _chained(" + ", "sum", ins),
    Multiply: lambda op, ins: _chained(" * ", "math.prod", ins),
    Concat: _concat,
    DynamicConv: _dynamic,
    DynamicTransposedConv: _dynamic,
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
