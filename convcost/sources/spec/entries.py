"""One entry of a list of layers: its form, its expressions evaluated, its keys checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from convcost.errors import SpecError, UsageError
from convcost.kinds import find
from convcost.sources.spec.expressions import evaluate_text, has_expression, names_in, weight
from convcost.sources.spec.forms import FORMS, NESTED
from convcost.sources.spec.ledger import Ledger
from convcost.sources.spec.names import Names, Visible
from convcost.sources.spec.scope import Scope
from convcost.sources.spec.validation import plain, problems_of
from convcost.sources.yaml.tree import Document, Node
from convcost.spelling import did_you_mean

Values = dict[str, Any]

_MOST_READINGS = 64
_MOST_EQUAL = 4096
_Key = tuple[tuple[type, Any], ...]


class Reading:
    """What an entry says, found right, for some values of the names that it uses.

    `fields` are those of its layer, and `built` is the last one made of it, an index with the
    shapes that arrived: whoever builds the network keeps them here for the next time.
    """

    __slots__ = ("built", "fields", "form", "values")

    def __init__(self, form: str, values: Values) -> None:
        self.form = form
        self.values = values
        self.fields: Values | None = None
        self.built: tuple[object, int] | None = None


class Entry:
    """An entry as it is written: `form` is `kind` or a key of FORMS, expressions are unread.

    An entry that `is_static` has none. `needs` are the names that they need, None if they cannot
    be read; `weight` is about how long it takes to evaluate.
    """

    __slots__ = ("_readings", "document", "form", "is_static", "needs", "node", "values", "weight")

    def __init__(self, document: Document, node: Node, form: str, values: Values) -> None:
        self.document = document
        self.node = node
        self.form = form
        self.values = values
        self.is_static = not _dynamic(values)
        self.needs = None if self.is_static else _needs(values)
        self.weight = 1 if self.is_static else weight(values)
        self._readings: dict[_Key | None, Reading] | None = None

    def known(self, names: Names) -> Reading | None:
        """The reading that these values of its names gave before, if it was kept."""
        return self._readings.get(self._key(names)) if self._readings else None

    def keep(self, reading: Reading, names: Names) -> None:
        """Keep what it says for these values of its names, if there are not too many already."""
        key = self._key(names)
        if key is not None:
            kept = self._readings = self._readings or {}
            if len(kept) < _MOST_READINGS:
                kept[key] = reading

    def _key(self, names: Names) -> _Key | None:
        """What tells its readings apart, None where they are not to be kept."""
        if self.needs is None:
            return None
        values = [names.get(name) for name in self.needs]
        # With the types, as True, 1 and 1.0 are equal.
        key = tuple((type(value), value) for value in values)
        return None if any(kind in (list, dict) for kind, _ in key) else key

    def evaluated(self, names: Mapping[str, Any]) -> Values:
        """What it says, given what `names` stand for; SpecError for an expression that fails.

        Of one that is not there, for its `when` is false, only what needs no evaluation.
        """
        if self.is_static:
            return self.values
        nodes = self.node.value
        assert isinstance(nodes, dict)
        if "when" in self.values:
            when = _evaluated(self.values["when"], nodes["when"], names, self.document)
            if when is False:
                static = {key: value for key, value in self.values.items() if not _dynamic(value)}
                return {**static, "when": False}
        return {
            key: _evaluated(value, nodes[key], names, self.document)
            for key, value in self.values.items()
        }

    def check(self, values: Values) -> None:
        """SpecError, with every problem, unless `values` are what such an entry may say."""
        if self.form not in values:
            return
        what = self._what(values[self.form])
        is_whole = values.get("when") is not False
        if found := problems_of(self.form, values, self.node, self.document, what, is_whole):
            raise SpecError(*found)

    def _what(self, kind: Any) -> str:
        """What messages call it; SpecError for a layer of a kind that there is not."""
        if self.form != "kind":
            return f"a {self.form} entry"
        try:
            return f"a {find(str(kind)).name} layer"
        except UsageError as error:
            assert isinstance(self.node.value, dict)
            place = self.document.place(self.node.value["kind"])
            raise SpecError(*error.at(place)) from None


def read_entry(node: Node, document: Document) -> Entry:
    """The entry that `node` is; SpecError if it is not a mapping of exactly one form."""
    if not isinstance(node.value, dict):
        hint = "such as {kind: standard, ...}"
        raise SpecError("a layer must be a mapping", place=document.place(node), hint=hint)
    forms = [key for key in ("kind", *FORMS) if key in node.value]
    if len(forms) != 1:
        wrong = f"says {' and '.join(forms)} at once" if forms else "does not say what it is"
        hint = did_you_mean(next(iter(node.value), ""), ("kind", *FORMS))
        hint = hint or f"give it one of kind, {', '.join(FORMS)}"
        raise SpecError(f"this entry {wrong}", place=document.place(node), hint=hint)
    # What a block is given may have the names of lists of layers.
    return Entry(document, node, forms[0], plain(node, () if forms[0] == "use" else NESTED))


def _needs(values: Values) -> tuple[str, ...] | None:
    try:
        return tuple(dict.fromkeys(name for text in _texts(values) for name in names_in(text)))
    except SpecError:
        return None


def _texts(value: Any) -> Iterator[str]:
    """Every text in it; nested layers are not looked into."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _dynamic(value: Any) -> bool:
    """Whether there is an expression in it; nested layers are not looked into."""
    if isinstance(value, str):
        return has_expression(value)
    if isinstance(value, dict):
        return any(map(_dynamic, value.values()))
    return isinstance(value, list) and any(map(_dynamic, value))


def _evaluated(value: Any, node: Node, names: Mapping[str, Any], document: Document) -> Any:
    """`value`, read from `node`, with its expressions replaced by what they give."""
    if isinstance(value, dict):
        assert isinstance(node.value, dict)
        parts = node.value
        return {key: _evaluated(inner, parts[key], names, document) for key, inner in value.items()}
    if isinstance(value, list):
        assert isinstance(node.value, tuple)
        pairs = zip(value, node.value, strict=True)
        return [_evaluated(inner, part, names, document) for inner, part in pairs]
    if isinstance(value, str) and has_expression(value):
        try:
            return evaluate_text(value, names)
        except SpecError as error:
            raise SpecError(*error.at(document.place(node))) from None
    return value


class Readings:
    """The entries of one spec: each is read once, and again only for other values of its names."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.static: dict[int, Reading] = {}
        """What the nodes (by their `id`) say that have no expressions, and so say it anywhere."""
        self._entries: dict[int, Entry] = {}
        self._equal: dict[object, Reading] = {}

    def read(self, node: Node, scope: Scope, shape: Names | None) -> Reading | None:
        """What the entry at `node` says there, None with problems noted if it is not one.

        `shape` are the names n, H and W, None where they are lost: then what cannot be told for
        want of them is no problem.
        """
        entry = self._entries.get(id(node))
        names = Visible(scope.names, shape or {})
        if entry is not None:
            known = entry.known(names)
            self.ledger.spend(0 if known else 20 + entry.weight, node, scope)
            if known:
                return known
        try:
            if entry is None:
                entry = read_entry(node, scope.document)
            reading = self._reading(entry, entry.evaluated(names))
            entry.keep(reading, names)
        except SpecError as error:
            if shape is not None or entry is None or entry.is_static:
                self.ledger.note(error, scope, node)
            self.ledger.spend(300, node, scope)
            reading = None
        if entry is not None and not entry.is_static:
            self._entries[id(node)] = entry
        elif reading is not None:
            self.static[id(node)] = reading
        return reading

    def _reading(self, entry: Entry, values: Values) -> Reading:
        """What an entry says, by which equal layers are one; SpecError, with every problem, if
        that is not what such an entry may say."""
        key = (*values, *values.values(), *map(type, values.values()))  # as True, 1, 1.0 are equal
        try:
            if key in self._equal:
                return self._equal[key]
        except TypeError:  # lists, and layers inside, are not told apart here
            entry.check(values)
            return Reading(entry.form, values)
        entry.check(values)
        reading = Reading(entry.form, values)
        if len(self._equal) < _MOST_EQUAL:
            self._equal[key] = reading
        return reading
