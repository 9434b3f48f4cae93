"""JSON documents: a schema name first, raw integers, one row to a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from convcost.errors import Problem


def document(schema: str, body: Mapping[str, Any], depth: int = 1) -> str:
    """`body` behind its schema's name, with lists of objects set out to that `depth`.

    Every character beyond ASCII is escaped, so that no encoding and no terminal can change it.
    """
    return guarded(_laid_out({"schema": f"convcost.{schema}", **body}, depth, "")) + "\n"


def guarded(text: str) -> str:
    """JSON that says the same and holds no `##[`, which GitHub's logs act on wherever it stands;
    in JSON that can only be inside a string."""
    return text.replace("##[", r"\u0023#[")


def problem_record(problem: Problem) -> dict[str, Any]:
    """What was wrong and where; positions are null where there are none."""
    place = problem.place
    return {
        "path": place.path if place else None,
        "line": place.line or None if place else None,
        "col": place.col or None if place else None,
        "message": problem.message,
        "hint": problem.hint or None,
    }


def packed(value: Any, columns: int = 100, margin: str = "") -> str:
    """`value` with whatever fits within `columns` on one line; characters escaped as above."""
    line = json.dumps(value)
    if len(margin) + len(line) <= columns or not isinstance(value, (dict, list)):
        return line
    inner = margin + "  "
    if isinstance(value, dict):
        opening, closing = "{}"
        entries = [
            f"{json.dumps(key)}: {packed(each, columns, inner)}" for key, each in value.items()
        ]
    else:
        opening, closing = "[]"
        entries = [packed(each, columns, inner) for each in value]
    lines = ",\n".join(inner + entry for entry in entries)
    return f"{opening}\n{lines}\n{margin}{closing}"


def _laid_out(value: Mapping[str, Any], depth: int, margin: str) -> str:
    inner = margin + "  "
    entries = (f"{json.dumps(key)}: {_entry(each, depth, inner)}" for key, each in value.items())
    return "{\n" + ",\n".join(inner + entry for entry in entries) + f"\n{margin}}}"


def _entry(value: Any, depth: int, margin: str) -> str:
    if not depth or not isinstance(value, list) or not value or not isinstance(value[0], Mapping):
        return json.dumps(value)
    inner = margin + "  "
    rows = (inner + _row(row, depth - 1, inner) for row in value)
    return "[\n" + ",\n".join(rows) + f"\n{margin}]"


def _row(row: Any, depth: int, margin: str) -> str:
    nested = depth and isinstance(row, Mapping)
    return _laid_out(row, depth, margin) if nested else json.dumps(row)
