"""n, H and W where a spec has a name of its own that is called so."""

from __future__ import annotations

import pytest

from convcost.errors import SpecError
from convcost.sources.spec.reading import Spec, parse_spec

POINTWISE = '{kind: pointwise, m: "${n * 2}"}'


def read(text: str) -> Spec:
    return parse_spec(text, "test.yaml")


def channels(text: str) -> list[object]:
    return [dict(layer.fields).get("m") for layer in read(text).network.layers]


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        (POINTWISE, "n"),
        ('{kind: relu, when: "${n == 16}"}', "n"),
        ('{kind: standard, m: 4, k: ["${H}", 3]}', "H"),
        ('{kind: crop, out: "${W // 2}x4"}', "W"),
        ('{use: own, m: "${n}"}', "n"),
        ('{residual: [{kind: relu}], skip: "${n > 3}"}', "n"),
        ('{repeat: 2, when: "${n > 3}", layers: [{kind: relu}]}', "n"),
        ('{repeat: 2, index: n, layers: [{kind: pointwise, m: "${n + 1}"}]}', "n"),
    ],
)
@pytest.mark.parametrize("value", [3, 16])
def test_an_expression_of_a_layer_has_one_meaning_or_none(
    entry: str, name: str, value: int
) -> None:
    text = f"""
input: 16x8x8
vars: {{{name}: {value}}}
blocks: {{own: {{params: {{m: ~}}, layers: [{{kind: pointwise, m: "${{m}}"}}]}}}}
layers:
  - {entry}
"""
    with pytest.raises(SpecError, match=f"{name} has two meanings here") as error:
        read(text)
    (problem,) = error.value.problems
    assert problem.place is not None
    assert problem.place.line == 6
    assert problem.hint == f'call your own another name than "{name}"'


@pytest.mark.parametrize("declared", ["params: {n: 3}", "vars: {n: 3}"])
def test_a_block_that_declares_it_has_two_meanings_as_well(declared: str) -> None:
    text = f"{{input: 16x8x8, blocks: {{own: {{{declared}, layers: [{POINTWISE}]}}}}, "
    with pytest.raises(SpecError, match="n has two meanings here") as error:
        read(text + "layers: [{use: own}]}")
    assert [what for what, _ in error.value.problems[0].notes] == ["used here"]


def halving(declared: str = "") -> str:
    return f"""
vars: {{n: 3}}
input: 16x8x8
blocks:
  own:
    {declared}
    vars: {{half: "${{n // 2}}"}}
    layers: [{{kind: pointwise, m: "${{half}}"}}]
layers: [{{use: own}}]
"""


def test_the_vars_of_a_block_are_as_its_layers() -> None:
    with pytest.raises(SpecError, match="n has two meanings here"):
        read(halving("params: {n: 3}"))
    spec = read(halving())
    assert spec.network.layers[0].fields == (("m", 8),)
    assert spec.network.notes[0].startswith("n in line 8 is the channels that arrive")


def test_a_var_may_be_called_so_where_nothing_arrives_under_that_name() -> None:
    assert channels('{vars: {W: 3}, input: 16x8, layers: [{kind: pointwise, m: "${W}"}]}') == [3]
    text = '{vars: {n: 4}, layers: [{kind: standard, n: "${n}", m: "${n}", k: 3, size: 8x8}]}'
    assert channels(text) == [4]


def test_input_vars_and_repeats_are_no_layers() -> None:
    text = f"""
vars: {{n: 3, m: "${{n * 2}}"}}
input: ${{n}}x8x8
layers:
  - {{repeat: "${{n}}", layers: [{{kind: pointwise, m: "${{m}}"}}]}}
  - {{use: many}}
blocks: {{many: {{layers: [{{repeat: "${{n - 1}}", layers: [{POINTWISE}]}}]}}}}
"""
    assert channels(text) == [6, 6, 6, 12, 24]


def test_in_a_block_it_is_what_arrives_as_a_note_says() -> None:
    spec = read(f"""
vars: {{n: 3}}
input: 16x8x8
blocks:
  own: {{layers: [{POINTWISE}]}}
layers: [{{use: own}}, {{use: own}}]
""")
    assert [layer.kind for layer in spec.network.layers] == ["pointwise", "pointwise"]
    assert [dict(layer.fields)["m"] for layer in spec.network.layers] == [32, 64]
    assert spec.network.notes == (
        "n in line 5 is the channels that arrive, as in any block, not the var of that name",
    )
