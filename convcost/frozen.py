"""Frozen values: equal where all that they hold is equal, and never changed.

Dataclasses do the same, and compile six methods for each class to do it: for those that a network
is made of, that takes longer than to read and evaluate it. Here they are written once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, dataclass_transform

if TYPE_CHECKING:
    from inspect import Signature

put = object.__setattr__


class _Fields:
    """The signature of a class that is made of its fields, for `help` and notebooks."""

    def __get__(self, instance: object, owner: type[Frozen]) -> Signature:
        from inspect import Parameter, Signature

        if owner.__init__ is not Frozen.__init__:
            raise AttributeError  # which says that it has one of its own
        hints: dict[str, Any] = {}
        for cls in owner.__mro__:
            hints |= getattr(cls, "__annotations__", {})
        return Signature(
            [
                Parameter(
                    name,
                    Parameter.POSITIONAL_OR_KEYWORD,
                    default=owner._defaults.get(name, Parameter.empty),
                    annotation=hints[name],
                )
                for name in owner._fields
            ]
        )


@dataclass_transform(frozen_default=True)
class Frozen:
    """A value of the fields that its class annotates, with their defaults, as in a dataclass.

    `__post_init__` may refuse them. A class of which there are thousands has `__slots__`, and an
    `__init__` of its own that sets them with `put`.
    """

    __slots__ = ()
    __signature__ = _Fields()
    _fields: ClassVar[tuple[str, ...]] = ()
    _names: ClassVar[frozenset[str]] = frozenset()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = [name for name, what in cls.__annotations__.items() if "ClassVar" not in str(what)]
        cls._fields += tuple(own)
        cls._names = frozenset(cls._fields)
        cls._defaults = cls._defaults | {name: vars(cls)[name] for name in own if name in vars(cls)}

    def __init__(self, *values: Any, **named: Any) -> None:
        held, fields = vars(self), self._fields
        if named or len(values) != len(fields):
            held.update(self._defaults, **named)
            if len(values) > len(fields) or {*held, *fields[: len(values)]} != self._names:
                raise TypeError(f"{type(self).__name__} takes {', '.join(fields) or 'nothing'}")
        held.update(zip(fields, values, strict=False))
        self.__post_init__()

    def __post_init__(self) -> None:
        """Raise what makes the values no good."""

    def changed(self, **changes: Any) -> Self:
        """The same with other values in some of its fields."""
        return type(self)(**dict(zip(self._fields, self._held(), strict=True)) | changes)

    def _held(self) -> tuple[Any, ...]:
        return tuple([getattr(self, name) for name in self._fields])

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._held() == other._held()

    def __hash__(self) -> int:
        return hash(self._held())

    def __repr__(self) -> str:
        pairs = zip(self._fields, self._held(), strict=True)
        held = ", ".join(f"{name}={value!r}" for name, value in pairs)
        return f"{type(self).__name__}({held})"

    def __reduce__(self) -> tuple[type[Self], tuple[Any, ...]]:
        """How it is copied and pickled: made anew, since nothing can be set afterwards."""
        return type(self), self._held()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")
