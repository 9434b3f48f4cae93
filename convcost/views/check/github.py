"""Networks that are over as annotations of GitHub's: workflow commands, worst first.

GitHub shows ten errors and ten warnings of a step; the last of them counts those left out, which
are in the summary. See
https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from convcost.budget import Finding, Verdict, total_of
from convcost.errors import Place
from convcost.views.check.places import from_root, pointed_at
from convcost.views.check.reasons import change_of, layers
from convcost.views.check.words import NAMES, by_report, others_over
from convcost.views.language import Language
from convcost.views.screen import PLAIN, Screen
from convcost.views.text import Printable

MOST_SHOWN = 10
MOST_LAYERS = 3
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
    """One line for each network that is over, and for what could not be checked, which is an error;
    errors before warnings."""
    errors = [
        _command(verdict, "error", "cannot be checked", problem.place, problem.message)
        for problem in verdict.problems
    ]
    warnings = []
    groups = [[each for each in group if each.broken] for _, group in by_report(verdict.findings)]
    for group in sorted(map(_worst_first, filter(None, groups)), key=lambda each: _rank(each[0])):
        if group[0].failed:
            errors.append(_annotation(verdict, "error", group))
        else:
            warnings.append(_annotation(verdict, "warning", group))
    lines = [*_first(errors, "error"), *_first(warnings, "warning")]
    return Commands().join(Commands.of("{}\n", line) for line in lines)


def _rank(finding: Finding) -> tuple[bool, float]:
    return not finding.failed, -(finding.excess_share or float("inf"))


def _worst_first(findings: Sequence[Finding]) -> list[Finding]:
    return sorted(findings, key=_rank)


def _first(lines: Sequence[Commands], level: str) -> list[Commands]:
    if len(lines) <= MOST_SHOWN:
        return list(lines)
    left = len(lines) - (MOST_SHOWN - 1)
    more = f"+{left} more: see the summary"
    return [*lines[: MOST_SHOWN - 1], _line(level, {"title": "convcost"}, more)]


def _annotation(verdict: Verdict, level: str, group: Sequence[Finding]) -> Commands:
    """What is over in one network, the worst first, and what changed."""
    worst, *others = group
    title = f"{NAMES[worst.budget.metric]} over budget"
    said = [worst.message]
    if more := sum(each.budget is worst.budget for each in others):
        said.append(others_over(more))
    names = dict.fromkeys(NAMES[each.budget.metric] for each in others)
    names.pop(NAMES[worst.budget.metric], None)
    if names:
        said.append(f"also over: {', '.join(names)}")
    change = change_of(verdict, worst)
    if changed := layers(change, [total_of(worst.budget.metric)]) if change else []:
        said.append(f"changed: {'; '.join(changed[:MOST_LAYERS])}")
    return _command(verdict, level, title, pointed_at(worst), "; ".join(said))


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
