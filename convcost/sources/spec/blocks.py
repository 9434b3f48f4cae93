"""Blocks: named, parameterised pieces of network that `use:` places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convcost.errors import Problem, SpecError
from convcost.frozen import Frozen
from convcost.kinds.words import meant
from convcost.sources.quota import refuse_many
from convcost.sources.spec.expressions import evaluate_text, names_in, weight
from convcost.sources.spec.meanings import ARRIVING, told_twice, two_meanings
from convcost.sources.spec.names import LOST, LostError, Names, Visible
from convcost.sources.spec.validation import plain, problems_of
from convcost.sources.yaml.tree import Document, Node
from convcost.spelling import did_you_mean
from convcost.text import listed, quote

MAX_BLOCK_DEPTH = 32


class BlockDef(Frozen):
    """A block as written: its parameters with their defaults (None: must be given).

    `home` are the blocks that it was found among, and may itself use. `weight` is about how long
    its own names take to evaluate.
    """

    name: str
    home: Blocks
    params: Mapping[str, Any]
    vars: Mapping[str, Any]
    var_nodes: Mapping[str, Node]
    layers: Node
    weight: int

    def given(self, arguments: Names) -> Names:
        """Its parameters, with `arguments` in the place of defaults.

        SpecError for an argument that is no parameter of the block, and for a missing one.
        """
        for name in arguments:
            if name not in self.params:
                raise SpecError(
                    f'block {self.name} has no parameter "{quote(name)}"',
                    hint=meant(name, self.params) or f"it takes {listed(self.params) or 'none'}",
                )
        given = {**self.params, **arguments}
        if missing := [name for name, value in given.items() if value is None]:
            raise SpecError(f"block {self.name} needs {listed(missing)}")
        return given

    def names(self, given: Names, shape: Names) -> Names:
        """The names that its layers see: those of its home, its parameters, its own vars.

        `shape` holds n, H, W of what reaches the block, which its vars see rather than what its
        home calls so. SpecError for a var that has no value, or two.
        """
        names = Visible(given, self.home.names)
        if not self.vars:
            return names
        visible = Visible(given, Visible(shape, self.home.names))
        for name, text in self.vars.items():
            needed = names_in(text) if isinstance(text, str) else ()
            for twofold in told_twice(ARRIVING.keys() & needed, given, shape):
                message, hint = two_meanings(twofold)
                place = self.home.document.place(self.var_nodes[name])
                raise SpecError(message, place=place, hint=hint)
        problems: list[Problem] = []
        own = evaluated_vars(self.home.document, self.vars, self.var_nodes, visible, problems)
        if problems:
            raise SpecError(*problems)
        return Visible(own, names)


class Blocks:
    """The blocks of one document, read when first used, and the names that all of them see.

    `more` gives the blocks to look among next; those that `ship` with convcost have none.
    """

    def __init__(
        self,
        document: Document,
        nodes: Mapping[str, Node],
        names: Names,
        more: Callable[[], Blocks] | None = None,
    ) -> None:
        self.document = document
        self.nodes = nodes
        self.names = names
        self.more = more
        self._read: dict[str, BlockDef] = {}

    @property
    def ship(self) -> bool:
        """Whether they ship with convcost, rather than stand in the user's own file."""
        return self.more is None

    def find(self, name: str) -> BlockDef:
        """The block of that name; SpecError if there is none or it is not well-formed."""
        if name not in self._read:
            if name in self.nodes:
                self._read[name] = read_block(name, self)
            else:
                self._read[name] = self._elsewhere(name)
        return self._read[name]

    def _elsewhere(self, name: str) -> BlockDef:
        others = self.more() if self.more else None
        if others and name in others.nodes:
            return others.find(name)
        known = [*self.nodes, *(others.nodes if others else ())]
        raise SpecError(
            f'there is no block "{quote(name)}"',
            hint=did_you_mean(name, known) or f"the blocks are {listed(known)}",
        )


def read_block(name: str, blocks: Blocks) -> BlockDef:
    """The block `name` of `blocks`; SpecError with every problem of its outer form."""
    document, node = blocks.document, blocks.nodes[name]
    if not isinstance(node.value, dict):
        raise SpecError(
            f"block {quote(name)} must be a mapping",
            place=document.place(node),
            hint="with params: and layers:",
        )
    values = plain(node)
    if found := problems_of("block", values, node, document, f"block {quote(name)}"):
        raise SpecError(*found)
    variables = node.value.get("vars")
    return BlockDef(
        name,
        blocks,
        values.get("params", {}),
        values.get("vars", {}),
        variables.value if variables and isinstance(variables.value, dict) else {},
        node.value["layers"],
        len(values.get("params", {})) + weight(values.get("vars", {})),
    )


def evaluated_vars(
    document: Document,
    values: Mapping[str, Any],
    nodes: Mapping[str, Node],
    names: Names,
    problems: list[Problem],
) -> dict[str, Any]:
    """The values of `vars:` in order; each may use those before it, and `names`.

    What is wrong with one goes to `problems`, and it is LOST, as are those that need it.
    """
    found: dict[str, Any] = {}
    visible = Visible(found, names)
    for name, value in values.items():
        try:
            found[name] = evaluate_text(value, visible) if isinstance(value, str) else value
        except LostError:
            found[name] = LOST
        except SpecError as error:
            found[name] = LOST
            problems += error.at(document.place(nodes[name]) if name in nodes else None)
            refuse_many(problems)
    return found
