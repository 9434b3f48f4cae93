"""Which convention gives a published figure: `4.12G`, to the digits that are printed."""

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from convcost.conventions.base import Convention, apply
from convcost.conventions.shipped import CONVENTIONS
from convcost.cost import LayerCost, Report
from convcost.errors import UsageError
from convcost.ops.conv import ChannelwiseConv, Conv, Linear, TransposedConv
from convcost.text import quote

_FIGURE = re.compile(r"([0-9]{1,30})(?:\.([0-9]{1,30}))? ?([kKMGBT]?)")
_UNITS = {"": 0, "k": 3, "K": 3, "M": 6, "G": 9, "B": 9, "T": 12}


class Figure(NamedTuple):
    """A figure as it was published, and the values, both included, that are rounded to it."""

    text: str
    low: Fraction
    high: Fraction

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and self.low <= value <= self.high


class Reading(NamedTuple):
    """A number that a convention gives, and how: as FLOPs, which are 2 × MACs, or without the
    classifier."""

    convention: str
    number: int
    doubled: bool = False
    headless: bool = False


class Search(NamedTuple):
    """The readings that a figure fits, and the one that comes closest where none does.

    `classifier` names the layers that a reading without it leaves out.
    """

    figure: Figure
    readings: tuple[Reading, ...]
    nearest: Reading
    classifier: tuple[str, ...]


def parse_figure(text: str) -> Figure:
    """`4.12G`, `569 M` or `4,111,512,576`; UsageError for anything else.

    The last digit is taken as rounded, so `4.12G` is anything from 4.115 to 4.125 G.
    """
    match = _FIGURE.fullmatch(text.strip().replace(",", "").replace("_", ""))
    if not match:
        raise UsageError(
            f'"{quote(text)}" is not a figure',
            hint="write it as it was published: 4.12G, 569M or 4111512576",
        )
    whole, part, unit = match.groups(default="")
    step = Fraction(10) ** (_UNITS[unit] - len(part))
    value = int(whole + part) * step
    return Figure(text.strip(), value - step / 2, value + step / 2)


def search(
    report: Report,
    figure: Figure,
    conventions: Iterable[Convention] = tuple(CONVENTIONS.values()),
) -> Search:
    """Every reading of `report`'s network, by each of `conventions`, that rounds to `figure`."""
    left_out = _classifier(report.layers)
    readings = []
    for convention in conventions:
        counted = apply(report, convention)
        head = sum(counted.layers[index].macs for index in left_out)
        for headless in (False, True) if left_out else (False,):
            number = counted.macs - head * headless
            readings += [
                Reading(convention.name, number, False, headless),
                Reading(convention.name, 2 * number, True, headless),
            ]
    middle = (figure.low + figure.high) / 2
    return Search(
        figure,
        tuple(reading for reading in readings if reading.number in figure),
        min(readings, key=lambda reading: abs(reading.number - middle)),
        tuple(report.layers[index].name for index in left_out),
    )


def _classifier(layers: tuple[LayerCost, ...]) -> list[int]:
    """The linear layers behind the last convolution, by their indices; none without one."""

    def has(layer: LayerCost, *ops: type) -> bool:
        return any(isinstance(stage.op, ops) for stage in layer.stages)

    convolutions = [
        index
        for index, layer in enumerate(layers)
        if has(layer, Conv, TransposedConv, ChannelwiseConv)
    ]
    if not convolutions:
        return []
    behind = range(convolutions[-1] + 1, len(layers))
    return [index for index in behind if has(layers[index], Linear)]
