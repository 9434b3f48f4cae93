"""The kinds that there are: formula, one line and source of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from convcost.frozen import Frozen
from convcost.kinds import Kind
from convcost.kinds.fields import ACTIVATIONS, Field
from convcost.views.screen import BOLD, DIM, Screen
from convcost.views.sheet import Column, Part, Sheet, Text
from convcost.views.text import Printable, lined
from convcost.views.wrapping import folded

_LEAST_ROOM = 20
_HINT = "More of one: convcost explain depthwise-separable"
FIELDS: Sequence[Column[Field]] = (
    Column("name", lambda field: field.name),
    Column("sort", lambda field: field.about.variety),
    Column("doc", lambda field: field.about.doc),
    Column("required", lambda field: field.required),
    Column("default", lambda field: field.default),
    Column("words", lambda field: field.about.words),
)
MACHINES: Sequence[Column[Kind]] = (
    Column("kind", lambda kind: kind.name),
    Column("group", lambda kind: kind.group),
    Column("summary", lambda kind: kind.summary),
    Column("params_formula", lambda kind: kind.formula or None),
    Column("macs_formula", lambda kind: kind.macs or None),
    Column("ratio_formula", lambda kind: kind.ratio or None),
    Column("mixing", lambda kind: kind.mixing or None),
    Column("gives_up", lambda kind: kind.gives_up or None),
    Column("source", lambda kind: kind.source or None),
)
"""What a kind says of itself; formulas are in the literature's letters."""
_FIELDS = Column[Kind](
    "fields", lambda kind: Sheet(FIELDS, tuple(kind.fields.values())), only=("json",)
)
_Other = tuple[str, str, str]


class _Kinds(Frozen):
    kinds: Sequence[Kind]
    schema: str = "kinds/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        return {"kinds": self.flat()}

    def flat(self) -> Sheet[Kind]:
        return Sheet([*MACHINES, _FIELDS], self.kinds)

    def parts(self, screen: Screen) -> Sequence[Part]:
        """The convolutions with formula, summary and source, then the other layers.

        On a narrow screen the summary and the source stand below the name.
        """
        found = [kind for kind in self.kinds if kind.group == "convolution"]
        others = list(_others(self.kinds))
        return [
            Sheet(_convolutions(screen), found),
            Sheet(_other_layers(others, screen), others),
            Text([_HINT], DIM, folds=False, only="table"),
        ]


result = _Kinds


def _convolutions(screen: Screen) -> list[Column[Kind]]:
    room = (screen.width or 0) - 2

    def below(text: str) -> Printable:
        return lined("  " + line for line in folded(text, room))

    return [
        Column("", lambda kind: kind.name, "convolution", goes=1),
        Column("", lambda kind: kind.name, "convolution", style=BOLD, comes=1),
        Column("", lambda kind: kind.formula, "params"),
        Column("", lambda kind: kind.summary, "what it is", goes=1),
        Column("", lambda kind: kind.source, "source", style=DIM, goes=1),
        Column("", lambda kind: below(kind.summary), "", across=True, comes=1),
        Column("", lambda kind: below(kind.source), "", across=True, comes=1, style=DIM),
    ]


def _other_layers(lines: Sequence[_Other], screen: Screen) -> list[Column[_Other]]:
    longest = [max(map(len, column)) for column in zip(*lines, ("", "params", ""), strict=True)]
    before = longest[0] + longest[1] + 4
    room = max(_LEAST_ROOM, (screen.width or 0) - before)
    return [
        Column("", lambda line: line[0], "other layer"),
        Column("", lambda line: line[1], "params"),
        Column("", lambda line: line[2], "what it is", goes=1),
        Column("", lambda line: lined(folded(line[2], room)), "what it is", comes=1),
    ]


def _others(kinds: Sequence[Kind]) -> Iterator[_Other]:
    """Name, parameters and summary of the rest; the activations, which are many, in one line."""
    activations = []
    for kind in kinds:
        if kind.name in ACTIVATIONS:
            activations.append(kind.name)
        elif kind.group != "convolution":
            yield kind.name, kind.formula, kind.summary
    if activations:
        yield "activations", "", ", ".join(activations)
