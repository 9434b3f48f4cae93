"""What every primitive op knows: its output shape, its parameters, its work.

A shape is `(channels, *spatial)` without the batch: `(3, 224, 224)` for an image, `(64, 1000)`
for a sequence of 1000 steps, `(1024,)` for a flat vector.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sized
from fractions import Fraction
from functools import cached_property, lru_cache
from math import prod
from typing import ClassVar, Literal

from convcost.count import ZERO, Count, Factor, product
from convcost.errors import LayerError
from convcost.status import ALL_COMPLETE, Status, Statuses
from convcost.text import quote

Shape = tuple[int, ...]
Sizes = tuple[int, ...]
"""One number per spatial dim: a kernel, a stride, a dilation."""
Pads = tuple[tuple[int, int], ...]
"""Zeros before and after, per spatial dim."""

MAX_DIMS = 16
MAX_DIGITS = 18
TOO_LONG = 10**MAX_DIGITS
"""What every integer that a layer is given stays below."""
MAYBE_LEARNED: Statuses = {
    "params": Status("about", "nothing says whether some weights were learned")
}
"""The status of weights that a file has, and does not say to be learned."""
_AXES = {1: ("",), 2: ("h", "w"), 3: ("d", "h", "w")}


class Op:
    """A primitive op. The defaults are those of an element-wise op that costs nothing."""

    name: ClassVar[str]
    """What a reader calls it, `conv`, `max-pool`; also the class its work is kept under."""
    has_activations: ClassVar[bool] = False
    """Whether its output elements count as activations: convolutions and linear layers."""
    has_inputs: ClassVar[bool] = True
    """Whether it reads anything: learned and constant tensors do not."""

    works_on: ClassVar[Literal["in", "out"]] = "out"
    """Whose positions its multiply-adds lie on: the input's or the output's."""

    def out(self, *shapes: Shape) -> Shape:
        """The output shape for these input shapes; LayerError if they do not fit."""
        return shapes[0]

    def params(self) -> Count:
        """Learnable numbers."""
        return ZERO

    def macs(self, *shapes: Shape) -> Count:
        """Multiply-adds for these input shapes, batch 1."""
        return ZERO

    def macs_per_position(self) -> Count:
        """Multiply-adds for one position of the grid that they lie on."""
        return ZERO

    def activations(self, out: Shape) -> int:
        """Output elements, where they count as activations."""
        return prod(out) if self.has_activations else 0

    def other(self, *shapes: Shape) -> dict[str, Count]:
        """Work that is not multiply-adds, by class: `bias`, `batch-norm`, `relu`, ..."""
        return {}

    @property
    def work_class(self) -> str:
        """The class that its multiply-adds and its parameters are kept under."""
        return self.name

    def traits(self) -> tuple[str, ...]:
        """What conventions may tell it apart by from ops of its class: `2d`, `functional`, ..."""
        return ()

    def other_tools_counts(self, *shapes: Shape) -> dict[str, Count]:
        """The same work counted in other ways that tools have, by class: never added to it."""
        return {}

    def status(self) -> Statuses:
        """The counts of which it does not know all, and why; none as a rule."""
        return ALL_COMPLETE

    def scale(self) -> int | Fraction:
        """Output positions for each input position, on a grid large enough to have no rim."""
        return 1


class Weighted(Op, ABC):
    """An op that shares its weights over a grid of positions: params x positions multiply-adds.

    Subclasses say what one position costs and whose positions they are; bias comes on top. The
    weights of one that is not `learned` are constants, or another op's, and no parameters; where
    `learned` is None a file does not tell, and they are counted as if they were.
    """

    has_activations: ClassVar[bool] = True

    m: int
    bias: bool
    learned: bool | None

    @abstractmethod
    def weights(self) -> Count:
        """Learnable numbers without the bias."""

    def grid(self, *shapes: Shape) -> tuple[Factor, ...]:
        """The positions that each cost `macs_per_position`."""
        shape = shapes[0] if self.works_on == "in" else self.out(*shapes)
        return spatial_factors(shape[1:], self.works_on)

    @cached_property
    def _weights(self) -> Count:
        """Counted once for its parameters and its multiply-adds."""
        return self.weights()

    def params(self) -> Count:
        if self.learned is False:
            return ZERO
        weights = self._weights
        return weights + Factor("m", self.m) if self.bias else weights

    def status(self) -> Statuses:
        return MAYBE_LEARNED if self.learned is None else ALL_COMPLETE

    def macs_per_position(self) -> Count:
        return self._weights

    def macs(self, *shapes: Shape) -> Count:
        return self.macs_per_position() * product(self.grid(*shapes))

    def other(self, *shapes: Shape) -> dict[str, Count]:
        return {"bias": elements(self.out(*shapes), "m")} if self.bias else {}


def elements(shape: Shape, channels: str = "C") -> Count:
    """All elements of a tensor, `C·H·W`."""
    return product((Factor(channels, shape[0]), *spatial_factors(shape[1:])))


# Layers have the same few sizes and kernels over and over.
@lru_cache(maxsize=1024)
def spatial_factors(sizes: Sizes, mark: str = "") -> tuple[Factor, ...]:
    """Sizes by their usual letters: `L`, `H W` or `D H W` (`S1 S2 ...` beyond), followed by
    `mark` (in or out)."""
    return tuple(map(Factor, _letters(len(sizes), mark), sizes))


@lru_cache(maxsize=256)
def kernel_factors(kernel: Sizes) -> tuple[Factor, ...]:
    """A kernel's sides: `k`, `kh kw` or `kd kh kw`."""
    return tuple(map(Factor, [f"k{axis}" for axis in axes(len(kernel))], kernel))


@lru_cache(maxsize=64)
def _letters(dims: int, mark: str) -> tuple[str, ...]:
    letters = (f"S{axis}" if axis.isdigit() else axis.upper() or "L" for axis in axes(dims))
    return tuple(letter + mark for letter in letters)


def called(functional: bool | str, sizes: Sizes = ()) -> tuple[str, ...]:
    """The traits of an op on `sizes` spatial dims that is called as a function, as what
    `functional` says, or as a layer."""
    dims = (f"{len(sizes)}d",) if sizes else ()
    if not functional:
        return dims
    return ("functional" if functional is True else str(functional), *dims)


def axes(dims: int) -> tuple[str, ...]:
    """The letters of `dims` spatial axes, or numbers from the fourth dim on."""
    return _AXES.get(dims) or tuple(str(axis + 1) for axis in range(dims))


def format_shape(shape: Shape) -> str:
    """`64x56x56`, as users write shapes."""
    return "x".join(map(str, shape))


def parse_shape(text: str, what: str = "input", least: int = 1) -> Shape:
    """`3x224x224` as (3, 224, 224); LayerError for what is not sizes with x between."""
    parts = text.replace("×", "x").lower().split("x")
    if not all(part.strip().isascii() and part.strip().isdigit() for part in parts):
        raise LayerError(
            f'{what} cannot be "{quote(text)}"', hint="write sizes with x between: 3x224x224"
        )
    if len(parts) > MAX_DIMS or any(len(part) > MAX_DIGITS for part in parts):
        raise LayerError(
            f"{what} has more than {MAX_DIMS} sizes, or one of more than {MAX_DIGITS} digits"
        )
    shape = tuple(int(part) for part in parts)
    for size in shape:
        check_integer(what, size, least)
    return shape


def check_dims(name: str, sizes: Sized) -> None:
    """LayerError for more sizes than a shape may have."""
    if len(sizes) > MAX_DIMS:
        raise LayerError(f"{name} has {len(sizes):,} sizes, more than {MAX_DIMS}")


def one_in(positions: int) -> int | Fraction:
    """The share that one of so many positions is."""
    return 1 if positions == 1 else Fraction(1, positions)


def check_positive(**numbers: int | Sizes) -> None:
    """LayerError unless each is an integer above zero, or a tuple of such."""
    for name, value in numbers.items():
        for number in value if isinstance(value, tuple) else (value,):
            if not (type(number) is int and 0 < number < TOO_LONG):
                check_integer(name, number, 1)


def check_integer(name: str, number: object, least: int) -> None:
    """LayerError unless `number` is an integer of at least `least`; True and 3.0 are not."""
    if type(number) is int and least <= number < TOO_LONG:
        return
    if isinstance(number, bool) or not isinstance(number, int):
        hint = "round it: ${round(...)}" if isinstance(number, float) else ""
        raise LayerError(f"{name} must be an integer, not {quote(repr(number))}", hint=hint)
    if abs(number) >= TOO_LONG:
        raise LayerError(f"{name} has more than {MAX_DIGITS} digits")
    if number < least:
        raise LayerError(f"{name} must be at least {least}, not {number}")


def check_input(op: str, shape: Shape, channels: int, dims: int | None = None) -> None:
    """LayerError unless `shape` has the channels and the number of spatial dims that `op` takes."""
    if dims is not None and len(shape) - 1 != dims:
        raise LayerError(
            f"a {dims}-D {op} needs {dims} spatial dims, and {format_shape(shape)} arrived",
            hint="an input is written channels x sizes, such as 3x224x224",
        )
    if shape[0] != channels:
        raise LayerError(f"{op} takes {channels} channels, and {format_shape(shape)} arrived")
