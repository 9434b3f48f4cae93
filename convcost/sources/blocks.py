"""Blocks: named, parameterised pieces of network that `use:` places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from convcost.errors import SpecError
from convcost.sources.expressions import evaluate_text
from convcost.sources.models import Block
from convcost.sources.tree import Document, Node
from convcost.sources.validation import plain, problems_of
from convcost.suggest import did_you_mean
from convcost.text import shown

Names = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BlockDef:
    """A block as written: its parameters with their defaults (None: must be given)."""

    name: str
    document: Document
    params: Mapping[str, Any]
    vars: Mapping[str, Any]
    var_nodes: Mapping[str, Node]
    layers: Node

    def refuse_unknown(self, arguments: Names) -> None:
        """SpecError for an argument that is no parameter of the block."""
        for name in arguments:
            if name not in self.params:
                raise SpecError(
                    f'block {self.name} has no parameter "{shown(name)}"',
                    hint=did_you_mean(name, self.params)
                    or f"it takes {', '.join(self.params) or 'none'}",
                )

    def bind(self, arguments: Names, arriving: Names, spec_names: Names) -> Names:
        """The names that its layers see: the spec's, its parameters, its own vars.

        `arriving` holds n, H, W of what reaches the block. SpecError for a missing argument.
        """
        given = {**self.params, **arguments}
        if missing := [name for name, value in given.items() if value is None]:
            raise SpecError(f"block {self.name} needs {', '.join(missing)}")
        shape = {name: arriving[name] for name in ("n", "H", "W") if name in arriving}
        names = {**spec_names, **given}
        values = evaluated_vars(self.document, self.vars, self.var_nodes, {**shape, **names})
        return {**names, **values}


@dataclass(slots=True)
class Blocks:
    """The blocks of one spec, read when first used, and the names that all of them see."""

    document: Document
    nodes: Mapping[str, Node]
    names: Names
    _read: dict[str, BlockDef] = field(default_factory=dict)

    def find(self, name: str) -> BlockDef:
        """The block of that name; SpecError if there is none or it is not well-formed."""
        if name not in self._read:
            if name not in self.nodes:
                known = ", ".join(self.nodes)
                raise SpecError(
                    f'there is no block "{shown(name)}"',
                    hint=did_you_mean(name, self.nodes)
                    or (f"the blocks are {known}" if known else "define it under blocks:"),
                )
            self._read[name] = read_block(name, self.document, self.nodes[name])
        return self._read[name]


def read_block(name: str, document: Document, node: Node) -> BlockDef:
    """The block that `node` defines; SpecError with every problem of its outer form."""
    if not isinstance(node.value, dict):
        raise SpecError(
            f"block {shown(name)} must be a mapping",
            place=document.place(node),
            hint="with params: and layers:",
        )
    values = plain(node)
    if found := problems_of(Block, values, node, document, f"block {shown(name)}"):
        raise SpecError(*found)
    variables = node.value.get("vars")
    return BlockDef(
        name,
        document,
        values.get("params", {}),
        values.get("vars", {}),
        variables.value if variables and isinstance(variables.value, dict) else {},
        node.value["layers"],
    )


def evaluated_vars(
    document: Document, values: Mapping[str, Any], nodes: Mapping[str, Node], names: Names
) -> dict[str, Any]:
    """The values of `vars:` in order; each may use those before it, and `names`."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        try:
            found[name] = (
                evaluate_text(value, {**names, **found}) if isinstance(value, str) else value
            )
        except SpecError as error:
            place = document.place(nodes[name]) if name in nodes else None
            raise SpecError(*error.at(place)) from None
    return found
