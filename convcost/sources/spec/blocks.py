"""Blocks: named, parameterised pieces of network that `use:` places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from convcost.errors import LayerError, Place, Problem, SpecError
from convcost.frozen import Frozen
from convcost.kinds.words import meant
from convcost.operands import Operands
from convcost.sources.quota import refuse_many
from convcost.sources.spec.expressions import evaluate_text, weight
from convcost.sources.spec.meanings import needed_of_shape, told_twice, two_meanings
from convcost.sources.spec.names import LOST, LostError, Names, Visible
from convcost.sources.spec.needs import is_dynamic
from convcost.sources.spec.validation import plain, problems_of
from convcost.sources.yaml.tree import Document, Node
from convcost.spelling import did_you_mean
from convcost.text import listed, quote

MAX_BLOCK_DEPTH = 32


class BlockDef(Frozen):
    """A block as written: its parameters with their defaults (None: must be given).

    Defaults that are `worked_out` have expressions, and are vars where they are not given;
    `of_shape` is what they and vars need of what arrives, if anything. `home` are the blocks that
    it was found among, and may itself use. `weight` is about how long its own names
    take; `said` is what it says of the operands of its layers.
    """

    name: str
    home: Blocks
    params: Mapping[str, Any]
    worked_out: Mapping[str, Any]
    vars: Mapping[str, Any]
    of_shape: Mapping[str, tuple[str, ...]]
    nodes: Mapping[str, Node]
    layers: Node
    weight: int
    said: Mapping[str, Any]

    def operands(
        self, outer: Operands, arguments: dict[str, Any], place: Callable[[str], Place]
    ) -> Operands:
        """Those of its layers, which `arguments` say last, and are taken out of these unless its
        parameters are called so. SpecError, at the `place` of its key, for what they cannot be."""
        found = outer.with_words(self.said)
        for name in Operands._fields:
            if name in arguments and name not in self.params:
                try:
                    found = found.with_words({name: arguments.pop(name)})
                except LayerError as error:
                    raise SpecError(*error.at(place(name))) from None
        return found

    def given(self, arguments: Names) -> Names:
        """Its parameters, with `arguments` in the place of defaults, but for what is to be worked
        out.

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
        return {
            name: value
            for name, value in given.items()
            if name in arguments or name not in self.worked_out
        }

    def names(self, given: Names, shape: Names, problems: list[Problem]) -> Names:
        """The names that its layers see: those of its home, its parameters, its own vars.

        `shape` holds n, H, W of what reaches the block, which its vars see rather than what its
        home calls so. A var that has no value, or two, is LOST, and `problems` say why.
        """
        names = Visible(given, self.home.names)
        variables = dict(self.vars)
        if self.worked_out:
            waiting = {name: text for name, text in self.worked_out.items() if name not in given}
            variables = waiting | variables
        if not variables:
            return names
        visible = Visible(given, Visible(shape, self.home.names))
        for name, needed in self.of_shape.items():
            for twofold in told_twice(needed if name in variables else (), given, shape):
                message, hint = two_meanings(twofold)
                problems.append(Problem(message, self.home.document.place(self.nodes[name]), hint))
                variables[name] = LOST
        own = evaluated_vars(self.home.document, variables, self.nodes, visible, problems)
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
        self.ship = more is None
        """Whether they ship with convcost, rather than stand in the user's own file."""
        self._read: dict[str, BlockDef] = {}

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
    params, variables = values.get("params", {}), values.get("vars", {})
    worked_out = {name: each for name, each in params.items() if is_dynamic([each])}
    return BlockDef(
        name,
        blocks,
        params,
        worked_out,
        variables,
        {
            name: needed
            for name, text in {**worked_out, **variables}.items()
            if (needed := needed_of_shape("", {name: text}))
        },
        {**_nodes(node, "params"), **_nodes(node, "vars")},
        node.value["layers"],
        len(params) + weight(worked_out) + weight(variables),
        {name: values[name] for name in Operands._fields if name in values},
    )


def _nodes(node: Node, key: str) -> Mapping[str, Node]:
    """The nodes of the mapping under `key`, none where there is none."""
    inside = node.value.get(key) if isinstance(node.value, dict) else None
    return inside.value if inside and isinstance(inside.value, dict) else {}


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
