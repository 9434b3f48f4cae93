"""A step of training: what it multiplies, and the memory that it holds, part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convcost.cost import Report
from convcost.metrics.training import PARTS, StepMemory
from convcost.views.figures import bar, percent
from convcost.views.screen import BOLD, CYAN, DIM, Screen
from convcost.views.sheet import Column, Heading, Part, Sheet, Text, Together
from convcost.views.standing import entry, figure, reasons
from convcost.views.words import title, where_from

CAVEAT = (
    "Tensors at the end of the forward pass, as PyTorch saves them; what its allocator and its "
    "kernels take comes on top."
)


class _Row(NamedTuple):
    """A part of the memory, or all of it."""

    part: str
    bytes: int


class _Training(NamedTuple):
    report: Report
    memory: StepMemory
    schema: str = "training/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """How it is trained, the multiply-adds of a step for one input, and the bytes of its
        memory, which the parts add up to."""
        report, setting = self.report, self.report.setting
        return {
            "network": report.name,
            "path": report.path or None,
            "batch": setting.batch,
            "optimizer": setting.optimizer,
            "dtype": {"weights": setting.weights, "activations": setting.activations},
            "macs": report.macs,
            "step_macs": report.figure("step_macs"),
            "step_memory": report.figure("step_memory"),
            **entry(report.status),
            "parts": self.flat(),
        }

    def flat(self) -> Sheet[_Row]:
        """A row a part."""
        columns: list[Column[_Row]] = [
            Column("network", lambda _: self.report.name, only=("csv",)),
            Column("part", lambda row: row.part),
            Column("bytes", lambda row: row.bytes),
            Column("doc", lambda row: PARTS[row.part]),
        ]
        return Sheet(columns, self._rows())

    def _rows(self) -> list[_Row]:
        return [_Row(*pair) for pair in self.memory._asdict().items()]

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A row a part of the memory; a narrow screen costs what it is, and the bars."""
        report, whole = self.report, self.memory.total
        rows = [row for row in self._rows() if row.bytes]
        most = max((row.bytes for row in rows), default=0)
        columns: list[Column[_Row]] = [
            Column("", lambda row: row.part.replace("_", " "), "part"),
            Column("", lambda row: row.bytes, "bytes", right=True),
            Column("", lambda row: percent(row.bytes, whole), "share", right=True),
            Column(
                "",
                lambda row: bar(row.bytes, most) if row.part in PARTS else "",
                "",
                style=CYAN,
                gap=1,
                goes=1,
                only=("table",),
            ),
            Column("", lambda row: PARTS.get(row.part, ""), "", style=DIM, goes=2),
        ]
        return [
            Heading(title(report), where_from(report)),
            Text([_how(report)], markdown="breaks"),
            Sheet(columns, rows, _Row("total", whole)),
            Together(
                [
                    Text([_macs(report)], BOLD, "breaks"),
                    Text([*reasons(report), CAVEAT], DIM, "breaks"),
                ]
            ),
        ]


result = _Training


def _how(report: Report) -> str:
    """`batch 32, adamw, weights in fp32, activations in bf16`."""
    setting = report.setting
    dtypes = f"weights in {setting.weights}, activations in {setting.activations}"
    return f"batch {setting.batch}, {setting.optimizer}, {dtypes}"


def _macs(report: Report) -> str:
    """`891,484,800 MACs a step for each input, of which 300,774,272 forward`."""
    both = figure(report, "step_macs"), figure(report, "macs")
    return f"{both[0]} MACs a step for each input, of which {both[1]} forward"
