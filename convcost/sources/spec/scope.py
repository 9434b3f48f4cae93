"""What a list of layers sees, and where a problem in it stands for the one who wrote the spec."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from convcost.errors import ConvcostError, Place, Problem
from convcost.operands import PLAIN, Operands
from convcost.sources.spec.blocks import Blocks
from convcost.sources.spec.names import Names
from convcost.sources.yaml.tree import Document, Node


class Use(NamedTuple):
    """Where the user's own file places a block."""

    document: Document
    node: Node

    @property
    def place(self) -> Place:
        """The same for messages."""
        return self.document.place(self.node)


class Scope(NamedTuple):
    """What a list of layers sees.

    `blocks` are those that it may use; `names` are for its expressions; `paths` are the prefixes
    of layer names that `from` searches, innermost first; `uses` are the entries of the user's
    own file that placed the blocks around it, outermost first. Inside a block `outer` are those of
    the names that its file has beside it. `operands` are those of layers that do not say.
    """

    blocks: Blocks
    names: Names
    paths: tuple[str, ...] = ("",)
    uses: tuple[Use, ...] = ()
    outer: Names = MappingProxyType({})
    operands: Operands = PLAIN

    @property
    def document(self) -> Document:
        """The document that the layers are written in."""
        return self.blocks.document

    def inside(self, label: str, names: Names | None = None) -> Scope:
        """The scope of the layers inside the item `label`, with other `names` if given."""
        seen = self.names if names is None else names
        return self._replace(names=seen, paths=(f"{label}.", *self.paths))

    def with_use(self, node: Node) -> tuple[Use, ...]:
        """The uses, and `node` if it stands in the user's own file."""
        return self.uses if self.blocks.ship else (*self.uses, Use(self.document, node))

    def line(self, node: Node) -> int:
        """The line of `node` in the user's own file; in a block that ships, that of its use."""
        return self.uses[-1].node.line if self.blocks.ship else node.line

    def problems(
        self, error: ConvcostError, place: Place | None = None, prefix: str = ""
    ) -> tuple[Problem, ...]:
        """The problems of `error`, at `place` where they have none, with notes on the uses.

        One inside a block that ships is put where the user's own file uses the block, since that
        is what can be changed.
        """
        if not self.blocks.ship:
            return error.at(place, prefix, [("used here", use.place) for use in self.uses])
        *outer, use = [use.place for use in self.uses]
        return tuple(
            problem._replace(
                place=use,
                notes=(
                    *([("in a block that ships", problem.place)] if problem.place else ()),
                    *problem.notes,
                    *(("used here", place) for place in outer),
                ),
            )
            for problem in error.at(place, prefix)
        )
