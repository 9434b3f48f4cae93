"""JSON documents: a schema name first, raw integers, one row to a line."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from convcost.views.language import Language
from convcost.views.text import ANYWHERE

_COMMAND = re.compile(ANYWHERE)


class Json(Language):
    """JSON in ASCII; its escape makes a string. It holds none of what CI systems' logs act on
    wherever it stands, which in JSON can only be inside a string."""

    __slots__ = ()

    @classmethod
    def _escaped(cls, text: str) -> str:
        return guarded(json.dumps(text))


def document(schema: str, body: Mapping[str, Any], depth: int = 1) -> Json:
    """`body` behind its schema's name, with lists of objects set out to that `depth`.

    Every character beyond ASCII is escaped, so that no encoding and no terminal can change it.
    """
    return guarded(_laid_out({"schema": f"convcost.{schema}", **body}, depth, "") + "\n")


def indented(value: Any) -> Json:
    """`value` as other programs lay it out, a line each."""
    return guarded(json.dumps(value, indent=2) + "\n")


def guarded(text: str) -> Json:
    """JSON that says the same as the JSON `text` and that no log acts on."""
    return Json._made(_COMMAND.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


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
