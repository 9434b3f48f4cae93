"""The table of layers: there at once, rolled up where they are many; and packed for the script,
which sorts, filters and explains every one of them."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from zlib import compress

from convcost.cost import Report
from convcost.frozen import Frozen
from convcost.metrics import USUAL
from convcost.views.eval.blocks import blocks, deepest
from convcost.views.eval.columns import columns_of
from convcost.views.eval.lines import Line, counts, lines
from convcost.views.eval.picked import others_of, ranked
from convcost.views.html import Html
from convcost.views.page import Table, table
from convcost.views.report.inside import Inside
from convcost.views.report.writer import MOST_ROWS, Blocks
from convcost.views.sheet import Sheet
from convcost.views.words import title


class Rows(Frozen):
    """The rows that are there at once, and what to know of them."""

    lines: Sequence[Line]
    note: str = ""


def layers(report: Report) -> Iterator[Html]:
    """The blocks of the section of layers."""
    there, every = shown(report), told(report, lines(report))
    if there.note:
        yield Html.of('<p class="rolled">{}</p>', there.note)
    yield Html.of(
        '<p class="scripted">Sort by a title, search, or open a layer to see what its numbers are '
        "made of.</p>"
    )
    yield Blocks(f"Layers of {title(report)}").table(
        told(report, there.lines) if there.note else every
    )
    yield packed(report, every)


def shown(report: Report) -> Rows:
    """Every layer; or, of too many, the deepest blocks that are few enough; or else the costliest
    ones."""
    every = lines(report)
    if len(every) <= MOST_ROWS:
        return Rows(every)
    many = f"{len(every):,} layers"
    depths = range(1, deepest(report))
    found = [rows for depth in depths if len(rows := blocks(report, depth)) <= MOST_ROWS]
    if found:
        return Rows(found[-1], f"{many}, rolled up by block.")
    most = MOST_ROWS - 1
    costly = ranked(every, "macs")
    return Rows([*costly[:most], others_of(costly[most:])], f"{many}, of which the costliest.")


def told(report: Report, rows: Sequence[Line]) -> Table:
    """What people read of `rows`, under the columns of `eval`."""
    columns = columns_of(report, rows, "", tuple(report.more))
    at = [column.title for column in columns].index("MACs") + 1
    columns[at:at] = counts(USUAL[2:])
    return table(Sheet(columns, rows, total=Line(report)))


def packed(report: Report, every: Table) -> Html:
    """The cells of `every` layer, and what is inside of them, for the script: JSON, deflated, in
    base64."""
    inside = Inside(report)
    places = [inside.place(layer) for layer in report.layers]
    data = {
        "right": every.right,
        "rows": [[*row, place] for row, place in zip(every.rows, places, strict=True)],
        "inside": inside.told,
    }
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return Html.of(
        '<script type="text/plain" class="packed">{}</script>',
        b64encode(compress(text.encode("utf-8", "backslashreplace"), 9)).decode(),
    )
