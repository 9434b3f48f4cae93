"""PyTorch's operations, each beside the layer that it is: the register, filled.

A handler takes the call and gives the value that comes out, or several. LayerError where convcost
has no layer for it: the operation is then listed as unknown.
"""

from __future__ import annotations

from convcost.sources.imports.pytorch import (
    attention,
    elementwise,
    layers,
    movement,
    packing,
    products,
    recurrent,
)
from convcost.sources.imports.pytorch.call import HANDLERS, SHAPE_ONLY, WORK, Call

__all__ = ["HANDLERS", "SHAPE_ONLY", "WORK", "Call", "modules"]

modules = (
    layers,
    products,
    attention,
    movement,
    elementwise,
    packing,
    recurrent,
)
"""What was imported to register its handlers."""
