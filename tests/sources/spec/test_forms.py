"""What a spec may say is declared once: the quick look, pydantic, the JSON Schema agree on it."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from convcost.kinds import REGISTRY
from convcost.sources.spec import forms
from convcost.sources.spec.contents import Content
from convcost.sources.spec.diagnosis import model_of
from convcost.sources.spec.forms import FORMS, OTHERS, Form, Key, form_of
from convcost.sources.spec.schema import form_schema, json_schema
from convcost.sources.spec.validation import plain, surely_valid
from convcost.sources.yaml.reader import read_text
from convcost.sources.yaml.tree import Node

NODES = [
    read_text(text, "nested.yaml").root
    for text in ("[]", "[{kind: relu}]", "[[], []]", "{a: []}", "{body: []}", "{b: {layers: []}}")
]
TEXTS = ["", "relu", "same", "3x3", "0x1", "4.3M", "x"]
LISTS = [[], [0], [1], [-1], [2, 3], [1, 0, 2], [[0, 1], [1, 0]], ["a"], ["a", "b"], [""]]
MAPPINGS = [{}, {"a": 1}, {"a": "x", "b": 0.5}, {"a": None}, {"a": []}, {"a": {}}]
VALUES = [None, True, False, -1, 0, 1, 2, 64, -0.5, 0.5, 1.5, *TEXTS, *LISTS, *MAPPINGS]


def data(value: Any) -> Any:
    """What an editor makes of values in which nested lists of layers are still nodes."""
    value = value.value if isinstance(value, Node) else value
    if isinstance(value, dict):
        return {key: data(inner) for key, inner in value.items()}
    return [data(inner) for inner in value] if isinstance(value, (list, tuple)) else value


@cache
def definitions() -> dict[str, Any]:
    return {"$defs": json_schema()["$defs"]}


@cache
def validator(form: Form) -> Draft202012Validator:
    return Draft202012Validator(form_schema(form) | definitions())


def is_described(form: Form, values: dict[str, Any]) -> bool:
    return validator(form).is_valid(data(values))


def is_modelled(form: Form, values: dict[str, Any]) -> bool:
    try:
        model_of(form).model_validate(values)
    except ValidationError:
        return False
    return True


def right_values(key: Key) -> list[Any]:
    """The values that may stand behind the key, nested layers among them only if they are right."""
    alone = Form("", {"it": key})
    if key.content.holds_layers:
        return [node for node in NODES if is_described(alone, {"it": node})]
    values = [*VALUES, *(key.content.schema or {}).get("enum", ())]
    return [value for value in values if is_modelled(alone, {"it": value})]


@cache
def right(form: Form) -> dict[str, list[Any]]:
    return {name: right_values(key) for name, key in form.keys.items()}


def flat(form: Form, document: dict[str, Any]) -> list[str]:
    return [name for name in document if not form.keys[name].content.holds_layers]


@st.composite
def documents(draw: st.DrawFn, form: Form) -> dict[str, Any]:
    """A mapping of the form, of which some keys may be lost, odd or wrong."""
    document = {
        name: draw(st.sampled_from(values))
        for name, values in right(form).items()
        if draw(st.integers(0, 9)) < (9 if form.keys[name].is_needed else 4)
    }
    if draw(st.booleans()) and (names := flat(form, document)):
        document[draw(st.sampled_from(names))] = draw(st.sampled_from(VALUES))
    return document | draw(st.sampled_from([{}, {}, {}, {"other": 1}]))


def agree(form: Form, document: dict[str, Any]) -> None:
    modelled = is_modelled(form, document)
    assert is_described(form, document) == modelled
    assert modelled or not surely_valid(form, document)


@pytest.mark.parametrize("name", [*FORMS, *OTHERS])
@given(st.data())
def test_all_three_agree_on_an_entry_of_any_form(name: str, drawn: st.DataObject) -> None:
    agree(form_of(name), drawn.draw(documents(form_of(name))))


@settings(max_examples=300)
@given(st.sampled_from(sorted(REGISTRY)), st.data())
def test_all_three_agree_on_a_layer_of_any_kind(kind: str, drawn: st.DataObject) -> None:
    form = form_of("kind", kind)
    agree(form, drawn.draw(documents(form)))


@pytest.mark.parametrize(
    "content",
    [content for content in vars(forms).values() if isinstance(content, Content)],
    ids=[name for name, content in vars(forms).items() if isinstance(content, Content)],
)
def test_a_key_that_is_declared_is_known_to_all_three(content: Content) -> None:
    form = Form("A form with a key of its own.", {"new": Key("the new key", content, None, True)})
    assert form_schema(form)["properties"]["new"]["description"] == "the new key"
    values = right(form)["new"]
    assert values
    for value in values:
        agree(form, {"new": value})
        assert surely_valid(form, {"new": value})
    for wrong in ({}, {"nwe": values[0]}, {"new": values[0], "other": 1}):
        assert not surely_valid(form, wrong)
        assert not is_modelled(form, wrong)
        assert not is_described(form, wrong)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("kind", "{kind: standard, m: 4, k: 3x1, padding: [[0, 1], [1, 0]], act: relu}"),
        ("kind", "{kind: standard, name: stem, from: [a, b], when: true}"),
        ("use", "{use: bottleneck, width: 64}"),
        ("repeat", "{repeat: 3, layers: [{kind: relu}]}"),
        ("residual", "{residual: {body: [{kind: relu}], shortcut: []}, act: relu}"),
        ("concat", "{concat: [[], []], functional: true}"),
        ("spec", "{name: a, input: 3x5x5, vars: {a: 1}, budgets: {macs: 1e6}, layers: []}"),
        ("block", "{params: {width: ~, t: 6}, vars: {a: 1}, layers: []}"),
    ],
)
def test_what_a_spec_usually_says_needs_no_second_look(form: str, text: str) -> None:
    values = plain(read_text(text, "a.yaml").root)
    assert surely_valid(form_of(form, values.get("kind", "")), values)


def test_what_is_left_out_need_not_be_whole() -> None:
    layer = {"kind": "linear", "when": False}
    assert not surely_valid(form_of("kind", "linear"), layer)
    assert surely_valid(form_of("kind", "linear"), layer, is_whole=False)
