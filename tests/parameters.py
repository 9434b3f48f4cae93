"""Every module that any test imports from PyTorch has the parameters that PyTorch says it has."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from convcost.cost import evaluate
from convcost.sources.imports.assembler import Imported
from convcost.sources.imports.pytorch import model

BY_DESIGN = {
    "test_further_parameters_and_activations_may_be_said": (
        24,
        "a rule of the test's own says that an operation has so many",
    ),
    "test_weights_that_were_frozen_are_weights": (
        112,
        "TorchScript has made constants of them, until they are made parameters again",
    ),
}
"""Tests whose network has more than its module, how many, and why."""

_SEAMS = {"import_module": 0, "_imported": 1, "_followed": 0}
"""Where the importer takes a module, as which of its arguments: as the user has it, as it is
copied or made, and as it is after its forward, which gives lazy layers their sizes."""


def hold_parameters(patch: pytest.MonkeyPatch) -> None:
    """Let whatever is imported from PyTorch be checked, as long as `patch` is in force."""
    for name, place in _SEAMS.items():
        patch.setattr(model, name, partial(_checked, getattr(model, name), place))


def _checked(work: Callable[..., Imported], place: int, *args: Any, **kwargs: Any) -> Imported:
    made = work(*args, **kwargs)
    tensors = list(args[place].parameters())
    if not any(hasattr(each, "materialize") for each in tensors):
        more, _ = BY_DESIGN.get(_running_test(), (0, ""))
        own, counted = sum(each.numel() for each in tensors), evaluate(made.network).params
        assert counted in (own, own + more), f"{counted} parameters, though the module has {own}"
    return made


def _running_test() -> str:
    where = os.environ.get("PYTEST_CURRENT_TEST", "")
    return where.partition(" ")[0].rpartition("::")[2].partition("[")[0]
