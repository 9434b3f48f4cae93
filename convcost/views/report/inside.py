"""What is inside a layer: its ops with what their numbers are made of, what its kind gives up, and
what it would cost built another way."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from convcost.comparison import StageRow
from convcost.cost import LayerCost, Report
from convcost.errors import UsageError
from convcost.kinds import find
from convcost.views import explain
from convcost.views.html import Html
from convcost.views.page import blocks
from convcost.views.report.whatif import WhatIf
from convcost.views.report.writer import Blocks
from convcost.views.sheet import Labelled, Part, Sheet, Text
from convcost.views.standing import DEFAULT, standing

_LINE = Html.of("\n")


class Inside:
    """Explanations of layers, one for all that are alike; `told` are those so far."""

    def __init__(self, report: Report) -> None:
        self.told: list[Html] = []
        self._report = report
        self._whatif = WhatIf(report)
        self._places: dict[tuple[object, ...], int] = {}

    def place(self, layer: LayerCost) -> int:
        """Where in `told` the explanation of `layer` stands."""
        # What was counted together has its ops in common.
        key = (id(layer.stages), layer.kind, layer.ins)
        if key not in self._places:
            self._places[key] = len(self.told)
            told = [*blocks(list(self._parts(layer)), Blocks("Stages"))]
            self.told.append(_LINE.join([*told, *self._whatif.told(layer)]))
        return self._places[key]

    def _parts(self, layer: LayerCost) -> Iterator[Part]:
        if self._report.convention != DEFAULT:
            said = f"Below is what {DEFAULT} counts, and not {self._report.convention}."
            yield Text([said])
        rows = [
            StageRow(stage.op, stage.params, stage.macs, Fraction(0), stage.out)
            for stage in layer.stages
        ]
        yield Sheet(explain.STAGES, rows)
        doubts = standing(self._report, layer)
        yield Text(
            [f"{name} {each.state}: {each.why}" for name, each in doubts.items()],
            markdown="bullets",
        )
        yield Labelled(list(_facts(layer)))


def _facts(layer: LayerCost) -> Iterator[tuple[str, str]]:
    try:
        kind = find(layer.kind)
    except UsageError:
        return
    yield "kind", kind.summary
    yield from explain.facts(kind, None)
