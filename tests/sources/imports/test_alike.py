"""Layers that a network has over and over are found out once."""

from __future__ import annotations

import pytest

from convcost.errors import LayerError
from convcost.network import INPUT, Builder
from convcost.sources.imports.alike import Alike
from convcost.sources.imports.assembler import Assembler


def test_the_same_fields_on_the_same_shapes_are_the_same_layer_once_more() -> None:
    builder = Builder("net", (4, 8, 8))
    alike = Alike(builder)

    first = alike.add("standard", {"m": 4, "k": 3}, "first", (INPUT,))
    second = alike.add("standard", {"m": 4, "k": 3}, "second", (first,))
    halved = alike.add("standard", {"m": 4, "k": 3, "stride": 2}, "halved", (second,))
    third = alike.add("standard", {"m": 4, "k": 3}, "third", (halved,))

    layers, shapes = builder.layers, builder.outs
    assert [layer.name for layer in layers] == ["first", "second", "halved", "third"]
    assert [layer.inputs for layer in layers] == [(INPUT,), (0,), (1,), (2,)]
    assert layers[second].stages is layers[first].stages
    assert (shapes[second], shapes[third]) == ((4, 8, 8), (4, 4, 4))


def test_fields_in_a_list_are_as_good() -> None:
    builder = Builder("net", (4, 8, 8))
    alike = Alike(builder)

    for name in ("first", "second"):
        alike.add("standard", {"m": 4, "k": [3, 3]}, name, (builder.last,))

    assert builder.outs == [(4, 8, 8), (4, 8, 8)]


def test_what_does_not_fit_is_refused_each_time() -> None:
    alike = Alike(Builder("net", (4, 8, 8)))

    for _ in range(2):
        with pytest.raises(LayerError, match="groups"):
            alike.add("group", {"m": 4, "k": 3, "groups": 3}, "odd", (INPUT,))


def test_a_layer_that_was_taken_out_again_is_like_none() -> None:
    to = Assembler(Builder("net", (4, 8, 8)), {})
    image = to.input((1, 4, 8, 8))

    with pytest.raises(LayerError, match="gives"):
        to.add("standard", {"m": 8, "k": 3}, [image], (1, 4, 8, 8), "wrong")
    to.add("relu", {}, [image], (1, 4, 8, 8), "relu")
    made = to.add("standard", {"m": 8, "k": 3}, [image], (1, 8, 8, 8), "right")

    assert [layer.kind for layer in to.builder.layers] == ["relu", "standard"]
    assert to.plain(made) == (8, 8, 8)
