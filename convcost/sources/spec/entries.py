"""One entry of a list of layers: its form, its expressions evaluated, its keys checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from convcost.errors import SpecError, UsageError
from convcost.kinds import find
from convcost.sources.spec.expressions import evaluate_text, has_expression
from convcost.sources.spec.language import FORMS
from convcost.sources.spec.validation import plain, problems_of
from convcost.sources.yaml.tree import Document, Node
from convcost.spelling import did_you_mean

Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is written: `form` is `kind` or a key of FORMS, expressions are unread.

    An entry that `is_static` has none.
    """

    document: Document
    node: Node
    form: str
    values: Values
    is_static: bool

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
    place = document.place(node)
    if not isinstance(node.value, dict):
        hint = "such as {kind: standard, ...}"
        raise SpecError("a layer must be a mapping", place=place, hint=hint)
    forms = [key for key in ("kind", *FORMS) if key in node.value]
    if len(forms) != 1:
        wrong = f"says {' and '.join(forms)} at once" if forms else "does not say what it is"
        hint = did_you_mean(next(iter(node.value), ""), ("kind", *FORMS))
        hint = hint or f"give it one of kind, {', '.join(FORMS)}"
        raise SpecError(f"this entry {wrong}", place=place, hint=hint)
    values = plain(node)
    return Entry(document, node, forms[0], values, not _dynamic(values))


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
