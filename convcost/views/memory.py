"""Activations in memory: buffers over time, where they lie, and what is alive at the peak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcost.frozen import Frozen
from convcost.metrics.buffers import Buffer
from convcost.metrics.memory import Plan
from convcost.setting import Setting
from convcost.status import status_of
from convcost.views.figures import bar, in_bytes, with_sign
from convcost.views.screen import BOLD, CYAN, DIM, Screen
from convcost.views.sheet import Column, Heading, Part, Result, Sheet, Text, Together
from convcost.views.standing import cell, entry
from convcost.views.words import settings_of, title, where_from

if TYPE_CHECKING:  # a report plans memory whole
    from convcost.metrics.patches import Patched

CAVEAT = "Activations only: no weights, and nothing that kernels need besides."


class Line(Frozen):
    """A buffer, from the step at which it begins; steps count from 1."""

    plan: Plan
    at: int

    @property
    def buffer(self) -> Buffer:
        """The buffer itself."""
        return self.plan.buffers[self.at]

    @property
    def alive(self) -> int:
        """Bytes that are alive when it begins."""
        return self.plan.live[self.buffer.first]

    @property
    def op(self) -> str:
        """The op that it is made by."""
        return self.plan.made_by[self.at][1]


class _Memory(Frozen):
    plan: Plan
    schema: str = "memory/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """The peak, the arena, the bytes alive at each step, and every buffer in the order in which
        they begin."""
        plan = self.plan
        report = plan.report
        at = plan.peak_at
        return {
            "network": report.name,
            "path": report.path or None,
            "setting": settings_of(report),
            "peak_memory": plan.peak,
            "arena": plan.arena,
            "is_best_order": plan.is_exact if report.setting.order == "best" else None,
            "peak": {
                "step": at + 1,
                "layer": plan.layer_at(at).name if plan.order else None,
                "buffers": [plan.name_of(each) for each in plan.alive(at)],
            },
            **entry(report.status),
            "alive": list(plan.live),
            "buffers": self.flat(),
        }

    def flat(self) -> Sheet[Line]:
        """A row a buffer."""
        plan = self.plan
        report, most = plan.report, plan.peak
        columns: list[Column[Line]] = [
            Column("network", lambda _: report.name, only=("csv",)),
            Column("path", lambda _: report.path, only=("csv",)),
            Column("made_by", lambda line: plan.name_of(line.at), "made by"),
            Column("op", lambda line: line.op, "op", goes=2),
            Column("bytes", lambda line: line.buffer.size, "bytes", right=True),
            Column("offset", lambda line: plan.offsets[line.at], "lies at", right=True, goes=4),
            Column("first", lambda line: line.buffer.first + 1, "from", right=True, goes=3),
            Column("last", lambda line: line.buffer.last + 1, "to", right=True, goes=3),
            Column("alive", lambda line: line.alive, "alive", right=True),
            Column(
                "",
                lambda line: bar(line.alive, most),
                "",
                style=CYAN,
                gap=1,
                goes=1,
                only=("table",),
            ),
            Column("status", lambda _: cell(report.status), only=("csv",)),
        ]
        return Sheet(columns, [Line(plan, at) for at in range(len(plan.buffers))])

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A row a buffer; a narrow screen costs the bars, the ops, the steps and the places."""
        report = self.plan.report
        return [
            Heading(title(report), where_from(report)),
            self.flat(),
            Together(
                [
                    Text(totals(self.plan), BOLD, "breaks"),
                    Text(notes(self.plan), DIM, "breaks"),
                ]
            ),
        ]


def totals(plan: Plan) -> list[str]:
    """The peak with what is alive there, and the arena."""
    if not plan.order:
        return []
    status = status_of(plan.report.status, "activations")
    return [
        f"peak {with_sign(in_bytes(plan.peak), status)} {plan.at_peak}",
        f"arena {with_sign(in_bytes(plan.arena), status)}",
    ]


def notes(plan: Plan) -> list[str]:
    """Under what the figures are, and what they do not say."""
    if plan.is_own:
        return [
            "The tensors of the file as they are, planned as by TensorFlow Lite Micro.",
            f"{CAVEAT[:-1]}, or that is kept for good.",
        ]
    said = under(plan.report.setting)
    if not plan.is_exact:
        said += "; there are too many orders to tell the best, so this is only a good one"
    return [said, CAVEAT]


def under(setting: Setting) -> str:
    """Under what figures are: `activations int8, order best`."""
    found = setting.other_than_usual(("activations", "in_place", "alignment", "order"))
    said = {"activations": "fp32"} | found
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in said.items())


def result(found: Plan | Patched) -> Result:
    """A plan, or what a stage of patches makes of it."""
    if isinstance(found, Plan):
        return _Memory(found)
    from convcost.views.patches import result as patches

    return patches(found)
