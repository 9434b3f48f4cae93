"""The params and MACs that a result says, read from whatever format it is in."""

from __future__ import annotations

import csv
import io
import json
import re

from benchmarks.fuzzing.case import Call, Outcome

_PARAMS = re.compile(r"^([\d,]+) params$", re.MULTILINE)
_MACS = re.compile(r"^([\d,]+) MACs\b", re.MULTILINE)
_MARKDOWN = re.compile(r"^\*\*([\d,]+) params · ([\d,]+) MACs", re.MULTILINE)


def figures(call: Call, outcome: Outcome) -> tuple[int, int] | None:
    """Params and MACs of a call that ended well and says them; None for any other."""
    if outcome.code != 0 or call.args[0] not in ("eval", "rewrite"):
        return None
    text = outcome.out
    try:
        match format_of(call):
            case "json":
                return _of_json(json.loads(text))
            case "csv" if call.args[0] == "eval":
                return _of_csv(text)
            case "markdown" if call.args[0] == "eval":
                found = _MARKDOWN.search(text)
                return (_whole(found[1]), _whole(found[2])) if found else None
            case "table" if call.args[0] == "eval":
                params, macs = _PARAMS.search(text), _MACS.search(text)
                return (_whole(params[1]), _whole(macs[1])) if params and macs else None
    except (ValueError, KeyError, TypeError, IndexError):
        return None  # the oracle of the format says so
    return None


def format_of(call: Call) -> str:
    """The format on stdout; the help has none."""
    if "--help" in call.args or "--version" in call.args:
        return "table"
    for word, value in zip(call.args, call.args[1:], strict=False):
        if word == "--format":
            return value
    return "table"


def _of_json(document: dict[str, object]) -> tuple[int, int] | None:
    networks = document.get("networks")
    totals = networks[0] if isinstance(networks, list) and networks else document.get("after")
    return (totals["params"], totals["macs"]) if isinstance(totals, dict) else None


def _of_csv(text: str) -> tuple[int, int] | None:
    rows = list(csv.DictReader(io.StringIO(text)))
    if not rows or "layer" not in rows[0]:
        return None
    return sum(int(row["params"]) for row in rows), sum(int(row["macs"]) for row in rows)


def _whole(text: str) -> int:
    return int(text.replace(",", ""))
