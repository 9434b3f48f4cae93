"""Reports: what networks cost, layer by layer and in total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from convcost.cost import Report
from convcost.errors import Problem
from convcost.frozen import Frozen
from convcost.views.eval import lines as rows
from convcost.views.eval.blocks import leaves
from convcost.views.eval.columns import columns_of, ops, style
from convcost.views.eval.lines import Line, counts, inside, lines
from convcost.views.eval.picked import Wanted, picked, ranked
from convcost.views.screen import DIM, Screen
from convcost.views.sheet import Column, Heading, Part, Sheet, Text, Together
from convcost.views.standing import reasons
from convcost.views.words import (
    built_with,
    convention,
    costliest_lines,
    legend,
    terms,
    title,
    totals,
    where_from,
)

Detail = Literal["summary", "layers", "stages"]
"""The totals alone, the layers as the user wrote them, or the ops inside the layers too."""


class _Evaluated(Frozen):
    reports: Sequence[Report]
    detail: Detail = "layers"
    problems: Sequence[Problem] = ()
    metrics: Sequence[str] = ()
    schema: str = "eval/1"
    depth: int = 2
    wanted: Wanted = Wanted()
    variants: Sequence[Mapping[str, Any]] = ()

    def body(self) -> Mapping[str, Any]:
        """Totals of each network and its layers, whose rows add up to them, and of each the
        figures in `metrics`, too; `problems` are why other specs are missing."""
        from convcost.views import problems  # which tables have no use for

        columns = [*self._summary(), *(self._lists() if self.detail != "summary" else [])]
        return {
            "convention": convention(self.reports),
            "networks": Sheet(columns, self._networks()),
            "problems": Sheet(problems.COLUMNS, self.problems),
        }

    def _networks(self) -> list[Line]:
        if not self.variants:
            return [Line(report) for report in self.reports]
        pairs = zip(self.reports, self.variants, strict=True)
        return [Line(report, variant=variant) for report, variant in pairs]

    def _summary(self) -> list[Column[Line]]:
        """The columns of networks; what was asked for besides stands behind all others in CSV."""
        more = [column.changed(key="") for column in counts(self.metrics)]
        more += counts(self.metrics, "json")
        behind = [rows.CONVENTION, rows.STATUS, *counts(self.metrics, "csv"), *self._variant()]
        return [*rows.SUMMARY, *more, rows.FILE, *behind]

    def _variant(self) -> list[Column[Line]]:
        """What each network was built with, if that is what they differ by."""
        if not self.variants:
            return []
        return [
            Column(
                "vars",
                lambda line: line.variant,
                special={"csv": lambda line: built_with(line.variant)},
            )
        ]

    def _lists(self) -> list[Column[Line]]:
        """The layers of a network, and the blocks that they were added up to, if they were."""
        behind = [*counts(self.metrics), rows.STATUS]
        layers: list[Column[Line]] = [rows.NAME, rows.KIND, *rows.SHAPES, *rows.COUNTS]
        layers += [*behind[:-1], *rows.OPERANDS, rows.PLACE, behind[-1]]
        if self.detail == "stages":
            layers.append(Column("stages", lambda line: Sheet(rows.STAGES, inside(line))))
        found = [Column[Line]("layers", lambda line: Sheet(layers, lines(line.report)))]
        if depth := self.wanted.depth:
            groups = [*rows.BLOCKS, *behind]
            found.append(Column("groups", lambda line: Sheet(groups, leaves(line.report, depth))))
        return [each.changed(only=("json",)) for each in found]

    def flat(self) -> Sheet[Line]:
        """A row a layer, or one a network or an op inside a layer; rows add up to the totals. The
        figures in `metrics` are none of an op's."""
        if self.detail == "summary":
            return Sheet(self._summary(), self._networks())
        stages = self.detail == "stages"
        columns = [*rows.NETWORK, rows.LAYER, rows.KIND, *[rows.PLACE, rows.STAGE] * stages]
        columns += [*rows.SHAPES, *rows.COUNTS, *[rows.PLACE] * (not stages)]
        columns += [rows.CONVENTION, rows.STATUS, *counts(self.metrics), *self._variant()]
        found = [
            line._replace(variant=each.variant)
            for each in self._networks()
            for line in lines(each.report, stages)
        ]
        return Sheet(columns, found)

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A table a network with its totals, then one of the networks if there are several.

        A narrow screen costs the bars, then the input shapes, the shares and the kinds; see
        `convcost.views.eval.picked` for the rows.
        """
        if self.variants:
            return self._varied(screen)
        parts: list[Part] = []
        if self.detail != "summary":
            parts += [part for report in self.reports for part in self._network(report, screen)]
        if len(self.reports) != 1 or self.detail == "summary":
            networks, by = self._networks(), self.wanted.by
            parts.append(Sheet(self._summary(), ranked(networks, by) if by else networks))
            parts.append(Text([legend(self.reports)], DIM, folds=False))
        return parts

    def _varied(self, screen: Screen) -> list[Part]:
        from convcost.views.eval.variants import side_by_side  # seldom asked for

        by_source: dict[tuple[str, str], list[Line]] = {}
        for each in self._networks():
            by_source.setdefault((each.report.path, each.report.name), []).append(each)
        wanted = Wanted() if self.detail == "summary" else self.wanted
        return [
            part
            for each in by_source.values()
            for part in side_by_side(each, self.metrics, wanted, screen)
        ]

    def _network(self, report: Report, screen: Screen) -> list[Part]:
        stages = self.detail == "stages"
        found, notes = picked(report, self.wanted, screen.is_terminal, stages)
        shown = [each for line in found for each in ([line, *ops(line)] if stages else [line])]
        in_all = totals(report)
        said = [*notes, *reasons(report), *terms(report, self.metrics), *costliest_lines(report)]
        columns = columns_of(report, found, self.wanted.by, self.metrics)
        return [
            Heading(title(report), where_from(report), only="table"),
            Heading(title(report), where_from(report), " · ".join(in_all), only="markdown"),
            Sheet(columns, shown, total=Line(report), style=style),
            Together(
                [
                    Text(in_all, together=" · ", folds=False, only="table"),
                    Text(said, DIM, "bullets"),
                ]
            ),
        ]


result = _Evaluated


def arguments(report: Report) -> tuple[tuple[Sequence[Report]], Mapping[str, Any]]:
    """What a report by itself shows: all that it was measured by."""
    return ([report],), {"metrics": tuple(report.more), "wanted": Wanted(unfold="records()")}
