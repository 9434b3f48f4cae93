"""Findings as SARIF 2.1.0, which code scanning reads.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from convcost.budget import METRICS, Verdict, total_of
from convcost.errors import Place
from convcost.metrics import USUAL
from convcost.views.check.places import marked, pointed_at, problem_marks
from convcost.views.jsontext import Json, indented
from convcost.views.screen import PLAIN, Screen
from convcost.views.text import Printable

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
PROBLEM = "problem"


def render(verdict: Verdict, screen: Screen = PLAIN) -> Json:
    """One run; a result for each budget that is broken and for what could not be checked."""
    broken = [finding for finding in verdict.findings if finding.broken]
    rules = _rules(verdict)
    results = [
        _result(
            list(rules),
            finding.budget.metric,
            "error" if finding.failed else "warning",
            finding.message,
            pointed_at(finding)._replace(path=path),
            fingerprint,
        )
        for finding, path, fingerprint in marked(verdict, broken)
    ]
    results += [
        _result(list(rules), PROBLEM, "error", problem.message, problem.place, fingerprint, path)
        for problem, path, fingerprint in problem_marks(verdict)
    ]
    run = {
        "tool": {"driver": _driver(rules)},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    document = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return indented(document)


def message(text: str) -> str:
    """`text` as a plain text message, in which `[text](target)` would be a link (3.11.6)."""
    said = Printable(text)
    return re.sub(r"[\\\[\]]", r"\\\g<0>", said) if "](" in said else said


def _rules(verdict: Verdict) -> dict[str, str]:
    """The limits that there are on what every report counts, and on what else was limited."""
    asked = {finding.budget.metric for finding in verdict.findings}
    docs = {name: doc for name, doc in METRICS.items() if total_of(name) in USUAL or name in asked}
    rules = {metric: f"At most so many {doc}." for metric, doc in docs.items()}
    return {**rules, PROBLEM: "Every spec can be checked."}


def _driver(rules: Mapping[str, str]) -> dict[str, Any]:
    described = [
        {"id": _id(name), "shortDescription": {"text": doc}} for name, doc in rules.items()
    ]
    return {"name": "convcost", "rules": described}


def _id(name: str) -> str:
    return f"convcost/{name.replace('_', '-')}"


def _result(
    rules: Sequence[str],
    rule: str,
    level: str,
    text: str,
    where: Place | None,
    fingerprint: str,
    path: str = "",
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": _id(rule),
        "ruleIndex": rules.index(rule),
        "level": level,
        "message": {"text": message(text)},
        "partialFingerprints": {"convcost/v1": fingerprint},
    }
    if where and (path or where.path):
        location: dict[str, Any] = {"artifactLocation": {"uri": _uri(path or where.path)}}
        if region := _region(where):
            location["region"] = region
        result["locations"] = [{"physicalLocation": location}]
    return result


def _uri(path: str) -> str:
    text = quote(path.encode("utf-8", "surrogatepass"), safe="/-._~")
    return f"file://{text}" if path.startswith("/") else text


def _region(where: Place) -> dict[str, int]:
    region = {
        "startLine": where.line,
        "startColumn": where.col,
        "endLine": where.end_line,
        "endColumn": where.end_col,
    }
    return {key: value for key, value in region.items() if value}
