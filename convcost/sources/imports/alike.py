"""Layers that a network has over and over: what was found out of the first holds for the others."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

from convcost.network import Builder


class Alike:
    """Adds layers to a builder: one with the fields of an earlier one, where the same shapes
    arrive, is that once more."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._first: dict[Hashable, int] = {}

    def add(self, kind: str, fields: Mapping[str, Any], name: str, inputs: tuple[int, ...]) -> int:
        """Add a layer and return its index; the errors are those of `Builder.add`."""
        builder, key = self._builder, (kind, *fields.items(), *map(self._builder.shape, inputs))
        try:
            like = self._first.get(key)
        except TypeError:  # a list is among the fields
            return builder.add(kind, fields, name=name, inputs=inputs)
        if like is not None:
            return builder.again(like, name, inputs)
        index = self._first[key] = builder.add(kind, fields, name=name, inputs=inputs)
        return index

    def forget(self) -> None:
        """Know of none, as some were taken out again."""
        self._first.clear()
