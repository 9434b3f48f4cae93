"""Where a spec says bits and density, and which layers they are of."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.errors import SpecError
from convcost.operands import PLAIN
from convcost.sources.spec.reading import parse_spec

LAYERS = "input: 4x8x8\nlayers:\n"


def told(text: str) -> dict[str, dict[str, Any]]:
    network = parse_spec(text, "net.yaml").network
    return {layer.name: layer.operands.written for layer in network.layers}


def test_of_a_layer_calculated_too() -> None:
    text = f"vars: {{w: 2}}\n{LAYERS}"
    text += '  - {kind: pointwise, m: 4, bits: {weights: "${w}"}, density: "${1 / w}"}\n'
    text += "  - {kind: pointwise, m: 4}\n"
    assert told(text) == {"1": {"bits": {"weights": 2}, "density": 0.5}, "2": {}}


def test_defaults_are_of_all_layers() -> None:
    text = f"defaults: {{bits: 8, norm: batch}}\n{LAYERS}"
    text += "  - {kind: pointwise, m: 4}\n  - {kind: linear, m: 4, bits: {weights: 1}}\n"
    assert told(text) == {"1": {"bits": 8}, "2": {"bits": {"weights": 1, "activations": 8}}}


@pytest.mark.parametrize(
    "holder", ["repeat: 1", "skip: true", "act: relu"], ids=["repeat", "residual", "concat"]
)
def test_what_holds_layers_says_it_of_those_inside(holder: str) -> None:
    inside = {
        "repeat: 1": "layers: [{kind: pointwise, m: 4}]",
        "skip: true": "residual: [{kind: pointwise, m: 4}]",
        "act: relu": "concat: [[{kind: pointwise, m: 4}]]",
    }[holder]
    text = f"{LAYERS}  - {{{holder}, bits: 4, density: 0.5, {inside}}}\n"
    text += "  - {kind: pointwise, m: 4}\n"
    found = told(text)
    assert found.pop("2") == {}
    assert [each for each in found.values() if each] == [{"bits": 4, "density": 0.5}]


BLOCK = """
input: 4x8x8
blocks:
  unit:
    bits: {weights: 2, activations: 8}
    layers: [{kind: pointwise, m: 4}, {kind: pointwise, m: 4, density: 0.25}]
layers:
  - {use: unit}
  - {use: unit, bits: {weights: 1}, density: 0.5}
"""


def test_a_block_says_it_and_where_it_is_placed_more() -> None:
    two, one = {"weights": 2, "activations": 8}, {"weights": 1, "activations": 8}
    assert told(BLOCK) == {
        "1.1": {"bits": two},
        "1.2": {"bits": two, "density": 0.25},
        "2.1": {"bits": one, "density": 0.5},
        "2.2": {"bits": one, "density": 0.25},
    }


def test_a_parameter_of_that_name_is_the_blocks_own() -> None:
    text = "input: 4x8x8\nblocks:\n  unit:\n    params: {density: ~}\n"
    text += '    layers: [{kind: pointwise, m: "${density}"}]\nlayers: [{use: unit, density: 6}]\n'
    (layer,) = parse_spec(text, "net.yaml").network.layers
    assert (layer.fields, layer.operands) == ((("m", 6),), PLAIN)


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("{kind: pointwise, m: 4, bits: 0}", "3:35", "bits must be 1 to 64, not 0"),
        ("{use: unit, density: 2}", "3:26", "density must be above 0 and at most 1, not 2"),
        ("{repeat: 1, bits: x, layers: []}", "3:23", "bits must be an integer, not 'x'"),
    ],
)
def test_what_they_cannot_be_is_told_where_it_stands(line: str, place: str, message: str) -> None:
    blocks = "blocks: {unit: {layers: [{kind: relu}]}}\n"
    with pytest.raises(SpecError) as caught:
        parse_spec(f"{LAYERS}  - {line}\n{blocks}", "net.yaml")
    assert f"net.yaml:{place}: {message}" in str(caught.value)


def test_what_a_block_or_defaults_cannot_say() -> None:
    text = "defaults: {density: 0}\nblocks: {unit: {bits: 99, layers: [{kind: relu}]}}\n" + LAYERS
    with pytest.raises(SpecError) as caught:
        parse_spec(f"{text}  - {{kind: relu}}\n", "net.yaml")
    assert [str(each.place) for each in caught.value.problems] == ["net.yaml:1:21", "net.yaml:2:23"]
