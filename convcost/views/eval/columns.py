"""What people see of each row of a network's table."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.cost import Report
from convcost.metrics import METRICS
from convcost.views.eval.lines import COUNTS, Line, counts, inside
from convcost.views.figures import arrow, bar, percent
from convcost.views.ops import describe
from convcost.views.screen import BOLD, CYAN, DIM
from convcost.views.sheet import MARKDOWN, Column, Nested

SHOWN = COUNTS[:2]
_INDENT = "  "


def columns_of(
    report: Report, rows: Sequence[Line], by: str, metrics: Sequence[str]
) -> list[Column[Line]]:
    """The columns of `rows`, in the order of the metric `by`, and with `metrics` besides; shares
    are of what the rows are in the order of, or of the multiply-adds."""
    of = by or "macs"
    usual = [column.key for column in SHOWN]
    sorted_by = [of] * (of not in usual)
    return [
        Column("", lambda line: indented(name(line)), "layer", special={MARKDOWN: name}),
        Column("", lambda line: indented(_kind(line)), "kind", goes=4, special={MARKDOWN: _kind}),
        Column("", _arrow, "in → out", goes=2),
        Column("", lambda line: line.shaped.out if line.layer else "", "output", comes=2),
        *SHOWN,
        *counts(sorted_by),
        *_shares(report, rows, of),
        *counts(metric for metric in metrics if metric not in sorted_by),
    ]


def style(line: Line) -> str:
    """That of a whole row: sub-totals stand out, and ops stand back."""
    return DIM if line.stage else BOLD if line.whole else ""


def ops(line: Line) -> list[Line]:
    """The ops in a layer that is made of more than one."""
    found = inside(line)
    return found if len(found) > 1 else []


def _shares(report: Report, rows: Sequence[Line], of: str) -> list[Column[Line]]:
    """How much of the whole each row is, and how long that is beside the longest, where rows that
    are added up make the whole; a block whose parts are listed has no bar."""
    metric, whole = METRICS[of], report.figure(of)
    if not metric.adds_up:
        return []
    most = max((row.amount(of) or 0 for row in rows if not row.whole), default=0)

    def share(line: Line) -> str:
        amount = line.amount(of) if line.layer and not line.stage else 0
        return percent(amount, whole) if amount else ""

    def bars(line: Line) -> str:
        is_one = line.layer and not line.stage and not line.whole
        return bar(line.amount(of) or 0, most) if is_one else ""

    title = "share" if of == "macs" else f"share of\n{metric.title}"
    return [
        Column("", share, title, right=True, goes=3),
        Column("", bars, "", style=CYAN, gap=1, goes=1, only=("table",)),
    ]


def indented(text: str) -> str:
    """A cell as a terminal shows it, which knows no levels."""
    return f"{_INDENT * text.level}{text}" if isinstance(text, Nested) else text


def name(line: Line) -> str:
    """What a row is called, and how deep it stands; ops have no names."""
    if line.layer is None:
        return "total"
    return "" if line.stage else Nested(line.layer.name, line.level)


def _kind(line: Line) -> str:
    if line.stage:
        return Nested(describe(line.stage.op), 1)
    return line.layer.kind if line.layer else ""


def _arrow(line: Line) -> str:
    return arrow(line.shaped.ins, line.shaped.out) if line.layer and line.shaped.out else ""
