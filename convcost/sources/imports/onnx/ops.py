"""ONNX's operations, each beside the layer that it is: the register, filled.

A handler takes the call and gives what comes out. LayerError where convcost has no layer for it:
the operation is then listed as unknown.
"""

from __future__ import annotations

from convcost.sources.imports.onnx import (
    attention,
    convolutions,
    layers,
    lists,
    products,
    recurrent,
    runtime,
    tensors,
)
from convcost.sources.imports.onnx.call import HANDLERS, SHAPE_ONLY, WORK, Call

__all__ = ["HANDLERS", "IDLE", "SHAPE_ONLY", "WORK", "Call", "modules"]

modules = (
    attention,
    convolutions,
    layers,
    products,
    recurrent,
    runtime,
    tensors,
)
"""What was imported to register its handlers."""

IDLE = (
    frozenset(HANDLERS)
    | SHAPE_ONLY
    | lists.OPERATIONS
    | frozenset(
        (
            "Compress",
            "NonMaxSuppression",
            "OneHot",
            "Optional",
            "OptionalGetElement",
            "OptionalHasElement",
            "StringSplit",
            "TopK",
            "Unique",
        )
    )
) - WORK
"""Operations that multiply nothing; the shapes of some are known only when they run."""
