"""What PyTorch's own description of an operation says: its name, and its arguments by name."""

from __future__ import annotations

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
    for schema in (*_schemas(name), *_schemas(f"_{name}")):
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


_Argument = tuple[str, str, bool, bool, Any]
"""Its name, its type, whether only its name gives it, whether it may be left out, its default."""


class _Schema(NamedTuple):
    """One way to call an operation: its arguments, those that may be given by place, and all
    their names."""

    arguments: list[_Argument]
    placed: list[str]
    names: frozenset[str]


@cache
def _schemas(name: str) -> list[_Schema]:
    return [
        _Schema(
            each,
            [argument[0] for argument in each if not argument[2]],
            frozenset(argument[0] for argument in each),
        )
        for each in _registered(name)
    ]


def _registered(name: str) -> list[list[_Argument]]:
    import torch

    whole = name if "::" in name else f"aten::{name}"
    found = torch._C._jit_get_schemas_for_operator(whole)
    if not found and "::" not in name:
        found = torch._C._jit_get_schemas_for_operator(f"aten::_{name}")
    return [
        [
            (
                each.name,
                str(each.type),
                each.kwarg_only,
                each.has_default_value(),
                each.default_value,
            )
            for each in schema.arguments
        ]
        for schema in found
        if "out" not in schema.overload_name and "Dimname" not in str(schema)
    ]


def _bound(schema: _Schema, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
    """The arguments by their names in `schema`; None if it does not take them."""
    names = schema.names
    if len(args) > len(schema.placed):
        return None
    given = dict(kwargs)
    if given:
        for other, usual in NUMPY_NAMES.items():
            if other in given and other not in names and usual in names:
                given[usual] = given.pop(other)
    for name, value in zip(schema.placed, args, strict=False):
        if name in given:
            return None
        given[name] = value
    found: dict[str, Any] = {}
    for name, sort, _, is_optional, default in schema.arguments:
        if name not in given:
            if not is_optional and not sort.startswith("Optional"):
                return None
            found[name] = default
        elif _takes(sort, given[name]):
            found[name] = given.pop(name)
        else:
            return None
    return found if names.issuperset(given) else None


def _takes(sort: str, value: Any) -> bool:
    """Whether an argument of that type may have this value."""
    if sort.startswith("Optional["):
        return value is None or _takes(sort[9:-1], value)
    if sort.startswith("List["):
        if isinstance(value, (list, tuple)):
            return all(_takes(sort[5:-1], each) for each in value)
        return sort != "List[Tensor]" and _takes(sort[5:-1], value)
    match sort:
        case "Tensor":
            return hasattr(value, "requires_grad")
        case "int" | "SymInt":
            if type(value).__name__ in _NUMBERED:
                return True
            is_several = hasattr(value, "dim") and value.dim()
            return hasattr(value, "__index__") and not isinstance(value, bool) and not is_several
        case "float":
            return isinstance(value, (int, float))
        case "number":
            return isinstance(value, (int, float, complex))
        case "bool":
            return isinstance(value, bool)
        case "str":
            return isinstance(value, str)
    return True
