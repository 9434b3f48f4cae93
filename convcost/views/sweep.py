"""Sweeps: the variants that are wanted, of all that there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, overload

from convcost.metrics import METRICS
from convcost.sources.zoo import name_of
from convcost.status import Status
from convcost.sweeping.base import Sweep
from convcost.sweeping.outcome import Row, Rows
from convcost.views.figures import marked
from convcost.views.screen import DIM, Screen
from convcost.views.sheet import Column, Heading, Listing, Part, Sheet, Text
from convcost.views.standing import cell, entry

_CSV, _JSON = ("csv",), ("json",)
_MOST_REASONS = 5
SHOWN = 20
"""Rows that people see, unless told."""


class Total(NamedTuple):
    """What all variants came to: how many there are, how many pass, and `refusals`, how often each
    reason. People see no more than `shown` rows. `kinds` are those of layers that are vars."""

    networks: Sequence[str]
    names: Sequence[str]
    metrics: Sequence[str]
    variants: int
    passing: int
    refusals: Mapping[tuple[str, ...], int]
    shown: int | None = None
    kinds: Mapping[str, Sequence[str]] = MappingProxyType({})

    @property
    def letters(self) -> dict[str, str]:
        """A letter for each kind, its first that no other has, or else a number."""
        found: dict[str, str] = {}
        for kind in dict.fromkeys(kind for kinds in self.kinds.values() for kind in kinds):
            taken = {*found.values()}
            free = [each for each in kind if each.isalpha() and each not in taken]
            found[kind] = free[0] if free else str(len(found))
        return found

    @property
    def refused(self) -> int:
        """How many were refused."""
        return sum(self.refusals.values())


class _Sweep(NamedTuple):
    rows: Sequence[Row]
    total: Total
    schema: str = "sweep/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """How many variants there are, those that are wanted, and why others were refused."""
        total = self.total
        return {
            "networks": list(total.networks),
            "variants": total.variants,
            "passing": total.passing,
            "refused": total.refused,
            "rows": self.flat(),
            "refusals": [
                {"reason": "; ".join(reasons), "variants": count}
                for reasons, count in total.refusals.items()
            ],
        }

    def flat(self) -> Sheet[Row]:
        """A row a variant, with what it was built with in front."""
        return Sheet(columns(self.total, self.rows), self.rows)

    def parts(self, screen: Screen) -> Sequence[Part]:
        """The variants, then how many there are of which sort, and why some were refused."""
        reasons = sorted(self.total.refusals.items(), key=lambda each: -each[1])
        more = len(reasons) - _MOST_REASONS
        listed = [f"{count:,} × {_brief(reason)}" for reason, count in reasons[:_MOST_REASONS]]
        rows = self.rows[: self.total.shown]
        said = _counted(self.total, len(rows))
        return [
            Heading(
                ", ".join(name_of(path) or path for path in self.total.networks) or "sweep",
                f"{self.total.variants:,} variants",
            ),
            *[Sheet(columns(self.total, rows), rows)] * bool(rows),
            Text([said] if said else [], DIM),
            Text(_legend(self.total) if rows else [], DIM),
            Listing("why:", [*listed, *[f"{more:,} other reasons"] * (more > 0)]),
        ]


def columns(total: Total, rows: Sequence[Row]) -> list[Column[Row]]:
    """What is told of each variant, `rows` being those that people see."""
    found: list[Column[Row]] = [
        Column("row", lambda row: row.number, "row", show=lambda row: str(row.number), right=True)
    ]
    for name in total.names:
        read, show = partial(_value, name), partial(_said, name)
        found.append(Column(name, read, only=_CSV))
        if name not in total.kinds:
            found.append(Column("", read, name, show=show, right=True))
    if total.kinds:
        found.append(Column("", partial(_kinds, total.kinds, total.letters), "kinds"))
    found.append(Column("vars", lambda row: row.values, only=_JSON))
    for name in total.metrics:
        read, title = partial(_figure, name), METRICS[name].title
        found.append(Column(name, read, title, show=partial(_marked, name), right=True))
    if any(row.note.refused for row in rows):
        found.append(Column("", lambda row: "refused" * bool(row.note.refused), "", style=DIM))
    return [
        *found,
        Column("status", lambda row: cell(_statuses(row)), only=_CSV),
        Column("status", _entry, only=_JSON, optional=True),
        Column("refused", lambda row: row.note.reason or None),
    ]


def _entry(row: Row) -> Any:
    return entry(_statuses(row)).get("status")


def _brief(reasons: Sequence[str]) -> str:
    more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    return reasons[0] + more


def _value(name: str, row: Row) -> Any:
    return row.values[name]


def _said(name: str, row: Row) -> str:
    value = row.values[name]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kinds(layers: Iterable[str], letters: Mapping[str, str], row: Row) -> str:
    return "".join(letters[row.values[name]] for name in layers)


def _legend(total: Total) -> list[str]:
    """`kinds of conv1, conv2: s standard, g ghost`."""
    if not total.kinds:
        return []
    letters = ", ".join(f"{letter} {kind}" for kind, letter in total.letters.items())
    return [f"kinds: {letters}", f"of {', '.join(total.kinds)}"]


def _figure(name: str, row: Row) -> int | None:
    figure = row.figures[name]
    return None if figure is None else int(figure)


def _marked(name: str, row: Row) -> str:
    return marked(row.figures[name], _statuses(row).get(name, Status("complete")))


def _statuses(row: Row) -> Mapping[str, Status]:
    return dict(row.note.status)


def _counted(total: Total, shown: int) -> str:
    """`312 of 1,008,000 variants pass, shown: 20, refused: 12`."""
    parts = []
    if total.passing < total.variants - total.refused:
        parts.append(f"{total.passing:,} of {total.variants:,} variants pass")
    if shown < total.passing:
        parts.append(f"shown: {shown:,}")
    if total.refused:
        parts.append(f"refused: {total.refused:,}")
    return ", ".join(parts)


result = _Sweep


def arguments(found: Sweep | Rows) -> tuple[tuple[Sequence[Row], Total], Mapping[str, Any]]:
    """Rows of a sweep, of which people see the first."""
    rows = found if isinstance(found, Rows) else found.found.rows()
    refusals = rows.refusals
    fine = len(rows) - refusals.total()
    of = (list(rows.values), list(rows.figures), len(rows), fine, refusals, SHOWN)
    return (_Each(rows), Total([], *of)), {}


class _Each(Sequence[Row]):
    """Rows that are in arrays, each made when it is looked at."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        part = self._rows.take(at if isinstance(at, slice) else slice(at, at + 1))
        return list(part.each()) if isinstance(at, slice) else next(part.each())

    def __iter__(self) -> Iterator[Row]:
        return self._rows.each()
