"""Bits and densities of layers: how they are read, and what a network keeps of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from convcost.cost import evaluate
from convcost.errors import LayerError
from convcost.network import Builder
from convcost.operands import PLAIN, UNSEEN, Bits, Density, Operands, read_bits, read_density
from convcost.sites import Recipe, change_layers

HALF = Density(Fraction(1, 2))


@pytest.mark.parametrize(
    ("said", "bits"),
    [
        (8, Bits(8, 8)),
        ({"weights": 1, "activations": 4}, Bits(1, 4)),
        ({"weights": 64}, Bits(64)),
        ({"activations": 2}, Bits(None, 2)),
    ],
)
def test_bits(said: Any, bits: Bits) -> None:
    assert read_bits(said) == bits
    assert bits.written == said


@pytest.mark.parametrize(
    ("said", "density"),
    [
        (0.1, Density(Fraction(1, 10))),
        ({"weights": 0.25, "structured": 0.5}, Density(Fraction(1, 4), Fraction(1, 2))),
    ],
)
def test_density(said: Any, density: Density) -> None:
    assert read_density(said) == density
    assert density.written == said


def test_a_density_of_channels_alone_is_that_of_weights_too() -> None:
    assert read_density({"structured": 0.5}) == Density(Fraction(1, 2), Fraction(1, 2))
    assert read_density(1) == Density()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (0, "bits must be 1 to 64, not 0"),
        (65, "bits must be 1 to 64, not 65"),
        (1.5, "bits must be an integer, not 1.5"),
        (True, "bits must be an integer, not True"),
        ("int8", "bits must be an integer, not 'int8'"),
        ({"weights": 0}, "bits of weights must be 1 to 64, not 0"),
        ({"weight": 1}, 'bits of "weight" mean nothing (did you mean "weights"?)'),
        ({"both": 1}, 'bits of "both" mean nothing (it is of weights and activations)'),
        ({}, "bits says nothing (such as bits: 8, or bits: {weights: 1, activations: 4})"),
    ],
)
def test_what_no_bits_are(said: Any, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        read_bits(said)
    assert str(caught.value.problems[0]).startswith(message)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (0, "density must be above 0 and at most 1, not 0"),
        (1.5, "density must be above 0 and at most 1, not 1.5"),
        (float("nan"), "density must be above 0 and at most 1, not nan"),
        ("half", "density must be a number, not 'half'"),
        (True, "density must be a number, not True"),
        ({"structured": 2}, "density of structured must be above 0 and at most 1, not 2"),
        ({"channels": 1}, 'density of "channels" mean nothing'),
        (
            {"weights": 0.5, "structured": 0.25},
            "density: 0.5 of the weights are not zero, and only 0.25 are in channels that are not",
        ),
    ],
)
def test_what_no_density_is(said: Any, message: str) -> None:
    with pytest.raises(LayerError) as caught:
        read_density(said)
    assert str(caught.value.problems[0]).startswith(message)


def test_what_is_nearer_says_more_and_bits_do_so_apart() -> None:
    outer = PLAIN.with_words({"bits": {"weights": 1, "activations": 4}, "density": 0.5})
    assert outer == Operands(Bits(1, 4), HALF)
    assert outer.with_words({"bits": {"weights": 2}}) == Operands(Bits(2, 4), HALF)
    assert outer.with_words({"density": 1}) == Operands(Bits(1, 4), Density())


def test_a_layer_is_made_again_of_what_it_says() -> None:
    built = Builder("net", (4, 8, 8))
    built.add("standard", {"m": 4, "k": 3, "bits": {"weights": 1}, "density": 0.5})
    (layer,) = built.layers
    assert layer.operands == Operands(Bits(1), HALF)
    assert layer.fields == (("m", 4), ("k", 3))
    built.add(layer.kind, layer.told)
    assert built.layers[1].operands == layer.operands
    assert evaluate(built.network()).layers[1].operands == layer.operands
    assert layer.operands.written == {"bits": {"weights": 1}, "density": 0.5}


def test_what_multiplies_nothing_has_neither() -> None:
    built = Builder("net", (4, 8, 8))
    built.add("relu", {"bits": 8, "density": 0.5})
    built.add("batch-norm", {"bits": 8, "density": ("1", "1", 3, False)})
    assert [layer.operands for layer in built.layers] == [PLAIN, Operands(None, Density(zeros=3))]


def test_what_a_layer_becomes_keeps_what_is_said_and_no_zeros_that_were_counted() -> None:
    built = Builder("net", (4, 8, 8))
    built.add("standard", {"m": 4, "k": 3, "bits": 8, "density": 0.5})
    built.add("standard", {"m": 4, "k": 3, "bits": 4, "density": ("1/2", "1", 72, False)})
    change = Recipe("standard", {"m": 4, "k": 1})
    changed = change_layers(built.network(), lambda _: change).layers
    assert [layer.operands for layer in changed] == [
        Operands(Bits(8, 8), HALF),
        Operands(Bits(4, 4), UNSEEN),
    ]


def test_a_density_in_decimals_gives_each_tensor_as_many_weights() -> None:
    for size in (3, 7, 288, 1_000_003):
        for kept in {1, size // 3, size - 1} - {0}:
            exact = Density(Fraction(kept, size))
            again = read_density(exact.written)
            assert again.of(size) == exact.of(size) == kept


def test_what_has_no_words_is_not_written() -> None:
    for density in (UNSEEN, Density(Fraction(0)), Density(zeros=4)):
        assert Operands(None, density).written == {}
