"""Saved reports, read back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from convcost.cost import evaluate
from convcost.difference import diff
from convcost.errors import SpecError
from convcost.sources import load
from convcost.sources.reports import parse_report
from convcost.views.formats import view


def saved(*names: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(
        view("eval", "json")([evaluate(load(name)) for name in names])
    )
    return document


def parsed(document: object, name: str = "") -> Any:
    return parse_report(json.dumps(document).encode(), "base.json", name)


def refusal(document: object, name: str = "") -> tuple[str, str]:
    with pytest.raises(SpecError) as caught:
        parsed(document, name)
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert problem.place.path == "base.json"
    return problem.message, problem.hint


@pytest.mark.parametrize("name", ["vgg16", "resnet18", "googlenet"])
def test_what_was_saved_is_read_back(name: str) -> None:
    found = parsed(saved(name))
    report = evaluate(load(name))
    assert found[:2] == report[:2]
    assert found[3:6] == report[3:6]
    assert found.path == "base.json"
    assert [layer[:4] for layer in found.layers] == [layer[:4] for layer in report.layers]
    assert diff(found, report).changes == ()


def test_one_of_several_networks() -> None:
    document = saved("vgg16", "resnet18")
    assert parsed(document, "resnet-18").name == "resnet-18"
    message, hint = refusal(document)
    assert message == "this report is of 2 networks"
    assert hint == "it holds vgg-16, resnet-18: name one behind a #, as in base.json#vgg-16"
    message, hint = refusal(document, "resnet-81")
    assert message == 'this report has no network of the name "resnet-81"'
    assert hint == 'did you mean "resnet-18"?'
    message, _ = refusal(saved("vgg16", "vgg16"), "vgg-16")
    assert message == 'this report has 2 networks of the name "vgg-16"'
    assert "..." in refusal(saved(*["vgg16"] * 6))[1]


def test_more_than_is_needed_is_passed_over() -> None:
    document = saved("vgg16") | {"more": 1}
    document["networks"][0]["layers"][0] |= {"stages": [], "note": "x"}
    assert parsed(document).params == 138_357_544


def test_a_layer_without_all_of_its_inputs_has_the_first() -> None:
    document = saved("vgg16")
    for layer in document["networks"][0]["layers"]:
        del layer["ins"]
    assert parsed(document).layers[0].ins == ((3, 224, 224),)


def test_a_report_without_layers() -> None:
    document = saved("vgg16")
    del document["networks"][0]["layers"]
    assert refusal(document) == ("vgg-16 was saved without its layers", "save it without --summary")


def test_a_report_that_does_not_add_up() -> None:
    document = saved("vgg16")
    document["networks"][0]["macs"] += 1
    message, hint = refusal(document)
    assert message == (
        "the layers of vgg-16 have 15,470,264,320 macs, and its total says 15,470,264,321"
    )
    assert "save it again" in hint


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema": "convcost.compare/1"}, "schema: input should be 'convcost.eval/1'"),
        ({"convention": None}, "convention: "),
        ({"networks": []}, "networks: "),
        ({"networks": [{"name": "x"}]}, "networks.0.params: field required"),
    ],
)
def test_what_is_no_report(changes: dict[str, Any], message: str) -> None:
    said, hint = refusal(saved("vgg16") | changes)
    assert said.startswith(f"this is no report that convcost can read: {message}")
    assert "--format json" in hint


@pytest.mark.parametrize(
    ("key", "value"),
    [("params", -1), ("macs", 1.5), ("activations", "3"), ("in", []), ("out", [0]), ("name", None)],
)
def test_layers_that_are_none(key: str, value: object) -> None:
    document = saved("vgg16")
    document["networks"][0]["layers"][2][key] = value
    assert f"networks.0.layers.2.{key}" in refusal(document)[0]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"schema": "\x1b[31m"}',
        b"[" * 100_000,
        b'{"a":' + b"9" * 10_000 + b"}",
    ],
)
def test_hostile_text(raw: bytes) -> None:
    with pytest.raises(SpecError) as caught:
        parse_report(raw, "base.json")
    assert str(caught.value).isprintable()


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_it_is_it_is_refused(raw: bytes) -> None:
    with pytest.raises(SpecError):
        parse_report(raw, "base.json")


@pytest.mark.parametrize(
    ("keys", "wrong"),
    [
        (("networks",), {}),
        (("networks", 0, "layers"), {}),
        (("networks", 0, "layers", 0, "in"), 0),
        (("networks", 0, "layers", 0, "out"), "x"),
        (("networks", 0, "layers", 0, "ins"), [0]),
    ],
)
def test_nothing_is_looked_for_behind_the_first_wrong_entry(keys: Any, wrong: object) -> None:
    document = saved("vgg16")
    *above, last = keys
    inside: Any = document
    for key in above:
        inside = inside[key]
    inside[last] = [wrong] * 1000
    with pytest.raises(SpecError) as caught:
        parsed(document)
    cause = caught.value.__context__
    assert isinstance(cause, ValidationError)
    assert cause.error_count() < 10
