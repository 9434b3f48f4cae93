"""A first stage in patches: its layers, what is alive while they run, and what overlaps cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convcost.metrics.patches import Part, Patched
from convcost.setting import Setting
from convcost.status import status_of
from convcost.views.figures import in_bytes, percent, sizes, with_sign
from convcost.views.memory import CAVEAT, under
from convcost.views.screen import BOLD, DIM, Screen
from convcost.views.sheet import Column, Heading, Sheet, Text, Together
from convcost.views.sheet import Part as Shown
from convcost.views.standing import cell, entry
from convcost.views.words import title, where_from


class _Patched(NamedTuple):
    found: Patched
    schema: str = "patches/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """The peak in patches, behind them and without them, what overlaps add, and every layer of
        the stage."""
        made = self.found
        report = made.report
        return {
            "network": report.name,
            "path": report.path or None,
            "setting": report.setting.other_than_usual(Setting._fields),
            "patches": made.grid,
            "until": made.parts[-1].layer.name,
            "peak_memory": made.peak,
            "peak_layer": made.peak_at,
            "stage_memory": made.stage,
            "stage_output": made.output,
            "memory_behind": made.behind,
            "memory_without": made.before,
            "macs": report.macs + made.extra,
            "extra_macs": made.extra,
            **entry(report.status),
            "layers": self.flat(),
        }

    def flat(self) -> Sheet[Part]:
        """A row a layer of the stage."""
        report = self.found.report
        columns: list[Column[Part]] = [
            Column("network", lambda _: report.name, only=("csv",)),
            Column("path", lambda _: report.path, only=("csv",)),
            Column("name", lambda part: part.layer.name, "layer"),
            Column("kind", lambda part: part.layer.kind, "kind", goes=2),
            Column("out", lambda part: part.layer.out, "output", goes=3),
            Column("patch", lambda part: part.patch, "patch", right=True),
            Column("alive", lambda part: part.alive, "alive", right=True),
            Column("macs", lambda part: part.macs, "MACs", right=True, goes=1),
            Column("extra_macs", lambda part: part.extra, "of them again", right=True),
            Column("status", lambda _: cell(report.status), only=("csv",)),
        ]
        return Sheet(columns, self.found.parts)

    def parts(self, screen: Screen) -> Sequence[Shown]:
        """A row a layer of the stage; a narrow screen costs the multiply-adds, kinds and shapes."""
        report = self.found.report
        return [
            Heading(title(report), where_from(report)),
            self.flat(),
            Together(
                [
                    Text(totals(self.found), BOLD, "breaks"),
                    Text([under(report.setting), CAVEAT], DIM, "breaks"),
                ]
            ),
        ]


def totals(made: Patched) -> list[str]:
    """The peak, what it is with patches and without, and how much is multiplied again."""
    report = made.report
    status = status_of(report.status, "activations")
    many = f"{sizes(made.grid)} patches up to {made.parts[-1].layer.name}"
    stage, behind, before = (
        with_sign(in_bytes(each), status) for each in (made.stage, made.behind, made.before)
    )
    again = f"{made.extra:,} MACs done again, {percent(made.extra, report.macs)}"
    return [
        f"peak {with_sign(in_bytes(made.peak), status)} in {made.peak_at}",
        f"{many}: {stage}, {made.output:,} of them all that they make",
        f"layers behind: {behind}; without patches: {before}",
        f"overlaps: {again} of {report.macs:,}",
    ]


result = _Patched
