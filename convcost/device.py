"""What a network runs on: how much it holds, and how fast it is at most."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from convcost.frozen import Frozen

MEMORIES: Mapping[str, str] = MappingProxyType(
    {
        "flash": "memory that keeps weights, and is not written to",
        "sram": "on-chip memory that is written to",
        "l2": "second cache, of all cores together",
        "l3": "last cache",
        "dram": "main memory",
        "link": "the way to a host's memory",
    }
)
"""Where numbers lie."""
ON_CHIP = ("sram", "l2", "l3")
SURENESS: Mapping[str, str] = MappingProxyType(
    {
        "vendor": "the vendor's own text",
        "recomputed": "units times clock, in agreement with a printed or measured figure",
        "measured": "by a benchmark of one instruction",
        "recalled": "from memory, and to be verified before use",
    }
)
"""How sure a figure is, the surest first."""


class Device(Frozen):
    """A device; a figure that is not known is not there.

    `peaks` are operations a second by dtype, dense, a multiply-add being 2; of a core without a
    clock they are not known, and `per_cycle` has them for a cycle. `bandwidth` is bytes a second,
    `memory` bytes, both by where they lie (`MEMORIES`). `clock` is cycles a second. `sure` has a
    word of `SURENESS` for each of these fields that has figures. `key` is what asks for it: the
    name of its file, or the path of one's own.
    """

    name: str
    summary: str = ""
    peaks: Mapping[str, int] = MappingProxyType({})
    bandwidth: Mapping[str, int] = MappingProxyType({})
    memory: Mapping[str, int] = MappingProxyType({})
    per_cycle: Mapping[str, int] = MappingProxyType({})
    clock: int | None = None
    source: str = ""
    date: str = ""
    sure: Mapping[str, str] = MappingProxyType({})
    key: str = ""

    @property
    def on_chip(self) -> int | None:
        """Bytes that can stay on the chip, in memory and caches together; None if not known."""
        known = [self.memory[name] for name in ON_CHIP if name in self.memory]
        return sum(known) if known else None
