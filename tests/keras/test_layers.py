"""Layers of Keras's own: what convcost reads from their configuration is what Keras builds."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import prod
from typing import Any

import keras
import pytest
from keras import layers, ops

from convcost.cost import Report, evaluate
from convcost.sources.imports.keras.model import import_config
from convcost.sources.imports.recognise import recognised

Build = Callable[[], Any]
IMAGE, SERIES, TOKENS = (13, 11, 6), (12, 6), (9, 8)


def one(layer: Any, shape: tuple[int, ...], **kwargs: Any) -> Any:
    """A model of one layer."""
    given = keras.Input(shape)
    return keras.Model(given, layer(given, **kwargs))


def read(model: Any) -> tuple[Report, int, int]:
    """What convcost reads, and what it says that Keras counts, all and trained."""
    made = import_config(json.loads(model.to_json()), "net")
    assert made.unknown == {}
    report = evaluate(recognised(made.network))
    for note in made.network.notes:
        words = note.replace(",", "").split()
        return report, int(words[2]), int(words[4])
    return report, report.params, report.params


def check(model: Any, macs: int) -> Report:
    report, total, trained = read(model)
    assert total == model.count_params()
    assert trained == sum(prod(each.shape) for each in model.trainable_weights)
    assert report.params <= total
    assert prod(report.layers[-1].out) == prod(model.outputs[0].shape[1:])
    assert report.macs == macs
    return report


CONVOLUTIONS: list[tuple[Any, tuple[int, ...], int]] = [
    (layers.Conv1D(5, 3), SERIES, 10 * 5 * 6 * 3),
    (layers.Conv1D(5, 3, padding="causal", dilation_rate=2), SERIES, 12 * 5 * 6 * 3),
    (layers.Conv2D(8, 3, strides=2, padding="same"), IMAGE, 7 * 6 * 8 * 6 * 9),
    (layers.Conv2D(8, (2, 3), strides=(1, 2), padding="same"), IMAGE, 13 * 6 * 8 * 6 * 6),
    (layers.Conv2D(8, 1, strides=2, padding="same"), IMAGE, 7 * 6 * 8 * 6),
    (layers.Conv2D(9, 3, groups=3, use_bias=False), IMAGE, 11 * 9 * 9 * 2 * 9),
    (layers.Conv2D(8, 3, dilation_rate=2, activation="relu"), IMAGE, 9 * 7 * 8 * 6 * 9),
    (layers.Conv2D(8, 3, data_format="channels_first"), (6, 13, 11), 11 * 9 * 8 * 6 * 9),
    (layers.Conv3D(4, 2), (5, 6, 7, 3), 4 * 5 * 6 * 4 * 3 * 8),
    (layers.DepthwiseConv1D(3, depth_multiplier=2), SERIES, 10 * 12 * 3),
    (layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same"), IMAGE, 143 * 12 * 9),
    (layers.DepthwiseConv2D(3, strides=2, padding="valid"), IMAGE, 6 * 5 * 6 * 9),
    (layers.SeparableConv1D(5, 3), SERIES, 10 * (6 * 3 + 5 * 6)),
    (layers.SeparableConv2D(8, 3, depth_multiplier=2), IMAGE, 99 * (12 * 9 + 8 * 12)),
    (layers.Conv1DTranspose(5, 4, strides=2), SERIES, 12 * 5 * 6 * 4),
    (layers.Conv2DTranspose(8, 3, strides=2, padding="same"), IMAGE, 143 * 8 * 6 * 9),
    (layers.Conv2DTranspose(8, 2, strides=3, padding="valid"), IMAGE, 143 * 8 * 6 * 4),
    (layers.Conv2DTranspose(8, 2, strides=3, padding="same"), IMAGE, 143 * 8 * 6 * 4),
    (
        layers.Conv2DTranspose(8, 4, strides=2, padding="same", output_padding=1),
        IMAGE,
        143 * 8 * 6 * 16,
    ),
    (
        layers.Conv2DTranspose(8, 3, strides=3, padding="same", output_padding=(0, 2)),
        IMAGE,
        143 * 8 * 6 * 9,
    ),
    (
        layers.Conv2DTranspose(8, 3, strides=2, padding="valid", output_padding=1),
        IMAGE,
        143 * 8 * 6 * 9,
    ),
    (layers.Conv2DTranspose(8, 3, dilation_rate=2), IMAGE, 143 * 8 * 6 * 9),
    (layers.Conv3DTranspose(4, 2, strides=2), (3, 4, 5, 3), 60 * 4 * 3 * 8),
    (
        layers.ConvLSTM1D(4, 3, padding="same"),
        (5, 7, 3),
        5 * 7 * 16 * 3 * (3 + 4),
    ),
    (
        layers.ConvLSTM2D(4, 3, return_sequences=True),
        (5, 8, 9, 3),
        5 * 6 * 7 * 16 * 9 * (3 + 4),
    ),
    (
        layers.TimeDistributed(layers.Conv2D(4, 3, strides=2, padding="same")),
        (5, 9, 8, 3),
        5 * 5 * 4 * 4 * 3 * 9,
    ),
    (layers.TimeDistributed(layers.Dense(7)), (5, 8), 5 * 56),
    (layers.SpectralNormalization(layers.Conv2D(8, 3)), IMAGE, 99 * 8 * 6 * 9),
]


@pytest.mark.parametrize(("layer", "shape", "macs"), CONVOLUTIONS)
def test_convolutions(layer: Any, shape: tuple[int, ...], macs: int) -> None:
    check(one(layer, shape), macs)


PRODUCTS: list[tuple[Any, tuple[int, ...], int]] = [
    (layers.Dense(5), (8,), 40),
    (layers.Dense(5, use_bias=False, activation="gelu"), TOKENS, 9 * 40),
    (layers.Dense(5), IMAGE, 143 * 30),
    (layers.EinsumDense("abc,cd->abd", (9, 5), bias_axes="d"), TOKENS, 9 * 40),
    (layers.EinsumDense("abc,cde->abde", (9, 2, 5), bias_axes="de"), TOKENS, 9 * 80),
    (layers.EinsumDense("...x,xy->...y", 5), TOKENS, 9 * 40),
    (layers.EinsumDense("ab,bc->ac", 5, bias_axes="c"), (8,), 40),
    (layers.EinsumDense("abc,bd->adc", (5, 8)), TOKENS, 8 * 9 * 5),
    (layers.EinsumDense("abc,bcd->abd", (9, 5)), TOKENS, 9 * 40),
    (layers.LSTM(5), TOKENS, 9 * 4 * 5 * 13),
    (layers.LSTM(5, use_bias=False, return_sequences=True), TOKENS, 9 * 4 * 5 * 13),
    (layers.GRU(5), TOKENS, 9 * 3 * 5 * 13),
    (layers.GRU(5, reset_after=False), TOKENS, 9 * 3 * 5 * 13),
    (layers.SimpleRNN(5, activation="relu"), TOKENS, 9 * 5 * 13),
    (layers.RNN(layers.GRUCell(5)), TOKENS, 9 * 3 * 5 * 13),
    (
        layers.RNN([layers.LSTMCell(5), layers.LSTMCell(4)]),
        TOKENS,
        9 * 4 * (5 * 13 + 4 * 9),
    ),
    (layers.Bidirectional(layers.LSTM(5)), TOKENS, 2 * 9 * 4 * 5 * 13),
    (
        layers.Bidirectional(layers.GRU(5, return_sequences=True), merge_mode="sum"),
        TOKENS,
        2 * 9 * 3 * 5 * 13,
    ),
    (
        layers.Bidirectional(
            layers.LSTM(5), backward_layer=layers.LSTM(5, use_bias=False, go_backwards=True)
        ),
        TOKENS,
        9 * 4 * 2 * 5 * 13,
    ),
]


@pytest.mark.parametrize(("layer", "shape", "macs"), PRODUCTS)
def test_products(layer: Any, shape: tuple[int, ...], macs: int) -> None:
    check(one(layer, shape), macs)


OTHERS: list[tuple[Any, tuple[int, ...]]] = [
    *(
        (layer, IMAGE)
        for layer in (
            layers.BatchNormalization(),
            layers.BatchNormalization(scale=False),
            layers.BatchNormalization(center=False, scale=False),
            layers.BatchNormalization(axis=1),
            layers.LayerNormalization(),
            layers.LayerNormalization(axis=[2, 3], center=False),
            layers.GroupNormalization(3),
            layers.GroupNormalization(-1, scale=False),
            layers.RMSNormalization(),
            layers.UnitNormalization(),
            layers.Normalization(),
            layers.PReLU(),
            layers.PReLU(shared_axes=[1, 2]),
            layers.MaxPooling2D(3, 2, padding="same"),
            layers.AveragePooling2D((2, 3)),
            layers.AdaptiveAveragePooling2D(3),
            layers.GlobalAveragePooling2D(),
            layers.GlobalMaxPooling2D(keepdims=True),
            layers.ZeroPadding2D(((0, 1), (2, 3))),
            layers.Cropping2D(((0, 1), (2, 3))),
            layers.UpSampling2D(2, interpolation="bilinear"),
            layers.Resizing(20, 30),
            layers.CenterCrop(5, 4),
            layers.Flatten(),
            layers.Permute((3, 1, 2)),
            layers.Reshape((-1, 6)),
            layers.Reshape((6, 143)),
            layers.Rescaling(0.1),
            layers.Softmax(),
            layers.ReLU(6.0),
            layers.LeakyReLU(),
            layers.SpatialDropout2D(0.1),
            layers.RandomFlip(),
            layers.Activation("swish"),
        )
    ),
    *(
        (layer, SERIES)
        for layer in (
            layers.MaxPooling1D(),
            layers.GlobalAveragePooling1D(),
            layers.ZeroPadding1D(2),
            layers.Cropping1D((1, 2)),
            layers.UpSampling1D(3),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.SpatialDropout1D(0.2),
        )
    ),
    (layers.RepeatVector(4), (8,)),
    (layers.Reshape((2, 2, 2)), (8,)),
    (layers.BatchNormalization(), (8,)),
    (layers.UpSampling3D(2), (2, 3, 4, 5)),
    (layers.MaxPooling3D(2), (2, 3, 4, 5)),
]


@pytest.mark.parametrize(("layer", "shape"), OTHERS)
def test_what_does_not_multiply(layer: Any, shape: tuple[int, ...]) -> None:
    check(one(layer, shape), 0)


def attended(layer: Any, *shapes: tuple[int, ...], **kwargs: Any) -> Any:
    given = [keras.Input(shape) for shape in shapes]
    return keras.Model(given, layer(*given, **kwargs))


def test_attention_by_heads() -> None:
    layer = layers.MultiHeadAttention(2, 5, value_dim=3)
    model = attended(layer, (9, 8), (7, 8))
    projected = 9 * 8 * 10 + 7 * 8 * (10 + 6) + 9 * 6 * 8
    check(model, projected + 2 * 9 * 7 * (5 + 3))
    own = keras.Input((9, 8))
    made = layers.MultiHeadAttention(4, 2, use_bias=False, output_shape=6)(own, own)
    check(keras.Model(own, made), 9 * 8 * 24 + 9 * 8 * 6 + 8 * 81 * 2)


def test_attention_whose_heads_share_keys() -> None:
    own = keras.Input((9, 8))
    made = layers.GroupQueryAttention(5, 4, 2)(own, own)
    projected = 9 * 8 * (20 + 10 + 10) + 9 * 20 * 8
    check(keras.Model(own, made), projected + 4 * 81 * 10)


def test_attention_without_projections() -> None:
    q, v = keras.Input((9, 8)), keras.Input((7, 8))
    check(keras.Model([q, v], layers.Attention(use_scale=True)([q, v])), 9 * 7 * 16)
    check(keras.Model([q, v], layers.AdditiveAttention()([q, v])), 9 * 7 * 8)
    check(keras.Model([q, v], layers.Dot(2)([q, v])), 9 * 7 * 8)


def test_tables() -> None:
    ids = keras.Input((9,), dtype="int32")
    check(keras.Model(ids, layers.Embedding(50, 8)(ids)), 0)
    table = layers.ReversibleEmbedding(50, 8)
    check(keras.Model(ids, table(table(ids), reverse=True)), 9 * 8 * 50)


@pytest.mark.parametrize(
    "join",
    [
        layers.Add(),
        layers.Subtract(),
        layers.Multiply(),
        layers.Average(),
        layers.Maximum(),
        layers.Concatenate(),
        layers.Concatenate(axis=1),
    ],
)
def test_merging(join: Any) -> None:
    given = keras.Input(IMAGE)
    left, right = (layers.Conv2D(4, 1, use_bias=False)(given) for _ in range(2))
    check(keras.Model(given, join([left, right])), 2 * 143 * 24)


def test_operations_of_keras() -> None:
    given = keras.Input(IMAGE)
    made = layers.Conv2D(4, 1)(given)
    scaled = made * layers.GlobalAveragePooling2D(keepdims=True)(made) + 1.0
    kept = ops.relu(scaled)[:, 1:, :-1, 2]
    whole = ops.concatenate([kept, ops.transpose(kept, (0, 1, 2))], axis=-1)
    made = ops.reshape(ops.mean(whole, axis=1, keepdims=True), (-1, 20))
    check(keras.Model(given, ops.expand_dims(made, 1)), 143 * 24)


def test_a_layer_that_is_called_twice_has_its_weights_once() -> None:
    given = keras.Input((8,))
    shared = layers.Dense(8)
    report = check(keras.Model(given, shared(shared(given))), 2 * 64)
    assert report.params == 72


def test_models_inside_models() -> None:
    inner = keras.Sequential([keras.Input(IMAGE), layers.Conv2D(4, 3), layers.BatchNormalization()])
    left, right = keras.Input(IMAGE), keras.Input(IMAGE)
    made = layers.Add()([inner(left), inner(right)])
    check(keras.Model([left, right], made), 2 * 99 * 4 * 6 * 9)
    whole = keras.Sequential([inner, layers.GlobalAveragePooling2D(), layers.Dense(3)])
    check(whole, 99 * 4 * 6 * 9 + 12)


def test_what_is_not_trained_is_told_apart() -> None:
    inner = keras.Sequential([keras.Input((8,)), layers.Dense(4), layers.BatchNormalization()])
    inner.trainable = False
    model = keras.Sequential([inner, layers.Dense(3)])
    report, total, trained = read(model)
    assert (report.params, total, trained) == (36 + 8 + 15, 67, 15)
    check(model, 44)


def test_a_generator_and_a_network_of_both_layouts() -> None:
    generator = keras.Sequential(
        [
            keras.Input((10,)),
            layers.Dense(4 * 4 * 8),
            layers.Reshape((4, 4, 8)),
            layers.Conv2DTranspose(4, 4, 2, "same"),
            layers.PReLU(shared_axes=[1, 2]),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )
    check(generator, 10 * 128 + 16 * 4 * 8 * 16 + 256 * 2)
