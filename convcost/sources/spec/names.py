"""What expressions may name: mappings before mappings, so that a name more copies no others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from convcost.errors import SpecError

Names = Mapping[str, Any]
LOST: Any = object()
"""What a name stands for whose value is not known, as that of a var that is wrong."""


class LostError(SpecError):
    """An expression needs what is LOST: why that is so has been told."""


class Visible(Mapping[str, Any]):
    """Two mappings as one: a name is looked up in `near`, and then in `far`.

    Names come in the order of a dict of `far` that is updated with `near`.
    """

    __slots__ = ("far", "near")

    def __init__(self, near: Names, far: Names) -> None:
        self.near = near
        self.far = far

    def __getitem__(self, name: str) -> Any:
        names: Names = self
        while isinstance(names, Visible):
            if name in names.near:
                return names.near[name]
            names = names.far
        return names[name]

    def __contains__(self, name: object) -> bool:
        names: Names = self
        while isinstance(names, Visible):
            if name in names.near:
                return True
            names = names.far
        return name in names

    def __iter__(self) -> Iterator[str]:
        layers: list[Names] = []
        names: Names = self
        while isinstance(names, Visible):
            layers.append(names.near)
            names = names.far
        seen: set[str] = set()
        for name in chain(names, *reversed(layers)):
            if name not in seen:
                seen.add(name)
                yield name

    def __len__(self) -> int:
        return sum(1 for _ in self)
