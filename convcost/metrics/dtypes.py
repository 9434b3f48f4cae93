"""How many bits a number takes, by dtype."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

BITS: Mapping[str, int] = MappingProxyType(
    {
        "fp64": 64,
        "fp32": 32,
        "tf32": 32,
        "bf16": 16,
        "fp16": 16,
        "fp8": 8,
        "int16": 16,
        "int8": 8,
        "int4": 4,
    }
)
"""`tf32` is how fp32 is computed with, and takes as much room."""


def bytes_of(elements: int, dtype: str) -> int:
    """Bytes of a tensor, which starts at a byte: half of one that int4 may leave is not used."""
    return -(-elements * BITS[dtype] // 8)
