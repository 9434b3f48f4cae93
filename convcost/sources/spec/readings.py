"""The entries of one spec, read once for all places where they say the same."""

from __future__ import annotations

from types import MappingProxyType

from convcost.errors import SpecError
from convcost.network import Builder
from convcost.ops.base import Shape
from convcost.sources.spec.entries import Entry, Reading, Values, read_entry
from convcost.sources.spec.ledger import Ledger
from convcost.sources.spec.meanings import ARRIVING, instead_of_var, is_own, told_twice
from convcost.sources.spec.names import LOST, LostError, Names, Visible
from convcost.sources.spec.scope import Scope
from convcost.sources.yaml.tree import Node

_MOST_EQUAL = 4096
_LOST_SHAPE: Names = MappingProxyType(dict.fromkeys(ARRIVING, LOST))


class Readings:
    """The entries of one spec: each is read once, and again only for other values of its names,
    which those of the shapes in `builder` are among."""

    def __init__(self, ledger: Ledger, builder: Builder) -> None:
        self.ledger = ledger
        self.builder = builder
        self.static: dict[int, Reading] = {}
        """What the nodes (by their `id`) say that have no expressions, and so say it anywhere."""
        self._entries: dict[int, Entry] = {}
        self._said: dict[object, Reading] = {}
        self._equal: dict[object, Reading] = {}
        self._shapes: dict[Shape, Names] = {}

    def names_at(self, at: int | None) -> Names:
        """n, H, W of what arrives behind the position `at`, LOST where that is lost."""
        if at is None:
            return _LOST_SHAPE
        shape = self.builder.shape(at) or ()
        if shape not in self._shapes:
            self._shapes[shape] = dict(zip(("n", "H", "W"), shape, strict=False))
        return self._shapes[shape]

    def read(self, node: Node, scope: Scope, at: int | None) -> Reading | None:
        """What the entry at `node` says behind the position `at`, None with problems noted if it
        is not one.

        What cannot be told for want of a value, or of the shape at a lost position, is no problem.
        """
        entry = self._entries.get(id(node))
        if entry is not None:
            return self._evaluated(entry, scope, at, 20 + entry.weight)
        said = _said(node)
        known = self._said.get(said)
        if known is not None:
            self.static[id(node)] = known
            return known
        try:
            entry = read_entry(node, scope.document)
            if entry.is_static:
                return self._kept(entry, said)
        except SpecError as error:
            self.ledger.note(error, scope, node)
            self.ledger.spend(300, node, scope)
            return None
        self._entries[id(node)] = entry
        return self._evaluated(entry, scope, at)

    def _kept(self, entry: Entry, said: object) -> Reading:
        """What an entry without expressions says, wherever it stands; SpecError, with every
        problem, if that is not what such an entry may say."""
        entry.check(entry.values)
        reading = self.static[id(entry.node)] = Reading(entry.form, entry.values)
        if said is not None and len(self._said) < _MOST_EQUAL:
            self._said[said] = reading
        return reading

    def _evaluated(
        self, entry: Entry, scope: Scope, at: int | None, steps: int = 0
    ) -> Reading | None:
        """What an entry with expressions says there, if need be found out in so many `steps`."""
        try:
            names = self._names(entry, scope, self.names_at(at))
        except SpecError as error:
            self.ledger.note(error, scope, entry.node)
            return None
        known = entry.known(names)
        if known:
            return known
        self.ledger.spend(steps, entry.node, scope)
        try:
            try:
                reading = self._reading(entry, entry.evaluated(names))
            except LostError:
                reading = _known_part(entry, names)
        except SpecError as error:
            self.ledger.note(error, scope, entry.node)
            self.ledger.spend(300, entry.node, scope)
            return None
        entry.keep(reading, names)
        return reading

    def _names(self, entry: Entry, scope: Scope, shape: Names) -> Names:
        """What its expressions may name; SpecError for a name that has two meanings there."""
        names = Visible(scope.names, shape)
        twofold = told_twice(entry.of_shape, scope.names, shape)
        if not twofold:
            return names
        for name in twofold:
            if entry.form == "repeat" or is_own(name, scope.names, scope.outer):
                entry.refuse(name)
            self.ledger.tell(instead_of_var(name, scope.line(entry.node)))
        return Visible({name: shape[name] for name in twofold}, names)

    def _reading(self, entry: Entry, values: Values) -> Reading:
        """What an entry with expressions says, by which equal layers are one; SpecError, with
        every problem, if that is not what such an entry may say."""
        key = (*values, *values.values(), *map(type, values.values()))  # as True, 1, 1.0 are equal
        try:
            known = self._equal.get(key)
        except TypeError:  # lists are not told apart here
            entry.check(values)
            return Reading(entry.form, values)
        if known is None:
            entry.check(values)
            known = Reading(entry.form, values)
            if len(self._equal) < _MOST_EQUAL:
                self._equal[key] = known
        return known


def _said(node: Node) -> object:
    """What the entry at `node` says, by which equal ones without expressions are one; None if it
    cannot be told so, as that of an entry that holds others."""
    entry = node.value
    if not isinstance(entry, dict) or not ("kind" in entry or "use" in entry):
        return None
    values = [each.value for each in entry.values()]
    types = tuple(map(type, values))  # as True, 1, 1.0 are equal
    return None if dict in types or tuple in types else (*entry, *values, *types)


def _known_part(entry: Entry, names: Names) -> Reading:
    """What an entry says for all that is LOST; SpecError as for one that is whole."""
    values = entry.known_part(names)
    entry.check({key: each for key, each in values.items() if key != "vars"}, is_whole=False)
    return Reading(entry.form, values, whole=False)
