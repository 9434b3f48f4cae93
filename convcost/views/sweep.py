"""Sweeps: the variants that are wanted, of all that there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

from convcost.metrics import METRICS
from convcost.sources.zoo import name_of
from convcost.status import Status
from convcost.sweeping.base import Sweep
from convcost.sweeping.cloud import Cloud, Tally, said, sides
from convcost.sweeping.outcome import Listed, Row, Rows
from convcost.sweeping.searching import Search
from convcost.sweeping.selection import Wanted
from convcost.sweeping.space import NETWORK, Axis, Space
from convcost.sweeping.summary import MOST_GROUPS, Group, Mean, Summary
from convcost.text import quote
from convcost.views.figures import marked, number, plain
from convcost.views.screen import DIM, Screen
from convcost.views.searched import counted, searched
from convcost.views.sheet import Column, Heading, Listing, Part, Sheet, Text
from convcost.views.standing import cell, entry

_CSV, _JSON = ("csv",), ("json",)
_MOST_REASONS = 5
_LONGEST = 200
_MOST_DOTS = 250
SHOWN = 20
"""Rows that people see, unless told."""


class Total(NamedTuple):
    """What all variants came to: how many there are, how many pass, and `refusals`, how often each
    reason. People see no more than `shown` rows, of those that were `wanted`. `kinds` are those of
    layers that are vars; `seen` is where all lie, if anybody looked; `joined` are the user's own
    figures, and so many rows that have others are `without`."""

    networks: Sequence[str]
    names: Sequence[str]
    metrics: Sequence[str]
    variants: int
    passing: int
    refusals: Mapping[tuple[str, ...], int]
    shown: int | None = None
    kinds: Mapping[str, Sequence[str]] = MappingProxyType({})
    wanted: Wanted = Wanted()
    seen: Cloud | None = None
    joined: Sequence[str] = ()
    without: int = 0
    summary: Summary | None = None
    search: Search | None = None

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
            **({"search": searched(total.search)} if total.search else {}),
            "variants": total.variants,
            "passing": total.passing,
            "refused": total.refused,
            **({"unjoined": total.without} if total.joined else {}),
            "rows": self.flat(),
            "refusals": [
                {"reason": "; ".join(reasons), "variants": count}
                for reasons, count in total.refusals.items()
            ],
            **({"summary": _by_value(total.summary, None)} if total.summary else {}),
        }

    def flat(self) -> Sheet[Row]:
        """A row a variant, with what it was built with in front."""
        return Sheet(columns(self.total, self.rows), self.rows)

    def parts(self, screen: Screen) -> Sequence[Part]:
        """The variants, then how many there are of which sort, and why some were refused."""
        reasons = sorted(self.total.refusals.items(), key=lambda each: -each[1])
        more = len(reasons) - _MOST_REASONS
        told = [f"{count:,} × {_brief(reason)}" for reason, count in reasons[:_MOST_REASONS]]
        rows = self.rows[: self.total.shown]
        return [
            Heading(
                ", ".join(name_of(path) or path for path in self.total.networks) or "sweep",
                f"{self.total.variants:,} variants",
            ),
            *[Sheet(columns(self.total, rows), rows)] * bool(rows),
            Text(counted(self.total, len(rows)), DIM),
            Text(legend(self.total) if rows else [], DIM),
            *([_by_value(self.total.summary)] if self.total.summary else []),
            Listing("why:", [*told, *[f"{more:,} other reasons"] * (more > 0)]),
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
    for name in total.joined:
        read = partial(_own, name)
        found.append(Column(name, read, name, show=partial(_shown_own, name), right=True))
    if any(row.note.refused for row in rows):
        found.append(Column("", lambda row: "refused" * bool(row.note.refused), "", style=DIM))
    return [
        *found,
        Column("status", lambda row: cell(_statuses(row)), only=_CSV),
        Column("status", _entry, only=_JSON, optional=True),
        Column("refused", lambda row: row.note.reason or None),
    ]


def _by_value(summary: Summary, most: int | None = MOST_GROUPS) -> Sheet[Group]:
    """What the variants that pass have together, by the values of each var."""
    found: list[Column[Group]] = [
        Column("var", lambda group: group.var, "var"),
        Column("value", lambda group: group.values[0]),
        Column("", _values, "value", right=True),
        Column("variants", lambda group: group.variants, "variants", right=True),
        Column("least", lambda group: group.least),
        Column("mean", lambda group: {name: _part(mean) for name, mean in group.mean.items()}),
    ]
    for name in summary.figures:
        title = METRICS[name].title if name in METRICS else name
        least, mean = partial(_least, name), partial(_mean, name)
        goes = int(name == "activations")
        found.append(Column("", least, f"least {title}", show=least, right=True, goes=goes))
        found.append(Column("", mean, f"mean {title}", show=mean, right=True, goes=1))
    return Sheet(found, list(summary.groups(most)))


def _values(group: Group) -> str:
    ends = dict.fromkeys((group.values[0], group.values[-1]))
    return "..".join(map(said, ends))


def _least(name: str, group: Group) -> str:
    return _told(group.least[name])


def _mean(name: str, group: Group) -> str:
    mean = group.mean[name]
    return _told(round(mean) if isinstance(mean, Fraction) else mean)


def _part(mean: Mean) -> int | float | None:
    return mean if isinstance(mean, float) else plain(mean)


def _told(value: int | float | None) -> str:
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else number(value)


def _entry(row: Row) -> Any:
    return entry(_statuses(row)).get("status")


def _brief(reasons: Sequence[str]) -> str:
    more = f", and {len(reasons) - 1} more" if len(reasons) > 1 else ""
    return reasons[0] + more


def _value(name: str, row: Row) -> Any:
    return row.values[name]


def _said(name: str, row: Row) -> str:
    value = said(row.values[name])
    return name_of(value) or value if name == NETWORK else value


def spoken(total: Total, row: Row) -> str:
    """`alpha 0.5, size 128`: what a variant is built with, as far as a line or two can say it."""
    kinds = [f"kinds {_kinds(total.kinds, total.letters, row)}"] * bool(total.kinds)
    names = (name for name in row.values if name not in total.kinds)
    words = ", ".join([*kinds, *(f"{name} {quote(_said(name, row))}" for name in names)])
    return quote(words, _LONGEST)


def figures_of(total: Total, row: Row) -> list[tuple[str, str]]:
    """Its metrics, and their figures with the signs of what is not complete."""
    return [(name, _marked(name, row)) for name in total.metrics]


def _kinds(layers: Iterable[str], letters: Mapping[str, str], row: Row) -> str:
    return "".join(letters[row.values[name]] for name in layers)


def legend(total: Total) -> list[str]:
    """`kinds of conv1, conv2: s standard, g ghost`."""
    if not total.kinds:
        return []
    letters = ", ".join(f"{letter} {kind}" for kind, letter in total.letters.items())
    return [f"kinds: {letters}", f"of {', '.join(total.kinds)}"]


def _figure(name: str, row: Row) -> int | None:
    figure = row.figures[name]
    return None if figure is None else int(figure)


def _own(name: str, row: Row) -> float | None:
    figure: float | None = row.figures[name]
    return figure


def _shown_own(name: str, row: Row) -> str:
    return "" if row.figures[name] is None else f"{row.figures[name]:.15g}"


def _marked(name: str, row: Row) -> str:
    return marked(row.figures[name], _statuses(row).get(name, Status("complete")))


def _statuses(row: Row) -> Mapping[str, Status]:
    return dict(row.note.status)


result = _Sweep


def arguments(found: Sweep | Rows) -> tuple[tuple[Sequence[Row], Total], Mapping[str, Any]]:
    """Rows of a sweep, of which people see the first, and where all lie, or those chosen."""
    rows = found if isinstance(found, Rows) else found.found.rows()
    refusals = rows.refusals
    fine = len(rows) - refusals.total()
    metrics = [name for name in rows.figures if name in METRICS]
    total = Total([], list(rows.values), metrics, len(rows), fine, refusals, SHOWN)
    own = [name for name in rows.figures if name not in METRICS]
    few = isinstance(found, Rows) and len(rows) <= _MOST_DOTS
    wanted, seen = Wanted(top=len(rows) if few else None), None
    if has_picture(found) and fine:
        tally = Tally(sides(wanted, Space((Axis(rows.values),))))
        tally.add(rows, rows.fine)
        seen = tally.cloud()
    return (Listed(rows), total._replace(joined=own, wanted=wanted, seen=seen)), {}


def has_picture(found: Sweep | Rows) -> bool:
    """Whether rows have the figures that they are seen by."""
    rows = found if isinstance(found, Rows) else found.found
    return {"params", "macs"} <= rows.figures.keys()
