"""How many layers a spec comes to, told before any is built.

A few lines can ask for billions of layers (`repeat: 1000000000`, blocks that use each other
twice, over and over). The count here takes time with the length of the text alone; where an
expression decides, it assumes the least.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from convcost.errors import SpecError
from convcost.network import MAX_LAYERS
from convcost.sources.tree import Document, Node

_LISTS = ("layers", "residual", "concat", "add", "multiply", "body", "shortcut")


def refuse_too_many(document: Document) -> None:
    """SpecError at the first entry that comes to more than MAX_LAYERS layers."""
    root = document.root
    if isinstance(root.value, dict):
        blocks = root.value.get("blocks")
        known = blocks.value if blocks and isinstance(blocks.value, dict) else {}
        _Counter(document, known).least(root.value["layers"])


@dataclass(slots=True)
class _Counter:
    document: Document
    blocks: dict[str, Node]
    counts: dict[str, int] = field(default_factory=dict)

    def least(self, node: Node) -> int:
        """The least number of layers in a list of layers, or a list of branches."""
        if not isinstance(node.value, tuple):
            return self._entry(node) if isinstance(node.value, dict) else 0
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
            inner += self._block(values["use"].value)
        times = values["repeat"].value if "repeat" in values else 1
        if isinstance(times, int) and times > 0:
            inner = max(inner, 1 if "repeat" in values else 0) * times
        return self._bounded(inner + ("kind" in values), node)

    def _block(self, name: object) -> int:
        """A block's own count, once; one that uses itself is refused where it is placed."""
        if not isinstance(name, str) or name not in self.blocks:
            return 0
        if name not in self.counts:
            self.counts[name] = 0
            self.counts[name] = self._entry(self.blocks[name])
        return self.counts[name]

    def _bounded(self, count: int, node: Node) -> int:
        if count > MAX_LAYERS:
            raise SpecError(
                f"this comes to {count:,} layers, and more than {MAX_LAYERS:,} are refused"
                if count < 10**15
                else f"this comes to more than {MAX_LAYERS:,} layers",
                place=self.document.place(node),
                hint="repeat less",
            )
        return count
