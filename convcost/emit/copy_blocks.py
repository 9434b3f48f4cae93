"""Blocks that ship with convcost, copied into a spec that needs them otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from convcost.emit.edits import Edits
from convcost.errors import SpecError
from convcost.sources.spec.library import library
from convcost.sources.yaml.reader import read_text
from convcost.sources.yaml.tree import Document, Node

_MARGIN = "  "


def copy_blocks(edits: Edits, shipped: Edits) -> None:
    """Put the blocks that `shipped` changes into the spec that `edits` is about, as they will be,
    and the blocks that the spec places those with.

    SpecError where the spec has a block of that name, or no room for blocks.
    """
    blocks = library().nodes
    touched = {
        name
        for name, node in blocks.items()
        if any(_position(node) <= _position(each) < _end(node) for each in shipped.changed)
    }
    names = _with_users(touched, blocks, _reached(edits.document.root, blocks))
    document = read_text(shipped.applied(), library().document.path)
    assert isinstance(document.root.value, dict)
    changed = document.root.value["blocks"]
    copies = [_lines(document, changed, name) for name in blocks if name in names]
    _insert(edits, names, copies)


def _insert(edits: Edits, names: set[str], copies: Iterable[list[str]]) -> None:
    document = edits.document
    root = document.root
    assert isinstance(root.value, dict)
    own = root.value.get("blocks")
    key = root.key("layers" if own is None else "blocks")
    place = document.place(key)
    if own is None:
        lines = ["blocks:", *(_MARGIN + line for copy in copies for line in copy)]
        if key.col != 1:
            hint = "put each of its keys on a line of its own"
            raise SpecError("a spec in braces has no room for blocks", place=place, hint=hint)
        edits.insert_above(document.offset(key.line, key.col), lines)
        return
    assert isinstance(own.value, dict)
    if same := names & own.value.keys():
        message = f"this spec has a block {same.pop()} of its own, and one that ships must change"
        raise SpecError(message, place=place, hint="give its own another name")
    if not own.value or own.line == key.line:
        raise SpecError(
            "blocks in braces have no room for another",
            place=place,
            hint="put each on a line of its own",
        )
    margin = " " * (own.key(next(iter(own.value))).col - 1)
    lines = [margin + line for copy in copies for line in copy]
    edits.insert_below(document.offset(*key.span[2:]), lines)


def _lines(document: Document, blocks: Node, name: str) -> list[str]:
    """The lines of a block with the comment above it, without their margin."""
    assert isinstance(blocks.value, dict)
    key, node = blocks.key(name), blocks.value[name]
    first = key.line
    while document.line(first - 1).strip().startswith("#"):
        first -= 1
    numbers = range(first, node.span[2] + 1)
    return [document.line(number)[key.col - 1 :].rstrip() for number in numbers]


def _with_users(changed: set[str], blocks: Mapping[str, Node], reached: set[str]) -> set[str]:
    """The blocks that changed, and of those reached the ones that use them, however far off."""
    names = set(changed)
    while True:
        users = {name for name in reached - names if not names.isdisjoint(_used(blocks[name]))}
        if not users:
            return names
        names |= users


def _reached(root: Node, blocks: Mapping[str, Node]) -> set[str]:
    """The blocks that a spec uses, and those that they use."""
    reached: set[str] = set()
    waiting = [root]
    while waiting:
        found = {name for name in _used(waiting.pop()) if name in blocks} - reached
        reached |= found
        waiting += (blocks[name] for name in found)
    return reached


def _used(node: Node) -> Iterator[str]:
    """The names behind every `use` below a node."""
    waiting = [node]
    while waiting:
        value = waiting.pop().value
        if isinstance(value, dict):
            used = value.get("use")
            if used is not None and isinstance(used.value, str):
                yield used.value
            waiting += value.values()
        elif isinstance(value, tuple):
            waiting += value


def _position(node: Node) -> tuple[int, int]:
    return node.line, node.col


def _end(node: Node) -> tuple[int, int]:
    return node.span[2:]
