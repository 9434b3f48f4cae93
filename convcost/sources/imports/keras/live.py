"""Keras models that are there already, or that code makes, by what they say of themselves."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from convcost.errors import UsageError
from convcost.network import Input
from convcost.sources.imports.assembler import Imported
from convcost.sources.imports.factories import factory_of, search
from convcost.sources.imports.keras.archive import parsed
from convcost.sources.imports.keras.model import import_config
from convcost.sources.imports.quiet import quietly
from convcost.sources.teaching import NO_RULES, Rules
from convcost.sources.theirs import run_theirs

_PACKAGES = ("keras.", "tf_keras.", "tensorflow.python.keras.")


def is_model(source: object) -> bool:
    """Whether it is a Keras model, of any backend."""
    modules = [each.__module__ for each in type(source).__mro__]
    return hasattr(source, "to_json") and any(each.startswith(_PACKAGES) for each in modules)


def import_model(
    model: Any, inputs: tuple[Input, ...] = (), rules: Rules = NO_RULES, name: str = ""
) -> Imported:
    """The network of a Keras model, which stays as it is; by any backend, as none is asked.

    ConvcostError for a model of which Keras does not know the layers; CodeError if it does not say
    what it is made of.
    """
    text = run_theirs(model.to_json, "the model does not say what it is made of")
    return import_config(parsed(text), name or str(model.name), inputs, rules)


def import_code(
    target: str,
    inputs: tuple[Input, ...],
    arguments: Mapping[str, Any],
    rules: Rules = NO_RULES,
    folder: str = "",
) -> Imported:
    """The network of the model that `target`, `pkg.module:factory`, is or makes; importing it runs
    it. The rest is as for `import_torch`."""
    search(folder or os.getcwd())
    with quietly():
        found = factory_of(target, folder, _remedy, "keras.applications:MobileNet")
        if callable(found) and not is_model(found):
            found = run_theirs(partial(found, **arguments), f"{target} failed", _remedy)
    if not is_model(found):
        raise UsageError(f"{target} gives {type(found).__name__}, not a Keras model")
    name = target.rpartition(":")[2].split(".")[-1].replace("_", "-").lower()
    return import_model(found, inputs, rules, name)


def _remedy(error: BaseException) -> str:
    """What to do where Keras asks for a backend that is not there."""
    if isinstance(error, ModuleNotFoundError) and error.name in ("tensorflow", "jax", "torch"):
        return "KERAS_BACKEND says which backend Keras loads: tensorflow, jax, torch or numpy"
    return ""
