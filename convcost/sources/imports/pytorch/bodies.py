"""PyTorch's own functions that are written in Python, as what they do inside.

They begin with the question whether somebody else wants to answer for them. Whoever has been asked,
and would rather see what they call, runs them without it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import Any

import torch

_QUESTIONS = ("has_torch_function", "has_torch_function_unary", "has_torch_function_variadic")


@cache
def refined(func: FunctionType) -> Any:
    """The method that a method written in Python refines, under its own name, or only wraps; None
    without one.

    Either of them asks for the one in Python.
    """
    wrapped = getattr(func, "__wrapped__", func)
    if not isinstance(wrapped, FunctionType):  # as `**` does
        return wrapped
    calls_it = "__class__" in func.__code__.co_freevars  # as `super()` does
    return getattr(torch._C.TensorBase, func.__name__, None) if calls_it else None


_BODIES: dict[FunctionType, Callable[..., Any]] = {}


def body_of(func: FunctionType, kwargs: dict[str, Any]) -> Callable[..., Any]:
    """The function without the question, those that it has others ask for it included.

    One of two functions that a flag among `kwargs` chooses from is that one, and takes no flag.
    """
    if func.__qualname__.startswith("boolean_dispatch"):
        has_indices = kwargs.pop("return_indices", False)
        name = f"{func.__name__}_with_indices" if has_indices else f"_{func.__name__}"
        func = getattr(torch.nn.functional, name)
    if func not in _BODIES:
        _BODIES[func] = _unasking(getattr(func, "__wrapped__", func))
    return _BODIES[func]


def _unasking(func: FunctionType) -> FunctionType:
    seen = {**func.__globals__, **dict.fromkeys(_QUESTIONS, lambda *_: False)}
    for name in func.__code__.co_names:
        helper = seen.get(name)
        if name.startswith("_") and isinstance(helper, FunctionType) and _asks(helper):
            seen[name] = _unasking(helper)
    body = FunctionType(func.__code__, seen, func.__name__, func.__defaults__, func.__closure__)
    body.__kwdefaults__ = func.__kwdefaults__
    if seen.get(func.__name__) is func:
        seen[func.__name__] = body  # it may call itself
    return body


def _asks(func: FunctionType) -> bool:
    return "handle_torch_function" in func.__code__.co_names
