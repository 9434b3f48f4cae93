"""What a YAML file says, and where it says it: a tree of values that know their place."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from convcost.errors import Place
from convcost.frozen import Frozen

if TYPE_CHECKING:
    from yaml import Mark

Scalar = str | int | float | bool | None
Span = tuple[int, int, int, int]
"""The line and column where something starts, and where it ends: one past its last column. Both
count from 1."""

# The YAML parser counts lines by these, so places must too.
_LINE_ENDS = "\n\r\x85\u2028\u2029"
_LINE_END = re.compile(f"\r\n|[{_LINE_ENDS}]")

# A file written by a machine may be one line: showing that helps nobody.
_LONGEST_LINE = 10_000


# Nobody changes one, but it is not frozen: it would take three times as long to make.
class Node:
    """One value of a document and the span of text it was read from.

    `value` is a scalar, a tuple of nodes (a YAML sequence) or a dict of nodes (a mapping, in the
    order written). `start` and `end` are the parser's marks, from which `span` is worked out when
    it is asked for. Where an alias stands for an anchored node, both are the same `Node`, placed
    where it was written. `keys` are a mapping's, as nodes of their own.
    """

    __slots__ = ("end", "keys", "start", "value")

    def __init__(
        self,
        value: Scalar | tuple[Node, ...] | dict[str, Node],
        start: Mark,
        end: Mark,
        keys: Sequence[Node] = (),
    ) -> None:
        self.value = value
        self.start = start
        self.end = end
        self.keys = keys

    @property
    def line(self) -> int:
        """The line where it starts."""
        return self.start.line + 1

    @property
    def col(self) -> int:
        """The column where it starts."""
        return self.start.column + 1

    @property
    def span(self) -> Span:
        """Where it starts and ends."""
        return self.line, self.col, self.end.line + 1, self.end.column + 1

    def key(self, name: str) -> Node:
        """The key `name` of this mapping. KeyError if it has no such key."""
        for key in self.keys:
            if key.value == name:
                return key
        raise KeyError(name)


class Source(Frozen):
    """The text of one file, and `path`, the file's name as the user gave it."""

    path: str
    text: str

    @cached_property
    def _starts(self) -> array[int]:
        """The offset at which each line starts."""
        return array("I", [0, *(end.end() for end in _LINE_END.finditer(self.text))])

    def line(self, number: int) -> str:
        """The text of line `number`, without its end; empty past the last line."""
        return self.text[slice(*self._span(number))].rstrip(_LINE_ENDS)

    def _span(self, number: int) -> tuple[int, int]:
        """The offsets at which line `number` and the one behind it start."""
        start, end, *_ = *self._starts[number - 1 : number + 1], len(self.text), len(self.text)
        return start, end

    def at(self, offset: int) -> Place:
        """The place of the character at `offset` in the text."""
        line = bisect_right(self._starts, offset)
        col = offset - self._starts[line - 1] + 1
        return self.place_of((line, col, line, col + 1))

    def offset(self, line: int, col: int) -> int:
        """The offset in the text of the character in that line and column."""
        return self._starts[line - 1] + col - 1

    def place(self, node: Node) -> Place:
        """Where `node` stands, with the source line unless that is far too long to show."""
        return self.place_of(node.span)

    def place_of(self, span: Span) -> Place:
        """The same of what stands there."""
        start, end = self._span(span[0])
        # Not cut out of the text to be measured: thousands of places may stand on one line.
        line = self.line(span[0]) if end - start <= _LONGEST_LINE else ""
        return Place(self.path, *span, line)


class Document(Source):
    """One YAML document: a source, and the tree read from it."""

    root: Node
