"""Programs that torch.export made: graphs of registered operations, and the input of each."""

from __future__ import annotations

from inspect import signature
from typing import Any

from convcost.errors import UsageError

EXPORTED = ".pt2"
_INPUT = "_convcost_input"


def read_program(path: str) -> Any:
    """The program in a file, as a module."""
    import torch

    return module_of(torch.export.load(path))


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
