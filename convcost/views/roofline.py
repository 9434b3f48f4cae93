"""What computing and moving take at least on a device, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from convcost.metrics.roofline import Bound, Bounded, Roofline
from convcost.views.figures import bar, duration, number, plain, rate
from convcost.views.screen import BOLD, CYAN, DIM, Screen
from convcost.views.sheet import Column, Heading, Part, Sheet, Text, Together
from convcost.views.standing import cell, entry, figure
from convcost.views.text import Figure
from convcost.views.words import title, where_from

CAVEAT = (
    "Each layer alone, as if nothing stayed on the chip; the network, as if all stayed that can. "
    "Both are bounds and no forecast: a network takes longer."
)
_BYTES = ("bytes_in", "bytes_out", "bytes_weights")


class _Roofline(NamedTuple):
    found: Roofline
    schema: str = "roofline/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """The least time of the network, where all stays on the chip that can, what it is bound
        by, and each layer's, if nothing does; times are seconds."""
        made = self.found
        return {
            "network": made.report.name,
            "path": made.report.path or None,
            "device": made.device.name,
            "peak": made.roof.peak,
            "bandwidth": made.roof.bandwidth,
            "on_chip": made.device.on_chip,
            "batch": made.setting.batch,
            "dtype": {"weights": made.setting.weights, "activations": made.setting.activations},
            "winograd": made.roof.winograd or None,
            "macs": made.report.macs,
            **times(made.bound),
            **entry(made.report.status),
            "layers": self.flat(),
        }

    def flat(self) -> Sheet[Bounded]:
        """A row a layer that computes or moves."""
        made = self.found
        columns: list[Column[Bounded]] = [
            Column("network", lambda _: made.report.name, only=("csv",)),
            Column("path", lambda _: made.report.path, only=("csv",)),
            Column("device", lambda _: made.device.name, only=("csv",)),
            Column("name", lambda each: each.layer.name),
            Column("kind", lambda each: each.layer.kind),
            Column("line", lambda each: each.layer.line or None),
            Column("macs", lambda each: each.layer.macs),
            Column("operations", lambda each: each.operations),
            Column("bytes_moved", lambda each: each.moved),
            Column("intensity", lambda each: plain(each.intensity)),
            *(
                Column(key, _time_of(key))
                for key in ("compute_seconds", "memory_seconds", "least_seconds", "bound_by")
            ),
            Column(
                "status",
                lambda each: entry(each.layer.status).get("status"),
                special={"csv": lambda each: cell(each.layer.status)},
                optional=True,
            ),
            *(Column(key, _bytes_of(at)) for at, key in enumerate(_BYTES)),
        ]
        return Sheet(columns, made.layers)

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A row a layer; a narrow screen costs the bars, the kinds and both times apart."""
        made = self.found
        return [
            Heading(title(made.report), where_from(made.report)),
            Text([roof_of(made)], markdown="breaks"),
            Sheet(_columns(made), made.layers),
            Together([Text(verdict(made), BOLD, "breaks"), Text([CAVEAT], DIM)]),
        ]


result = _Roofline


def times(bound: Bound) -> dict[str, Any]:
    """A bound for machines, in seconds."""
    return {
        "compute_seconds": plain(bound.compute),
        "memory_seconds": plain(bound.memory),
        "least_seconds": plain(bound.least),
        "bound_by": bound.bound_by or None,
    }


def _bytes_of(part: int) -> Callable[[Bounded], int]:
    return lambda each: each.traffic[part]


def _time_of(key: str) -> Callable[[Bounded], Any]:
    return lambda each: times(each.bound)[key]


def _columns(made: Roofline) -> list[Column[Bounded]]:
    longest = max((each.bound.least for each in made.layers), default=0)

    def macs(each: Bounded) -> Figure:
        return figure(made.report, "macs", each.layer)

    def bars(each: Bounded) -> Figure:
        return bar(each.bound.least, longest)

    return [
        Column("", lambda each: each.layer.name, "layer"),
        Column("", lambda each: each.layer.kind, "kind", goes=4),
        Column("", macs, "MACs", right=True, goes=5),
        *(
            Column("", _bytes_of(at), f"bytes\n{part}", right=True, goes=1)
            for at, part in enumerate(("in", "out", "weights"))
        ),
        Column("", lambda each: each.moved, "bytes", right=True, goes=5),
        Column("", lambda each: number(each.intensity), "ops/byte", right=True),
        Column("", lambda each: duration(each.bound.compute), "compute", right=True, goes=3),
        Column("", lambda each: duration(each.bound.memory), "memory", right=True, goes=3),
        Column("", lambda each: duration(each.bound.least), "at least", right=True),
        Column("", bars, "", style=CYAN, gap=1, goes=2, only=("table",)),
        Column("", lambda each: each.bound.bound_by, "bound by"),
    ]


def roof_of(made: Roofline) -> str:
    """`on H100: 989 Tops/s in fp16, 3.35 TB/s, 295 ops/byte where they meet; batch 8`."""
    setting, roof = made.setting, made.roof
    peak = f"{rate(roof.peak, 'ops')} in {setting.activations}"
    width = [rate(roof.bandwidth, "B")] if roof.bandwidth else ["bandwidth not known"]
    meet = []
    if roof.bandwidth:
        meet = [f"which meet at {number(Fraction(roof.peak, roof.bandwidth))} ops/byte"]
    tile = [f"Winograd, tiles of {roof.winograd}"] if roof.winograd else ["direct convolution"]
    weights = [f"weights in {setting.weights}"] * (setting.weights != setting.activations)
    words = [peak, *width, *meet, *tile, *weights, f"batch {setting.batch}"]
    return f"on {made.device.name}: {', '.join(words)}"


def at_least(bound: Bound, sign: str = "") -> str:
    """`at least 17.3 ms, bound by compute`, or by computing alone, where no bandwidth is known."""
    said = f"at least {sign}{duration(bound.least)}"
    if bound.memory is None:
        return f"{said}, by computing alone, as its bandwidth is not known"
    return said + f", bound by {bound.bound_by}" * bool(bound.bound_by)


def verdict(made: Roofline) -> list[str]:
    """How long the network takes at least, and how many layers are bound by what."""
    bound = made.bound
    sign = "≥ " if made.report.status else ""
    said = f"the network takes {at_least(bound, sign)}"
    if bound.least and not sign:
        most = made.setting.batch / bound.least
        said += f"; at most {number(most if most < 10 else int(most))} inputs/s"
    by = [each.bound.bound_by for each in made.layers]
    counted = [f"{by.count(what)} by {what}" for what in ("compute", "memory") if what in by]
    return [said, f"of {len(by)} layers {' and '.join(counted)}"] if counted else [said]
