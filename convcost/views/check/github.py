"""Findings as annotations of GitHub's: workflow commands, worst first.

GitHub shows ten errors and ten warnings of a step; the last of them counts those left out. See
https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from convcost.budget import Finding, Verdict
from convcost.errors import Place
from convcost.views.check.places import from_root, place
from convcost.views.check.words import NAMES
from convcost.views.language import Language
from convcost.views.screen import PLAIN, Screen
from convcost.views.text import Printable

MOST_SHOWN = 10
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({":": "%3A", ",": "%2C"})


class Commands(Language):
    """Workflow commands, a line each; its escape makes a message."""

    __slots__ = ()

    @classmethod
    def _escaped(cls, text: str) -> str:
        return Printable(text).translate(_DATA)

    @classmethod
    def property(cls, text: str) -> Commands:
        """`text` as the value of a property."""
        return cls._made(cls._escaped(text).translate(_PROPERTY))


def render(verdict: Verdict, screen: Screen = PLAIN) -> Commands:
    """One line each, errors before warnings; what could not be checked is an error."""
    problems = [
        _command(verdict, "error", "cannot be checked", problem.place, problem.message)
        for problem in verdict.problems
    ]
    failed = [finding for finding in verdict.findings if finding.failed]
    warned = [each for each in verdict.findings if each.broken and not each.failed]
    errors = [*problems, *(_annotation(verdict, "error", each) for each in _worst(failed))]
    warnings = [_annotation(verdict, "warning", each) for each in _worst(warned)]
    lines = [*_first(errors, "error"), *_first(warnings, "warning")]
    return Commands().join(Commands.of("{}\n", line) for line in lines)


def _worst(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda each: -(each.excess_share or float("inf")))


def _first(lines: Sequence[Commands], level: str) -> list[Commands]:
    if len(lines) <= MOST_SHOWN:
        return list(lines)
    left = len(lines) - (MOST_SHOWN - 1)
    return [*lines[: MOST_SHOWN - 1], _line(level, {"title": "convcost"}, f"+{left} more")]


def _annotation(verdict: Verdict, level: str, finding: Finding) -> Commands:
    title = f"{NAMES[finding.budget.metric]} over budget"
    return _command(verdict, level, title, place(finding), finding.message)


def _command(
    verdict: Verdict, level: str, title: str, where: Place | None, message: str
) -> Commands:
    properties = {"title": f"convcost: {title}"}
    said = message
    if where and where.path:
        path = from_root(verdict, where.path)
        properties["file"] = path
        properties |= {key: str(value) for key, value in _span(where).items() if value}
        said = f"{where._replace(path=path)}: {said}"
    return _line(level, properties, said)


def _line(level: str, properties: Mapping[str, str], message: str) -> Commands:
    listed = [
        Commands.of("{}={}", key, Commands.property(text)) for key, text in properties.items()
    ]
    return Commands.of("::{} {}::{}", level, Commands.of(",").join(listed), message)


def _span(where: Place) -> dict[str, int]:
    """GitHub takes columns only where they are of one line."""
    if where.end_line > where.line:
        return {"line": where.line, "endLine": where.end_line}
    return {
        "line": where.line,
        "col": where.col,
        "endLine": where.end_line,
        "endColumn": where.end_col,
    }
