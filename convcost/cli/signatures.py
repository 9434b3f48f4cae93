"""Commands that take other options than their functions have parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, get_type_hints

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


def grouped(function: Function) -> Command:
    """Give a command the fields of each parameter that is a named tuple as options of their own, in
    its place."""

    def shown(own: Parameters) -> Parameters:
        return [each for one in own for each in fields_of(one) or [one]]

    def called(*args: Any, **options: Any) -> None:
        for each in parameters(function):
            if names := [field.name for field in fields_of(each)]:
                options[each.name] = each.annotation(*map(options.pop, names))
        function(*args, **options)

    return Command(function, shown, called)


def fields_of(parameter: inspect.Parameter) -> Parameters:
    """The fields of a parameter that is a named tuple, as parameters; of another none."""
    kind = parameter.annotation
    if not hasattr(kind, "_field_defaults"):
        return []
    hints, defaults = get_type_hints(kind, include_extras=True), kind._field_defaults
    return [
        parameter.replace(name=name, default=defaults[name], annotation=hints[name])
        for name in kind._fields
    ]
