"""TOML, read and written, and where in it a key stands, which `tomllib` does not tell."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from convcost.errors import Place, Problem, SpecError
from convcost.text import quote

_KEY = r"(?:\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|[A-Za-z0-9_-]+)"
_KEYS = rf"{_KEY}(?:\s*\.\s*{_KEY})*"
_BARE = re.compile("[A-Za-z0-9_-]+")
# Reading such a key takes tomllib time with the square of its parts.
_LONG_KEY = re.compile(r"\.(?:[^.\n=\[\]{},#]+\.){100}")
_TABLE = re.compile(rf"\s*\[\s*({_KEYS})\s*\]")
_ELEMENT = re.compile(rf"\s*\[\[\s*({_KEYS})\s*\]\]")
_SETTING = re.compile(rf"\s*({_KEYS})\s*=\s*")
_AT = re.compile(r" \(at line (\d+), column (\d+)\)$")
_HINT = 'a key, " = " and a value; text in quotes, lists in [ ], tables in { } or under [name]'

Keys = tuple[str, ...]


def parse_toml(text: str, path: str) -> Any:
    """What the TOML in `text` says, numbers as exact as they are written; SpecError for what is
    none."""
    if line := long_key(text):
        raise SpecError("a key of more than a hundred parts", place=Place(path, line))
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SpecError(_syntax(error, text, path)) from None


def _syntax(error: Exception, text: str, path: str) -> Problem:
    message = str(error)
    at = _AT.search(message)
    if not at:
        return Problem(f"not valid TOML: {quote(message, 200)}", Place(path), _HINT)
    line, col = int(at[1]), int(at[2])
    source = text.split("\n")[line - 1].rstrip("\r")
    place = Place(path, line, col, line, col + 1, source)
    return Problem(f"not valid TOML: {quote(message[: at.start()], 200)}", place, _HINT)


def places(text: str, path: str) -> dict[Keys, Place]:
    """The place of the value of every key that starts a line, and of every table's header.

    The keys of a list of tables are followed by its index: `("networks", "0", "target")`.
    """
    found: dict[Keys, Place] = {}
    table: Keys = ()
    lists: dict[Keys, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if header := _ELEMENT.match(line) or _TABLE.match(line):
            table = _keys(header[1])
            if header.re is _ELEMENT:
                lists[table] = lists.get(table, -1) + 1
            table = _in_list(table, lists)
            found.setdefault(table, _place(path, number, header.start(1), header.end(1), line))
        elif setting := _SETTING.match(line):
            end = len(line.rstrip())
            keys = (*table, *_keys(setting[1]))
            for most in range(len(table) + 1, len(keys) + 1):
                place = _place(path, number, setting.end(), end, line)
                found.setdefault(keys[:most], place)
    return found


def toml_text(text: str) -> str:
    """A text as TOML has it."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def toml_key(name: str) -> str:
    """A key as TOML has it."""
    return name if _BARE.fullmatch(name) else toml_text(name)


def toml_value(value: Any) -> str:
    """A text, a number, true, false, or several of them, as TOML has it; ValueError for others."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, str):
        return toml_text(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml_value, value))}]"
    raise ValueError(f"TOML has no {type(value).__name__}")


def _in_list(table: Keys, lists: Mapping[Keys, int]) -> Keys:
    """The keys of a table with the index behind those of the list that it is in."""
    for most in range(len(table), 0, -1):
        if table[:most] in lists:
            return (*table[:most], str(lists[table[:most]]), *table[most:])
    return table


def long_key(text: str) -> int:
    """The line of the first key of more than a hundred parts, or of what may be one; else 0."""
    found = _LONG_KEY.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def nearest(found: Mapping[Keys, Place], keys: Keys, path: str) -> Place:
    """The place of `keys`, or of the closest that holds them, or else the file."""
    for most in range(len(keys), 0, -1):
        if keys[:most] in found:
            return found[keys[:most]]
    return Place(path)


def _place(path: str, line: int, start: int, end: int, source: str) -> Place:
    return Place(path, line, start + 1, line, max(end, start + 1) + 1, source.rstrip("\r"))


def _keys(written: str) -> Keys:
    if _BARE.fullmatch(written):
        return (written,)
    try:
        return tuple(_nested(tomllib.loads(f"{written} = 0")))
    except tomllib.TOMLDecodeError:
        return (written,)


def _nested(value: Any) -> Iterator[str]:
    while isinstance(value, dict):
        ((key, value),) = value.items()
        yield key
