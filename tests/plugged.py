"""What plugins add, taken away again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from convcost.budget import METRICS as LIMITS
from convcost.conventions import CONVENTIONS
from convcost.kinds import REGISTRY
from convcost.metrics import base
from convcost.sources import plugins, teaching
from convcost.text import CARRIED

PLACES: tuple[Any, ...] = (
    *(LIMITS, CONVENTIONS, REGISTRY, vars(base)["_TABLE"], plugins.LOADED, teaching.LEARNED),
)


@contextmanager
def unplugged() -> Iterator[None]:
    """Leave everything as it was, whatever is loaded meanwhile."""
    kept = [dict(place) for place in PLACES]
    try:
        yield
    finally:
        CARRIED.clear()
        for place, before in zip(PLACES, kept, strict=True):
            for name in [*place]:
                if name not in before:
                    del place[name]
