"""A network and its layers, timed: how long they take, and how far that is above a bound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from convcost.runtime.measurement import LayerTime, Measurement
from convcost.runtime.timing import Timing
from convcost.views.figures import bar, duration, plain, rate, ratio
from convcost.views.screen import BOLD, CYAN, DIM, Screen
from convcost.views.sheet import Column, Heading, Part, Sheet, Text, Together
from convcost.views.text import Figure
from convcost.views.words import title, where_from

CAVEAT = "A layer is timed alone and again and again: caches may still hold its data."
_TIMES = ("seconds", "low_seconds", "high_seconds", "samples")


class _Measured(NamedTuple):
    found: Measurement
    schema: str = "measure/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """What ran, how long the network takes, and its distinct layers in order. Times are
        seconds of a batch: a median, and the quartiles around it."""
        made, against = self.found, self.found.against
        return {
            "network": made.report.name,
            "path": made.report.path or None,
            "machine": made.machine._asdict(),
            "batch": made.setting.batch,
            "dtype": made.setting.activations,
            "macs": made.report.macs,
            **dict(zip(_TIMES, made.timing, strict=True)),
            "device": against and against.device.name,
            "least_seconds": against and plain(against.bound.least),
            "layers": self.flat(),
        }

    def flat(self) -> Sheet[LayerTime]:
        """A row a distinct layer, under the name of the first."""
        made = self.found
        columns: list[Column[LayerTime]] = [
            Column("network", lambda _: made.report.name, only=("csv",)),
            Column("name", lambda each: each.layer.name),
            Column("kind", lambda each: each.layer.kind),
            Column("times", lambda each: each.times),
            Column("ins", lambda each: each.layer.ins),
            Column("out", lambda each: each.layer.out),
            Column("macs", lambda each: each.layer.macs),
            Column("bytes_moved", lambda each: each.moved),
            *(Column(key, _part(at)) for at, key in enumerate(_TIMES)),
            Column("least_seconds", lambda each: plain(each.least)),
            Column("why", lambda each: each.why or None),
        ]
        return Sheet(columns, made.layers)

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A row a distinct layer; a narrow screen costs MACs and rates, then the bounds, kinds and
        bars."""
        made = self.found
        untimed = [
            f"{each.layer.name} was not timed: {each.why}" for each in made.layers if each.why
        ]
        return [
            Heading(title(made.report), where_from(made.report)),
            Text([_setting(made)], markdown="breaks"),
            Sheet(_columns(made), made.layers),
            Together([Text(verdict(made), BOLD, "breaks"), Text([*untimed, CAVEAT], DIM)]),
        ]


result = _Measured


def _part(at: int) -> Callable[[LayerTime], float | None]:
    return lambda each: each.timing[at] if each.timing else None


def _columns(made: Measurement) -> list[Column[LayerTime]]:
    longest = Fraction(max((each.seconds for each in made.layers), default=0))

    def computes(each: LayerTime) -> Figure:
        operations = 2 * each.layer.macs * made.setting.batch
        return rate(operations / each.timing.median if each.timing and operations else None, "ops")

    against: list[Column[LayerTime]] = [
        Column("", lambda each: duration(each.least), "at least", right=True, goes=3),
        Column("", lambda each: ratio(each.above), "× that", right=True),
    ]
    return [
        Column("", lambda each: each.layer.name, "layer"),
        Column("", lambda each: each.layer.kind, "kind", goes=2),
        Column("", lambda each: each.times, "times", right=True),
        Column("", lambda each: each.layer.macs, "MACs", right=True, goes=4),
        Column("", computes, "computes", right=True, goes=4),
        Column("", lambda each: _once(each.timing), "each", right=True),
        *against * (made.against is not None),
        Column("", lambda each: duration(each.seconds or None), "all", right=True),
        Column(
            "",
            lambda each: bar(Fraction(each.seconds), longest),
            "",
            style=CYAN,
            gap=1,
            goes=1,
            only=("table",),
        ),
    ]


def _once(timing: Timing | None) -> Figure:
    return duration(timing and timing.median)


def _setting(made: Measurement) -> str:
    """`on NVIDIA H100, torch 2.13.0: fp16, batch 8`."""
    machine, under = made.machine, made.setting
    threads = f", {machine.threads} threads" if machine.threads else ""
    setting = f"{under.activations}, batch {under.batch}"
    return f"on {machine.processor}, {machine.framework}{threads}: {setting}"


def verdict(made: Measurement) -> list[str]:
    """How long the network takes, how far the runs lie apart, and what its layers take alone."""
    timing = made.timing
    spread = f"{duration(timing.low)} to {duration(timing.high)}, {timing.samples} samples"
    said = [f"the network takes {duration(timing.median)} ({spread})"]
    if made.against:
        name, least = made.against.device.name, duration(made.against.bound.least)
        said.append(f"at least {least} on {name}: {ratio(made.above)} of that")
    together = sum(each.seconds for each in made.layers)
    return [*said, f"its layers, each alone, take {duration(together)} together"]
