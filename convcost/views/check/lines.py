"""A verdict on a terminal, where each network that is over is a block of lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convcost.budget import Finding, Verdict, total_of
from convcost.cost import Report
from convcost.views.check import reasons, words
from convcost.views.screen import BOLD, CYAN, DIM, GREEN, RED, Screen
from convcost.views.sheet import Text
from convcost.views.text import Printable
from convcost.views.words import file, title
from convcost.views.wrapping import folded

MOST_LAYERS = 5
"""Of the layers that are over one limit, so many are shown."""
MOST_CHANGES = 3
"""Of the layers that changed."""
_INDENT = " " * 6
_LEAST_ROOM = 20
_CHANGED = "changed: "
_SHOWN = ("params", "macs")
"""What is told of layers, if it is over."""
_STYLES = {"pass": "", "warn": CYAN, "over": RED, "open": RED}
_LOUD = f"{BOLD};{RED}"


def terminal(verdict: Verdict, screen: Screen, verbose: bool) -> Iterator[Text]:
    """For each network that is not within its budgets a line a metric, what the limits are, and
    what changed or costs most; then what else has changed since the baseline, and the way out.
    `verbose` has also what is within budget."""
    for report, group in words.by_report(verdict.findings):
        if verbose or not all(finding.passed for finding in group):
            yield _text(_network(verdict, report, group, verbose, screen))
    if verdict.against:
        yield _text([*_changes(verdict, screen), *_way_out(verdict, screen)])
    yield _text([Printable(words.verdict(verdict))])


def _text(lines: Iterable[Printable]) -> Text:
    return Text(list(lines), folds=False, only="table")


def _network(
    verdict: Verdict, report: Report, findings: Sequence[Finding], verbose: bool, screen: Screen
) -> Iterator[Printable]:
    yield Printable.of("{}  {}", _word(findings, screen), _named(report, screen))
    told = [each for each in findings if not each.passed or verbose]
    shown, hidden = _cut([each for each in told if not reasons.goes_without_saying(each)])
    room = max([len(words.NAMES[each.budget.metric]) + 2 for each in shown], default=0)
    for finding, compared in zip(shown, words.comparisons(shown), strict=True):
        yield from _finding(finding, compared, room, screen)
        if more := hidden.get(id(finding)):
            yield Printable(f"{_INDENT}{'':{room}}and {words.others_over(more)}")
    limits = dict.fromkeys(words.limit_from(each) for each in shown if not each.passed)
    if limits:
        yield from _hung("limit: " if len(limits) == 1 else "limits: ", "; ".join(limits), screen)
    yield from _why(verdict, [each for each in findings if each.broken], screen)


def _why(verdict: Verdict, broken: Sequence[Finding], screen: Screen) -> Iterator[Printable]:
    """What changed since the baseline, as far as that is known, or else what costs most."""
    if not broken:
        return
    change = reasons.change_of(verdict, broken[0])
    metrics = dict.fromkeys(total_of(each.budget.metric) for each in broken)
    shown = [name for name in metrics if name in _SHOWN] or list(metrics)
    if said := reasons.layers(change, shown) if change else []:
        for index, row in enumerate(_first(said)):
            yield from _hung(" " * len(_CHANGED) if index else _CHANGED, row, screen)
        return
    if change and change.unexplained:
        yield from _hung("", change.unexplained, screen)
    for line in reasons.costliest_layers(broken):
        yield from _hung("", line, screen)


def _first(rows: Sequence[str]) -> Sequence[str]:
    if len(rows) <= MOST_CHANGES:
        return rows
    return [*rows[: MOST_CHANGES - 1], f"and {len(rows) - MOST_CHANGES + 1:,} more layers"]


def _named(report: Report, screen: Screen) -> Printable:
    """The network's name, and its path if that is another."""
    name = screen.paint(BOLD, title(report))
    if report.path in ("", report.name):
        return name
    return Printable.of("{}  {}", name, screen.paint(DIM, file(report)))


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
        return screen.paint(_LOUD, "FAIL")
    if "open" in said:
        return screen.paint(_LOUD, "OPEN")
    return screen.paint(CYAN, "WARN") if "warn" in said else screen.paint(GREEN, "PASS")


def _finding(finding: Finding, compared: str, room: int, screen: Screen) -> Iterator[Printable]:
    style = _STYLES[words.word(finding)]
    name, margin = words.NAMES[finding.budget.metric], _margin(finding)
    line = Printable.of("{}{}", f"{_INDENT}{name:<{room}}", screen.paint(style, compared))
    needed = len(_INDENT) + room + len(compared) + 2 + len(Printable(margin))
    if screen.width is None or needed <= screen.width:
        yield Printable.of("{}  {}", line, screen.paint(style or DIM, margin))
    else:
        yield line
        for part in _folded(margin, room, screen):
            yield Printable.of("{}{:{}}{}", _INDENT, "", room, screen.paint(style or DIM, part))


def _margin(finding: Finding) -> str:
    """By how much it is over, and where; or why that cannot be told."""
    said = words.margin(finding)
    if layer := finding.layer if not finding.passed else None:
        said += f" in {layer.name}" + (f", line {layer.line}" if layer.line else "")
    return f"{said}: {finding.status.why}" if finding.undecided else said


def _hung(label: str, text: str, screen: Screen) -> Iterator[Printable]:
    """A dim text behind its label, under which it is folded."""
    for index, part in enumerate(_folded(text, len(label), screen)):
        said = part if index else Printable.of("{}{}", label, part)  # a label may be blanks
        indent = _INDENT + " " * (len(label) if index else 0)
        yield Printable.of("{}{}", indent, screen.paint(DIM, said))


def _folded(text: str, indent: int, screen: Screen) -> list[Printable]:
    room = screen.width and max(_LEAST_ROOM, screen.width - len(_INDENT) - indent)
    return folded(text, room)


def _changes(verdict: Verdict, screen: Screen) -> Iterator[Printable]:
    """How many have changed, and those that are within their budgets all the same."""
    yield Printable(words.compared(verdict))
    told = {id(finding.report) for finding in verdict.findings if not finding.passed}
    for change in verdict.changes:
        if change.changed and id(change.report) not in told:
            yield Printable.of("{}{}", _INDENT, _named(change.report, screen))
            for part in _folded(words.deltas(change), 2, screen):
                yield Printable.of("{}  {}", _INDENT, part)
            if change.unexplained:
                yield from _hung("  ", change.unexplained, screen)


def _way_out(verdict: Verdict, screen: Screen) -> Iterator[Printable]:
    for advice, lines in reasons.way_out(verdict):
        yield from folded(advice, screen.width)
        for line in lines:
            yield Printable.of("{}{}", _INDENT, line)
