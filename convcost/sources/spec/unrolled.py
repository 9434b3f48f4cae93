"""How many layers a spec comes to, told before any is built.

A few lines can ask for billions of layers (`repeat: 1000000000`, blocks that use each other
twice, over and over). The count here takes time with the length of the text alone; where an
expression decides, it assumes the least.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from convcost.errors import SpecError
from convcost.network import MAX_LAYERS
from convcost.sources.spec.blocks import MAX_BLOCK_DEPTH, Blocks
from convcost.sources.yaml.tree import Node

_LISTS = ("layers", "residual", "concat", "add", "multiply", "body", "shortcut")


def refuse_too_many(layers: Node, blocks: Blocks) -> None:
    """SpecError at the first entry of `layers` that comes to more than MAX_LAYERS layers."""
    _Counter(blocks).least(layers)


@dataclass(slots=True)
class _Counter:
    blocks: Blocks
    counts: dict[str, int] = field(default_factory=dict)
    depth: int = 0

    def least(self, node: Node) -> int:
        """The least number of layers in a list of layers, or a list or mapping of branches."""
        if isinstance(node.value, dict):
            return self._bounded(sum(map(self.least, node.value.values())), node)
        if not isinstance(node.value, tuple):
            return 0
        count = sum(
            self.least(entry) if isinstance(entry.value, tuple) else self._entry(entry)
            for entry in node.value
        )
        return self._bounded(count, node)

    def _entry(self, node: Node) -> int:
        values = node.value
        if not isinstance(values, dict) or "when" in values:
            return 0
        inner = sum(self.least(values[key]) for key in _LISTS if key in values)
        if "use" in values:
            inner += self.block(values["use"].value)
        times = values["repeat"].value if "repeat" in values else 1
        # An entry takes its time even if there is nothing in it.
        count = max(inner, 1) * (times if isinstance(times, int) and times > 0 else 1)
        return self._bounded(count, node)

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
                self.counts[name] = _Counter(self.blocks.more()).block(name)
            self.depth -= 1
        return self.counts[name]

    def _bounded(self, count: int, node: Node) -> int:
        if count > MAX_LAYERS:
            raise SpecError(
                f"this comes to {count:,} layers, and more than {MAX_LAYERS:,} are refused"
                if count < 10**15
                else f"this comes to more than {MAX_LAYERS:,} layers",
                place=self.blocks.document.place(node),
                hint="repeat less",
            )
        return count
