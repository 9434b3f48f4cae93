"""The rules of shapes for PyTorch's operations: the register, filled."""

from __future__ import annotations

from convcost.sources.imports import torch_layer_shapes, torch_tensor_shapes
from convcost.sources.imports.shape_rules import RULES, words

__all__ = ["RULES", "modules", "words"]

modules = (torch_layer_shapes, torch_tensor_shapes)
"""What was imported to register its rules."""
