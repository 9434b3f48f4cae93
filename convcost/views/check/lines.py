"""A verdict on a terminal, where each network is a block of lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convcost.budget import NOTHING_MAY_GROW, Finding, Verdict, total_of
from convcost.cost import Report
from convcost.views.check import words
from convcost.views.screen import BOLD, CYAN, DIM, GREEN, RED, Screen
from convcost.views.sheet import Text
from convcost.views.text import Printable
from convcost.views.words import costliest, title
from convcost.views.wrapping import folded

MOST_LAYERS = 5
"""Of the layers that are over one limit, so many are shown."""
_INDENT = " " * 6
_NAME = len("activations") + 2
_BELOW = _INDENT + " " * _NAME
_STYLES = {"pass": "", "warn": CYAN, "over": RED, "open": RED}


def terminal(verdict: Verdict, screen: Screen) -> Iterator[Text]:
    """Pass or fail for each network, a line a budget, and for what failed why and where; then
    what has changed since the baseline."""
    for report, group in words.by_report(verdict.findings):
        yield _text(_network(report, group, screen))
    if compared := words.compared(verdict):
        yield _text([Printable(compared), *_changes(verdict, screen)])
    yield _text([Printable(words.verdict(verdict))])


def _text(lines: Iterable[Printable]) -> Text:
    return Text(list(lines), folds=False, only="table")


def _network(report: Report, findings: Sequence[Finding], screen: Screen) -> Iterator[Printable]:
    yield Printable.of("{}  {}", _word(findings, screen), _named(report, screen))
    shown, hidden = _cut([each for each in findings if not _goes_without_saying(each)])
    room = max([_NAME, *(len(words.NAMES[each.budget.metric]) + 2 for each in shown)])
    for finding, compared in zip(shown, words.comparisons(shown), strict=True):
        yield from _finding(finding, compared, room, screen)
        if more := hidden.get(id(finding)):
            yield Printable(f"{_BELOW}and {more} more layers are over it")


def _named(report: Report, screen: Screen) -> Printable:
    """The network's name, and its path if that is another."""
    name = screen.paint(BOLD, title(report))
    if report.path in ("", report.name):
        return name
    return Printable.of("{}  {}", name, screen.paint(DIM, report.path))


def _goes_without_saying(finding: Finding) -> bool:
    return finding.passed is True and finding.budget in NOTHING_MAY_GROW


def _cut(findings: Sequence[Finding]) -> tuple[list[Finding], dict[int, int]]:
    """The findings to show, and how many are left out behind which of them."""
    shown: list[Finding] = []
    hidden: dict[int, int] = {}
    counts: dict[int, int] = {}
    for finding in findings:
        seen = counts[id(finding.budget)] = counts.get(id(finding.budget), 0) + 1
        if seen <= MOST_LAYERS:
            shown.append(finding)
        else:
            hidden[id(shown[-1])] = hidden.get(id(shown[-1]), 0) + 1
    return shown, hidden


def _word(findings: Sequence[Finding], screen: Screen) -> Printable:
    said = {words.word(finding) for finding in findings}
    if "over" in said:
        return screen.paint(f"{BOLD};{RED}", "FAIL")
    if "open" in said:
        return screen.paint(f"{BOLD};{RED}", "OPEN")
    return screen.paint(CYAN, "WARN") if "warn" in said else screen.paint(GREEN, "PASS")


def _finding(finding: Finding, compared: str, room: int, screen: Screen) -> Iterator[Printable]:
    style = _STYLES[words.word(finding)]
    name, margin = words.NAMES[finding.budget.metric], words.margin(finding)
    line = Printable.of("{}{}", f"{_INDENT}{name:<{room}}", screen.paint(style, compared))
    painted = screen.paint(style or DIM, margin)
    needed = len(_INDENT) + room + len(compared) + 2 + len(margin)
    if screen.width is None or needed <= screen.width:
        yield Printable.of("{}  {}", line, painted)
    else:
        yield line
        yield Printable.of("{}{}", _BELOW, painted)
    if not finding.passed:
        for text in (f"limit: {words.limit_from(finding)}", _why(finding)):
            yield from _below(text, screen)


def _why(finding: Finding) -> str:
    """What is not understood, or the layers to look at."""
    if finding.undecided:
        where = f"in {finding.layer.name}: " if finding.layer else ""
        return f"{where}{finding.status.why}"
    if finding.layer is None:
        metric = total_of(finding.budget.metric)
        return f"costliest layers: {costliest(finding.top, metric, finding.actual)}"
    line = f", line {finding.layer.line}" if finding.layer.line else ""
    return f"layer: {finding.layer.name}{line}"


def _below(text: str, screen: Screen) -> Iterator[Printable]:
    room = None if screen.width is None else max(20, screen.width - len(_BELOW))
    for part in folded(text, room):
        yield Printable.of("{}{}", _BELOW, screen.paint(DIM, part))


def _changes(verdict: Verdict, screen: Screen) -> Iterator[Printable]:
    for change in verdict.changes:
        if change.changed:
            yield Printable.of("{}{}", _INDENT, _named(change.report, screen))
            room = None if screen.width is None else max(20, screen.width - len(_BELOW))
            for part in folded(words.deltas(change), room):
                yield Printable.of("{}{}", _BELOW, part)
