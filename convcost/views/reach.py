"""Receptive fields: what each layer sees of the network's input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from convcost.cost import LayerCost
from convcost.metrics.reach import Reach
from convcost.metrics.sight import Sight
from convcost.metrics.windows import Axis
from convcost.status import ALL_COMPLETE, COMPLETE, Statuses
from convcost.views.figures import number, percent, plain, sizes, with_sign
from convcost.views.screen import BOLD, DIM, Screen
from convcost.views.sheet import Column, Heading, Part, Sheet, Text, Together
from convcost.views.standing import cell, entry
from convcost.views.text import Figure
from convcost.views.words import title, where_from

CAVEAT = (
    "The first output sees from -padding on, and each one behind it begins a stride further. Where "
    "all of the input is seen, the size is that of what was pooled."
)
_Read = Callable[[Axis], int | Fraction | None]


class Line(NamedTuple):
    """A layer, and what it sees of an input of so many positions along each axis."""

    layer: LayerCost
    sight: Sight
    inputs: tuple[int, ...]

    @property
    def share(self) -> Fraction:
        """How much of the input the output in the middle sees, rims cut off."""
        share = Fraction(1)
        for at, (axis, size) in enumerate(zip(self.sight.axes, self.inputs, strict=False)):
            outs = (
                out for out, on in zip(self.layer.out, self.sight.dims, strict=True) if at in on
            )
            window = axis.at(next(outs, 1) // 2) or (0, -1)
            seen = max(0, min(window[1], size - 1) - max(window[0], 0) + 1)
            share *= 1 if axis.whole else Fraction(seen, size)
        return share

    @property
    def statuses(self) -> Statuses:
        """How far it is to be believed."""
        doubt = self.sight.doubt
        return ALL_COMPLETE if doubt == COMPLETE else {"receptive_field": doubt}

    @property
    def size(self) -> Figure:
        """`≥ 7×7`."""
        return with_sign(sizes(axis.size for axis in self.sight.axes), self.sight.doubt)

    @property
    def notes(self) -> str:
        """What no number says."""
        axes = self.sight.axes
        said = {
            "all of it": bool(axes) and all(axis.whole for axis in axes),
            "unaligned": not all(axis.aligned for axis in axes),
            "gates left out": self.sight.gated,
        }
        return ", ".join(what for what, holds in said.items() if holds)


def _padding(axis: Axis) -> int | None:
    window = axis.at(0)
    return -window[0] if window else None


def _centre(axis: Axis) -> Fraction | None:
    window = axis.at(0)
    return Fraction(sum(window), 2) if window and axis.aligned else None


_FIGURES: Mapping[str, _Read] = {
    "size": lambda axis: axis.size,
    "stride": lambda axis: axis.stride,
    "padding": _padding,
    "centre": _centre,
}


def _of_axes(key: str) -> Column[Line]:
    """A number for each axis of the input."""
    read = _FIGURES[key]

    def texts(line: Line) -> str:
        found = map(read, line.sight.axes)
        return "×".join("?" if each is None else number(each) for each in found)

    return Column(
        key,
        lambda line: [plain(read(axis)) for axis in line.sight.axes],
        None if key == "centre" else key,
        (lambda line: line.size) if key == "size" else texts,
        right=True,
        special={"csv": lambda line: texts(line).replace("×", "x")},
        goes={"padding": 2, "stride": 4}.get(key, 0),
    )


class _Reach(NamedTuple):
    found: Reach
    schema: str = "reach/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """What each layer sees, a number for every axis of the input, and what one output does that
        was asked about."""
        made = self.found
        document: dict[str, Any] = {
            "network": made.report.name,
            "path": made.report.path or None,
            "input": made.report.input,
            "layers": self.flat(),
        }
        if made.at:
            spans = [[each.first, each.last] for each in made.spans]
            document["output"] = {"layer": made.at, "position": made.position, "sees": spans}
        return document

    def flat(self) -> Sheet[Line]:
        """A row a layer; a narrow screen costs the kinds, the paddings, the shapes, the strides."""
        report = self.found.report
        columns: list[Column[Line]] = [
            Column("network", lambda _: report.name, only=("csv",)),
            Column("path", lambda _: report.path, only=("csv",)),
            Column("name", lambda line: line.layer.name, "layer"),
            Column("kind", lambda line: line.layer.kind, "kind", goes=1),
            Column("line", lambda line: line.layer.line or None),
            Column("out", lambda line: line.layer.out, "output", goes=3),
            *map(_of_axes, _FIGURES),
            Column(
                "share",
                lambda line: plain(line.share),
                "of the input",
                lambda line: percent(line.share.numerator, line.share.denominator),
                right=True,
            ),
            Column("aligned", lambda line: all(axis.aligned for axis in line.sight.axes)),
            Column("whole", lambda line: all(axis.whole for axis in line.sight.axes)),
            Column("gated", lambda line: line.sight.gated),
            Column("", lambda line: line.notes, "", style=DIM),
            Column(
                "status",
                lambda line: entry(line.statuses).get("status"),
                special={"csv": lambda line: cell(line.statuses)},
                optional=True,
            ),
        ]
        return Sheet(columns, self._lines())

    def _lines(self) -> list[Line]:
        made = self.found
        whole = made.report.input
        return [
            Line(layer, sight, (whole or layer.ins[0])[1:])
            for layer, sight in zip(made.report.layers, made.sights, strict=True)
        ]

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A row a layer, and in words what one output sees."""
        report = self.found.report
        doubts = {sight.doubt for sight in self.found.sights} - {COMPLETE}
        said = [f"receptive field {doubt.state}: {doubt.why}" for doubt in sorted(doubts)]
        return [
            Heading(title(report), where_from(report)),
            self.flat(),
            Together([Text(self._output(), BOLD), Text(said, DIM, "bullets"), Text([CAVEAT], DIM)]),
        ]

    def _output(self) -> list[str]:
        """`output 16,0 of head sees positions 267..757 × 0..245 of 1024×1024`."""
        made = self.found
        if not made.at:
            return []
        place = ",".join(map(str, made.position))
        said = f"output {place} of {made.at}" if place else f"the output of {made.at}"
        if not made.spans:
            return [f"{said} sees nothing of the input"]
        spans = " × ".join(f"{each.first}..{each.last}" for each in made.spans)
        return [f"{said} sees positions {spans} of {sizes(each.size for each in made.spans)}"]


result = _Reach
