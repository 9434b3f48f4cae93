"""Sizes as people write them: one number for an image, channels last. What is meant is said."""

from collections.abc import Iterable, Mapping
from typing import Any

from convcost.errors import LayerError
from convcost.ops.base import Shape, Sizes, format_shape, parse_shape

_COLOURS = (1, 3, 4)
_SIZES = frozenset(("H", "W", "size"))


def squared(size: Sizes, stated: Iterable[object]) -> Sizes:
    """One number as that of each dim, where a kernel or so among what is `stated` has several."""
    if len(size) != 1:
        return size
    return size * next((dims for dims in map(_dims, stated) if dims > 1), 1)


def sizes_note(sizes: Sizes, option: str) -> str:
    """What to know of spatial `sizes` that `option` gives: that they are no image's, if they look
    as if they were meant to be."""
    shown = format_shape(sizes)
    if len(sizes) == 1:
        meant = format_shape(sizes * 2)
        return f"{option}{shown} is a sequence's, and this 1-D; an image's is {option}{meant}"
    if is_channels_last(sizes):
        meant = format_shape(sizes[:2])
        return f"{option}{shown} is a volume's, and this 3-D; an image's is {option}{meant}"
    return ""


def input_note(shape: Shape, option: str) -> str:
    """The same of the shape of an input, of which the channels come first."""
    if not is_channels_last(shape):
        return ""
    meant = format_shape((shape[2], *shape[:2]))
    return (
        f"{option}{format_shape(shape)} is taken for {shape[0]:,} channels; "
        f"channels come first: {option}{meant}"
    )


def is_channels_last(sizes: Sizes) -> bool:
    """Whether sizes look like an image's with its channels behind, 224x224x3."""
    return len(sizes) == 3 and sizes[2] in _COLOURS and min(sizes[:2]) > sizes[2]


def _dims(value: object) -> int:
    """How many dims a value has a number for; 0 if it is one for all."""
    if isinstance(value, str):
        return len(value.replace("×", "x").lower().split("x")) if value[:1].isdigit() else 0
    return len(value) if isinstance(value, (tuple, list)) else 0


def split_size(fields: Mapping[str, Any]) -> tuple[dict[str, Any], Sizes | None]:
    """The fields without n's company H, W and size, and the spatial size that those give."""
    own = dict(fields)
    if _SIZES.isdisjoint(own):
        return own, None
    height, width, size = own.pop("H", None), own.pop("W", None), own.pop("size", None)
    if size is not None and (height is not None or width is not None):
        raise LayerError("size and H, W say the same thing", hint="give one of them")
    if isinstance(size, str):
        return own, parse_shape(size, "size")
    if size is not None:
        return own, tuple(size) if isinstance(size, (tuple, list)) else (size,)
    return own, tuple(side for side in (height, width) if side is not None) or None
