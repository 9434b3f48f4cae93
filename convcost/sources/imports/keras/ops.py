"""Keras's layers and operations, each beside the layer that it is: the register, filled."""

from __future__ import annotations

from convcost.sources.imports.keras import (
    activations,
    attention,
    convolutions,
    lambdas,
    merging,
    norms,
    pooling,
    products,
    recurrent,
    reshaping,
)

modules = (
    activations,
    attention,
    convolutions,
    lambdas,
    merging,
    norms,
    pooling,
    products,
    recurrent,
    reshaping,
)
"""What was imported to register its handlers."""
