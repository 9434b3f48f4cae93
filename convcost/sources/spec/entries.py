"""One entry of a list of layers: its form, its expressions evaluated, its keys checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from convcost.errors import SpecError, UsageError
from convcost.sources.spec.expressions import evaluate_text, has_expression, weight
from convcost.sources.spec.forms import FORMS, NESTED
from convcost.sources.spec.hints import as_mapping, told_by
from convcost.sources.spec.meanings import (
    needed_of_shape,
    two_meanings,
)
from convcost.sources.spec.names import LOST, LostError, Names
from convcost.sources.spec.needs import is_dynamic, needed
from convcost.sources.spec.validation import plain, problems_of
from convcost.sources.yaml.tree import Document, Node

Values = dict[str, Any]

_MOST_READINGS = 64
_Key = tuple[tuple[type, Any], ...]


class Reading:
    """What an entry says, found right, for some values of the names that it uses.

    `fields` are those of its layer, and `built` the indices of what was made of it, by the shapes
    that arrived: whoever builds the network keeps them here for the next time. One that is not
    `whole` lacks what needs something LOST.
    """

    __slots__ = ("built", "fields", "form", "values", "whole")

    def __init__(
        self, form: str, values: Values, fields: Values | None = None, whole: bool = True
    ) -> None:
        self.form = form
        self.values = values
        self.fields = fields
        self.whole = whole
        self.built: dict[object, int] = {}


class Entry:
    """An entry as it is written: `form` is `kind` or a key of FORMS, expressions are unread.

    An entry that `is_static` has none. `needs` are the names that they need, None if they cannot
    be read, and `of_shape` those that may be of what arrives; `weight` is about how long it takes
    to evaluate.
    """

    needs: tuple[str, ...] | None = None
    of_shape: tuple[str, ...] = ()
    weight = 1
    _readings: dict[_Key | None, Reading] | None = None

    def __init__(self, document: Document, node: Node, form: str, values: Values) -> None:
        self.document = document
        self.node = node
        self.form = form
        self.values = values
        self.is_static = not is_dynamic(values.values())
        if not self.is_static:
            self.needs = needed(values)
            self.of_shape = needed_of_shape(form, values)
            self.weight = weight(values)

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

    def refuse(self, name: str) -> None:
        """SpecError where `name`, which has two meanings, stands first in an expression."""
        nodes = self.node.value
        assert isinstance(nodes, dict)
        key = next(key for key, value in self.values.items() if name in (needed([value]) or ()))
        message, hint = two_meanings(name)
        raise SpecError(message, place=self.document.place(nodes[key]), hint=hint)

    def evaluated(self, names: Mapping[str, Any]) -> Values:
        """What it says, given what `names` stand for; SpecError for an expression that fails.

        Of one that is not there, for its `when` is false, only what needs no evaluation.
        """
        nodes = self.node.value
        assert isinstance(nodes, dict)
        if "when" in self.values:
            when = _evaluated(self.values["when"], nodes["when"], names, self.document)
            if when is False:
                static = {
                    key: value for key, value in self.values.items() if not is_dynamic([value])
                }
                return {**static, "when": False}
        return {
            key: _evaluated(value, nodes[key], names, self.document)
            for key, value in self.values.items()
        }

    def known_part(self, names: Mapping[str, Any]) -> Values:
        """What it says without what needs a LOST name: of a block's parameters that is LOST too."""
        nodes = self.node.value
        assert isinstance(nodes, dict)
        found: Values = {}
        for key, value in self.values.items():
            try:
                found[key] = _evaluated(value, nodes[key], names, self.document)
            except LostError:
                if self.form == "use" and key not in FORMS["use"].keys:
                    found[key] = LOST
                elif key == "vars":
                    found[key] = dict.fromkeys(value, LOST)
        return found

    def check(self, values: Values, is_whole: bool = True) -> None:
        """SpecError, with every problem, unless `values` are what such an entry may say."""
        lacks_body = self.form == "repeat" and "layers" not in self.values
        if self.form not in values and not lacks_body:
            return
        if lacks_body:  # which is no question of what is not known yet
            is_whole, values = True, {self.form: 1, **values}
        is_whole = is_whole and values.get("when") is not False
        try:
            found = problems_of(self.form, values, self.node, self.document, is_whole=is_whole)
        except UsageError as error:  # a kind that there is not
            assert isinstance(self.node.value, dict)
            place = self.document.place(self.node.value["kind"])
            raise SpecError(*error.at(place)) from None
        if found:
            raise SpecError(*found)


def read_entry(node: Node, document: Document) -> Entry:
    """The entry that `node` is; SpecError if it is not a mapping of exactly one form."""
    if not isinstance(node.value, dict):
        raise SpecError(
            "a layer must be a mapping", place=document.place(node), hint=as_mapping(node.value)
        )
    forms = _forms(tuple(node.value))
    if len(forms) != 1:
        wrong = f"says {' and '.join(forms)} at once" if forms else "does not say what it is"
        hint = told_by(node.value) or f"give it one of kind, {', '.join(FORMS)}"
        raise SpecError(f"this entry {wrong}", place=document.place(node), hint=hint)
    (form,) = forms
    # What a block is given, and fields of a layer, may have the names of lists of layers.
    return Entry(document, node, form, plain(node, () if form in ("use", "kind") else NESTED))


# Layers have the same few fields over and over.
@lru_cache(maxsize=1024)
def _forms(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `kind` and FORMS among the `keys`."""
    return tuple([form for form in ("kind", *FORMS) if form in keys])


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
        except LostError:
            raise
        except SpecError as error:
            raise SpecError(*error.at(document.place(node))) from None
    return value
