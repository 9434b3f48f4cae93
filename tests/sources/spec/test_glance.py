"""What passes at a glance passes the models: the glance must never let a mistake through."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.kinds import REGISTRY
from convcost.sources.spec.glance import is_right
from convcost.sources.spec.models import model_of
from convcost.sources.spec.validation import plain
from convcost.sources.yaml.reader import read_text

FORMS = {
    "use": ("use", "name", "when", "from", "width"),
    "repeat": ("repeat", "layers", "index", "name", "when", "from"),
    "residual": ("residual", "act", "skip", "name", "when"),
    "concat": ("concat", "act", "name"),
    "add": ("add", "act", "name"),
    "multiply": ("multiply", "act", "from"),
    "body": ("body", "shortcut"),
    "block": ("params", "vars", "layers"),
    "spec": ("name", "input", "vars", "defaults", "blocks", "budgets", "layers"),
}
LAYERS = read_text("[{kind: relu}]", "layers.yaml").root
TABLE = read_text("{b: {layers: []}}", "blocks.yaml").root

nodes = st.sampled_from([LAYERS, TABLE])
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 9),
    st.floats(-1, 2),
    st.sampled_from(["", "relu", "batch", "none", "same", "3x3", "0x1", "4.3M", "nearest", "x"]),
    st.lists(st.one_of(st.integers(-1, 3), st.text(max_size=2)), max_size=3),
    st.dictionaries(
        st.sampled_from(["params", "macs", "a"]),
        st.one_of(st.none(), st.integers(-1, 3), st.floats(0, 1e9), st.just("1M"), st.just([])),
        max_size=2,
    ),
    nodes,
)


@pytest.mark.parametrize("form", FORMS)
@given(st.data())
def test_an_entry_of_any_form(form: str, data: st.DataObject) -> None:
    keys = data.draw(st.sets(st.sampled_from([*FORMS[form], "other"])))
    entry = {key: data.draw(nodes if key == "blocks" else values) for key in keys}
    if is_right(form, entry):
        model_of(form).model_validate(entry)


@given(st.data())
def test_a_layer_of_any_kind(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(REGISTRY)))
    keys = [*REGISTRY[kind].fields, "n", "H", "W", "size", "name", "when", "from", "other"]
    entry: dict[str, Any] = data.draw(st.dictionaries(st.sampled_from(keys), values, max_size=5))
    if is_right("kind", {"kind": kind, **entry}):
        model_of("kind", kind).model_validate({"kind": kind, **entry})


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("kind", "{kind: standard, m: 4, k: 3x1, padding: [[0, 1], [1, 0]], act: relu}"),
        ("kind", "{kind: standard, name: stem, from: [a, b], when: true}"),
        ("use", "{use: bottleneck, width: 64}"),
        ("repeat", "{repeat: 3, layers: [{kind: relu}]}"),
        ("residual", "{residual: {body: [{kind: relu}], shortcut: []}, act: relu}"),
        ("spec", "{name: a, input: 3x5x5, vars: {a: 1}, budgets: {macs: 1e6}, layers: []}"),
        ("block", "{params: {width: ~, t: 6}, vars: {a: 1}, layers: []}"),
    ],
)
def test_what_a_spec_usually_says_passes_at_a_glance(form: str, text: str) -> None:
    assert is_right(form, plain(read_text(text, "a.yaml").root))
