"""A stage of patches: which bytes are alive in it, behind it and without it."""

from __future__ import annotations

from convcost.metrics.patches import Patched
from convcost.text import quote
from convcost.views.figures import short
from convcost.views.memory import CAVEAT, under
from convcost.views.patches import totals
from convcost.views.pictures.bars import Bar, BarRow, Part, bars
from convcost.views.pictures.page import page
from convcost.views.pictures.svg import Svg
from convcost.views.standing import reasons
from convcost.views.words import title, where_from


def render(found: Patched) -> Svg:
    """What is alive while each layer of the stage makes its patches, behind it and without it."""
    rows = [_row(quote(part.layer.name), part.alive) for part in found.parts]
    rows.append(_row("layers behind", found.behind))
    rows.append(_row("without patches", found.before))
    panel = bars(["bytes alive at once"], rows)
    said = [*totals(found), under(found.report.setting), CAVEAT]
    said += reasons(found.report)
    return page(title(found.report), where_from(found.report), [panel], said)


def _row(name: str, amount: int) -> BarRow:
    part = Part(amount, f"{name}: {amount:,} bytes")
    return BarRow([name], [], [Bar([part], short(amount, "bytes"))])
