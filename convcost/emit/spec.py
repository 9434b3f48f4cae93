"""A network as a spec: readable YAML that evaluates to the same integers."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from convcost.cost import Report, evaluate
from convcost.emit.outline import Item, Joint, Leaf, Repeat, common_path, outline
from convcost.errors import ConvcostError
from convcost.kinds import REGISTRY
from convcost.kinds.fields import NONE
from convcost.metrics import USUAL
from convcost.network import INPUT, Layer, Network
from convcost.ops.base import format_shape
from convcost.text import quote

DEFAULTED = ("norm", "act")
FIRST = ("n", "size")
WORDS = ("called", "bits", "density")
_PLAIN = re.compile(r"[A-Za-z_][\w./ -]*[\w.]|[A-Za-z_]")
_SIZES = re.compile(r"[1-9][0-9]*(x[1-9][0-9]*)+")
_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
_WIDTH = 100


def spec_text(network: Network, comment: str = "") -> str:
    """`network` as the text of a spec file; `comment` goes on top, line by line.

    Layers of one chain stand behind each other, branches are nested, exact repeats are folded,
    and what most convolutions have is said once, in `defaults`.
    """
    defaults = _defaults(network)
    lines = [f"# {quote(line, len(line))}".rstrip() for line in comment.splitlines()]
    lines.append(f"name: {_scalar(network.name)}")
    if network.input is not None:
        lines.append(f"input: {format_shape(network.input)}")
    if defaults:
        lines.append(f"defaults: {_mapping(defaults)}")
    writer = _Writer(defaults)
    writer.items(outline(network), "", "", 0)
    return "\n".join([*lines, "layers:", *writer.lines]) + "\n"


def proven_text(network: Network, comment: str, name: str) -> tuple[str, Report]:
    """The same text, and what the network in it costs, once that is sure to be what `network` does;
    `name` is what messages call it. ConvcostError if it is not.
    """
    from convcost.sources.spec.reading import parse_spec

    text = spec_text(network, comment)
    report, again = evaluate(network), evaluate(parse_spec(text, name).network)
    for metric in USUAL:
        if report.figure(metric) != again.figure(metric):
            raise ConvcostError(f"the spec does not come to the {metric} of what was imported")
    return text, again


def _defaults(network: Network) -> dict[str, Any]:
    """Norm and activation where most of the convolutions have one and the same, and whether most
    activations are called as functions."""
    found: dict[str, Any] = {}
    layers = [layer for layer in network.layers if REGISTRY[layer.kind].group == "convolution"]
    for name in DEFAULTED:
        words = Counter(dict(layer.fields).get(name) or NONE for layer in layers)
        if words:
            word, count = words.most_common(1)[0]
            if word != NONE and 2 * count > len(layers) > 1:
                found[name] = word
    calls = [dict(layer.fields).get("functional") or False for layer in layers if _has_act(layer)]
    usual = max(calls, key=calls.count, default=False)
    if usual and 2 * calls.count(usual) > len(calls) > 1:
        found["functional"] = usual
    return found


def _has_act(layer: Layer) -> bool:
    return bool((dict(layer.fields).get("act") or NONE) != NONE)


class _Writer:
    """Collects the lines of `layers:`; knows the label under which each layer is found."""

    def __init__(self, defaults: Mapping[str, Any]) -> None:
        self.defaults = defaults
        self.lines: list[str] = []
        self.labels: dict[int, str] = {INPUT: "input"}

    def items(self, items: tuple[Item, ...], label: str, scope: str, depth: int) -> None:
        """A list of entries inside the entry `label`, whose layers' names begin with `scope`."""
        taken: dict[str, int] = {}
        alone = len(items) == 1 and bool(label)
        names = [_relative(_scope(item) or _first_name(item), scope) for item in items]
        # A layer called 8.conv, and what stands eighth: its own conv would be 8.conv as well.
        heads = {name.split(".")[0] for name in names if "." in name}
        for number, (item, said) in enumerate(zip(items, names, strict=True), 1):
            inner = _scope(item)
            plain = said or (f"part{number}" if str(number) in heads else "")
            name = self._unique(plain, taken) if plain and not alone else ""
            own = name or ("" if alone else str(number))
            full = f"{label}.{own}" if label and own else label or own
            self._item(item, name, full, inner or scope, depth)

    def _unique(self, name: str, taken: dict[str, int]) -> str:
        candidate = name
        while candidate in taken or candidate == "input":
            taken[name] = taken.get(name, 1) + 1
            candidate = f"{name}-{taken[name]}"
        taken.setdefault(candidate, 1)
        return candidate

    def _item(self, item: Item, name: str, label: str, scope: str, depth: int) -> None:
        head: dict[str, Any] = {"name": name} if name else {}
        if isinstance(item, Repeat):
            self._open(head | {"repeat": item.times, "layers": None}, depth)
            self.items(item.items, f"{label}[0]", scope, depth + 2)
            return
        self.labels[item.at] = label
        if isinstance(item, Leaf):
            if item.sources is not None:
                sources = [self.labels[source] for source in item.sources]
                head["from"] = sources[0] if len(sources) == 1 else sources
            fields = {**head, **self._layer(item.layer)}
            self.lines.append(f"{'  ' * (depth + 1)}- {_mapping(fields)}")
            return
        if item.source is not None:
            head["from"] = self.labels[item.source]
        self._joint(item, head, label, scope, depth)

    def _joint(self, item: Joint, head: dict[str, Any], label: str, scope: str, depth: int) -> None:
        kind = item.layer.kind
        tail = {name: value for name, value in item.layer.fields if value not in (None, NONE)}
        sides = sorted(item.branches, key=lambda branch: not branch)
        indent = "  " * (depth + 2)
        if kind == "add" and len(sides) == 2:
            body, shortcut = sides
            self._open(head | {"residual": None}, depth)
            if not shortcut:
                self.items(body, label, scope, depth + 2)
            else:
                body, shortcut = sorted(sides, key=len, reverse=True)
                self.lines.append(f"{indent}  body:")
                self.items(body, label, scope, depth + 3)
                self.lines.append(f"{indent}  shortcut:")
                self.items(shortcut, f"{label}.shortcut", scope, depth + 3)
        else:
            self._open(head | {kind: None}, depth)
            for number, branch in enumerate(item.branches, 1):
                if not branch:
                    self.lines.append(f"{indent}  branch{number}: []")
                    continue
                self.lines.append(f"{indent}  branch{number}:")
                self.items(branch, f"{label}.branch{number}", scope, depth + 3)
        self.lines += [f"{indent}{name}: {_scalar(value)}" for name, value in tail.items()]

    def _open(self, head: Mapping[str, Any], depth: int) -> None:
        """An entry in block style; its last key, None, holds what comes next."""
        indent = "  " * (depth + 1)
        for number, (key, value) in enumerate(head.items()):
            dash = "- " if number == 0 else "  "
            written = "" if value is None else f" {_value(value)}"
            self.lines.append(f"{indent}{dash}{key}:{written}")

    def _layer(self, layer: Layer) -> dict[str, Any]:
        """The fields of one layer, without what goes without saying."""
        kind = REGISTRY[layer.kind]
        fields = {name: value for name, value in layer.fields if value is not None}
        fields |= {"called": layer.called} if layer.called else {}
        if layer.given is None:
            fields.pop("n", None)
            fields.pop("size", None)
        else:
            fields |= {"n": layer.given[0]}
            if layer.given[1:]:
                fields["size"] = layer.given[1:]
        for name in DEFAULTED:
            if name not in kind.fields:
                continue
            word = fields.pop(name, None) or NONE
            usual = self.defaults.get(name, NONE) if kind.group == "convolution" else NONE
            if word != usual:
                fields[name] = word
        if kind.group == "convolution" and "functional" in self.defaults:
            called = fields.pop("functional", False)
            if called != self.defaults["functional"] and _has_act(layer):
                fields["functional"] = called
        fields |= layer.operands.written
        order = [name for name in (*FIRST, *kind.fields, *WORDS) if name in fields]
        return {"kind": layer.kind, **{name: fields[name] for name in order}}


def _scope(item: Item) -> str:
    """The dotted path that the layers inside an item have in common; nothing for one layer."""
    if isinstance(item, Leaf):
        return ""
    return common_path(_names(item))


def _names(item: Item) -> list[str]:
    """The names of the layers inside an item: of a joint without its own, if it has others."""
    if isinstance(item, Leaf):
        return [item.layer.name]
    if isinstance(item, Repeat):
        return [name for inner in item.items for name in _names(inner)]
    inside = [name for branch in item.branches for inner in branch for name in _names(inner)]
    return [*inside, item.layer.name] if len(inside) < 2 else inside


def _first_name(item: Item) -> str:
    if isinstance(item, Repeat):
        return _first_name(item.items[0])
    return item.layer.name


def _relative(name: str, scope: str) -> str:
    """`name` without the path around it; nothing for one that says nothing, a mere number."""
    if scope and name.startswith(f"{scope}."):
        name = name[len(scope) + 1 :]
    elif name == scope:
        return ""
    return "" if name.isdigit() and not scope else re.sub(r"[\s\[\]{}$,:#\"'|>&*!%@`]+", "_", name)


def _mapping(fields: Mapping[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {_value(value)}" for key, value in fields.items()) + "}"


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return _mapping(value)
    if isinstance(value, (tuple, list)):
        if value and all(isinstance(each, int) and each > 0 for each in value):
            return format_shape(tuple(value)) if len(value) > 1 else str(value[0])
        return _list(value)
    return _scalar(value)


def _list(value: Any) -> str:
    """Brackets around what is in a list, lists in it too."""
    inner = (_list(each) if isinstance(each, (tuple, list)) else _scalar(each) for each in value)
    return f"[{', '.join(inner)}]"


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return repr(float(value))
    if isinstance(value, (int, float)):
        return repr(value)
    text = str(value)
    if _SIZES.fullmatch(text) or (_PLAIN.fullmatch(text) and text.lower() not in _WORDS):
        return text
    return yaml_quoted(text)


def yaml_quoted(text: str) -> str:
    """`text` between double quotes, as YAML reads it; what cannot be printed is escaped."""
    written = json.dumps(text, ensure_ascii=False)
    return written if text.isprintable() else "".join(map(_escaped, written))


def _escaped(char: str) -> str:
    # YAML has no pairs of surrogates, which JSON writes characters beyond 16 bits as.
    if char.isprintable():
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 2**16 else f"\\U{ord(char):08x}"
