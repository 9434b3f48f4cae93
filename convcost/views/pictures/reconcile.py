"""What tools add to the default count, and what they leave out, by class of work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, LiteralString, NamedTuple

from convcost.conventions import DEFAULT
from convcost.conventions.reconcile import ConventionRow, Explanation, Part
from convcost.cost import Report
from convcost.text import quote
from convcost.views.figures import number, signed
from convcost.views.pictures.axes import Scale, along
from convcost.views.pictures.bars import BAR, NAMES, legend
from convcost.views.pictures.page import WIDTH, Panel, page
from convcost.views.pictures.svg import LINE, SHADES, Svg, fitted, lines, rect, text, width_of
from convcost.views.reconcile import words
from convcost.views.standing import figure
from convcost.views.words import title, where_from

if TYPE_CHECKING:  # seldom asked for
    from convcost.conventions.search import Search

MOST = 40
"""Rows; more are counted."""
_OTHERS: LiteralString = "block"
_GAP = 12.0
_LEAST_SEEN = 0.5


class _Row(NamedTuple):
    """A tool, or a group of layers: by how much it differs from the default, and by what."""

    name: str
    difference: int
    parts: Sequence[Part]

    def sums(self) -> tuple[int, int]:
        """All that is left out, and all that is added."""
        amounts = [part.amount for part in self.parts]
        return sum(min(0, each) for each in amounts), sum(max(0, each) for each in amounts)


def render(
    report: Report,
    rows: Sequence[ConventionRow],
    explanation: Explanation | None = None,
    search: Search | None = None,
) -> Svg:
    """A row a convention, or a group of layers of the one that is explained."""
    found = [_Row(row.convention.name, row.difference, row.parts) for row in rows]
    said = list(words.notes(rows))
    if explanation:
        groups = [_Row(group.name, group.difference, group.parts) for group in explanation.groups]
        found = [group for group in groups if group.parts]
        said = [words.verdict(explanation), *words.about(explanation.row.convention)]
    if search:
        said = [words.answer(search), *_readings(search), *said]
    most = sorted(found, key=lambda row: -abs(row.difference))[:MOST]
    shown = [row for row in found if row in most]
    said += [f"{len(found) - len(shown):,} others differ by less."] * (len(found) > len(shown))
    looks = _looks(shown)
    against = f"left out and added, against the {figure(report, 'macs')} of {DEFAULT.name}"
    panels = [_panel(shown, looks, against)]
    if looks:
        labels = [*list(looks)[: len(SHADES)], *["all others"] * (len(looks) > len(SHADES))]
        panels.append(legend(labels, (*SHADES, _OTHERS)))
    return page(title(report), where_from(report), panels, said)


def _readings(search: Search) -> Iterator[str]:
    for each in words.shown_readings(search):
        left_out = words.left_out(each, search)
        yield f"{each.convention}: {number(each.number)} {words.unit(each)} {left_out}".rstrip()


def _looks(rows: Sequence[_Row]) -> dict[str, LiteralString]:
    """What each class of work looks like, those that make most of it first."""
    sums: dict[str, int] = {}
    for row in rows:
        for part in row.parts:
            sums[part.label] = sums.get(part.label, 0) + abs(part.amount)
    ordered = sorted(sums, key=lambda label: -sums[label])
    return {
        label: SHADES[place] if place < len(SHADES) else _OTHERS
        for place, label in enumerate(ordered)
    }


def _panel(rows: Sequence[_Row], looks: dict[str, LiteralString], against: str) -> Panel:
    """Bars to both sides of the default's count, and each difference on the right."""
    names = max((width_of(fitted(row.name, NAMES)) for row in rows), default=0) + _GAP
    told = [signed(row.difference) or number(0) for row in rows]
    right = WIDTH - max(map(width_of, told), default=0) - _GAP
    sums = [row.sums() for row in rows]
    low, high = (
        min((each for each, _ in sums), default=0),
        max((each for _, each in sums), default=0),
    )
    scale = Scale(low, high or (0 if low else 1), names, right)
    top, step = LINE + 4.0, LINE + 2.0
    bottom = top + step * len(rows) + 4
    marks = along(scale, bottom, top, lambda amount: _signed(scale, amount))
    for place, (row, difference) in enumerate(zip(rows, told, strict=True)):
        y = top + step * place + 4
        marks += _bars(row, scale, y, looks)
        marks.append(text(0, y + BAR - 2, fitted(row.name, NAMES)))
        marks.append(text(WIDTH, y + BAR - 2, difference, "", "end"))
    zero = scale.at(0)
    marks += [
        lines([(zero, top, zero, bottom)], "axis"),
        text(0, LINE - 4, against, "dim"),
        text(WIDTH, LINE - 4, "difference", "dim", "end"),
    ]
    return Panel(WIDTH, bottom + LINE + 4, marks)


def _bars(row: _Row, scale: Scale, y: float, looks: dict[str, LiteralString]) -> Iterator[Svg]:
    ends = [0, 0]
    for part in sorted(row.parts, key=lambda part: list(looks).index(part.label)):
        side = part.amount > 0
        start, ends[side] = ends[side], ends[side] + part.amount
        left, right = sorted(map(scale.at, (start, ends[side])))
        told = f"{quote(row.name)}: {signed(part.amount)} {part.label}"
        yield rect(left, y, max(right - left, _LEAST_SEEN), BAR, looks[part.label], told)


def _signed(scale: Scale, amount: float) -> str:
    return f"{'+' if amount > 0 else '-' if amount else ''}{scale.label(abs(amount))}"
