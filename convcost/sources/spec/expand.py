"""From a spec's tree to a network: expressions evaluated, blocks placed, repeats unrolled.

Every problem of a file is collected. Behind a layer that cannot be built shapes are unknown, a
position of None: what follows there is still validated, but not built.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcost.errors import LayerError, Place, Problem, SpecError
from convcost.kinds import find
from convcost.kinds.fields import NONE
from convcost.network import MAX_LAYERS, Builder
from convcost.sources.spec.blocks import MAX_BLOCK_DEPTH
from convcost.sources.spec.entries import Reading, Values
from convcost.sources.spec.forms import FORMS
from convcost.sources.spec.hints import told_of_squeeze
from convcost.sources.spec.items import Item, Labels, Position
from convcost.sources.spec.ledger import Ledger
from convcost.sources.spec.meanings import instead_of_var, told_twice
from convcost.sources.spec.names import Visible
from convcost.sources.spec.readings import Readings
from convcost.sources.spec.scope import Scope
from convcost.sources.spec.unrolled import Repeats, refuse_nested
from convcost.sources.spec.validation import plain, problems_of
from convcost.sources.yaml.tree import Node
from convcost.text import quote

ITEM_KEYS = frozenset(("kind", "name", "when", "from", *FORMS))


class Expander:
    """Walks the layers of one spec into `builder`, keeping `ledger`.

    `origins`, if it is a list, collects where each layer is written, and what it sees there.
    What stands where an input is wrong is read too, so that all its problems are found.
    """

    def __init__(
        self,
        builder: Builder,
        defaults: Mapping[str, Any],
        ledger: Ledger,
        origins: list[tuple[Node, Scope]] | None = None,
    ) -> None:
        self.builder = builder
        self.defaults = defaults
        self.ledger = ledger
        self.origins = origins
        self.labels = Labels()
        self._readings = Readings(ledger, builder)
        self._joints: dict[object, Reading] = {}
        self._repeats = Repeats(ledger)
        self._nodes_built: set[int] = set()
        self._nested = 0
        self._walked: set[int] = set()

    def layers(
        self, node: Node, at: Position, scope: Scope, *, lends_label: bool = False
    ) -> Position:
        """Add the list of layers `node` behind `at`; the position after the last.

        `lends_label`: a single entry without a name takes the label of what the list is in.
        """
        if not isinstance(node.value, tuple):
            place = scope.document.place(node)
            return self._refuse("layers must be a list", place, scope, "start each with a dash")
        refuse_nested(self._nested, scope.document, node)
        self._nested += 1
        alone = len(node.value) == 1 and lends_label
        for number, entry in enumerate(node.value, 1):
            if len(self.builder.layers) >= MAX_LAYERS:
                place = scope.document.place(entry)
                raise SpecError(f"more than {MAX_LAYERS:,} layers", place=place)
            at = self._entry(entry, at, scope, "" if alone else str(number))
        self._nested -= 1
        return at

    def _entry(self, node: Node, at: Position, scope: Scope, number: str) -> Position:
        """Add one entry of a list; without a name it is known by its `number`, or, that being
        empty, by the label of what the list is in."""
        readings = self._readings
        reading = readings.static.get(id(node)) or readings.read(node, scope, at)
        if reading is None:
            self.labels.lose(node, scope.paths[0])
            return None
        values = reading.values
        if values.get("when") is False:
            self.ledger.spend(2, node, scope)
            return at
        prefix, name = scope.paths[0], values.get("name") or number
        self.ledger.names.spent += len(prefix) + len(name)
        self.ledger.spend(2, node, scope)
        label = (prefix + name).rstrip(".")
        if "from" in values:
            starts = self._starts(values["from"], node, scope)
        else:
            starts = None if at is None else (at,)
        item = Item(node, reading, label, scope, starts if reading.whole else None)
        if "name" in values and self.labels.is_taken(label):
            place = scope.document.place(node)
            return self._refuse(f'the name "{quote(label)}" is used twice', place, scope)
        if reading.form != "kind" and starts and len(starts) != 1:
            place = scope.document.place(node)
            return self._refuse(
                f"{reading.form} follows one layer, not {len(starts)}", place, scope
            )
        after = _HANDLERS[reading.form](self, item)
        self.labels.keep(label, after)
        return after

    def _starts(self, source: Any, node: Node, scope: Scope) -> tuple[int, ...] | None:
        """The positions that `from` names."""
        names = source if isinstance(source, list) else [source]
        self.ledger.spend(self.labels.effort(names, scope.paths), node, scope)
        try:
            return self.labels.all_of(names, scope.paths)
        except SpecError as error:
            assert isinstance(node.value, dict)
            self.ledger.note(error, scope, node.value["from"])
            return None

    def _layer(self, item: Item) -> Position:
        reading, own = item.reading, item.values
        # May stand alone.
        alone = self.builder.input is None and "n" in own and "from" not in own
        if not reading.whole or (item.starts is None and not alone):
            return None
        kind = own["kind"]
        if reading.fields is None:
            reading.fields = self._fields(kind, own)
        if alone or item.starts is None:
            return self._add(item, kind, reading.fields, None)
        return self._built(item, kind, reading, item.starts)

    def _built(self, item: Item, kind: str, reading: Reading, inputs: tuple[int, ...]) -> Position:
        """The layer that `reading` says: one made before once more where the same shapes arrive."""
        shapes = tuple(map(self.builder.shape, inputs)), item.scope.operands
        like = reading.built.get(shapes)
        if like is not None:
            self.ledger.steps.spent += 1 + len(inputs) // 4
            line = item.scope.line(item.node)
            if self.origins is not None:
                self.origins.append((item.node, item.scope))
            return self.builder.again(like, item.label, inputs, line)
        if id(item.node) in self._nodes_built:
            self.ledger.spend(7 + len(inputs), item.node, item.scope)
        self._nodes_built.add(id(item.node))
        position = self._add(item, kind, reading.fields or {}, inputs)
        if position is not None:
            reading.built[shapes] = position
        return position

    def _fields(self, kind: str, values: Values) -> Values:
        fields = {key: value for key, value in values.items() if key not in ITEM_KEYS}
        if not self.defaults or find(kind).group != "convolution":
            return fields
        taken = find(kind).fields
        return {key: value for key, value in self.defaults.items() if key in taken} | fields

    def _add(
        self, item: Item, kind: str, fields: Values, inputs: tuple[int, ...] | None
    ) -> Position:
        scope, line = item.scope, item.scope.line(item.node)
        try:
            added = self.builder.add(
                kind, fields, name=item.label, inputs=inputs, line=line, operands=scope.operands
            )
        except LayerError as error:
            prefix = f"layer {quote(item.label)} ({kind}): "
            self.ledger.note(error, scope, item.node, prefix)
            return None
        if self.origins is not None:
            self.origins.append((item.node, scope))
        return added

    def _repeat(self, item: Item) -> Position:
        at, scope = item.start, item.inner
        times, body = item.values.get("repeat", 1), item.values["layers"]
        index = item.values.get("index", "i")
        self._repeats.refuse_too_many(times, body, item, self.builder.last + 1)
        for turn in range(times):
            self.ledger.steps.spent += 1
            self.ledger.names.spent += len(item.label)
            names = Visible({index: turn}, scope.names)
            inside = scope.inside(f"{item.label}[{turn}]", names)
            at = self.layers(body, at, inside, lends_label=True)
            if at is None:
                break
        return at

    def _residual(self, item: Item) -> Position:
        node = item.values["residual"]
        body, shortcut = node, None
        if isinstance(node.value, dict):
            found = problems_of("body", plain(node), node, item.scope.document, "a residual")
            if found:
                self.ledger.note(SpecError(*found), item.scope, item.node)
                return None
            body, shortcut = node.value["body"], node.value.get("shortcut")
        end = self.layers(body, item.start, item.inner.inside(item.label))
        if item.values.get("skip") is False:
            has_act = item.values.get("act", NONE) != NONE
            return self._join(item, "identity", (end,)) if has_act else end
        self.ledger.names.spent += len(item.label)
        other = item.start
        if shortcut is not None:
            inside = item.inner.inside(f"{item.label}.shortcut")
            other = self.layers(shortcut, item.start, inside)
        return self._join(item, "add", (end, other))

    def _branches(self, item: Item) -> Position:
        node, branches = item.values[item.form], item.branches
        if not branches:
            place = item.scope.document.place(node)
            hint = "lists of layers in a list, or by name"
            return self._refuse(f"{item.form} takes branches", place, item.scope, hint)
        if wrong := item.no_branch:
            place = item.scope.document.place(wrong)
            message = f"a branch of {item.form} is a list of layers, also of one"
            return self._refuse(message, place, item.scope, "write [{kind: ...}]")
        is_named = isinstance(node.value, dict)
        self.ledger.names.spent += len(branches) * len(item.label)
        self.ledger.spend(4 * len(branches), item.node, item.scope)
        ends = tuple(
            self.layers(
                branch, item.start, item.inner.inside(f"{item.label}.{name}"), lends_label=is_named
            )
            for name, branch in branches.items()
        )
        return self._join(item, item.form, ends)

    def _join(self, item: Item, kind: str, ends: tuple[Position, ...]) -> Position:
        known = tuple(end for end in ends if end is not None)
        if len(known) < len(ends):
            return None
        tail = ("act", "functional", "weights_per")
        fields: dict[str, Any] = {key: item.values[key] for key in tail if key in item.values}
        key = (kind, *fields.items())
        if key not in self._joints:
            self._joints[key] = Reading(kind, fields, fields)
        return self._built(item, kind, self._joints[key], known)

    def _use(self, item: Item) -> Position:
        if "use" not in item.values:
            return None
        arguments = {key: value for key, value in item.values.items() if key not in ITEM_KEYS}
        uses = item.scope.with_use(item.node)
        if len(uses) > MAX_BLOCK_DEPTH:
            message = f"blocks use each other more than {MAX_BLOCK_DEPTH} deep"
            return self._refuse(message, uses[-1].place, item.scope, "a block cannot use itself")
        try:
            block = item.scope.blocks.find(item.values["use"])
            operands = block.operands(item.scope.operands, arguments, item.place_of)
            given = block.given(arguments)
        except SpecError as error:
            self.ledger.note(error, item.scope, item.node)
            return None
        # Where shapes are lost it is looked through once, for what is wrong in it.
        if item.start is None and id(block.layers) in self._walked:
            return None
        self._walked.add(id(block.layers))
        self.ledger.spend(16 + block.weight, item.node, item.scope)
        shape = self._readings.names_at(item.start)
        problems: list[Problem] = []
        names = block.names(given, shape, problems)
        paths = (f"{item.label}.", *item.scope.paths)
        inside = Scope(block.home, names, paths, uses, block.home.names, operands)
        if problems:
            self.ledger.note(SpecError(*problems), inside, item.node)
        if block.home.ship:
            try:
                self.ledger.tell(told_of_squeeze(item.node, names))
            except SpecError as error:
                self.ledger.note(error, item.scope, item.node)
                return None
        if block.of_shape:
            needed = dict.fromkeys(name for each in block.of_shape.values() for name in each)
            for name in told_twice(needed, block.home.names, shape):
                self.ledger.tell(instead_of_var(name, inside.line(block.layers)))
        return self.layers(block.layers, item.start, inside, lends_label=True)

    def _refuse(self, message: str, place: Place, scope: Scope, hint: str = "") -> Position:
        """Note a problem; the position behind it, which is lost."""
        self.ledger.refuse(message, place, scope, hint)
        return None


_HANDLERS = {
    "kind": Expander._layer,
    "use": Expander._use,
    "repeat": Expander._repeat,
    "residual": Expander._residual,
    "concat": Expander._branches,
    "add": Expander._branches,
    "multiply": Expander._branches,
}
