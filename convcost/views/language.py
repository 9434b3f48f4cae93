"""Text of an output language, which nothing but that language's escape function makes.

A language is a subclass of `Language`. Its constructor escapes, so text from outside can be joined
in but cannot act; renderers return their language, and only that is written to a stream, so mypy
refuses a text that was put together in any other way.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import LiteralString, Self


class Language(str):
    """Text of one output language: the program's own words, and other text only escaped.

    What `str`'s own methods and f-strings make of it is plain text again, to be escaped anew.
    """

    __slots__ = ()

    def __new__(cls, text: str = "") -> Self:
        """`text` escaped, unless it is of this language already."""
        return text if isinstance(text, cls) else str.__new__(cls, cls._escaped(text))

    @classmethod
    def of(cls, template: LiteralString, *parts: str | int, times: int = 1) -> Self:
        """The program's own `template` with `parts`, escaped, in the places of its `{}`; so many
        `times`, one behind the other."""
        escaped = cls._escaped
        fit = [part if isinstance(part, (cls, int)) else escaped(part) for part in parts]
        return cls._made((template * times).format(*fit))

    def join(self, parts: Iterable[str], /) -> Self:
        """`parts`, escaped, with this text between them."""
        kind, escaped = type(self), self._escaped
        fit = [part if isinstance(part, kind) else escaped(part) for part in parts]
        return self._made(str.join(self, fit))

    @classmethod
    def _escaped(cls, text: str) -> str:
        raise NotImplementedError

    @classmethod
    def _made(cls, text: str) -> Self:
        """`text` as it is, for the module of the language, which knows it to be in order."""
        return str.__new__(cls, text)
