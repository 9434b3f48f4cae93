"""What expressions may name: mappings in layers, so that a name more copies no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Names = Mapping[str, Any]


class Visible(Mapping[str, Any]):
    """Several mappings as one: a name is looked up in the first of `layers` that has it.

    Names come in the order of a dict that is updated with one layer after the other, last first.
    """

    __slots__ = ("_layers",)

    def __init__(self, *layers: Names) -> None:
        self._layers: tuple[Names, ...] = tuple(
            part
            for layer in layers
            for part in (layer._layers if isinstance(layer, Visible) else (layer,))
            if part
        )

    def __getitem__(self, name: str) -> Any:
        for layer in self._layers:
            if name in layer:
                return layer[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(name in layer for layer in self._layers)

    def __iter__(self) -> Iterator[str]:
        seen: set[str] = set()
        for layer in reversed(self._layers):
            for name in layer:
                if name not in seen:
                    seen.add(name)
                    yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)
