"""The roof of a device, and where the layers of a network lie under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod, sqrt
from typing import NamedTuple

from convcost.cost import LayerCost
from convcost.metrics.roofline import Bounded, Roof, Roofline
from convcost.ops.conv import Conv, TransposedConv
from convcost.text import quote
from convcost.views.figures import duration, number, percent, plain, rate
from convcost.views.pictures.labels import LONGEST, Box, Label, along, around, placed
from convcost.views.pictures.page import Panel, page
from convcost.views.pictures.plot import Plot, plot, spread
from convcost.views.pictures.shapes import NETWORK, keyed, shaped
from convcost.views.pictures.svg import LINE, Point, Svg, fitted, line, lines, width_of
from convcost.views.roofline import CAVEAT, roof_of, verdict
from convcost.views.words import title

_SORTS = (
    *("convolution", "pointwise", "depthwise or grouped", "other products"),
    "network, if all stays on the chip that can",
)
_SIZES = "Dots are as large as their share of the time of all layers."
_LARGEST, _SMALLEST = 34.0, 5.0
_LABELLED = Fraction(1, 50)


class _Dot(NamedTuple):
    """Layers of one sort in one place: `x` operations a byte, `y` operations a second."""

    x: float
    y: float
    sort: int
    layers: Sequence[Bounded]

    @property
    def least(self) -> Fraction:
        """Seconds of all of them, one by one."""
        return sum((each.bound.least for each in self.layers), Fraction(0))

    @property
    def name(self) -> str:
        """The first one's, and how many others are there."""
        others = len(self.layers) - 1
        return quote(self.layers[0].layer.name) + f" and {others:,} more" * bool(others)


def render(found: Roofline) -> Svg:
    """What each layer computes for a byte that it moves, and at what rate that can be at most."""
    said = [*verdict(found), *_unseen(found), _SIZES, CAVEAT]
    dots = [dot for each in found.layers if (dot := _dot(each))]
    whole = _network(found)
    drawn = _plot(found.roof, [*dots, *whole])
    together = sorted(_together(drawn, dots), key=lambda dot: -dot.least)
    marks = [*drawn.marks(), *_marks(found, drawn, together, whole)]
    sorts = sorted({dot.sort for dot in (*dots, *whole)})
    panels = [
        Panel(drawn.across.end, drawn.height, marks),
        keyed([(at, _SORTS[at]) for at in sorts]),
    ]
    return page(title(found.report), roof_of(found), panels, said)


def _dot(each: Bounded) -> _Dot | None:
    """A layer's place; None for one that computes nothing, which has none on these axes."""
    if not each.operations or each.intensity is None:
        return None
    rate_of_it = each.operations / each.bound.least
    return _Dot(float(each.intensity), float(rate_of_it), _sort(each.layer), [each])


def _network(found: Roofline) -> list[_Dot]:
    """The network's place, where its bytes are known that cannot stay on the chip."""
    bound, bandwidth = found.bound, found.roof.bandwidth
    operations = 2 * found.report.macs * found.setting.batch
    if not operations or not bound.memory or not bandwidth:
        return []
    intensity = operations / (bound.memory * bandwidth)
    return [_Dot(float(intensity), float(operations / bound.least), NETWORK, [])]


def _sort(layer: LayerCost) -> int:
    """By the op that multiplies most."""
    op = max(layer.stages, key=lambda stage: stage.macs.value).op
    if not isinstance(op, Conv | TransposedConv):
        return 3
    if op.groups > 1:
        return 2
    return 1 if prod(op.kernel) == 1 else 0


def _plot(roof: Roof, dots: Sequence[_Dot]) -> Plot:
    """Axes on which all dots have room, and where the roof bends."""
    xs = [*(dot.x for dot in dots), *_ridge(roof)] or [1.0]
    across = spread("operations a byte that is moved", [*xs, max(xs) * 2], True, False)
    rates = [_under(roof, across.low), *(dot.y for dot in dots), roof.peak / 5, roof.peak * 1.5]
    return plot(across, spread("operations a second, at most", rates, True, False))


def _ridge(roof: Roof) -> list[float]:
    """The operations a byte at which computing and moving take as long, if that is known."""
    return [roof.peak / roof.bandwidth] if roof.bandwidth else []


def _under(roof: Roof, intensity: float) -> float:
    return min(float(roof.peak), (roof.bandwidth or roof.peak) * intensity)


def _together(drawn: Plot, dots: Sequence[_Dot]) -> list[_Dot]:
    """Dots of one sort that lie on the same pixel as one."""
    found: dict[tuple[int, int, int], list[_Dot]] = {}
    for dot in dots:
        x, y = drawn.point(dot.x, dot.y)
        found.setdefault((round(x), round(y), dot.sort), []).append(dot)
    return [
        each[0]._replace(layers=[layer for dot in each for layer in dot.layers])
        for each in found.values()
    ]


def _marks(
    found: Roofline, drawn: Plot, dots: Sequence[_Dot], whole: Sequence[_Dot]
) -> Iterator[Svg]:
    """The roof, the dots on it, those with most time first, and the labels that have room."""
    roof, bottom = found.roof, drawn.bottom
    bends = [drawn.point(x, _under(roof, x)) for x in (drawn.across.low, *_ridge(roof))]
    bends.append(drawn.point(drawn.across.high, roof.peak))
    yield lines([(x, y, x, bottom) for x, y in bends[1:-1]], "axis")
    yield line(bends)
    every = sum((each.bound.least for each in found.layers), Fraction(0)) or Fraction(1)
    labels, taken = _roof_labels(roof, bends, bottom), [*along(bends)]
    for dot in (*dots, *whole):
        x, y = drawn.point(dot.x, dot.y)
        share = dot.least / every
        size = _SMALLEST + (_LARGEST - _SMALLEST) * sqrt(share) if dot.layers else 2 * _SMALLEST
        yield shaped(dot.sort, x, y, size, _told(found, dot))
        taken.append(around(x, y, size / 2))
        if not dot.layers:
            labels.insert(0, Label(x, y, "network", size / 2))
        elif share >= _LABELLED:
            labels.append(Label(x, y, _words(dot, share), size / 2))
    room = Box(drawn.across.start, LINE, drawn.across.end, bottom)
    yield from placed(labels, taken, room)


def _roof_labels(roof: Roof, bends: Sequence[Point], bottom: float) -> list[Label]:
    """The figures of the roof: at its ends, and below where it bends."""
    found = [Label(*bends[-1], rate(roof.peak, "ops"), 2)]
    if roof.bandwidth:
        meet = number(Fraction(roof.peak, roof.bandwidth))
        (left, low), (x, y), shares = *bends[:2], (0.2, 0.4, 0.6, 0.8)
        others = [(left + (x - left) * share, low + (y - low) * share) for share in shares]
        found.append(Label(left, low, rate(roof.bandwidth, "B"), 2, others))
        found.append(Label(x, bottom - LINE, f"{meet} ops/byte", 1))
    return found


def _words(dot: _Dot, share: Fraction) -> str:
    """`layer1[0].conv2 ×6, 12.3%`: whose time it is, and which share of all layers' time."""
    times = f" ×{len(dot.layers):,}" * (len(dot.layers) > 1)
    rest = f"{times}, {percent(*share.as_integer_ratio())}"
    return fitted(dot.layers[0].layer.name, LONGEST - width_of(rest)) + rest


def _told(found: Roofline, dot: _Dot) -> str:
    if not dot.layers:
        return f"{_SORTS[NETWORK]}: {dot.x:.6g} ops/byte, {plain(found.bound.least)} s"
    first = dot.layers[0]
    by = f", bound by {first.bound.bound_by}" * bool(first.bound.bound_by)
    together = " together" * (len(dot.layers) > 1)
    return (
        f"{dot.name}: {plain(first.intensity)} ops/byte, {plain(dot.least)} s{together}, "
        f"{rate(dot.y, 'ops')} at most{by}"
    )


def _unseen(found: Roofline) -> list[str]:
    """What is said of layers that are not drawn."""
    others = [each for each in found.layers if not _dot(each)]
    least = sum((each.bound.least for each in others), Fraction(0))
    takes = f", and take at least {duration(least)}" * bool(least)
    plural = "layers that compute" if len(others) > 1 else "layer that computes"
    return [f"Not drawn: {len(others):,} {plural} nothing{takes}."] * bool(others)
