"""Whether a network fits a device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convcost.device import SURENESS
from convcost.metrics import METRICS
from convcost.metrics.fit import Fit, Part
from convcost.views.figures import in_bytes, marked, percent, plain
from convcost.views.roofline import at_least
from convcost.views.screen import BOLD, DIM, GREEN, RED, Screen
from convcost.views.sheet import Column, Heading, Sheet, Text, Together
from convcost.views.sheet import Part as Shown
from convcost.views.standing import entry
from convcost.views.words import settings_of, title, where_from

VERDICTS = {True: "fits", False: "does not fit", None: "cannot be told"}


class _Fit(NamedTuple):
    found: Fit
    schema: str = "fit/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """Whether it fits, and each part: what is needed, what is there, and what is left."""
        report, device = self.found.report, self.found.device
        return {
            "network": report.name,
            "path": report.path or None,
            "device": device.name,
            "setting": settings_of(report),
            "fits": self.found.fits,
            "least_seconds": plain(self.found.least),
            **entry(report.status),
            "parts": self.flat(),
        }

    def flat(self) -> Sheet[Part]:
        """A row a part."""
        report, device = self.found.report, self.found.device
        columns: list[Column[Part]] = [
            Column("network", lambda _: report.name, only=("csv",)),
            Column("path", lambda _: report.path, only=("csv",)),
            Column("device", lambda _: device.name, only=("csv",)),
            Column("metric", lambda part: part.metric, "", lambda part: METRICS[part.metric].title),
            Column(
                "needed",
                lambda part: part.needed,
                "needed",
                lambda part: marked(part.needed, part.status),
                right=True,
            ),
            Column("memory", lambda part: part.memory, "of"),
            Column("there", lambda part: part.there, "there", right=True),
            Column("left", lambda part: part.left, "left", right=True),
            Column("", _share, "used", right=True, goes=1),
            Column("fits", lambda part: part.fits, "", lambda part: VERDICTS[part.fits], _style),
        ]
        return Sheet(columns, self.found.parts)

    def parts(self, screen: Screen) -> Sequence[Shown]:
        """A row a part, and the verdict."""
        report, device = self.found.report, self.found.device
        under = settings_of(report)
        said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in under.items())
        known = SURENESS.get(device.sure.get("memory", ""), "")
        source = f"{device.name}: {device.source}" if device.source else ""
        return [
            Heading(title(report), where_from(report)),
            Text([f"on {device.name}, {said or 'fp32'}"]),
            self.flat(),
            Together(
                [
                    Text([self._verdict()], BOLD),
                    Text(self._time()),
                    Text([f"{source} ({known})" if known else source] * bool(source), DIM),
                ]
            ),
        ]

    def _time(self) -> list[str]:
        bound = self.found.bound
        return [f"by direct convolution it takes {at_least(bound)}"] if bound else []

    def _verdict(self) -> str:
        """`it does not fit: 100 bytes of sram too little`."""
        found = self.found
        over = [
            f"{in_bytes(-part.left)} of {part.memory} too little"
            for part in found.parts
            if part.fits is False and part.left is not None
        ]
        if over:
            return f"it does not fit: {', and '.join(over)}"
        return "it fits" if found.fits else "whether it fits cannot be told"


result = _Fit


def _share(part: Part) -> str:
    return percent(part.needed, part.there) if part.there else ""


def _style(part: Part) -> str:
    return {True: GREEN, False: RED, None: ""}[part.fits]
