"""A live PyTorch module: summed up, and rewritten.

PyTorch is imported by the functions, when they are called.
"""

from __future__ import annotations

from convcost.torch.replacing import replace

__all__ = ["replace"]
