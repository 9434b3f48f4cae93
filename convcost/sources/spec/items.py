"""One entry of a list of layers where it stands, and the labels of those before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from convcost.errors import Place, SpecError
from convcost.network import INPUT
from convcost.sources.spec.entries import Reading, Values
from convcost.sources.spec.names import Visible
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
    def inner(self) -> Scope:
        """What the layers inside see, but for the names of layers."""
        if self.form in ("kind", "use"):
            return self.scope
        scope, own = self.scope, self.values.get("vars")
        if own:
            scope = scope._replace(names=Visible(own, scope.names))
        return scope._replace(operands=scope.operands.with_words(self.values))

    @property
    def start(self) -> Position:
        """The one position it follows."""
        return self.starts[0] if self.starts else None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.scope.document.place(self.node)

    def place_of(self, key: str) -> Place:
        """Where what it says behind `key` stands."""
        assert isinstance(self.node.value, dict)
        return self.scope.document.place(self.node.value[key])

    @property
    def branches(self) -> Mapping[str, Node]:
        """The lists of layers that a joint joins, by name or else by number."""
        held = self.values[self.form].value
        if isinstance(held, tuple):
            return {str(number): branch for number, branch in enumerate(held, 1)}
        return held if isinstance(held, dict) else {}

    @property
    def no_branch(self) -> Node | None:
        """The first of those that is no list."""
        found = (each for each in self.branches.values() if not isinstance(each.value, tuple))
        return next(found, None)


class Labels:
    """The `positions` of all that has a label, and the labels of what is `lost`."""

    def __init__(self) -> None:
        self.positions: dict[str, int] = {}
        self.lost: set[str] = set()

    def keep(self, label: str, position: Position) -> None:
        """Where the entry of that label ends; one that cannot be built has its name too."""
        if position is None:
            self.lost.add(label)
        else:
            self.positions[label] = position

    def lose_input(self) -> None:
        """Know of the network's input that it is wrong."""
        self.lost.add("input")

    def lose(self, node: Node, path: str) -> None:
        """Keep the name of an entry inside `path` that is not understood, if it says one."""
        name = node.value.get("name") if isinstance(node.value, dict) else None
        if name is not None and isinstance(name.value, str):
            self.lost.add(path + name.value)

    def is_taken(self, label: str) -> bool:
        """Whether something has that label already."""
        return label in self.positions or label in self.lost

    def find(self, name: str, paths: Sequence[str]) -> Position:
        """What `from` calls `name` inside `paths`, innermost first; None if there is none."""
        for path in paths:
            if (position := self.positions.get(path + name)) is not None:
                return position
        return INPUT if name == "input" and name not in self.lost else None

    def all_of(self, names: Sequence[str], paths: Sequence[str]) -> tuple[int, ...] | None:
        """The positions of `names`, None if one is lost; SpecError for the first that nothing
        has."""
        found = [self.find(name, paths) for name in names]
        for name, position in zip(names, found, strict=True):
            if position is None and not self._is_lost(name, paths):
                raise SpecError(
                    f'no layer before this one is named "{quote(name)}"',
                    hint=self._nearest(name) or "give that layer a name",
                )
        known = tuple(position for position in found if position is not None)
        return known if len(known) == len(names) else None

    def _is_lost(self, name: str, paths: Sequence[str]) -> bool:
        """Whether something of that name, or what it would stand in, could not be built."""
        if not self.lost:
            return False
        parts = name.split(".")
        outer = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
        return any(path + each in self.lost for path in paths for each in outer)

    def effort(self, names: Sequence[str], paths: Sequence[str]) -> int:
        """About how many steps it takes to find the names."""
        longest = len(paths[0]) + max(map(len, names), default=0) + 64
        return len(names) * (1 + len(paths) * longest // 256)

    def _nearest(self, name: str) -> str:
        """Did you mean, of the last parts of all labels."""
        labels = (*self.positions, *self.lost)
        return did_you_mean(name, (label.rpartition(".")[2] for label in labels))
