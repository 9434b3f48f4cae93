"""Modules of PyTorch's made for their shapes: no memory for weights, nothing initialised, and
nothing compiled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType

import torch

from convcost.sources.imports.pytorch.meta import ShapeMode


@contextmanager
def made_without_weights() -> Iterator[None]:
    """Modules made in here have weights without memory or values, which nothing initialises."""
    init = torch.nn.init
    kept = ("constant_", "ones_", "zeros_", "eye_")
    changed = {
        name: each
        for name, each in vars(init).items()
        if name.endswith("_") and isinstance(each, FunctionType) and not name.endswith(kept)
    }
    vars(init).update(dict.fromkeys(changed, lambda tensor, *_, **__: tensor))
    try:
        with ShapeMode():
            yield
    finally:
        vars(init).update(changed)


@contextmanager
def without_torchscript() -> Iterator[None]:
    """Functions that torch.jit.script is given in here stay Python, in sight of what follows them:
    compiled ones are not."""
    state = torch.jit._state
    was_enabled = bool(state._enabled)
    state.disable()
    try:
        yield
    finally:
        if was_enabled:
            state.enable()
