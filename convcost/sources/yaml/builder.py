"""Build a tree from YAML events, within bounds.

Events are taken one at a time, so what is too deep or endless is refused before it has been built;
and nothing here recurses over what the user wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import yaml

from convcost.errors import Place, Problem, SpecError
from convcost.sources.quota import Quota, refuse_many
from convcost.sources.yaml.scalars import plain_value
from convcost.sources.yaml.tree import Node, Scalar, Source
from convcost.spelling import did_you_mean
from convcost.text import quote

MAX_DEPTH = 64
MAX_ALIASED = 100_000
_MOST_REMEMBERED = 1024
_LONGEST_REMEMBERED = 64


class _Frame:
    """A list or mapping still being read; `size` and `height` count its nodes and levels."""

    __slots__ = ("end", "entries", "event", "height", "items", "key", "keys", "size", "wants_key")

    def __init__(self, event: Any) -> None:
        self.event = event
        self.end = event.end_mark
        self.items: list[Node] = []
        self.entries: dict[str, Node] = {}
        self.key: str | None = None
        self.wants_key = type(event) is yaml.MappingStartEvent
        self.keys: list[Node] = []
        self.size = 1
        self.height = 1


class TreeBuilder:
    """The tree of the one document of `source`, built of the events that it may `take`.

    Problems that reading can go on from are kept, and raised together in a SpecError by `root`,
    by `fail`, or when there are as many as anyone will read.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._problems: list[Problem] = []
        self._stack: list[_Frame] = []
        # Nodes by anchor, with their size and height; None while the anchored node is open.
        self._anchors: dict[str, tuple[Node, int, int] | None] = {}
        self._aliased = Quota(
            "aliases repeat more than {most} values",
            MAX_ALIASED,
            'say what repeats with "repeat" or "blocks"',
        )
        self._plain: dict[str, Scalar] = {}

    # The stubs give events marks that may be None; those that a parser makes always have them,
    # and this is the inner loop: hence Any.
    def take(self, events: Iterable[Any]) -> None:
        """Build what the parser's events say."""
        handlers: dict[type[yaml.Event], Callable[[Any], None]] = {
            yaml.DocumentStartEvent: self._document,
            yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
        }
        is_scalar, take_scalar = yaml.ScalarEvent, self._scalar
        for event in events:
            if type(event) is is_scalar:
                take_scalar(event)
            elif handler := handlers.get(type(event)):
                handler(event)

    def root(self) -> Node:
        """The finished tree."""
        if not self._stack:
            self.fail(Problem("there is nothing in this file", Place(self._source.path)))
        if self._problems:
            raise SpecError(*self._problems)
        return self._stack[0].items[0]

    def fail(self, problem: Problem) -> NoReturn:
        """Give up: raise the problems so far, and this one."""
        raise SpecError(*self._problems, problem)

    def _note(
        self, message: str, node: Node, hint: str = "", notes: tuple[tuple[str, Place], ...] = ()
    ) -> None:
        self._problems.append(Problem(message, self._source.place(node), hint, notes))
        refuse_many(self._problems)

    def _place(self, event: Any) -> Place:
        return self._source.place(_node(None, event))

    def _document(self, event: Any) -> None:
        if self._stack:
            hint = "one file holds one spec: split it here"
            self.fail(Problem("a second document starts here", self._place(event), hint))
        self._stack.append(_Frame(event))

    def _scalar(self, event: Any) -> None:
        frame, value, end = self._stack[-1], event.value, event.end_mark
        if event.tag is not None:
            self._refuse_tag(event)
        if not event.style:
            known = self._plain
            value = known[value] if value in known else self._plain_value(event)
        node = Node(value, event.start_mark, end)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, 1, 0)
            self._put(node, 1, 0, end)
        elif frame.wants_key:
            self._take_key(frame, node, not event.style)
        elif frame.key is not None:
            frame.entries[frame.key] = node
            frame.key, frame.wants_key, frame.end = None, True, end
            frame.size += 1
        else:
            self._put(node, 1, 0, end)

    def _plain_value(self, event: Any) -> Scalar:
        """The value of an unquoted text, which specs say a few of over and over."""
        text: str = event.value
        try:
            value = plain_value(text)
        except ValueError as error:
            self._note(str(error), _node(text, event), "put it in quotes if it is text")
            return text
        if len(self._plain) < _MOST_REMEMBERED and len(text) < _LONGEST_REMEMBERED:
            self._plain[text] = value
        return value

    def _open(self, event: Any) -> None:
        if event.tag is not None:
            self._refuse_tag(event)
        if len(self._stack) > MAX_DEPTH:
            self.fail(_too_deep(self._place(event)))
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._stack.append(_Frame(event))

    def _close(self, event: Any) -> None:
        frame = self._stack.pop()
        start = frame.event.start_mark
        # The parser ends a block where the next thing starts, lines below.
        end = event.end_mark if frame.event.flow_style else frame.end
        if type(event) is yaml.MappingEndEvent:
            node = Node(frame.entries, start, end, frame.keys)
        else:
            node = Node(tuple(frame.items), start, end)
        if frame.event.anchor is not None:
            self._anchors[frame.event.anchor] = (node, frame.size, frame.height)
        self._put(node, frame.size, frame.height, end)

    def _alias(self, event: Any) -> None:
        anchored = self._anchors.get(event.anchor)
        if anchored is None:
            self._refuse_alias(event)
            anchored = (_node(None, event), 1, 0)
        node, size, height = anchored
        try:
            self._aliased.spend(size, lambda: self._place(event))
        except SpecError as error:
            self.fail(*error.problems)
        if len(self._stack) - 1 + height > MAX_DEPTH:
            self.fail(_too_deep(self._place(event)))
        if self._stack[-1].wants_key:
            self._take_key(self._stack[-1], _node(node.value, event))
        else:
            self._put(node, size, height, event.end_mark)

    def _put(self, node: Node, size: int, height: int, end: Any) -> None:
        frame = self._stack[-1]
        frame.end = end
        frame.size += size
        if height >= frame.height:
            frame.height = height + 1
        if frame.wants_key:
            self._take_key(frame, node)
        elif frame.key is not None:
            frame.entries[frame.key] = node
            frame.key, frame.wants_key = None, True
        elif type(frame.event) is yaml.MappingStartEvent:
            frame.wants_key = True
        else:
            frame.items.append(node)

    def _take_key(self, frame: _Frame, node: Node, merges: bool = False) -> None:
        """Remember the key that the next value belongs to; None if there is something wrong."""
        frame.wants_key = False
        value = node.value
        if not isinstance(value, str):
            self._note(
                f"a key must be text, not {_name(value)}", node, "put it in quotes if it is text"
            )
        elif value == "<<" and merges:
            self._note("merge keys are not used here", node, 'share with "defaults" or "blocks"')
        elif value in frame.entries:
            first = next(key for key in frame.keys if key.value == value)
            self._note(
                f'duplicate key "{quote(value)}"',
                node,
                "keep one of the two",
                (("first given here", self._source.place(first)),),
            )
        else:
            frame.key = value
            frame.keys.append(node)

    def _refuse_tag(self, event: Any) -> None:
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        message = f"tags such as {quote(tag)} are not used here"
        self._note(message, _node(None, event), "leave it out")

    def _refuse_alias(self, event: Any) -> None:
        name, node = event.anchor, _node(None, event)
        if name in self._anchors:
            self._note(f"*{quote(name)} stands inside what it repeats", node, "write it out")
        else:
            meant = did_you_mean(name, self._anchors)
            self._note(
                f"no &{quote(name)} comes before *{quote(name)}", node, meant or "quote it if text"
            )


def _node(value: Any, event: Any) -> Node:
    """The node of `value` where `event` stands."""
    return Node(value, event.start_mark, event.end_mark)


def _name(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case dict():
            return "a mapping"
        case _:
            return "a list"


def _too_deep(place: Place) -> Problem:
    return Problem(f"nested more than {MAX_DEPTH} deep", place, 'name inner pieces in "blocks"')
