"""A live PyTorch module: summed up, and rewritten.

PyTorch is imported by the functions, when they are called.
"""

from __future__ import annotations

from convcost.torch.closest import errors
from convcost.torch.replacing import replace
from convcost.torch.summing import Summary, summary

__all__ = ["Summary", "errors", "replace", "summary"]
