"""A file that is one mapping of a few keys, read with every problem in it and its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from convcost.errors import Problem, SpecError
from convcost.sources.quota import refuse_many
from convcost.sources.yaml.tree import Document, Node
from convcost.spelling import did_you_mean
from convcost.text import quote

LONGEST = 400
LONGEST_NAME = 40


class Entries:
    """The entries of `document`, which is `what`: "a convention"; SpecError if it is no mapping.

    `keys` are those that it takes, each with one line on what it is for; another is a problem. It
    needs `name`; what it has besides that as a rule is the `usual` key.
    """

    def __init__(self, document: Document, what: str, keys: Mapping[str, str], usual: str) -> None:
        self._document = document
        self._what = what
        self._keys = keys
        self.problems: list[Problem] = []
        root = document.root
        if not isinstance(root.value, dict):
            hint = f"start it with name: and {usual}:"
            raise SpecError(f"{what} must be a mapping", place=document.place(root), hint=hint)
        self._values = root.value
        for key in self._values:
            if key not in keys:
                hint = did_you_mean(key, keys) or f"it takes {', '.join(keys)}"
                self.add(f'unexpected key "{quote(key)}" in {what}', root.key(key), hint)

    def add(self, message: str, node: Node | None = None, hint: str = "") -> None:
        """Note a problem at `node`, or of the whole; SpecError if there are too many."""
        refuse_many(self.problems)
        self.problems.append(
            Problem(message, self._document.place(node or self._document.root), hint)
        )

    def get(self, key: str) -> Node | None:
        """What stands behind `key`."""
        return self._values.get(key)

    def words(self, key: str, limit: int = LONGEST) -> str:
        """The text under `key`, on one line; empty if there is none, or no text."""
        node = self.get(key)
        if node is None:
            return ""
        if isinstance(node.value, str) and node.value.strip() and len(node.value) <= limit:
            return " ".join(node.value.split())
        self.add(
            f"{key} must be text of 1 to {limit} characters", node, f"{key}: {self._keys[key]}"
        )
        return ""

    def pairs(self, key: str, example: str) -> Iterator[tuple[str, Node, Node]]:
        """The entries of the mapping under `key`: each name, its node and that of its value."""
        node = self.get(key)
        if node is None:
            return
        if not isinstance(node.value, dict):
            self.add(f"{key} must be a mapping", node, f"such as {key}: {{{example}}}")
            return
        for name, inner in node.value.items():
            yield name, node.key(name), inner

    def finish(self) -> None:
        """SpecError if there was any problem, or if there is no `name`."""
        if "name" not in self._values:
            self.add(f"{self._what} needs name", hint=f"name: {self._keys['name']}")
        if self.problems:
            raise SpecError(*self.problems)
