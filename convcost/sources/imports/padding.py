"""Zeros around a convolution's input, as frameworks work them out from the sizes."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.ops.base import Pads, Sizes
from convcost.sources.imports.assembler import Fields


def covering(
    sizes: Sequence[int],
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    is_before: bool = False,
) -> Pads:
    """As many zeros as give ceil(size / stride) outputs, what is odd of them behind, or before: as
    TensorFlow means `same`, and ONNX SAME_UPPER and SAME_LOWER."""
    found = []
    for size, side, step, spread in zip(sizes, kernel, stride, dilation, strict=True):
        total = max(0, (-(-size // step) - 1) * step + spread * (side - 1) + 1 - size)
        less, more = total // 2, total - total // 2
        found.append((more, less) if is_before else (less, more))
    return tuple(found)


def cut_to(
    sizes: Sequence[int],
    wanted: Sequence[int],
    kernel: Sequence[int],
    settings: Fields,
    more: Sizes,
    is_before: bool = False,
) -> Fields:
    """The settings that say what is cut off a transposed convolution's output, or put behind it, to
    come to `wanted`; `more` stands behind it in any case."""
    pads, behind = [], []
    steps = zip(settings["stride"], settings["dilation"], more, strict=True)
    for size, out, side, (step, spread, extra) in zip(sizes, wanted, kernel, steps, strict=True):
        total = step * (size - 1) + extra + spread * (side - 1) + 1 - out
        less, rest = max(0, total) // 2, max(0, total) - max(0, total) // 2
        pads.append((rest, less) if is_before else (less, rest))
        behind.append(extra + max(0, -total))
    return {"padding": tuple(pads), "output_padding": tuple(behind)}
