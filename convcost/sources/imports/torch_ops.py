"""PyTorch's operations, each beside the layer that it is: the register, filled.

A handler takes the call and gives the value that comes out, or several. LayerError where convcost
has no layer for it: the operation is then listed as unknown.
"""

from __future__ import annotations

from convcost.sources.imports import (
    torch_attention,
    torch_elementwise,
    torch_layers,
    torch_movement,
    torch_products,
    torch_recurrent,
)
from convcost.sources.imports.torch_call import HANDLERS, SHAPE_ONLY, WORK, Call

__all__ = ["HANDLERS", "SHAPE_ONLY", "WORK", "Call", "modules"]

modules = (
    torch_layers,
    torch_products,
    torch_attention,
    torch_movement,
    torch_elementwise,
    torch_recurrent,
)
"""What was imported to register its handlers."""
