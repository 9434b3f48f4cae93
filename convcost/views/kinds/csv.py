"""The kinds as comma-separated values."""

from __future__ import annotations

from collections.abc import Iterable

from convcost.kinds import Kind
from convcost.views.kinds.json import kind_record
from convcost.views.screen import PLAIN, Screen
from convcost.views.spreadsheet import Csv, sheet


def render(kinds: Iterable[Kind], screen: Screen = PLAIN) -> Csv:
    """A row a kind, with what it says of itself."""
    records = [kind_record(kind) for kind in kinds]
    return sheet(list(records[0]), (list(record.values()) for record in records))
