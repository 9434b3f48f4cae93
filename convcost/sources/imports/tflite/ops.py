"""TensorFlow Lite's operations, each beside the layer that it is: the register, filled.

A handler takes the call and gives what comes out. LayerError where convcost has no layer for it:
the operation is then listed as unknown.
"""

from __future__ import annotations

from convcost.sources.imports.tflite import convolutions, layers, products, recurrent, tensors
from convcost.sources.imports.tflite.call import HANDLERS

__all__ = ["HANDLERS", "modules"]

modules = (convolutions, layers, products, recurrent, tensors)
"""What was imported to register its handlers."""
