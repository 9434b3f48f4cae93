"""A step of training: what it multiplies, and the memory that it holds, part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convcost.metrics.training import PARTS, Training
from convcost.views.figures import bar, number, percent
from convcost.views.screen import BOLD, CYAN, DIM, Screen
from convcost.views.sheet import Column, Heading, Part, Sheet, Text, Together
from convcost.views.standing import entry, figure, reasons
from convcost.views.words import title, where_from

CAVEAT = (
    "Tensors at the end of the forward pass{}, as PyTorch saves them; what its allocator and its "
    "kernels take comes on top."
)
_OR_AGAIN = ", or while a block is computed again"


class _Row(NamedTuple):
    """A part of the memory, or all of it."""

    part: str
    bytes: int


class _Training(NamedTuple):
    found: Training
    schema: str = "training/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """How it is trained, the multiply-adds of a step for one input, and the bytes of its
        memory, which the parts add up to."""
        report, setting = self.found.report, self.found.report.setting
        return {
            "network": report.name,
            "path": report.path or None,
            "batch": setting.batch,
            "optimizer": setting.optimizer,
            "dtype": {"weights": setting.weights, "activations": setting.activations},
            "checkpoint": setting.checkpoint or None,
            "macs": report.macs,
            "recomputed_macs": self.found.again,
            "step_macs": report.figure("step_macs"),
            "step_memory": report.figure("step_memory"),
            **entry(report.status),
            "parts": self.flat(),
        }

    def flat(self) -> Sheet[_Row]:
        """A row a part."""
        columns: list[Column[_Row]] = [
            Column("network", lambda _: self.found.report.name, only=("csv",)),
            Column("part", lambda row: row.part),
            Column("bytes", lambda row: row.bytes),
            Column("doc", lambda row: PARTS[row.part]),
        ]
        return Sheet(columns, self._rows())

    def _rows(self) -> list[_Row]:
        return [_Row(*pair) for pair in self.found.memory._asdict().items()]

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A row a part of the memory; a narrow screen costs what it is, and the bars."""
        report, whole = self.found.report, self.found.memory.total
        rows = [row for row in self._rows() if row.bytes]
        again = _OR_AGAIN * bool(self.found.blocks)
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
            Text([_how(self.found)], markdown="breaks"),
            Sheet(columns, rows, _Row("total", whole)),
            Together(
                [
                    Text([_macs(self.found)], BOLD, "breaks"),
                    Text([*reasons(report), CAVEAT.format(again)], DIM, "breaks"),
                ]
            ),
        ]


result = _Training


def _how(found: Training) -> str:
    """`batch 32, adamw, weights in fp32, activations in bf16, 16 blocks computed again`."""
    setting = found.report.setting
    dtypes = f"weights in {setting.weights}, activations in {setting.activations}"
    blocks = f", {found.blocks} block{'s' * (found.blocks > 1)} computed again"
    said = f"batch {setting.batch}, {setting.optimizer}, {dtypes}"
    return said + blocks * bool(found.blocks)


def _macs(found: Training) -> str:
    """`891,484,800 MACs a step for each input, of which 300,774,272 forward`."""
    both = figure(found.report, "step_macs"), figure(found.report, "macs")
    again = f" and {number(found.again)} forward again" * bool(found.blocks)
    return f"{both[0]} MACs a step for each input, of which {both[1]} forward{again}"
