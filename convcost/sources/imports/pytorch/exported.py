"""Modules in files: programs that torch.export made, which have an input of their own, and
TorchScript."""

from __future__ import annotations

import os
from inspect import signature
from typing import Any
from zipfile import ZipFile, is_zipfile

from convcost.errors import UsageError
from convcost.text import quote

EXPORTED = ".pt2"
SAVED = (EXPORTED, ".pt", ".pth", ".ts", ".torchscript")
"""What the names of such files end in."""
_INPUT = "_convcost_input"


def is_saved(target: str) -> bool:
    """Whether a target is such a file, rather than code."""
    return target.endswith(SAVED) and ":" not in target


def check_saved(path: str) -> None:
    """UsageError for a file that is not there, or that holds no module but weights, say."""
    if not os.path.isfile(path):
        raise UsageError(f"there is no file {quote(path)}")
    if not (path.endswith(EXPORTED) or _is_script(path)):
        raise UsageError(
            f"{quote(path)} is no TorchScript: weights do not say what is done with them",
            hint="name the code that builds the network: torch:package.module:factory",
        )


def _is_script(path: str) -> bool:
    if not is_zipfile(path):
        return False
    with ZipFile(path) as archive:
        return any(name.endswith("/constants.pkl") for name in archive.namelist())


def read_saved(path: str) -> Any:
    """What is in a file, as a module."""
    import torch

    if path.endswith(EXPORTED):
        return module_of(torch.export.load(path))
    return torch.jit.load(path, map_location="cpu")


def module_of(program: Any) -> Any:
    """An exported program as a module that knows its input; anything else as it is."""
    if not hasattr(program, "graph_module"):
        return program
    module = program.module()
    object.__setattr__(module, _INPUT, program.example_inputs)
    return module


def own_example(module: Any) -> dict[str, Any]:
    """The inputs that a program was exported with, by name; UsageError if it has none."""
    example = getattr(module, _INPUT, None)
    if not example:
        raise UsageError("the program has no example of its input", hint="give --input 3x224x224")
    args, kwargs = example
    return dict(signature(module.forward).bind(*args, **kwargs).arguments)
