"""Tensors whose layers are added once something asks for them."""

from __future__ import annotations

from convcost.errors import LayerError
from convcost.network import Builder
from convcost.sources.imports.assembler import Assembler, Value
from convcost.sources.imports.deferred import Deferred


def assembler() -> Assembler:
    return Assembler(Builder("net", (4, 5)), {})


def reversed_steps(to: Assembler, source: Value) -> Deferred:
    def make() -> Value:
        return to.add("permute", {"order": (1, 0)}, [source], (1, 5, 4), "turned")

    return Deferred(to.builder, (1, 5, 4), make)


def test_a_layer_is_added_once_and_only_when_asked_for() -> None:
    to = assembler()
    tensor = reversed_steps(to, to.input((1, 4, 5)))
    assert (tensor.shape, to.builder.layers) == ((1, 5, 4), [])

    assert [tensor.index, tensor.index] == [0, 0]
    assert [layer.name for layer in to.builder.layers] == ["turned"]


def test_a_layer_that_was_taken_out_again_is_made_anew() -> None:
    to = assembler()
    tensor = reversed_steps(to, to.input((1, 4, 5)))

    def fails() -> Value:
        to.plain(tensor)
        raise LayerError("no use for it")

    assert to.attempt("odd", fails) is None
    assert to.builder.layers == []
    to.add("relu", {}, [to.input((1, 4, 5))], (1, 4, 5), "relu")
    assert to.plain(tensor) == (5, 4)
    assert [layer.kind for layer in to.builder.layers] == ["relu", "permute"]
