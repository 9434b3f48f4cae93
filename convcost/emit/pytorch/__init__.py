"""A network as PyTorch code: plain nn.Modules, one class a block."""

from __future__ import annotations

from convcost.emit.pytorch.writer import layer_text, pytorch_text

__all__ = ["layer_text", "pytorch_text"]
