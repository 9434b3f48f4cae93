"""Networks as Keras code, read as text: whether it runs is for the tests with Keras."""

from __future__ import annotations

import pytest

from convcost.emit.keras import keras_text
from convcost.errors import LayerError
from convcost.network import Builder
from convcost.sources import load

TINY = """
name: tiny-net
input: 3x8x8
layers:
  - {name: stem, kind: standard, m: 8, k: 3, stride: 2, norm: batch, act: relu}
  - {name: body, kind: depthwise-separable, m: 16, k: 3, padding: same-tf, stride: 2}
  - {name: pool, kind: global-avg-pool}
  - {name: head, kind: linear, m: 10, bias: true}
"""
CODE = '''import keras
from keras import layers


def tiny_net():
    """602 parameters, 4,416 multiply-adds for an input of 3x8x8."""
    inputs = keras.Input((8, 8, 3))
    stem = layers.ZeroPadding2D(1)(inputs)
    stem = layers.Conv2D(8, 3, strides=2, use_bias=False)(stem)
    stem = layers.BatchNormalization()(stem)
    stem = layers.Activation("relu")(stem)
    body = layers.DepthwiseConv2D(3, strides=2, padding="same", use_bias=False)(stem)
    body = layers.Conv2D(16, 1, use_bias=False)(body)
    pool = layers.GlobalAveragePooling2D(keepdims=True)(body)
    head = layers.Flatten()(pool)
    head = layers.Dense(10)(head)
    return keras.Model(inputs, head, name="tiny_net")
'''


def test_a_small_network() -> None:
    assert keras_text(load(TINY)) == CODE


def test_names_that_python_and_the_code_itself_have_are_left_to_them() -> None:
    builder = Builder("class", (4,))
    for name in ("inputs", "layers", "for", "layers"):
        builder.add("relu", {}, name=name)
    lines = keras_text(builder.network()).splitlines()
    names = [line.split()[0] for line in lines if " = layers." in line]
    assert names == ["inputs2", "layers2", "for_", "layers3"]


def test_what_is_known_by_its_name_is_left_to_write() -> None:
    builder = Builder("net", (4, 5))
    builder.add("unknown", {"op": "Lambda", "shape": (3,)})
    text = keras_text(builder.network())
    assert "Known by name alone, and left to write: Lambda." in text
    assert "def stand_in(x, shape):" in text


def test_a_layer_that_keras_lacks_is_named_with_its_line() -> None:
    with pytest.raises(LayerError) as caught:
        keras_text(
            load("input: 3x4x4x4x4\nlayers:\n  - {name: wide, kind: standard, m: 3, k: 1}\n")
        )
    (problem,) = caught.value.problems
    assert problem.message.startswith("layer wide (standard): Keras has no convolution of 4")
    assert problem.place
    assert problem.place.line == 3
