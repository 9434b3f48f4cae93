"""One entry of a list of layers where it stands, and the labels of those before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from convcost.errors import Place, SpecError
from convcost.network import INPUT
from convcost.sources.spec.entries import Reading, Values
from convcost.sources.spec.scope import Scope
from convcost.sources.yaml.tree import Node
from convcost.spelling import did_you_mean
from convcost.text import quote

Position = int | None


class Item(NamedTuple):
    """One entry of a list of layers, read and validated.

    `starts` are the positions it follows, None where lost.
    """

    node: Node
    reading: Reading
    label: str
    scope: Scope
    starts: tuple[int, ...] | None

    @property
    def values(self) -> Values:
        """What it says."""
        return self.reading.values

    @property
    def form(self) -> str:
        """`kind` or a key of FORMS."""
        return self.reading.form

    @property
    def start(self) -> Position:
        """The one position it follows."""
        return self.starts[0] if self.starts else None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.scope.document.place(self.node)

    @property
    def branches(self) -> Mapping[str, Node]:
        """The lists of layers that a joint joins, by name or else by number."""
        held = self.values[self.form].value
        if isinstance(held, tuple):
            return {str(number): branch for number, branch in enumerate(held, 1)}
        return held if isinstance(held, dict) else {}


class Labels:
    """The `positions` of all that has a label."""

    def __init__(self) -> None:
        self.positions: dict[str, int] = {}

    def find(self, name: str, paths: Sequence[str]) -> Position:
        """What `from` calls `name` inside `paths`, innermost first; None if there is none."""
        for path in paths:
            if (position := self.positions.get(path + name)) is not None:
                return position
        return INPUT if name == "input" else None

    def all_of(self, names: Sequence[str], paths: Sequence[str]) -> tuple[int, ...]:
        """The positions of `names`; SpecError for the first that nothing has."""
        found: list[int] = []
        for name in names:
            position = self.find(name, paths)
            if position is None:
                raise SpecError(
                    f'no layer before this one is named "{quote(name)}"',
                    hint=self._nearest(name) or "give that layer a name",
                )
            found.append(position)
        return tuple(found)

    def effort(self, names: Sequence[str], paths: Sequence[str]) -> int:
        """About how many steps it takes to find the names."""
        longest = len(paths[0]) + max(map(len, names), default=0) + 64
        return len(names) * (1 + len(paths) * longest // 256)

    def _nearest(self, name: str) -> str:
        """Did you mean, of the last parts of all labels."""
        return did_you_mean(name, (label.rpartition(".")[2] for label in self.positions))
