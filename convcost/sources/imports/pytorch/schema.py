"""What PyTorch's own description of an operation says: its name, and its arguments by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

NUMPY_NAMES = {"axis": "dim", "keepdims": "keepdim", "x": "self", "input": "self"}
"""What PyTorch takes an argument under besides the name that it has."""
_OPERATORS = {
    "__eq__": "eq",
    "__and__": "bitwise_and",
    "__or__": "bitwise_or",
    "__xor__": "bitwise_xor",
    "__iand__": "bitwise_and_",
    "__ior__": "bitwise_or_",
    "__ixor__": "bitwise_xor_",
    "__invert__": "bitwise_not",
    "__lshift__": "bitwise_left_shift",
    "__rshift__": "bitwise_right_shift",
}
_NUMBERED = ("dtype", "layout", "memory_format")
"""What PyTorch's register knows by a number."""
_MANY = ("view", "reshape", "permute", "expand", "repeat", "tile", "flip")
"""Methods that take the numbers of their first list one by one."""


@cache
def name_of(func: Any) -> str:
    """The name of the operation that `func` calls; an underscore behind it is kept.

    It is that of PyTorch's own register: `add_` for `+=`, `numpy_T` for `.T`.
    """
    name = getattr(func, "__name__", "")
    if name in ("__get__", "__set__"):
        return f"{name[2:5]} {func.__self__.__name__}"
    if hasattr(func, "_qualified_op_name"):
        name = str(func._qualified_op_name).removeprefix("aten::")
    elif hasattr(func, "_schema"):
        name = str(func._schema.name).removeprefix("aten::")
    if name.startswith("__"):
        return _OPERATORS.get(name, name)
    return name.lstrip("_")


def is_in_place(name: str) -> bool:
    """Whether the operation of that name changes the tensor that it works on."""
    return name.endswith("_") and not name.endswith("__")


def arguments(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call by PyTorch's names for them, defaults included.

    Of several ways to call the operation it is the first that takes them; without one, those
    given by their place are known by their number.
    """
    if name in _MANY and (len(args) > 2 or isinstance(args[-1], int)):
        args = (args[0], list(args[1:]))
    for schema in _schemas(name):
        found = _bound(schema, args, kwargs)
        if found is not None:
            return found
    return {**{str(place): each for place, each in enumerate(args)}, **kwargs}


class Arguments:
    """`arguments`, which for the call that was asked for last are known."""

    def __init__(self) -> None:
        self._last: tuple[str, Any, dict[str, Any]] = ("", None, {})

    def of(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """The arguments by their names."""
        known, whose, found = self._last
        if kwargs or args is not whose or name != known:
            found = arguments(name, args, kwargs)
            self._last = (name, None if kwargs else args, found)
        return found


Test = Callable[[Any], bool]


class _Schema(NamedTuple):
    """One way to call an operation: all its arguments with what they are if they are left out, what
    they may be, those that may be given by place, and those that have to be given."""

    defaults: dict[str, Any]
    tests: dict[str, Test]
    placed: list[str]
    needed: frozenset[str]


@cache
def _schemas(name: str) -> list[_Schema]:
    """The ways to call the operation of that name, and then those of the one with an underscore."""
    import torch

    names = [name] if "::" in name else [f"aten::{name}", f"aten::_{name}"]
    return [
        _Schema(
            {each.name: each.default_value for each in schema.arguments},
            {each.name: _test_of(str(each.type)) for each in schema.arguments},
            [each.name for each in schema.arguments if not each.kwarg_only],
            frozenset(each.name for each in schema.arguments if _is_needed(each)),
        )
        for whole in names
        for schema in torch._C._jit_get_schemas_for_operator(whole)
        if "out" not in schema.overload_name and "Dimname" not in str(schema)
    ]


def _is_needed(argument: Any) -> bool:
    return not argument.has_default_value() and not str(argument.type).startswith("Optional")


def _bound(schema: _Schema, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
    """The arguments by their names in `schema`; None if it does not take them."""
    defaults, tests, placed, needed = schema
    if len(args) > len(placed):
        return None
    given = dict(zip(placed, args, strict=False))
    for name, value in kwargs.items():
        usual = NUMPY_NAMES.get(name, name)
        known = usual if usual in tests and name not in tests else name
        if known in given:
            return None
        given[known] = value
    if not needed <= given.keys() <= tests.keys():
        return None
    for name, value in given.items():
        if not tests[name](value):
            return None
    return defaults | given


@cache
def _test_of(sort: str) -> Test:
    """Tells whether an argument of that type may have a value."""
    if sort.startswith("Optional["):
        own = _test_of(sort[9:-1])
        return lambda value: value is None or own(value)
    if sort.startswith("List["):
        inner, may_be_one = _test_of(sort[5:-1]), sort != "List[Tensor]"
        return lambda value: (
            all(map(inner, value))
            if isinstance(value, (list, tuple))
            else may_be_one and inner(value)
        )
    return _TESTS.get(sort, lambda _: True)


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "requires_grad")


def _is_integer(value: Any) -> bool:
    if type(value) is int or type(value).__name__ in _NUMBERED:
        return True
    is_several = hasattr(value, "dim") and value.dim()
    return hasattr(value, "__index__") and not isinstance(value, bool) and not is_several


def _is_of(*types: type) -> Test:
    return lambda value: isinstance(value, types)


_TESTS: dict[str, Test] = {
    "Tensor": _is_tensor,
    "int": _is_integer,
    "SymInt": _is_integer,
    "float": _is_of(int, float),
    "number": _is_of(int, float, complex),
    "bool": _is_of(bool),
    "str": _is_of(str),
}
