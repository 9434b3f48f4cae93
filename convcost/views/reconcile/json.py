"""Conventions for other programs: `convcost.reconcile/1`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from convcost.conventions import DEFAULT
from convcost.conventions.reconcile import Explanation, Part, Row
from convcost.conventions.search import Reading, Search
from convcost.cost import Report
from convcost.views.figures import plain
from convcost.views.jsontext import Json, document
from convcost.views.reconcile import words
from convcost.views.screen import PLAIN, Screen
from convcost.views.standing import entry, standing


def render(
    report: Report,
    rows: Sequence[Row],
    screen: Screen = PLAIN,
    explanation: Explanation | None = None,
    search: Search | None = None,
) -> Json:
    """Every row; parts add up to their difference. `explanation` and `search` are null where
    nobody asked."""
    body = {
        "network": {"name": report.name, "path": report.path or None, "input": report.input},
        "default": DEFAULT.name,
        "rows": [_row_record(row) for row in rows],
        "explanation": _explanation_record(explanation) if explanation else None,
        "search": _search_record(search) if search else None,
    }
    return document("reconcile/1", body)


def _row_record(row: Row) -> dict[str, Any]:
    return {
        "convention": row.convention.name,
        "tool": row.convention.tool or None,
        "params": row.report.params,
        "params_difference": row.params_difference,
        "macs": row.report.macs,
        "difference": row.difference,
        "parts": _part_records(row.parts),
        "printed": row.printed,
        "unit": row.convention.unit,
        **entry(standing(row.report)),
    }


def _part_records(parts: Iterable[Part]) -> list[dict[str, Any]]:
    return [{"class": part.label, "amount": part.amount} for part in parts]


def _explanation_record(explanation: Explanation) -> dict[str, Any]:
    convention = explanation.row.convention
    return {
        "convention": convention.name,
        "summary": convention.summary,
        "mistakes": convention.mistakes,
        "difference": explanation.row.difference,
        "rules": [
            {
                "class": rule.work,
                "count": rule.done,
                "weight": plain(rule.weight),
                "default_weight": plain(rule.default),
                "amount": rule.amount,
            }
            for rule in words.telling_rules(explanation)
        ],
        "groups": [
            {
                "name": group.name,
                "layers": group.layers,
                "difference": group.difference,
                "parts": _part_records(group.parts),
            }
            for group in explanation.groups
        ],
    }


def _search_record(search: Search) -> dict[str, Any]:
    return {
        "figure": search.figure.text,
        "found": bool(search.readings),
        "readings": [_reading_record(reading) for reading in search.readings],
        "nearest": _reading_record(search.nearest),
        "classifier": search.classifier,
    }


def _reading_record(reading: Reading) -> dict[str, Any]:
    return {
        "convention": reading.convention,
        "number": reading.number,
        "unit": "FLOPs" if reading.doubled else "MACs",
        "without_classifier": reading.headless,
    }
