"""A result, which says once what every format draws: columns and rows, and the words around them.

For machines it is a document (`body`) and one flat sheet (`flat`); for people it is `parts`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Generic, Literal, Protocol, Self, TypeVar

from convcost.frozen import Frozen
from convcost.views.screen import Screen
from convcost.views.text import lined

Row = TypeVar("Row")
MARKDOWN = "markdown"
"""What columns and parts name in `only` and `special` for every format of pages."""


class Strong(str):
    """A cell that stands out on a page."""

    __slots__ = ()


class Nested(str):
    """A cell that belongs to one above it, `level` deep."""

    __slots__ = ("level",)
    level: int

    def __new__(cls, text: str, level: int) -> Self:
        made = super().__new__(cls, text)
        made.level = level
        return made


class Column(Frozen, Generic[Row]):
    """One thing that is told of every row.

    `key` names it for machines and `title` for people; without one of them it is not for these.
    `read` takes it off a row: a count, a share, a shape, a text, or None. People see that as the
    usual text of its type, or what `show` makes of the row, in a `style` of
    `convcost.views.screen`. On a narrow screen it `goes` at that step, or `comes`; one that stands
    `across` has a line of its own below the row. `only` are the formats that have it, where not
    all do, and `special` what another format has instead.
    """

    key: str
    read: Callable[[Row], Any]
    title: str | None = None
    show: Callable[[Row], Any] | None = None
    style: str | Callable[[Row], str] = ""
    right: bool = False
    gap: int = 2
    goes: int = 0
    comes: int = 0
    across: bool = False
    only: Sequence[str] = ()
    special: Mapping[str, Callable[[Row], Any]] = MappingProxyType({})
    optional: bool = False
    """Whether documents leave it out where there is nothing to tell."""


class Sheet(Frozen, Generic[Row]):
    """Rows under the columns that tell of them.

    A `total` stands below all, under a rule; `style` is that of whole rows. People read a
    `comparison` across its rows, of which there are few.
    """

    columns: Sequence[Column[Row]]
    rows: Sequence[Row]
    total: Row | None = None
    total_only: str = ""
    style: Callable[[Row], str] | None = None
    comparison: bool = False
    only: str = ""


class Heading(Frozen):
    """A network's name, where it comes from, and in Markdown what else is told at once."""

    title: str
    detail: str
    below: str = ""
    only: str = ""


class Text(Frozen):
    """Lines for people, `style`d on a terminal, where they are folded unless told not to.

    `together` sets them on one line with that between, if there is room.
    """

    lines: Sequence[str]
    style: str = ""
    markdown: Literal["plain", "bold", "bullets", "breaks"] = "plain"
    folds: bool = True
    together: str = ""
    only: str = ""


class Listing(Frozen):
    """Items below a line that says what they are."""

    title: str
    items: Sequence[str]
    mark: str = "- "
    style: str = ""
    only: str = ""


class Labelled(Frozen):
    """Texts with their labels in front, which take so many columns."""

    pairs: Sequence[tuple[str, str]]
    width: int = 10
    indent: int = 0
    only: str = ""


class Together(Frozen):
    """Parts without an empty line between them."""

    parts: Sequence[Part]
    only: str = ""


class Folded(Frozen):
    """Parts of a page that are seen when their summary is opened."""

    summary: str
    parts: Sequence[Part]
    only: str = MARKDOWN


Part = Sheet[Any] | Heading | Text | Listing | Labelled | Together | Folded


class Result(Protocol):
    """What a command found out, for all formats.

    `schema` names the document, whose lists of records are set out to that `depth`.
    """

    @property
    def schema(self) -> str: ...
    @property
    def depth(self) -> int: ...

    def body(self) -> Mapping[str, Any]:
        """The document, with sheets for lists of records."""

    def flat(self) -> Sheet[Any]:
        """The one sheet that holds the most of it, for formats that have no more."""

    def parts(self, screen: Screen) -> Sequence[Part]:
        """What people read, from above, on that `screen`."""


def beside_or_below(
    title: str, several: Callable[[Row], Sequence[str]], style: str = ""
) -> list[Column[Row]]:
    """Several texts, one beside the other; on a narrow screen one below the other."""
    return [
        Column("", lambda row: ", ".join(several(row)), title, style=style, goes=1),
        Column("", lambda row: lined(several(row)), title, style=style, comes=1),
    ]


def columns_for(sheet: Sheet[Row], name: str, people: bool = False) -> list[Column[Row]]:
    """The columns that the format `name` has, for people or for machines."""
    return [
        column
        for column in sheet.columns
        if (column.title is not None if people else column.key)
        and (not column.only or name in column.only)
    ]


def parts_for(parts: Sequence[Part], name: str) -> list[Part]:
    """The parts that the format `name` has, with something in them."""
    return [part for part in parts if part.only in ("", name) and _holds_something(part)]


def _holds_something(part: Part) -> bool:
    match part:
        case Text():
            return bool(part.lines)
        case Listing():
            return bool(part.items)
        case Labelled():
            return bool(part.pairs)
        case Together() | Folded():
            return bool(part.parts)
    return True


def has_total(sheet: Sheet[Any], name: str) -> bool:
    """Whether the format `name` shows a total."""
    return sheet.total is not None and sheet.total_only in ("", name)


def reader(column: Column[Row], name: str) -> Callable[[Row], Any]:
    """What takes the column off a row for machines, in the format `name`."""
    return column.special.get(name, column.read)


def shower(column: Column[Row], name: str) -> Callable[[Row], Any]:
    """What takes the column off a row for people, in the format `name`."""
    return column.special.get(name, column.show or column.read)


def record(columns: Sequence[Column[Row]], row: Row, name: str = "json") -> dict[str, Any]:
    """What `columns` tell of one row, by their keys."""
    values = ((column, reader(column, name)(row)) for column in columns)
    return {column.key: value for column, value in values if value or not column.optional}
