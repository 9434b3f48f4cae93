"""What operations cost that convcost has no rule for, as the user says it in a YAML file.

```yaml
mylib::fused_mlp: {macs: "${ prod(ins[0]) * ins[1][0] }"}
com.microsoft::QuickGelu: {macs: 0}
```

`ins` and `outs` are the shapes of the tensors that an operation takes and gives, in order and with
the batch of one that a framework has in front.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, TypeGuard

from convcost.errors import CodeError, Place, Problem, SpecError
from convcost.ops.base import Shape
from convcost.sources.quota import refuse_many
from convcost.sources.spec.expressions import evaluate_on_shapes, has_expression, names_on_shapes
from convcost.sources.theirs import run_theirs
from convcost.sources.yaml.reader import read_file, read_text
from convcost.sources.yaml.tree import Document, Node
from convcost.spelling import did_you_mean
from convcost.text import quote

KEYS = {
    "macs": "its multiply-adds",
    "params": "its parameters besides the tensors that it takes, which are counted in any case",
    "activations": "its output elements as far as convolutions and linear layers in it give them",
}
NAMES = ("ins", "outs")
_LARGEST = 10**18
_HINT = "a whole number, or an expression such as ${ins[0][-1] * prod(outs[0])}, with // for /"


class Taught(NamedTuple):
    """What one operation costs; None for what is not said."""

    macs: int
    params: int | None = None
    activations: int | None = None

    @property
    def fields(self) -> dict[str, int | None]:
        """The same as fields of a layer of kind `unknown`, without the parameters beside it."""
        counted = {} if self.params is None else {"counted": True}
        return {"macs": self.macs, "activations": self.activations, **counted}


class Rule(NamedTuple):
    """What is said of the operations of one name."""

    op: str
    document: Document
    counts: Mapping[str, Node]

    def cost(self, ins: Sequence[Shape], outs: Sequence[Shape]) -> Taught:
        """What an operation costs that takes tensors of these shapes and gives those.

        SpecError, with its place, for an expression that comes to no whole number of at least 0.
        """
        shapes = {"ins": tuple(ins), "outs": tuple(outs)}
        found = {key: self._count(key, node, shapes) for key, node in self.counts.items()}
        return Taught(found["macs"], found.get("params"), found.get("activations"))

    def _count(self, key: str, node: Node, shapes: Mapping[str, tuple[Shape, ...]]) -> int:
        place, value = self.document.place(node), node.value
        try:
            count = evaluate_on_shapes(value, shapes) if isinstance(value, str) else value
        except SpecError as error:
            raise SpecError(*error.at(place)) from None
        if _is_count(count):
            return count
        raise SpecError(_no_count(key, count, place))


class Function(NamedTuple):
    """A rule that is a function of the user's own."""

    op: str
    rule: Callable[[Sequence[Shape], Sequence[Shape]], int | Taught]

    def cost(self, ins: Sequence[Shape], outs: Sequence[Shape]) -> Taught:
        """What it gives: multiply-adds, or all that there is to say; CodeError if it fails, or if
        that is no whole number of at least 0."""
        what = f"the rule for {quote(self.op)} failed"
        found = run_theirs(lambda: self.rule(tuple(ins), tuple(outs)), what)
        taught = found if isinstance(found, Taught) else Taught(found)
        for key, count in zip(KEYS, taught, strict=True):
            if not (_is_count(count) or (count is None and key != "macs")):
                problem = f"{what}: {key} must be a whole number of at least 0, not {count!r:.40}"
                raise CodeError(problem, "")
        return taught


Rules = Mapping[str, Rule | Function]
"""By the operation's name, as `key_of` has it."""
NO_RULES: Rules = MappingProxyType({})
LEARNED: dict[str, Function] = {}
"""Those of plugins, for every network that is imported."""
Count = Callable[[Sequence[Shape], Sequence[Shape]], int | Taught]


def operation(name: str) -> Callable[[Count], Count]:
    """Register the function below as what the operation `name` costs, given the shapes of the
    tensors that it takes and gives; a second registration is an error."""

    def learn(count: Count) -> Count:
        if key_of(name) in LEARNED:
            raise ValueError(f"there are two rules for {name}")
        LEARNED[key_of(name)] = Function(name, count)
        return count

    return learn


def key_of(op: str) -> str:
    """An operation's name, whichever way its library stands in front: `own::Mix` is `own.Mix`."""
    return op.replace("::", ".")


def read_rules(paths: Sequence[str | os.PathLike[str]]) -> Rules:
    """The rules in all of these files; SpecError with every problem found in one."""
    return _together([read_file(path) for path in paths])


def parse_rules(text: str, path: str = "<text>") -> Rules:
    """The rules in `text`; `path` is what messages call it."""
    return _together([read_text(text, path)])


def _together(documents: Sequence[Document]) -> Rules:
    found: dict[str, Rule | Function] = {}
    for document in documents:
        problems: list[Problem] = []
        for name, rule in _rules(document, problems).items():
            if key_of(name) in found:
                place = document.place(document.root.key(name))
                problems.append(Problem(f"there are two rules for {quote(name)}", place))
            found[key_of(name)] = rule
        if problems:
            raise SpecError(*problems)
    return found


def _rules(document: Document, problems: list[Problem]) -> dict[str, Rule]:
    root = document.root
    if not isinstance(root.value, dict):
        hint = "such as mylib::op: {macs: 0}"
        raise SpecError("rules must be a mapping", place=document.place(root), hint=hint)
    rules: dict[str, Rule] = {}
    for name, node in root.value.items():
        refuse_many(problems)
        if not isinstance(node.value, dict):
            message = f"what {quote(name)} costs must be a mapping"
            problems.append(Problem(message, document.place(node), "such as {macs: 0}"))
            continue
        problems += _wrong(document, name, node, node.value)
        rules[name] = Rule(name, document, node.value)
    return rules


def _wrong(document: Document, name: str, node: Node, counts: Mapping[str, Node]) -> list[Problem]:
    """What is wrong with a rule before it is asked for anything."""
    found: list[Problem] = []
    for key, count in counts.items():
        refuse_many(found)
        if key not in KEYS:
            hint = did_you_mean(key, KEYS) or f"it takes {', '.join(KEYS)}"
            message = f'unexpected key "{quote(key)}" in the rule for {quote(name)}'
            found.append(Problem(message, document.place(node.key(key)), hint))
        else:
            found += _unreadable(document, key, count)
    if "macs" not in counts:
        message = f"the rule for {quote(name)} needs macs"
        found.append(Problem(message, document.place(node), f"macs: {KEYS['macs']}"))
    return found


def _unreadable(document: Document, key: str, node: Node) -> Sequence[Problem]:
    """What is wrong with an expression, or a number in its place, whatever the shapes are."""
    place, value = document.place(node), node.value
    if not (isinstance(value, str) and has_expression(value)):
        return [] if _is_count(value) else [_no_count(key, value, place)]
    try:
        names = names_on_shapes(value)
    except SpecError as error:
        return error.at(place)
    others = (name for name in names if name not in NAMES)
    return [
        Problem(
            f'"{quote(name)}" is not defined',
            place,
            did_you_mean(name, NAMES) or f"defined here: {', '.join(NAMES)}",
        )
        for name in others
    ]


def _no_count(key: str, value: object, place: Place) -> Problem:
    shown = "several values" if isinstance(value, (dict, tuple)) else quote(str(value))
    return Problem(f"{key} must be a whole number of at least 0, not {shown}", place, _HINT)


def _is_count(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= _LARGEST
