"""How a file of a network is run as it is, where it says so: what is in memory, and how long."""

from __future__ import annotations

from typing import NamedTuple


class Kept(NamedTuple):
    """A tensor in the memory of what runs a file: its name, the operation that makes it, its bytes,
    and the first and the last operation at which it is there, counted from 0."""

    name: str
    op: str
    bytes: int
    first: int
    last: int


class Schedule(NamedTuple):
    """How a file is run as it is: the tensors that it has in memory, and for each operation, in
    order, the layer that it came to be."""

    tensors: tuple[Kept, ...]
    layers: tuple[int, ...]
