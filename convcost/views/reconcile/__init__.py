"""One network by many conventions: what each says, why, and which says a given number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcost.conventions import DEFAULT
from convcost.conventions.reconcile import (
    ConventionRow,
    Explanation,
    Group,
    Part,
    Reconciliation,
    Rule,
)
from convcost.cost import Report
from convcost.frozen import Frozen
from convcost.views import sheet
from convcost.views.figures import number, signed
from convcost.views.reconcile import words
from convcost.views.screen import DIM, Screen
from convcost.views.sheet import Column, Heading, Listing, Sheet, Text
from convcost.views.standing import cell, entry, figure, standing
from convcost.views.text import lined
from convcost.views.words import title, where_from
from convcost.views.wrapping import folded

_NARROW = 40
_CSV, _JSON = ("csv",), ("json",)


PARTS: Sequence[Column[Part]] = (
    Column("class", lambda part: part.label),
    Column("amount", lambda part: part.amount),
)

if TYPE_CHECKING:  # seldom asked for
    from convcost.conventions.search import Reading, Search
RULES: Sequence[Column[Rule]] = (
    Column("class", lambda rule: rule.work),
    Column("count", lambda rule: rule.done),
    Column("weight", lambda rule: rule.weight),
    Column("default_weight", lambda rule: rule.default),
    Column("amount", lambda rule: rule.amount),
    Column("", words.counted, "it counts", goes=1),
    Column("", lambda rule: lined(folded(words.counted(rule), _NARROW)), "it counts", comes=1),
    Column("", words.times, "times", only=("markdown",)),
    Column("", words.times, "", only=("table",)),
    Column("", lambda rule: signed(rule.amount), "that is", right=True),
)
READINGS: Sequence[Column[tuple[Search, Reading]]] = (
    Column("convention", lambda each: each[1].convention, "convention"),
    Column(
        "number",
        lambda each: each[1].number,
        "number",
        right=True,
    ),
    Column("unit", lambda each: "FLOPs" if each[1].doubled else "MACs"),
    Column("without_classifier", lambda each: each[1].headless),
    Column("fits", lambda each: bool(each[0].readings), only=_CSV),
    Column("", lambda each: words.unit(each[1]), "", only=("table",)),
    Column("", lambda each: words.left_out(each[1], each[0]), "", style=DIM, only=("table",)),
    Column("", lambda each: words.unit(each[1]), "unit", only=("markdown",)),
    Column(
        "", lambda each: words.left_out(each[1], each[0]) or "all", "layers", only=("markdown",)
    ),
)


class _OfGroup(Frozen):
    """A part of a group of layers."""

    group: Group
    part: Part


class _OfRow(Frozen):
    """A convention's row, and a part of its difference, if there is any."""

    row: ConventionRow
    part: Part | None


def _parts_of_group(group: Group) -> list[str]:
    return words.made_up_of(group.parts)


def _parts_of_row(each: _OfRow) -> list[str]:
    return words.made_up_of(each.row.parts)


GROUPS: Sequence[Column[Group]] = (
    Column("name", lambda group: group.name, "in"),
    Column("layers", lambda group: group.layers, "layers", right=True),
    Column(
        "difference",
        lambda group: group.difference,
        "difference",
        lambda group: signed(group.difference) or number(0),
        right=True,
    ),
    Column("parts", lambda group: Sheet(PARTS, group.parts), only=_JSON),
    *sheet.beside_or_below("made up of", _parts_of_group, DIM),
)
GROUP_PARTS: Sequence[Column[_OfGroup]] = (
    Column("group", lambda each: each.group.name),
    Column("layers", lambda each: each.group.layers),
    Column("part", lambda each: each.part.label),
    Column("amount", lambda each: each.part.amount),
)
ROWS: Sequence[Column[_OfRow]] = (
    Column("convention", lambda each: each.row.convention.name, "convention"),
    Column("tool", lambda each: each.row.convention.tool or None),
    Column("params", lambda each: each.row.report.params),
    Column("params_difference", lambda each: each.row.params_difference, only=_JSON),
    Column(
        "macs",
        lambda each: each.row.report.macs,
        "counted",
        lambda each: figure(each.row.report, "macs"),
        right=True,
    ),
    Column(
        "difference",
        lambda each: each.row.difference,
        "difference",
        lambda each: signed(each.row.difference),
        right=True,
    ),
    Column("part", lambda each: each.part and each.part.label, only=_CSV),
    Column("amount", lambda each: each.part and each.part.amount, only=_CSV),
    Column("parts", lambda each: Sheet(PARTS, each.row.parts), only=_JSON),
    Column("printed", lambda each: each.row.printed, only=_JSON),
    Column("unit", lambda each: each.row.convention.unit, only=_JSON),
    Column(
        "status",
        lambda each: entry(standing(each.row.report)).get("status"),
        special={"csv": lambda each: cell(standing(each.row.report))},
        optional=True,
    ),
    *sheet.beside_or_below("made up of", _parts_of_row, DIM),
)


class _Reconciled(Frozen):
    report: Report
    rows: Sequence[ConventionRow]
    explanation: Explanation | None = None
    search: Search | None = None
    schema: str = "reconcile/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """Every row; parts add up to their difference. `explanation` and `search` are null where
        nobody asked."""
        report = self.report
        return {
            "network": {"name": report.name, "path": report.path or None, "input": report.input},
            "default": DEFAULT.name,
            "rows": self._all(),
            "explanation": _explained(self.explanation) if self.explanation else None,
            "search": _searched(self.search) if self.search else None,
        }

    def _all(self) -> Sheet[_OfRow]:
        return Sheet(ROWS, [_OfRow(row, None) for row in self.rows], comparison=True)

    def flat(self) -> Sheet[Any]:
        """A row for each part of each convention's difference, and one without where there is
        none; or one for each part of a group of layers; or one for each reading of a figure."""
        if self.explanation:
            groups = self.explanation.groups
            return Sheet(
                GROUP_PARTS, [_OfGroup(each, part) for each in groups for part in each.parts]
            )
        if self.search:
            return _readings(self.search)
        return Sheet(
            ROWS, [_OfRow(row, part) for row in self.rows for part in (row.parts or (None,))]
        )

    def parts(self, screen: Screen) -> Sequence[sheet.Part]:
        """A row a convention; or why one of them differs, or which of them give a figure."""
        head = Heading(title(self.report), where_from(self.report))
        if self.explanation:
            return [head, *_explanation(self.explanation)]
        if self.search:
            said = words.answer(self.search)
            return [
                head,
                Text([said], folds=False, only="table"),
                Text([said], markdown="bold", only="markdown"),
                _readings(self.search),
            ]
        return [head, self._all(), Text(list(words.notes(self.rows)), DIM, "bullets")]


result = _Reconciled


def arguments(found: Reconciliation) -> tuple[Sequence[Any], Mapping[str, Any]]:
    """A network, what tools say of it, and why, or who may have printed a figure."""
    return found[:2], {"explanation": found.explanation, "search": found.search}


def _readings(search: Search) -> Sheet[tuple[Search, Reading]]:
    found = [(search, reading) for reading in words.shown_readings(search)]
    return Sheet(READINGS, found)


def _explanation(explanation: Explanation) -> Iterator[sheet.Part]:
    convention = explanation.row.convention
    yield Text([words.verdict(explanation), *words.about(convention)])
    rules = words.telling_rules(explanation)
    if rules:
        yield Sheet(RULES, rules, comparison=True)
        groups = [group for group in explanation.groups if group.parts]
        yield Sheet(GROUPS, groups, comparison=True)
    yield Listing(f"Known of {convention.name}:", [f"it {each}" for each in convention.mistakes])


def _explained(explanation: Explanation) -> dict[str, Any]:
    convention = explanation.row.convention
    return {
        "convention": convention.name,
        "summary": convention.summary,
        "mistakes": convention.mistakes,
        "difference": explanation.row.difference,
        "rules": Sheet(RULES, words.telling_rules(explanation)),
        "groups": Sheet(GROUPS, explanation.groups),
    }


def _searched(search: Search) -> dict[str, Any]:
    def readings(found: Iterable[Reading]) -> Sheet[tuple[Search, Reading]]:
        return Sheet(READINGS[:4], [(search, reading) for reading in found])

    return {
        "figure": search.figure.text,
        "found": bool(search.readings),
        "readings": readings(search.readings),
        "nearest": sheet.record(READINGS[:4], (search, search.nearest)),
        "classifier": search.classifier,
    }
