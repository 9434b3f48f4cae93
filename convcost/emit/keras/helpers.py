"""Definitions that generated Keras code needs where it uses their names."""

from __future__ import annotations

_TWO_BIAS = '''class TwoBias{name}(layers.{base}):
    """One with a second bias, as PyTorch has it; what counts is the sum of both."""

    def build(self, shape):
        super().build(shape)
        self.second_bias = self.add_weight(shape=self.cell.bias.shape, name="second_bias")
'''
HELPERS = {
    "Bias": '''class Bias(layers.Layer):
    """A number for each channel, added."""

    def build(self, shape):
        self.bias = self.add_weight(shape=(shape[-1],), initializer="zeros", name="bias")

    def call(self, x):
        return x + self.bias
''',
    "Weight": '''class Weight(layers.Layer):
    """A tensor of its own, for each input of a batch."""

    def __init__(self, shape, **options):
        super().__init__(**options)
        self.sizes = shape

    def build(self, shape):
        self.weight = self.add_weight(shape=(1, *self.sizes), name="weight")

    def call(self, x):
        return stand_in(x, self.sizes) * 0 + self.weight

    def compute_output_shape(self, shape):
        return (shape[0], *self.sizes)
''',
    "TwoBiasLSTM": _TWO_BIAS.format(name="LSTM", base="LSTM"),
    "TwoBiasRNN": _TWO_BIAS.format(name="RNN", base="SimpleRNN"),
    "stand_in": '''def stand_in(x, shape):
    """Has the shape of an operation that is known by its name alone: write it here."""
    first = ops.reshape(layers.Flatten()(x)[:, :1], (-1, *(1 for _ in shape)))
    return first * ops.ones((1, *shape))
''',
}
"""Each by the name that is used; some are used by those before them."""


def helpers_in(body: str) -> list[str]:
    """The definitions that code needs, in the order in which they may stand."""
    found: list[str] = []
    for name, source in HELPERS.items():
        if f"{name}(" in body or any(f"{name}(" in each for each in found):
            found.append(source)
    return found[::-1]
