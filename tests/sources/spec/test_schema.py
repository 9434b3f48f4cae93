"""The JSON Schema of the spec language, held against convcost by an independent validator."""

from __future__ import annotations

import json
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from convcost.errors import SpecError
from convcost.kinds import REGISTRY
from convcost.kinds.fields import INFERRED, Variety
from convcost.sources.spec.fieldschemas import SCHEMAS
from convcost.sources.spec.library import library
from convcost.sources.spec.reading import parse_spec
from convcost.sources.spec.schema import json_schema
from convcost.sources.yaml.reader import read_file, read_text
from convcost.sources.yaml.tree import Node
from tests.documents import blocks
from tests.strategies import layers

ROOT = Path(__file__).parents[3]
SPECS = sorted((ROOT / "specs").glob("*.yaml"))


def named(path: Path) -> str:
    return path.stem


@cache
def schema() -> dict[str, Any]:
    return json_schema()


def test_making_the_schema_leaves_what_it_is_made_of_alone() -> None:
    json_schema()
    assert not any({"default", "description"} & part.keys() for part in SCHEMAS.values())


@cache
def validator(definition: str = "") -> Draft202012Validator:
    if not definition:
        return Draft202012Validator(schema())
    return Draft202012Validator({"$defs": schema()["$defs"], "$ref": f"#/$defs/{definition}"})


def data(node: Node) -> Any:
    """What an editor's YAML parser makes of the same text."""
    if isinstance(node.value, dict):
        return {key: data(value) for key, value in node.value.items()}
    if isinstance(node.value, tuple):
        return [data(item) for item in node.value]
    return node.value


def complaints(document: Any, definition: str = "") -> list[str]:
    errors = validator(definition).iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in errors]


def is_accepted(text: str) -> bool:
    try:
        parse_spec(text)
    except SpecError:
        return False
    return True


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", SPECS, ids=named)
def test_it_accepts_what_ships(path: Path) -> None:
    assert complaints(data(read_file(path).root)) == []


@pytest.mark.parametrize("page", [*ROOT.glob("docs/*.md"), ROOT / "README.md"], ids=named)
def test_it_accepts_what_the_documentation_shows(page: Path) -> None:
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.language == "yaml" and not block.mark:
            assert complaints(data(read_text(block.text, str(page)).root)) == [], block.text


@pytest.mark.parametrize("name", library().nodes)
def test_it_accepts_the_blocks_that_ship(name: str) -> None:
    assert complaints(data(library().nodes[name]), "block") == []


@pytest.mark.parametrize(
    "text",
    [
        "{layers: [{kind: relu}], inptu: 3x5x5}",
        "{input: 3xx5, layers: [{kind: relu}]}",
        "{input: 0x5x5, layers: [{kind: relu}]}",
        "{input: [], layers: [{kind: relu}]}",
        "{input: [3, 5.5], layers: [{kind: relu}]}",
        "{input: true, layers: [{kind: relu}]}",
        "{input: 3x5x5}",
        "{input: 3x5x5, layers: {kind: relu}}",
        "{input: 3x5x5, layers: [relu]}",
        "{input: 3x5x5, layers: [{m: 3}]}",
        "{input: 3x5x5, layers: [{kind: standrd, m: 3, k: 3}]}",
        "{input: 3x5x5, layers: [{kind: 5}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: 3, kernal: 3}]}",
        "{input: 3x5x5, layers: [{kind: relu, m: 3}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: 0, k: 3}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: 3.5, k: 3}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: yes, k: 3}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: true, k: 3}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: , k: 3}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: 3, k: 3y3}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: 3, k: 3x0}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: 3, k: [3, -3]}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: 3, k: 3, padding: smae}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: 3, k: 3, padding: -1}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: 3, k: 3, bias: 1}]}",
        "{input: 3x5x5, layers: [{kind: standard, m: 3, k: 3, norm: bacth}]}",
        "{input: 3x5x5, layers: [{kind: octave, m: 3, k: 3, alpha: 1.5}]}",
        "{input: 3x5x5, layers: [{kind: linear}]}",
        "{input: 3x5x5, layers: [{kind: max-pool}]}",
        "{input: 3x5x5, layers: [{kind: relu, name: 7}]}",
        "{input: 3x5x5, layers: [{kind: relu, name: }]}",
        "{input: 3x5x5, layers: [{kind: relu, from: 1}]}",
        "{input: 3x5x5, layers: [{kind: relu, when: 1}]}",
        "{input: 3x5x5, layers: [{kind: relu, repeat: 3}]}",
        "{input: 3x5x5, layers: [{repeat: -1, layers: [{kind: relu}]}]}",
        "{input: 3x5x5, layers: [{repeat: ~, layers: [{kind: relu}]}]}",
        "{input: 3x5x5, layers: [{repeat: 3}]}",
        "{input: 3x5x5, layers: [{repeat: 3, index: 1, layers: [{kind: relu}]}]}",
        "{input: 3x5x5, layers: [{residual: {bodi: []}}]}",
        "{input: 3x5x5, layers: [{residual: 3}]}",
        "{input: 3x5x5, layers: [{residual: [], act: ~}]}",
        "{input: 3x5x5, layers: [{residual: [], norm: batch}]}",
        "{input: 3x5x5, layers: [{residual: [{kind: rleu}]}]}",
        "{input: 3x5x5, layers: [{concat: []}]}",
        "{input: 3x5x5, layers: [{concat: {}}]}",
        "{input: 3x5x5, layers: [{concat: [{kind: relu}]}]}",
        "{input: 3x5x5, layers: [{add: {a: , b: []}}]}",
        "{input: 3x5x5, layers: [{use: 3}]}",
        "{input: 3x5x5, layers: [{kind: relu}], budgets: {params: 4X}}",
        "{input: 3x5x5, layers: [{kind: relu}], budgets: {params: }}",
        "{input: 3x5x5, layers: [{kind: relu}], budgets: {prams: 4}}",
        "{input: 3x5x5, layers: [{kind: relu}], defaults: {bais: true}}",
        "{input: 3x5x5, layers: [{kind: relu}], defaults: {norm: }}",
        "{input: 3x5x5, layers: [{kind: relu}], defaults: {stride: '${1 + 1}'}}",
        "{input: 3x5x5, layers: [{kind: relu}], defaults: {n: 3}}",
        "{input: 3x5x5, layers: [{kind: relu}], blocks: 3}",
        "{input: 3x5x5, layers: [{kind: relu}], blocks: {b: 3}}",
        "{input: 3x5x5, layers: [{kind: relu}], blocks: {b: {layers: [], parms: {}}}}",
        "{input: 3x5x5, layers: [{kind: relu}], vars: {a: [1]}}",
        "{input: 3x5x5, layers: [{kind: relu}], vars: {a: }}",
    ],
)
def test_what_is_wrong_is_refused_by_both(text: str) -> None:
    assert not is_accepted(text)
    assert complaints(data(read_text(text, "a.yaml").root))


CLOSED_FORMS = ("kind-standard", "kind-computed", "repeat", "residual", "concat", "body", "block")


@pytest.mark.parametrize("definition", CLOSED_FORMS)
def test_only_a_use_takes_keys_of_any_name(definition: str) -> None:
    assert schema()["$defs"][definition]["additionalProperties"] is False
    assert schema()["$defs"]["use"]["additionalProperties"] is True


def test_every_variety_of_field_can_be_described() -> None:
    assert set(get_args(Variety)) - set(SCHEMAS) == {"word"}


@pytest.mark.parametrize("name", REGISTRY)
def test_every_kind_tells_what_it_takes_and_what_it_is(name: str) -> None:
    told = schema()["$defs"][f"kind-{name}"]["properties"]
    assert set(REGISTRY[name].fields) - {"inputs"} <= set(told)
    assert told["kind"]["description"].startswith(REGISTRY[name].summary)


@pytest.mark.parametrize("name", REGISTRY)
def test_every_field_says_what_it_means_and_its_default(name: str) -> None:
    told = schema()["$defs"][f"kind-{name}"]["properties"]
    for field in REGISTRY[name].fields.values():
        if field.name in INFERRED:
            continue
        part = told[field.name]
        part = schema()["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        assert part["description"] == field.about.doc
        assert part.get("default") == field.default


LEAVES = [
    {"kind": "relu"},
    {"kind": "batch-norm", "from": "input"},
    {"kind": "standard", "m": 8, "k": 3, "norm": "batch", "act": "relu"},
    {"kind": "pointwise", "m": "${n}", "groups": "${2 if n > 4 else 1}"},
    {"kind": "depthwise", "k": "3x3", "padding": [[1, 1], ["${0 + 1}", 1]]},
    {"kind": "group", "m": 8, "k": ["${width - 5}", 3], "groups": 2, "name": "${'a' + 'b'}"},
    {"kind": "${'relu' if n > 4 else 'elu'}"},
    {"kind": "octave", "m": 8, "k": 3, "alpha": 0.5, "when": "${H > 99}"},
    {"use": "squeeze-excite", "squeeze": 2},
    {"use": "mine", "wide": "${width}"},
]


def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(inner, max_size=3)
    branches = st.lists(lists, min_size=1, max_size=3) | st.dictionaries(
        st.sampled_from("abc"), lists, min_size=1
    )
    sides = lists | st.fixed_dictionaries({"body": lists}, optional={"shortcut": lists})
    when = {"when": st.booleans(), "name": st.sampled_from(["one", "two"])}
    times = st.integers(1, 2) | st.just("${1 + 1}")
    return st.one_of(
        st.fixed_dictionaries({"repeat": times, "layers": lists}, optional=when),
        st.fixed_dictionaries({"residual": sides}, optional=when | {"skip": st.booleans()}),
        *(
            st.fixed_dictionaries({form: branches}, optional=when | {"act": st.just("relu")})
            for form in ("concat", "add", "multiply")
        ),
    )


ENTRIES = st.recursive(st.sampled_from(LEAVES), deeper, max_leaves=6)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ENTRIES, min_size=1, max_size=3))
def test_whatever_graph_convcost_accepts_it_accepts(entries: list[Any]) -> None:
    spec = {
        "input": "8x6x${width}",
        "vars": {"width": 8},
        "blocks": {"mine": {"params": {"wide": None}, "layers": [{"kind": "relu"}]}},
        "budgets": {"params": "4.3M", "macs": 600_000_000},
        "layers": entries,
    }
    accepted = is_accepted(json.dumps(spec))
    event(f"accepted: {accepted}")
    assert not accepted or complaints(spec) == []


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_whatever_layer_convcost_accepts_it_accepts(drawn: st.DataObject) -> None:
    kind = drawn.draw(
        st.sampled_from([kind for kind in REGISTRY.values() if kind.group != "joint"])
    )
    (shape, *_), fields = drawn.draw(layers(kind))
    text = json.dumps(
        {"input": shape, "layers": [{"kind": kind.name, **fields}]},
        default=lambda share: float(share) if isinstance(share, Fraction) else str(share),
    )
    accepted = is_accepted(text)
    event(f"accepted: {accepted}")
    assert not accepted or complaints(json.loads(text)) == []


@pytest.mark.parametrize(
    ("limit", "accepted"),
    [("1KiB", True), ("1.5 MB", True), ("64B", True), (1024, True), ("3K", False), ("-1", False)],
)
def test_limits_on_bytes_have_units_of_their_own(limit: object, accepted: bool) -> None:
    spec = {"input": "3x8x8", "layers": [{"kind": "relu"}], "budgets": {"weight_bytes": limit}}
    assert Draft202012Validator(json_schema()).is_valid(spec) == accepted
