"""Diffs: what changed between two networks, and what it costs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convcost.causes import Cause, LayerChange
from convcost.cost import LayerCost, Report
from convcost.difference import Diff
from convcost.metrics import METRICS, USUAL
from convcost.views import totals
from convcost.views.figures import arrow, signed
from convcost.views.markdown import Markdown
from convcost.views.screen import BOLD, DIM, GREEN, RED, Screen
from convcost.views.sheet import Column, Part, Sheet, Text
from convcost.views.standing import cell, entry, figure, standing
from convcost.views.text import Printable, lined
from convcost.views.words import built_with, file, title
from convcost.views.wrapping import folded

_TIMES = re.compile(r"(?<=\d)x(?=\d)")
MARKS = {"added": "+", "removed": "-", "changed": "~"}
_STYLES = {"added": GREEN, "removed": RED, "changed": ""}
_SHOWN = ("params", "macs")
_LEAST_ROOM = 24
_GAPS = 8
"""Columns for the mark and for the room between the others."""
_CSV, _JSON = ("csv",), ("json",)


class _Compared(NamedTuple):
    diff: Diff
    metrics: Sequence[str] = ()
    schema: str = "diff/1"
    depth: int = 1
    values: Sequence[Mapping[str, Any]] = ({}, {})

    def body(self) -> Mapping[str, Any]:
        """Both totals, and the layers that differ, whose `delta`s add up to the totals'."""
        return {
            "convention": self.diff.after.convention,
            "before": _report(self.diff.before, self.values[0]),
            "after": _report(self.diff.after, self.values[1]),
            "totals": {name: _total(self.diff, name) for name in (*USUAL, *self.metrics)},
            "changes": self.flat(),
        }

    def flat(self) -> Sheet[LayerChange]:
        """A row a layer that differs."""
        diff, names = self.diff, (*USUAL, *self.metrics)
        columns: list[Column[LayerChange]] = [
            Column("change", lambda change: change.sort),
            Column("name", lambda change: change.layer.name, only=_JSON),
            Column("layer", lambda change: change.layer.name, only=_CSV),
            Column(
                "causes", _causes, special={"csv": lambda each: "; ".join(map(str, each.causes))}
            ),
            Column("delta", lambda each: {name: each.delta(name) for name in names}, only=_JSON),
            Column("before", lambda change: _layer(diff.before, change.before, names), only=_JSON),
            Column("after", lambda change: _layer(diff.after, change.after, names), only=_JSON),
            *(column for metric in USUAL for column in _sides(metric)),
            Column("status", lambda change: _status(diff, change), only=_CSV),
            *(column for metric in self.metrics for column in _sides(metric)),
        ]
        return Sheet(columns, diff.changes)

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A row a layer that was added, removed or changed, with what it makes of the totals; a
        narrow screen puts what changed below the layer's name."""
        diff, metrics = self.diff, self.metrics
        summed = list(totals.lines(diff.before, diff.after, screen, metrics))
        changes: list[Part] = []
        if diff.changes:
            rows = [_Changed(change, change) for change in diff.changes]
            all_of_them = _Changed(None, diff)
            changes = [Sheet(_changes(diff, screen), rows, all_of_them, total_only="table")]
        return [
            Text([headline(diff, self.values)], BOLD, "bold"),
            *(part.changed(only="table") for part in changes),
            Sheet(_totals(diff), (*USUAL, *metrics), only="markdown"),
            Text(summed, folds=False, only="table"),
            Text([rule(diff)], DIM, folds=False),
            Text(totals.reasons(diff.before, diff.after), markdown="bullets", only="markdown"),
            *(part.changed(only="markdown") for part in changes),
        ]


result = _Compared


def arguments(diff: Diff) -> tuple[tuple[Diff], Mapping[str, Any]]:
    """What a diff by itself shows: all that both sides were measured by."""
    return (diff,), {"metrics": [name for name in diff.after.more if name in diff.before.more]}


class _Changed(NamedTuple):
    """A line of the table: a change, or the whole, with what it makes of the totals."""

    change: LayerChange | None
    side: LayerChange | Diff

    def delta(self, metric: str) -> str:
        """How much more there is."""
        return signed(self.side.delta(metric))


def _changes(diff: Diff, screen: Screen) -> list[Column[_Changed]]:
    names = max(len(Printable(change.layer.name)) for change in diff.changes)
    sides: list[LayerChange | Diff] = [*diff.changes, diff]
    numbers = sum(max(len(signed(side.delta(name))) for side in sides) for name in _SHOWN)

    def said(change: LayerChange, beside: bool) -> list[Printable]:
        room = None
        if screen.width is not None:
            room = max(_LEAST_ROOM, screen.width - names * beside - numbers - _GAPS)
        return folded(what(change), room)

    def below(line: _Changed) -> str:
        return lined([_name(line), *(said(line.change, False) if line.change else [])])

    return [
        Column(
            "",
            lambda line: MARKS[line.change.sort] if line.change else "",
            "",
            style=lambda line: _STYLES[line.change.sort] if line.change else "",
            special={"markdown": lambda line: _MARKDOWN[line.change.sort] if line.change else ""},
        ),
        Column("", _name, "layer", gap=1, goes=1),
        Column("", below, "layer", gap=1, comes=1),
        Column(
            "",
            lambda line: lined(said(line.change, True)) if line.change else "",
            "what",
            style=DIM,
            goes=1,
        ),
        *map(_count, _SHOWN),
    ]


_MARKDOWN = {
    "added": Markdown.of("+"),
    "removed": Markdown.of("-"),
    "changed": Markdown.of("~"),
}


def _count(metric: str) -> Column[_Changed]:
    def style(line: _Changed) -> str:
        return GREEN if line.side.delta(metric) < 0 else RED

    def delta(line: _Changed) -> str:
        return line.delta(metric) or ("" if line.change else "0")

    return Column("", delta, METRICS[metric].title, style=style, right=True)


def _name(line: _Changed) -> str:
    return line.change.layer.name if line.change else "total"


def _totals(diff: Diff) -> list[Column[str]]:
    def share(metric: str) -> str:
        before, after = (report.figure(metric) for report in (diff.before, diff.after))
        return totals.share(before, after) if before != after else ""

    return [
        Column("", lambda metric: METRICS[metric].title, ""),
        Column("", lambda metric: figure(diff.before, metric), "before", right=True),
        Column("", lambda metric: figure(diff.after, metric), "after", right=True),
        Column("", lambda metric: signed(diff.delta(metric)), "change", right=True),
        Column("", share, "share", right=True),
    ]


def _total(diff: Diff, metric: str) -> dict[str, Any]:
    before, after = (report.figure(metric) for report in (diff.before, diff.after))
    share = (after - before) / before if before else None
    return {"before": before, "after": after, "delta": after - before, "share": share}


def _report(report: Report, values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": report.name,
        "path": report.path or None,
        "input": report.input,
        **({"vars": values} if values else {}),
        **entry(standing(report)),
    }


def _layer(report: Report, layer: LayerCost | None, names: Sequence[str]) -> dict[str, Any] | None:
    if layer is None:
        return None
    return {
        "name": layer.name,
        "kind": layer.kind,
        "ins": layer.ins,
        "out": layer.out,
        **{metric: layer.figure(metric) for metric in names},
        "line": layer.line or None,
        **entry(standing(report, layer)),
    }


def _causes(change: LayerChange) -> list[dict[str, Any]]:
    return [cause._asdict() for cause in change.causes]


def _sides(metric: str) -> list[Column[LayerChange]]:
    def figure_of(side: LayerCost | None) -> int | None:
        return side.figure(metric) if side else None

    return [
        Column(f"{metric}_before", lambda each: figure_of(each.before), only=_CSV),
        Column(f"{metric}_after", lambda each: figure_of(each.after), only=_CSV),
        Column(f"{metric}_delta", lambda each: each.delta(metric), only=_CSV),
    ]


def _status(diff: Diff, change: LayerChange) -> str:
    sides = ((diff.before, change.before), (diff.after, change.after))
    return cell(*(standing(report, layer) for report, layer in sides if layer))


def headline(diff: Diff, values: Sequence[Mapping[str, Any]] = ({}, {})) -> str:
    """`resnet-18 → resnet-50: 12 added, 3 removed, 9 changed, 4 unchanged`."""
    counts = dict.fromkeys(MARKS, 0)
    for change in diff.changes:
        counts[change.sort] += 1
    counted = [f"{count} {sort}" for sort, count in counts.items() if count]
    same = sum(None not in pair for pair in diff.pairs) - counts["changed"]
    said = ", ".join([*counted, f"{same} unchanged"]) if counted else "no differences"
    return f"{_whose(diff, values)}: {said}"


def _whose(diff: Diff, values: Sequence[Mapping[str, Any]]) -> str:
    """The names of the two, or the files, or the values that were set, where those tell them
    apart."""
    names = title(diff.before), title(diff.after)
    if names[0] == names[1] and _where(diff.before) != _where(diff.after):
        names = _where(diff.before), _where(diff.after)
    if values[0] != values[1]:
        before, after = (f" with {built_with(each)}" if each else "" for each in values)
        names = names[0] + before, names[1] + after
    return names[0] if names[0] == names[1] else " → ".join(names)


def _where(report: Report) -> str:
    return file(report) or report.name


def rule(diff: Diff) -> str:
    """The convention that both were counted by."""
    return f"convention {diff.after.convention}"


def what(change: LayerChange) -> str:
    """`standard → group, m 256 → 320`, or what the layer is that came or went."""
    if change.sort != "changed":
        layer = change.layer
        return f"{layer.kind} {arrow(layer.ins, layer.out)}"
    return ", ".join(map(_cause, change.causes)) or "something inside it"


def _cause(cause: Cause) -> str:
    sides = (_TIMES.sub("×", side) for side in (cause.before, cause.after))
    changed = " → ".join(sides)
    return changed if cause.what == "kind" else f"{cause.what} {changed}"
