"""From a spec's tree to a network: expressions evaluated, blocks placed, repeats unrolled.

Every problem of a file is collected. Behind a layer that cannot be built shapes are unknown, a
position of None: what follows there is still validated, but not built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from convcost.errors import LayerError, Place, Problem, SpecError, UsageError
from convcost.kinds import find
from convcost.network import INPUT, MAX_LAYERS, Builder
from convcost.ops.base import Shape
from convcost.sources.blocks import Blocks
from convcost.sources.expressions import evaluate_text, has_expression
from convcost.sources.models import FORMS, Body, layer_model
from convcost.sources.tree import Document, Node
from convcost.sources.validation import plain, problems_of
from convcost.suggest import did_you_mean
from convcost.text import shown

Position = int | None
Names = Mapping[str, Any]

MAX_PROBLEMS = 100
MAX_STEPS = 2 * MAX_LAYERS
MAX_BLOCK_DEPTH = 32
ITEM_KEYS = frozenset(("kind", "name", "when", "from", *FORMS))


@dataclass(frozen=True, slots=True)
class Scope:
    """What a list of layers sees.

    `names` are for its expressions; `paths` are the prefixes of layer names that `from` searches,
    innermost first; `uses` are the places that placed the blocks around it, outermost first.
    """

    document: Document
    names: Names
    paths: tuple[str, ...] = ("",)
    uses: tuple[tuple[str, Place], ...] = ()

    def inside(self, label: str) -> Scope:
        """The scope of the layers inside the item `label`."""
        return replace(self, paths=(f"{label}.", *self.paths))


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list of layers, read and validated.

    `form` is `kind` or a key of FORMS; `starts` are the positions it follows, None where lost.
    """

    node: Node
    form: str
    values: dict[str, Any]
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
    """Walks the layers of one spec into `builder`, collecting `problems`."""

    builder: Builder
    defaults: Mapping[str, Any]
    blocks: Blocks
    problems: list[Problem] = field(default_factory=list)
    _labels: dict[str, int] = field(default_factory=dict)
    _static: dict[int, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    _steps: int = 0

    def layers(self, node: Node | None, at: Position, scope: Scope) -> Position:
        """Add the list of layers `node` behind `at`; the position after the last."""
        if node is None:
            return at
        if not isinstance(node.value, tuple):
            place = scope.document.place(node)
            return self._refuse("layers must be a list", place, scope, "start each with a dash")
        alone = len(node.value) == 1 and len(scope.paths) > 1
        for number, entry in enumerate(node.value, 1):
            self._steps += 1
            if self._steps > MAX_STEPS or self.builder.last + 1 >= MAX_LAYERS:
                place = scope.document.place(entry)
                raise SpecError(f"more than {MAX_LAYERS:,} layers", place=place)
            at = self._entry(entry, at, scope, "" if alone else str(number))
        return at

    def _entry(self, node: Node, at: Position, scope: Scope, number: str) -> Position:
        """Add one entry of a list; without a name it is known by its `number`, or, being alone
        in its list, by the list's own label."""
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

    def _read(self, node: Node, at: Position, scope: Scope) -> tuple[str, dict[str, Any]] | None:
        """The form and the values of an entry, None with problems noted if it is not one.

        Entries without expressions are read once, however often they are repeated.
        """
        place = scope.document.place(node)
        if not isinstance(node.value, dict):
            self._refuse("a layer must be a mapping", place, scope, "such as {kind: standard, ...}")
            return None
        forms = [key for key in ("kind", *FORMS) if key in node.value]
        if len(forms) != 1:
            wrong = f"says {' and '.join(forms)} at once" if forms else "does not say what it is"
            hint = did_you_mean(next(iter(node.value), ""), ("kind", *FORMS))
            hint = hint or f"give it one of kind, {', '.join(FORMS)}"
            self._refuse(f"this entry {wrong}", place, scope, hint)
            return None
        values = plain(node)
        is_static = not _any_expression(values)
        if not is_static:
            try:
                values = self._evaluated(values, node, self._names(at, scope), scope)
            except SpecError as error:
                if at is not None:
                    self._note(*error.at(place, notes=scope.uses))
                return None
        form = forms[0]
        model, what = FORMS.get(form), f"a {form} entry"
        if form == "kind":
            kind = values["kind"]
            try:
                model, what = layer_model(find(str(kind)).name), f"a {kind} layer"
            except UsageError as error:
                self._note(*error.at(scope.document.place(node.value["kind"]), notes=scope.uses))
                return None
        assert model is not None
        if found := problems_of(model, values, node, scope.document, what):
            self._note(*SpecError(*found).at(None, notes=scope.uses))
            return None
        if is_static:
            self._static[id(node)] = form, values
        return form, values

    def _evaluated(self, value: Any, node: Node, names: Names, scope: Scope) -> Any:
        """`value`, read from `node`, with its expressions replaced by what they give."""
        if isinstance(value, dict):
            assert isinstance(node.value, dict)
            entries = node.value
            return {
                key: self._evaluated(inner, entries[key], names, scope)
                for key, inner in value.items()
            }
        if isinstance(value, list):
            assert isinstance(node.value, tuple)
            pairs = zip(value, node.value, strict=True)
            return [self._evaluated(inner, part, names, scope) for inner, part in pairs]
        if isinstance(value, str) and has_expression(value):
            try:
                return evaluate_text(value, names)
            except SpecError as error:
                raise SpecError(*error.at(scope.document.place(node))) from None
        return value

    def _names(self, at: Position, scope: Scope) -> Names:
        """The scope's names, and n, H, W of what arrives."""
        shape: Shape | None = None if at is None else self.builder.shape(at)
        return {**dict(zip(("n", "H", "W"), shape or (), strict=False)), **scope.names}

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
        if item.starts is None and self.builder.input is not None:
            return None
        kind = find(item.values["kind"])
        fields = {key: value for key, value in item.values.items() if key not in ITEM_KEYS}
        if kind.group == "convolution":
            chosen = {key: value for key, value in self.defaults.items() if key in kind.fields}
            fields = chosen | fields
        return self._add(item, kind.name, fields, item.starts or (INPUT,))

    def _add(
        self, item: Item, kind: str, fields: dict[str, Any], inputs: tuple[int, ...]
    ) -> Position:
        try:
            return self.builder.add(
                kind, fields, name=item.label, inputs=inputs, line=item.node.line
            )
        except LayerError as error:
            prefix = f"layer {shown(item.label)} ({kind}): "
            self._note(*error.at(item.place, prefix, item.scope.uses))
            return None

    def _repeat(self, item: Item) -> Position:
        at = item.start
        for turn in range(item.values["repeat"]):
            names = {**item.scope.names, item.values.get("index", "i"): turn}
            scope = replace(item.scope, names=names).inside(f"{item.label}[{turn}]")
            at = self.layers(item.values["layers"], at, scope)
            if at is None:
                break
        return at

    def _residual(self, item: Item) -> Position:
        node = item.values["residual"]
        body, shortcut = node, None
        if isinstance(node.value, dict):
            found = problems_of(Body, plain(node), node, item.scope.document, "a residual")
            if found:
                self._note(*SpecError(*found).at(None, notes=item.scope.uses))
                return None
            body, shortcut = node.value["body"], node.value.get("shortcut")
        ends = (
            self.layers(body, item.start, item.scope.inside(item.label)),
            self.layers(shortcut, item.start, item.scope.inside(f"{item.label}.shortcut")),
        )
        return self._join(item, "add", ends)

    def _branches(self, item: Item) -> Position:
        node = item.values[item.form]
        if not isinstance(node.value, tuple) or not node.value:
            place = item.scope.document.place(node)
            return self._refuse(f"{item.form} takes a list of branches", place, item.scope)
        ends = tuple(
            self.layers(branch, item.start, item.scope.inside(f"{item.label}.{number}"))
            for number, branch in enumerate(node.value, 1)
        )
        return self._join(item, item.form, ends)

    def _join(self, item: Item, kind: str, ends: tuple[Position, ...]) -> Position:
        known = tuple(end for end in ends if end is not None)
        if len(known) < len(ends):
            return None
        fields = {"act": item.values["act"]} if "act" in item.values else {}
        return self._add(item, kind, fields, known)

    def _use(self, item: Item) -> Position:
        arguments = {key: value for key, value in item.values.items() if key not in ITEM_KEYS}
        uses = (*item.scope.uses, ("used here", item.place))
        if len(uses) > MAX_BLOCK_DEPTH:
            message = f"blocks use each other more than {MAX_BLOCK_DEPTH} deep"
            return self._refuse(message, item.place, item.scope, "a block cannot use itself")
        try:
            block = self.blocks.find(item.values["use"])
            block.refuse_unknown(arguments)
            if item.start is None:
                return None
            names = block.bind(arguments, self._names(item.start, item.scope), self.blocks.names)
        except SpecError as error:
            self._note(*error.at(item.place, notes=item.scope.uses))
            return None
        scope = Scope(block.document, names, item.scope.paths, uses)
        return self.layers(block.layers, item.start, scope.inside(item.label))

    def _refuse(self, message: str, place: Place, scope: Scope, hint: str = "") -> Position:
        """Note a problem; the position behind it, which is lost."""
        self._note(Problem(message, place, hint, scope.uses))
        return None

    def _note(self, *problems: Problem) -> None:
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


def _any_expression(value: Any) -> bool:
    if isinstance(value, str):
        return has_expression(value)
    if isinstance(value, dict):
        return any(map(_any_expression, value.values()))
    return isinstance(value, list) and any(map(_any_expression, value))
