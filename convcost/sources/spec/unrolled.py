"""How many layers a spec comes to, told before any is built.

A few lines can ask for billions of layers (`repeat: 1000000000`, blocks that use each other
twice, over and over). The count here takes time with the length of the text alone; where an
expression decides, it assumes the least.
"""

from __future__ import annotations

from convcost.errors import SpecError
from convcost.network import MAX_LAYERS
from convcost.sources.spec.blocks import MAX_BLOCK_DEPTH, Blocks
from convcost.sources.spec.forms import NESTED
from convcost.sources.spec.items import Item
from convcost.sources.spec.ledger import Ledger
from convcost.sources.yaml.tree import Document, Node

MAX_NESTED = 128
"""Lists of layers in each other, once blocks are in place: Python recurses a few times for each."""


def refuse_too_many(layers: Node, blocks: Blocks) -> None:
    """SpecError at the first entry of `layers` that comes to more than MAX_LAYERS layers."""
    Counter(blocks).least(layers)


def refuse_layers(count: int, document: Document, node: Node) -> None:
    """SpecError at `node` if `count` is more than MAX_LAYERS."""
    if count > MAX_LAYERS:
        raise SpecError(
            f"this comes to {count:,} layers, and more than {MAX_LAYERS:,} are refused"
            if count < 10**15
            else f"this comes to more than {MAX_LAYERS:,} layers",
            place=document.place(node),
            hint="repeat less",
        )


def refuse_nested(depth: int, document: Document, node: Node) -> None:
    """SpecError at `node`, a list of layers, if it stands in more than MAX_NESTED others."""
    if depth > MAX_NESTED:
        raise SpecError(
            f"layers nested more than {MAX_NESTED} deep",
            place=document.place(node),
            hint="put them one behind the other",
        )


class Repeats:
    """Refuses repeats that will not end within bounds, before they begin."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._least: dict[int, int] = {}

    def refuse_too_many(self, times: int, body: Node, item: Item, before: int) -> None:
        """SpecError if the layers of `body`, so many `times`, are too many with those `before`, or
        take too many steps."""
        ledger, scope = self._ledger, item.scope
        try:
            if id(body) not in self._least:
                self._least[id(body)] = Counter(scope.blocks).least(body)
            refuse_layers(before + times * self._least[id(body)], scope.document, item.node)
        except SpecError as error:
            raise SpecError(*ledger.problems, *scope.problems(error)) from None
        visits = 1 + 2 * len(body.value) if isinstance(body.value, tuple) else 1
        if times * visits > ledger.steps.most - ledger.steps.spent:
            ledger.spend(times * visits, item.node, scope)


class Counter:
    """Counts layers that are sure to be there, among the blocks that they may use."""

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.counts: dict[str, int] = {}
        self.depth = 0
        self.nested = 0

    def least(self, node: Node) -> int:
        """The least number of layers in a list of layers, or a list or mapping of branches."""
        refuse_nested(self.nested, self.blocks.document, node)
        self.nested += 1
        count = 0
        if isinstance(node.value, dict):
            count = sum(map(self.least, node.value.values()))
        elif isinstance(node.value, tuple):
            for entry in node.value:
                is_branch = isinstance(entry.value, tuple)
                count += self.least(entry) if is_branch else self._entry(entry)
        self.nested -= 1
        return self._bounded(count, node)

    def _entry(self, node: Node) -> int:
        values = node.value
        if not isinstance(values, dict) or "when" in values:
            return 0
        inner = 0
        if not NESTED.isdisjoint(values):
            inner = sum(self.least(values[key]) for key in values if key in NESTED)
        if "use" in values:
            inner += self.block(values["use"].value)
        times = values["repeat"].value if "repeat" in values else 1
        # An entry takes its time even if there is nothing in it.
        least = max(inner, 1) * (times if isinstance(times, int) else 1)
        return self._bounded(max(least, 1), node) if least > 1 else 1

    def block(self, name: object) -> int:
        """A block's own count, once; one that uses itself is refused where it is placed."""
        if not isinstance(name, str) or self.depth > MAX_BLOCK_DEPTH:
            return 0
        if name not in self.counts:
            self.counts[name] = 0
            self.depth += 1
            if name in self.blocks.nodes:
                self.counts[name] = self._entry(self.blocks.nodes[name])
            elif self.blocks.more:
                self.counts[name] = Counter(self.blocks.more()).block(name)
            self.depth -= 1
        return self.counts[name]

    def _bounded(self, count: int, node: Node) -> int:
        refuse_layers(count, self.blocks.document, node)
        return count
