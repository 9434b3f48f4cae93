"""The rules of shapes for PyTorch's operations: the register, filled."""

from __future__ import annotations

from convcost.sources.imports.pytorch import layer_shapes, tensor_shapes
from convcost.sources.imports.pytorch.shape_rules import RULES, words

__all__ = ["RULES", "modules", "words"]

modules = (layer_shapes, tensor_shapes)
"""What was imported to register its rules."""
