"""From a spec's tree to a network: expressions evaluated, blocks placed, repeats unrolled.

Every problem of a file is collected. Behind a layer that cannot be built shapes are unknown, a
position of None: what follows there is still validated, but not built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from convcost.errors import ConvcostError, LayerError, Place, Problem, SpecError
from convcost.kinds import find
from convcost.kinds.fields import NONE
from convcost.network import INPUT, MAX_LAYERS, Builder
from convcost.ops.base import Shape
from convcost.sources.spec.blocks import MAX_BLOCK_DEPTH
from convcost.sources.spec.entries import Entry, Values, read_entry
from convcost.sources.spec.language import FORMS
from convcost.sources.spec.scope import Names, Scope
from convcost.sources.spec.validation import plain, problems_of
from convcost.sources.yaml.tree import Node
from convcost.spelling import did_you_mean
from convcost.text import shown

Position = int | None

MAX_PROBLEMS = 100
MAX_STEPS = 2 * MAX_LAYERS
ITEM_KEYS = frozenset(("kind", "name", "when", "from", *FORMS))


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list of layers, read and validated.

    `form` is `kind` or a key of FORMS; `starts` are the positions it follows, None where lost.
    """

    node: Node
    form: str
    values: Values
    label: str
    scope: Scope
    starts: tuple[int, ...] | None

    @property
    def start(self) -> Position:
        """The one position it follows."""
        return self.starts[0] if self.starts else None

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.scope.document.place(self.node)


@dataclass(slots=True)
class Expander:
    """Walks the layers of one spec into `builder`, collecting `problems`.

    `origins`, if it is a list, collects where each layer is written, and what it sees there.
    """

    builder: Builder
    defaults: Mapping[str, Any]
    problems: list[Problem] = field(default_factory=list)
    origins: list[tuple[Node, Scope]] | None = None
    _labels: dict[str, int] = field(default_factory=dict)
    _entries: dict[int, Entry] = field(default_factory=dict)
    _static: dict[int, tuple[str, Values]] = field(default_factory=dict)
    _steps: int = 0

    def layers(
        self, node: Node | None, at: Position, scope: Scope, *, lends_label: bool = False
    ) -> Position:
        """Add the list of layers `node` behind `at`; the position after the last.

        `lends_label`: a single entry without a name takes the label of what the list is in.
        """
        if node is None:
            return at
        if not isinstance(node.value, tuple):
            place = scope.document.place(node)
            return self._refuse("layers must be a list", place, scope, "start each with a dash")
        alone = len(node.value) == 1 and lends_label
        for number, entry in enumerate(node.value, 1):
            self._steps += 1
            if self._steps > MAX_STEPS or self.builder.last + 1 >= MAX_LAYERS:
                place = scope.document.place(entry)
                raise SpecError(f"more than {MAX_LAYERS:,} layers", place=place)
            at = self._entry(entry, at, scope, "" if alone else str(number))
        return at

    def _entry(self, node: Node, at: Position, scope: Scope, number: str) -> Position:
        """Add one entry of a list; without a name it is known by its `number`, or, that being
        empty, by the label of what the list is in."""
        read = self._static.get(id(node)) or self._read(node, at, scope)
        if read is None:
            return None
        form, values = read
        if values.get("when") is False:
            return at
        label = (scope.paths[0] + (values.get("name") or number)).rstrip(".")
        starts = self._starts(values.get("from"), node, at, scope)
        item = Item(node, form, values, label, scope, starts)
        if "name" in values and label in self._labels:
            return self._refuse(f'the name "{shown(label)}" is used twice', item.place, scope)
        if form != "kind" and starts and len(starts) != 1:
            return self._refuse(f"{form} follows one layer, not {len(starts)}", item.place, scope)
        after = _HANDLERS[form](self, item)
        if after is not None:
            self._labels[label] = after
        return after

    def _read(self, node: Node, at: Position, scope: Scope) -> tuple[str, Values] | None:
        """The form and the values of an entry, None with problems noted if it is not one.

        Entries without expressions are read once, however often they are repeated.
        """
        try:
            entry = self._entries.get(id(node))
            if entry is None:
                entry = self._entries[id(node)] = read_entry(node, scope.document)
            try:
                values = entry.evaluated({**self._shape(at), **scope.names})
            except SpecError:
                if at is None:  # for want of n, H and W, likely
                    return None
                raise
            entry.check(values)
        except SpecError as error:
            self._note(error, scope)
            return None
        if entry.is_static:
            self._static[id(node)] = entry.form, values
        return entry.form, values

    def _shape(self, at: Position) -> Names:
        """n, H, W of what arrives, as far as it is known."""
        shape: Shape | None = None if at is None else self.builder.shape(at)
        return dict(zip(("n", "H", "W"), shape or (), strict=False))

    def _starts(
        self, source: Any, node: Node, at: Position, scope: Scope
    ) -> tuple[int, ...] | None:
        """The positions that `from` names, or the one before."""
        if source is None:
            return None if at is None else (at,)
        found: list[int] = []
        for name in source if isinstance(source, list) else [source]:
            labels = [path + name for path in scope.paths if path + name in self._labels]
            if labels:
                found.append(self._labels[labels[0]])
            elif name == "input":
                found.append(INPUT)
            else:
                assert isinstance(node.value, dict)
                place = scope.document.place(node.value["from"])
                hint = did_you_mean(name, [label.split(".")[-1] for label in self._labels])
                message = f'no layer before this one is named "{shown(name)}"'
                self._refuse(message, place, scope, hint or "give that layer a name")
                return None
        return tuple(found)

    def _layer(self, item: Item) -> Position:
        kind = find(item.values["kind"])
        fields = {key: value for key, value in item.values.items() if key not in ITEM_KEYS}
        may_stand_alone = self.builder.input is None and "n" in fields and "from" not in item.values
        if item.starts is None and not may_stand_alone:
            return None
        if kind.group == "convolution":
            chosen = {key: value for key, value in self.defaults.items() if key in kind.fields}
            fields = chosen | fields
        return self._add(item, kind.name, fields, None if may_stand_alone else item.starts)

    def _add(
        self, item: Item, kind: str, fields: dict[str, Any], inputs: tuple[int, ...] | None
    ) -> Position:
        try:
            added = self.builder.add(
                kind, fields, name=item.label, inputs=inputs, line=item.scope.line(item.node)
            )
        except LayerError as error:
            prefix = f"layer {shown(item.label)} ({kind}): "
            self._note(error, item.scope, item.place, prefix)
            return None
        if self.origins is not None:
            self.origins.append((item.node, item.scope))
        return added

    def _repeat(self, item: Item) -> Position:
        at = item.start
        for turn in range(item.values["repeat"]):
            names = {**item.scope.names, item.values.get("index", "i"): turn}
            scope = replace(item.scope, names=names).inside(f"{item.label}[{turn}]")
            at = self.layers(item.values["layers"], at, scope, lends_label=True)
            if at is None:
                break
        return at

    def _residual(self, item: Item) -> Position:
        node = item.values["residual"]
        body, shortcut = node, None
        if isinstance(node.value, dict):
            found = problems_of("body", plain(node), node, item.scope.document, "a residual")
            if found:
                self._note(SpecError(*found), item.scope)
                return None
            body, shortcut = node.value["body"], node.value.get("shortcut")
        end = self.layers(body, item.start, item.scope.inside(item.label))
        if item.values.get("skip") is False:
            has_act = item.values.get("act", NONE) != NONE
            return self._join(item, "identity", (end,)) if has_act else end
        inside = item.scope.inside(f"{item.label}.shortcut")
        return self._join(item, "add", (end, self.layers(shortcut, item.start, inside)))

    def _branches(self, item: Item) -> Position:
        node = item.values[item.form]
        branches: dict[str, Node] = {}
        if isinstance(node.value, tuple):
            branches = {str(number): branch for number, branch in enumerate(node.value, 1)}
        elif isinstance(node.value, dict):
            branches = node.value
        if not branches:
            place = item.scope.document.place(node)
            hint = "lists of layers in a list, or by name"
            return self._refuse(f"{item.form} takes branches", place, item.scope, hint)
        is_named = isinstance(node.value, dict)
        ends = tuple(
            self.layers(
                branch, item.start, item.scope.inside(f"{item.label}.{name}"), lends_label=is_named
            )
            for name, branch in branches.items()
        )
        return self._join(item, item.form, ends)

    def _join(self, item: Item, kind: str, ends: tuple[Position, ...]) -> Position:
        known = tuple(end for end in ends if end is not None)
        if len(known) < len(ends):
            return None
        tail = ("act", "functional")
        fields: dict[str, Any] = {key: item.values[key] for key in tail if key in item.values}
        return self._add(item, kind, fields, known)

    def _use(self, item: Item) -> Position:
        arguments = {key: value for key, value in item.values.items() if key not in ITEM_KEYS}
        uses = item.scope.uses if item.scope.blocks.ship else (*item.scope.uses, item.place)
        if len(uses) > MAX_BLOCK_DEPTH:
            message = f"blocks use each other more than {MAX_BLOCK_DEPTH} deep"
            return self._refuse(message, item.place, item.scope, "a block cannot use itself")
        try:
            block = item.scope.blocks.find(item.values["use"])
            given = block.given(arguments)
        except SpecError as error:
            self._note(error, item.scope, item.place)
            return None
        if item.start is None:
            return None
        scope = Scope(block.home, {}, item.scope.paths, uses)
        try:
            names = block.names(given, self._shape(item.start))
        except SpecError as error:
            self._note(error, scope)
            return None
        inside = replace(scope, names=names).inside(item.label)
        return self.layers(block.layers, item.start, inside, lends_label=True)

    def _refuse(self, message: str, place: Place, scope: Scope, hint: str = "") -> Position:
        """Note a problem; the position behind it, which is lost."""
        self._note(SpecError(message, place=place, hint=hint), scope)
        return None

    def _note(
        self, error: ConvcostError, scope: Scope, place: Place | None = None, prefix: str = ""
    ) -> None:
        problems = scope.problems(error, place, prefix)
        self.problems += (problem for problem in problems if problem not in self.problems)
        if len(self.problems) >= MAX_PROBLEMS:
            raise SpecError(*self.problems)


_HANDLERS = {
    "kind": Expander._layer,
    "use": Expander._use,
    "repeat": Expander._repeat,
    "residual": Expander._residual,
    "concat": Expander._branches,
    "add": Expander._branches,
    "multiply": Expander._branches,
}
