"""What is said of a diff, in every human format."""

from __future__ import annotations

import re

from convcost.causes import Cause
from convcost.cost import Report
from convcost.difference import Change, Diff
from convcost.views.eval.words import title
from convcost.views.figures import arrow

_TIMES = re.compile(r"(?<=\d)x(?=\d)")
MARKS = {"added": "+", "removed": "-", "changed": "~"}


def headline(diff: Diff) -> str:
    """`resnet-18 → resnet-50: 12 added, 3 removed, 9 changed, 4 unchanged`."""
    counts = dict.fromkeys(MARKS, 0)
    for change in diff.changes:
        counts[change.sort] += 1
    counted = [f"{count} {sort}" for sort, count in counts.items() if count]
    same = sum(None not in pair for pair in diff.pairs) - counts["changed"]
    said = ", ".join([*counted, f"{same} unchanged"]) if counted else "no differences"
    return f"{_sides(diff)}: {said}"


def _sides(diff: Diff) -> str:
    """The names of the two, or the files, where those tell them apart."""
    names = title(diff.before), title(diff.after)
    if names[0] == names[1] and _where(diff.before) != _where(diff.after):
        names = _where(diff.before), _where(diff.after)
    return names[0] if names[0] == names[1] else " → ".join(names)


def _where(report: Report) -> str:
    return report.path or report.name


def rule(diff: Diff) -> str:
    """The convention that both were counted by."""
    return f"convention {diff.after.convention}"


def what(change: Change) -> str:
    """`standard → group, m 256 → 320`, or what the layer is that came or went."""
    if change.sort != "changed":
        layer = change.layer
        return f"{layer.kind} {arrow(layer.ins, layer.out)}"
    return ", ".join(map(_cause, change.causes)) or "something inside it"


def _cause(cause: Cause) -> str:
    sides = (_TIMES.sub("×", side) for side in (cause.before, cause.after))
    changed = " → ".join(sides)
    return changed if cause.what == "kind" else f"{cause.what} {changed}"
