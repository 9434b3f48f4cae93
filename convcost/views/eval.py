"""Reports: what networks cost, layer by layer and in total."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from convcost.cost import LayerCost, Report, StageCost
from convcost.errors import Problem
from convcost.metrics import METRICS, USUAL
from convcost.setting import Setting
from convcost.views.figures import arrow, bar, number, percent
from convcost.views.ops import describe
from convcost.views.screen import CYAN, DIM, Screen
from convcost.views.sheet import Column, Heading, Part, Sheet, Text, Together
from convcost.views.standing import cell, entry, figure, reasons, standing
from convcost.views.words import convention, costliest_lines, legend, title, totals, where_from

Detail = Literal["summary", "layers", "stages"]
"""The totals alone, the layers as the user wrote them, or the ops inside the layers too."""


class Line(NamedTuple):
    """What one line tells of: a network, a layer of it, or an op inside that."""

    report: Report
    layer: LayerCost | None = None
    stage: StageCost | None = None

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


def lines(report: Report, stages: bool = False, least: int = 1) -> list[Line]:
    """The layers of a report, or the ops of them that have `least`, behind the layer if that is
    more than one."""
    found = []
    for layer in report.layers:
        if not stages or least > 1:
            found.append(Line(report, layer))
        if stages and len(layer.stages) >= least:
            found += [Line(report, layer, stage) for stage in layer.stages]
    return found


def _counts(metrics: Iterable[str], *only: str) -> list[Column[Line]]:
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


_COUNTS = _counts(USUAL)
_STATUS = Column[Line](
    "status",
    lambda line: entry(standing(line.report, line.layer)).get("status"),
    special={"csv": lambda line: cell(standing(line.report, line.layer))},
    optional=True,
)
_NETWORK: Sequence[Column[Line]] = (
    Column("network", lambda line: line.report.name, only=("csv",)),
    Column("path", lambda line: line.report.path, only=("csv",)),
)
_INSIDE: Sequence[Column[Line]] = (
    Column("layer", lambda line: line.layer and line.layer.name),
    Column("kind", lambda line: line.layer and line.layer.kind),
)
_SHAPES: Sequence[Column[Line]] = (
    Column(
        "in",
        lambda line: line.shaped.ins[0],
        special={"csv": lambda line: line.shaped.ins},
    ),
    Column("ins", lambda line: line.shaped.ins, only=("json",)),
    Column("out", lambda line: line.shaped.out),
)
_LINE = Column[Line]("line", lambda line: (line.layer and line.layer.line) or None)
_CONVENTION = Column[Line]("convention", lambda line: line.report.convention, only=("csv",))
_STAGE = Column[Line]("stage", lambda line: line.stage and describe(line.stage.op))
_STAGES: Sequence[Column[Line]] = (
    Column("op", lambda line: line.stage and line.stage.op.name),
    Column("description", _STAGE.read),
    *_SHAPES,
    *_COUNTS,
)
_SUMMARY: Sequence[Column[Line]] = (
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
    *_COUNTS,
)
_FILE = Column[Line]("", lambda line: line.report.path, "file", style=DIM, goes=1, only=("table",))


class _Evaluated(NamedTuple):
    reports: Sequence[Report]
    detail: Detail = "layers"
    problems: Sequence[Problem] = ()
    metrics: Sequence[str] = ()
    schema: str = "eval/1"
    depth: int = 2

    def body(self) -> Mapping[str, Any]:
        """Totals of each network and its layers, whose rows add up to them, and of each the
        figures in `metrics`, too; `problems` are why other specs are missing."""
        from convcost.views import problems  # which tables have no use for

        columns = [*self._summary(), *[self._layers()] * (self.detail != "summary")]
        return {
            "convention": convention(self.reports),
            "networks": Sheet(columns, self._networks()),
            "problems": Sheet(problems.COLUMNS, self.problems),
        }

    def _networks(self) -> list[Line]:
        return [Line(report) for report in self.reports]

    def _summary(self) -> list[Column[Line]]:
        """The columns of networks; what was asked for besides stands behind all others in CSV."""
        more = _counts(self.metrics, "json", "table", "markdown")
        behind = _counts(self.metrics, "csv")
        return [*_SUMMARY, *more, _FILE, _CONVENTION, _STATUS, *behind]

    def _layers(self) -> Column[Line]:
        columns: list[Column[Line]] = [
            Column("name", _INSIDE[0].read),
            _INSIDE[1],
            *_SHAPES,
            *_COUNTS,
            *_counts(self.metrics),
            _LINE,
            _STATUS,
        ]
        if self.detail == "stages":
            columns.append(Column("stages", lambda line: Sheet(_STAGES, _inside(line))))
        return Column("layers", lambda line: Sheet(columns, lines(line.report)), only=("json",))

    def flat(self) -> Sheet[Line]:
        """A row a layer, or one a network or an op inside a layer; rows add up to the totals. The
        figures in `metrics` are none of an op's."""
        if self.detail == "summary":
            return Sheet(self._summary(), self._networks())
        stages = self.detail == "stages"
        columns = [*_NETWORK, *_INSIDE, *[_LINE, _STAGE] * stages, *_SHAPES, *_COUNTS]
        columns += [*[_LINE] * (not stages), _CONVENTION, _STATUS, *_counts(self.metrics)]
        return Sheet(columns, [line for each in self.reports for line in lines(each, stages)])

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A table a network with its totals, then one of the networks if there are several.

        All rows are there, however many; a narrow screen costs the bars, then the input shapes,
        the shares and the kinds.
        """
        parts: list[Part] = []
        if self.detail != "summary":
            parts += [part for report in self.reports for part in self._network(report)]
        if len(self.reports) != 1 or self.detail == "summary":
            parts.append(Sheet(self._summary(), self._networks()))
            parts.append(Text([legend(self.reports)], DIM, folds=False))
        return parts

    def _network(self, report: Report) -> list[Part]:
        found = lines(report, self.detail == "stages", least=2)
        said = [*reasons(report), *costliest_lines(report)]
        in_all = totals(report)
        return [
            Heading(title(report), where_from(report), only="table"),
            Heading(title(report), where_from(report), " · ".join(in_all), only="markdown"),
            Sheet(_columns(report, self.metrics), found, total=Line(report), style=_style),
            Together(
                [
                    Text(in_all, together=" · ", folds=False, only="table"),
                    Text(said, DIM, "bullets"),
                ]
            ),
        ]


result = _Evaluated


def _columns(report: Report, metrics: Sequence[str]) -> list[Column[Line]]:
    """What people see of layers."""
    most = max((layer.macs for layer in report.layers), default=0)

    def share(line: Line) -> str:
        macs = line.layer.macs if line.layer and not line.stage else 0
        return percent(macs, report.macs) if macs else ""

    def bars(line: Line) -> str:
        return bar(line.layer.macs, most) if line.layer and not line.stage else ""

    return [
        Column("", _name, "layer"),
        Column("", _kind, "kind", goes=4, special={"markdown": lambda line: _kind(line, "↳ ")}),
        Column("", _arrow, "in → out", goes=2),
        Column("", lambda line: line.shaped.out if line.layer else "", "output", comes=2),
        *_COUNTS[:2],
        Column("", share, "share", right=True, goes=3),
        Column("", bars, "", style=CYAN, gap=1, goes=1, only=("table",)),
        *_counts(metrics),
    ]


def _name(line: Line) -> str:
    if line.layer is None:
        return "total"
    return "" if line.stage else line.layer.name


def _kind(line: Line, mark: str = "  ") -> str:
    if line.stage:
        return f"{mark}{describe(line.stage.op)}"
    return line.layer.kind if line.layer else ""


def _arrow(line: Line) -> str:
    return arrow(line.shaped.ins, line.shaped.out) if line.layer else ""


def _style(line: Line) -> str:
    return DIM if line.stage else ""


def _inside(line: Line) -> list[Line]:
    return [line._replace(stage=stage) for stage in line.layer.stages] if line.layer else []
