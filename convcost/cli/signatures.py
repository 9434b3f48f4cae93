"""Commands that take other options than their functions have parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import update_wrapper
from typing import Any

Parameters = list[inspect.Parameter]
Function = Callable[..., None]


class Command:
    """What Typer sees of a function: the parameters that `shown` makes of its own, which are looked
    up when it asks, as ever. It is called as `called`, if that is not the function itself."""

    def __init__(
        self,
        function: Function,
        shown: Callable[[Parameters], Parameters],
        called: Function | None = None,
    ) -> None:
        update_wrapper(self, function)
        self._function, self._shown, self._called = function, shown, called or function

    def __call__(self, *args: Any, **options: Any) -> None:
        self._called(*args, **options)

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.Signature(self._shown(parameters(self._function)))


def parameters(function: Callable[..., object]) -> Parameters:
    """The parameters of a function, with their annotations."""
    return list(inspect.signature(function, eval_str=True).parameters.values())
