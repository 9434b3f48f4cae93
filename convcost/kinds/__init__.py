"""Kinds: the named ways to build a layer.

A new kind goes into the module whose idea it shares, or into a new module that is named below,
in the order in which readers should meet them; nothing else needs to know of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from convcost.errors import UsageError
from convcost.kinds import registry
from convcost.kinds.registry import Group, Kind, Stage, Stages
from convcost.kinds.words import meant_kind
from convcost.shown import Shown
from convcost.text import quote

if TYPE_CHECKING:
    REGISTRY: Mapping[str, Kind]

__all__ = ["REGISTRY", "Kind", "Kinds", "Stage", "Stages", "compared_kinds", "convolutions", "find"]

COMPARED = ("convolution", "separable", "channelwise", "transposed")
"""Modules of the kinds that `compare` shows unasked: the only ones that it has to wait for."""
CONVOLUTIONS = (*COMPARED, "lowrank", "blueprint", "parts", "units", "deformable")
"""Modules of all convolutions, and of nothing else."""
MODULES = (*CONVOLUTIONS, "classification", "layers", "dynamic", "recurrent", "tensors")
"""All of them. They are imported in this order, as far as the kind that is looked for."""


class Kinds(Shown, tuple[Kind, ...], view="kinds"):
    """Some kinds, or all."""

    __slots__ = ()


def compared_kinds() -> tuple[Kind, ...]:
    """The kinds that a comparison shows unless told otherwise."""
    return tuple(kind for kind in _loaded(COMPARED) if kind.compared)


def convolutions() -> tuple[Kind, ...]:
    """All kinds of convolution."""
    return tuple(kind for kind in _loaded(CONVOLUTIONS) if kind.group == "convolution")


def find(name: str, group: Group | None = None) -> Kind:
    """The kind of that name, in `group` if given; UsageError names the nearest if there is none."""
    found = _sought(name)
    if found is None or group not in (None, found.group):
        kinds = [kind.name for kind in _loaded(MODULES) if group in (None, kind.group)]
        hint = (
            f'it is no {group}; "convcost kinds" lists them' if found else meant_kind(name, kinds)
        )
        raise UsageError(f'unknown kind "{quote(name)}"', hint=hint)
    return found


def _sought(name: str) -> Kind | None:
    """The kind of that name, once the modules are imported as far as need be."""
    for module in MODULES:
        if name in registry.LOADED:
            break
        _loaded((module,))
    return registry.LOADED.get(name)


def _loaded(modules: tuple[str, ...]) -> tuple[Kind, ...]:
    """The kinds that are known once `modules` are imported."""
    for module in modules:
        import_module(f"convcost.kinds.{module}")
    return tuple(registry.LOADED.values())


def __getattr__(name: str) -> Any:
    """`REGISTRY`, every kind by its name, is complete whenever it is asked for."""
    if name != "REGISTRY":
        raise AttributeError(f"module 'convcost.kinds' has no attribute {name!r}")
    _loaded(MODULES)
    globals()[name] = registry.LOADED
    return registry.LOADED
