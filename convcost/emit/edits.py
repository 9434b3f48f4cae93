"""Changes to the text of a spec, with all that they do not touch left as it is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from convcost.errors import SpecError
from convcost.sources.yaml.scalars import plain_value
from convcost.sources.yaml.tree import Document, Node

_PLAIN = re.compile(r"[A-Za-z][\w.-]*")
_ANCHOR = re.compile(r"&\S+\s+")
_ALIAS = re.compile(r"\s*:\s+(\*[^\s,\[\]{}]+)")


class Entry(NamedTuple):
    """A key of a mapping and its value, as offsets in the text."""

    key: str
    start: int
    value: int
    end: int


@dataclass(slots=True)
class Edits:
    """Edits to mappings of one document, collected; `applied` gives the text that they make."""

    document: Document
    changed: list[Node] = field(default_factory=list)
    _edits: list[tuple[int, int, str]] = field(default_factory=list)

    def change(self, mapping: Node, values: Mapping[str, str | None]) -> None:
        """Give keys of `mapping` other values, as YAML text; None removes a key.

        A key that is not there is added: behind the last in braces, else below the first that
        changes. SpecError where a value is not written in its place.
        """
        if not values:
            return
        self.changed.append(mapping)
        entries = {entry.key: entry for entry in self._entries(mapping)}
        for key, text in values.items():
            if key in entries:
                self._refuse_unless_plain(mapping, entries[key])
            if key in entries and text is not None:
                self._replace(entries[key].value, entries[key].end, text)
        gone = [key for key in entries if key in values and values[key] is None]
        new = [f"{key}: {text}" for key, text in values.items() if key not in entries and text]
        if self._in_braces(mapping):
            end = self._cut_from_braces(list(entries.values()), gone)
            self._replace(end, end, "".join(f", {pair}" for pair in new))
            return
        for key in gone:
            self._cut_lines(entries[key], list(entries.values()))
        first = next(entries[key] for key in (*values, *entries) if key in entries.keys() - gone)
        margin = " " * (mapping.key(first.key).col - 1)
        self.insert_below(first.end, [margin + pair for pair in new])

    def insert_below(self, offset: int, lines: list[str]) -> None:
        """Put `lines` below the line that holds the character before `offset`."""
        text = self.document.text
        found = re.compile("\r?\n|$").search(text, offset)
        assert found is not None, "a text has an end"
        self._replace(
            found.start(), found.start(), "".join(self._line_end + line for line in lines)
        )

    def insert_above(self, offset: int, lines: list[str]) -> None:
        """Put `lines` before the character at `offset`, which starts a line."""
        self._replace(offset, offset, "".join(line + self._line_end for line in lines))

    def applied(self) -> str:
        """The text with all edits made."""
        text = self.document.text
        for start, end, new in sorted(self._edits, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    @property
    def _line_end(self) -> str:
        return "\r\n" if "\r\n" in self.document.text else "\n"

    def _replace(self, start: int, end: int, text: str) -> None:
        if text or end > start:
            self._edits.append((start, end, text))

    def _in_braces(self, mapping: Node) -> bool:
        start = self.document.offset(mapping.line, mapping.col)
        anchor = _ANCHOR.match(self.document.text, start)
        return self.document.text.startswith("{", anchor.end() if anchor else start)

    def _entries(self, mapping: Node) -> Iterator[Entry]:
        """The entries of a mapping, with their values where they stand in it."""
        assert isinstance(mapping.value, dict)
        document = self.document
        for name, node in mapping.value.items():
            key = mapping.key(name)
            start = document.offset(key.line, key.col)
            behind = document.offset(*key.span[2:])
            if alias := _ALIAS.match(document.text, behind):
                yield Entry(name, start, *alias.span(1))
            else:
                value = document.offset(node.line, node.col)
                yield Entry(name, start, value, document.offset(*node.span[2:]))

    def _refuse_unless_plain(self, mapping: Node, entry: Entry) -> None:
        """SpecError for a value that others refer to, or that is not on the line of its key."""
        text = self.document.text
        if text[entry.value : entry.value + 1] in "&|>" or entry.value == entry.end:
            raise SpecError(
                f"{entry.key} cannot be rewritten as it is written here",
                place=self.document.place(mapping.key(entry.key)),
                hint="write its value out, without an anchor",
            )

    def _cut_from_braces(self, entries: list[Entry], gone: list[str]) -> int:
        """Cut entries out of `{...}` with their commas; where the last that is left ends."""
        left = [entry for entry in entries if entry.key not in gone]
        for before, after in pairwise(left):
            between = [entry for entry in entries if before.start < entry.start < after.start]
            if between:
                self._replace(between[0].start, after.start, "")
        if entries[0].start < left[0].start:
            self._replace(entries[0].start, left[0].start, "")
        if entries[-1].end > left[-1].end:
            self._replace(left[-1].end, entries[-1].end, "")
        return left[-1].end

    def _cut_lines(self, entry: Entry, entries: list[Entry]) -> None:
        """Cut an entry out of a mapping without braces: its lines, or, behind a dash, up to the
        next entry."""
        text = self.document.text
        line_start = max(text.rfind(end, 0, entry.start) for end in "\n\r") + 1
        if text[line_start : entry.start].strip():
            following = [each.start for each in entries if each.start > entry.start]
            self._replace(entry.start, following[0], "")
            return
        line_end = re.compile("\r\n|\r|\n|$").search(text, entry.end)
        assert line_end is not None, "a text has an end"
        self._replace(line_start, line_end.end(), "")


def written(value: Any) -> str:
    """A value as YAML text, in braces or out of them."""
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return str(value)
    if _PLAIN.fullmatch(value) and plain_value(value) == value:
        return value
    if '"' not in value and "\\" not in value and value.isprintable():
        return f'"{value}"'
    return "'" + value.replace("'", "''") + "'"
