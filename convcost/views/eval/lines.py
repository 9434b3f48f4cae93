"""The rows of a report: a network, a block, a layer or an op, and what is read off them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from convcost.cost import LayerCost, Report, StageCost
from convcost.metrics import METRICS, USUAL
from convcost.operands import Operands
from convcost.setting import Setting
from convcost.views.figures import number
from convcost.views.ops import describe
from convcost.views.screen import DIM
from convcost.views.sheet import Column
from convcost.views.standing import cell, entry, figure, standing
from convcost.views.words import file, title


class Line(NamedTuple):
    """What one line tells of: a network, a layer of it, or an op inside that.

    A block of several `layers` is told as if it were one layer. `level` is how many blocks above
    it have lines of their own, `whole` whether it is one of these; `variant` are the values that a
    network was built with, where there are several of it. `parts` are the layers of a block.
    """

    report: Report
    layer: LayerCost | None = None
    stage: StageCost | None = None
    layers: int = 1
    level: int = 0
    whole: bool = False
    variant: Mapping[str, Any] = MappingProxyType({})
    parts: tuple[LayerCost, ...] = ()

    @property
    def shaped(self) -> LayerCost | StageCost:
        """The layer or the op, which have shapes."""
        found = self.stage or self.layer
        assert found is not None, "a network has no shapes of its own"
        return found

    def amount(self, metric: str) -> int | None:
        """How much there is of a metric; ops are only counted by the usual ones."""
        if self.stage:
            return int(getattr(self.stage, metric)) if metric in USUAL else None
        return (self.layer or self.report).figure(metric)

    def figure(self, metric: str) -> str:
        """The same for people, with its status; ops have none of their own."""
        if self.stage:
            return number(self.amount(metric))
        return figure(self.report, metric, self.layer)


def lines(report: Report, stages: bool = False) -> list[Line]:
    """The layers of a report, or the ops in them."""
    found = [Line(report, layer) for layer in report.layers]
    return [op for line in found for op in inside(line)] if stages else found


def inside(line: Line) -> list[Line]:
    """The ops in the layer that a line tells of; a block has none."""
    return [line._replace(stage=stage) for stage in line.layer.stages] if line.layer else []


def counts(metrics: Iterable[str], *only: str) -> list[Column[Line]]:
    """A column for each of `metrics`, in all formats or `only` in some."""

    def column(metric: str) -> Column[Line]:
        return Column(
            metric,
            lambda line: line.amount(metric),
            METRICS[metric].title,
            lambda line: line.figure(metric),
            right=True,
            only=only,
        )

    return list(map(column, metrics))


COUNTS = counts(USUAL)
STATUS = Column[Line](
    "status",
    lambda line: entry(standing(line.report, line.layer)).get("status"),
    special={"csv": lambda line: cell(standing(line.report, line.layer))},
    optional=True,
)
NETWORK: Sequence[Column[Line]] = (
    Column("network", lambda line: line.report.name, only=("csv",)),
    Column("path", lambda line: line.report.path, only=("csv",)),
)
NAME = Column[Line]("name", lambda line: line.layer and line.layer.name)
LAYER = NAME.changed(key="layer")
KIND = Column[Line]("kind", lambda line: line.layer and line.layer.kind)
SHAPES: Sequence[Column[Line]] = (
    Column(
        "in",
        lambda line: line.shaped.ins[0],
        special={"csv": lambda line: line.shaped.ins},
    ),
    Column("ins", lambda line: line.shaped.ins, only=("json",)),
    Column("out", lambda line: line.shaped.out),
)
OPERANDS: Sequence[Column[Line]] = tuple(
    Column(
        word,
        partial(lambda word, line: line.layer and line.layer.operands.written.get(word), word),
        only=("json",),
        optional=True,
    )
    for word in Operands._fields
)
PLACE = Column[Line]("line", lambda line: (line.layer and line.layer.line) or None)
CONVENTION = Column[Line]("convention", lambda line: line.report.convention, only=("csv",))
STAGE = Column[Line]("stage", lambda line: line.stage and describe(line.stage.op))
STAGES: Sequence[Column[Line]] = (
    Column("op", lambda line: line.stage and line.stage.op.name),
    Column("description", STAGE.read),
    *SHAPES,
    *COUNTS,
)
BLOCKS: Sequence[Column[Line]] = (
    NAME,
    Column("layers", lambda line: line.layers),
    *SHAPES,
    *COUNTS,
)
SUMMARY: Sequence[Column[Line]] = (
    Column("", lambda line: title(line.report), "network"),
    Column("name", lambda line: line.report.name, only=("json",)),
    Column("network", lambda line: line.report.name, only=("csv",)),
    Column("path", lambda line: line.report.path or None),
    Column("input", lambda line: line.report.input, "input", lambda line: line.report.input or ()),
    Column("inputs", lambda line: [each._asdict() for each in line.report.inputs], only=("json",)),
    Column(
        "setting",
        lambda line: line.report.setting.other_than_usual(Setting._fields),
        only=("json",),
        optional=True,
    ),
    *COUNTS,
    Column("notes", lambda line: list(line.report.notes), only=("json",), optional=True),
)
FILE = Column[Line]("", lambda line: file(line.report), "file", style=DIM, goes=1, only=("table",))
