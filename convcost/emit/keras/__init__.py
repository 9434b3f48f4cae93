"""A network as Keras code: one function that builds a model, channels last."""

from __future__ import annotations

from convcost.emit.keras.writer import keras_text

__all__ = ["keras_text"]
