"""What there is to say of the networks that ship: cost, paper, task, what they are built from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from convcost.cost import Report, evaluate
from convcost.errors import UsageError
from convcost.shown import Shown
from convcost.sources.spec.documents import spec_in_file
from convcost.sources.spec.library import library
from convcost.sources.spec.reading import spec_of
from convcost.sources.spec.scope import Scope
from convcost.sources.yaml.tree import Node
from convcost.sources.zoo import opening, paper, shipped, squeezed
from convcost.spelling import did_you_mean
from convcost.text import quote

_TASK = re.compile(r"\bfor ([a-z ]+) \(")


class Exhibit(NamedTuple):
    """A network that ships: the name that commands know it by, its cost, its paper.

    `paper` is authors and year, `title` the paper's title; `vars` are what `--set` may change;
    `task` is what it is for. `blocks` are the kinds of its layers that multiply, and the blocks
    that ship which it uses, each once, in order.
    """

    name: str
    report: Report
    paper: str
    title: str
    vars: Mapping[str, str | int | float]
    task: str = ""
    blocks: Sequence[str] = ()

    def has(self, word: str) -> bool:
        """Whether `word` is part of what is said of it; case, dashes and the like do not count."""
        said = (self.name, self.paper, self.title, self.task, *self.blocks)
        return any(squeezed(word) in squeezed(text) for text in said)


class Zoo(Shown, tuple[Exhibit, ...], view="zoo"):
    """Networks that ship."""

    __slots__ = ()


def exhibits() -> list[Exhibit]:
    """The networks that ship, by name."""
    return [_exhibit(name, path) for name, path in shipped().items()]


def search(found: Sequence[Exhibit], words: str) -> list[Exhibit]:
    """Those that have each of `words`, which stand apart; UsageError where none has."""
    chosen = [each for each in found if all(map(each.has, words.split()))]
    if chosen:
        return chosen
    wrong = next((word for word in words.split() if not any(e.has(word) for e in found)), "")
    known = {word for each in found for word in (each.name, *each.task.split(), *each.blocks)}
    raise UsageError(
        f'no network that ships has "{quote(words)}" in name, paper, task or building blocks',
        hint=(did_you_mean(wrong, sorted(known)) if wrong else "")
        or '"convcost zoo --format json" shows what is searched',
    )


def _exhibit(name: str, path: str) -> Exhibit:
    origins: list[tuple[Node, Scope]] = []
    spec = spec_of(spec_in_file(path), {}, origins)
    report = evaluate(spec.network)
    text = opening(Path(path).read_text(encoding="utf-8"))
    task = _TASK.search(text)
    kinds = (layer.kind for layer in report.layers if layer.macs)
    blocks = tuple(dict.fromkeys((*kinds, *_used(origins))))
    return Exhibit(name, report, *paper(text), spec.vars, task[1] if task else "", blocks)


def _used(origins: Iterable[tuple[Node, Scope]]) -> Iterable[str]:
    """The blocks that ship in which layers are written."""
    ours = library()
    for node, scope in origins:
        if scope.document is ours.document:
            yield [name for name, block in ours.nodes.items() if block.line <= node.line][-1]
