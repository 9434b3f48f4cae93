"""A register of handlers: which function turns which operations into layers."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import TypeVar

Handler = TypeVar("Handler")


def registers(
    handlers: MutableMapping[str, Handler],
) -> Callable[..., Callable[[Handler], Handler]]:
    """A decorator that enters a function in `handlers` for the operations that it names.

    ValueError for an operation that has one already.
    """

    def handles(*ops: str) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            for op in ops:
                if op in handlers:
                    raise ValueError(f"{op} has a handler already")
                handlers[op] = handler
            return handler

        return register

    return handles
