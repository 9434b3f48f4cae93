"""Plain values as YAML, in the styles that people write; no library decides what can be said."""

from __future__ import annotations

import re
from collections.abc import Mapping

from benchmarks.fuzzing.draw import Draw

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*|\d+x\d+(?:x\d+)*|\d+[kMGT]")
_NOT_TEXT = ("true", "false", "null", "True", "False", "Null", "TRUE", "FALSE", "NULL")


def spec_text(rng: Draw, tree: object) -> str:
    """A document: a mapping's keys on lines of their own, lists as blocks, and what is inside
    them mostly between brackets."""
    if not isinstance(tree, dict):
        return flow(tree) + "\n"
    lines = []
    for key, value in tree.items():
        if isinstance(value, list) and value and key == "layers":
            lines += [f"{scalar(key)}:", *_items(rng, value, 1)]
        else:
            lines.append(f"{scalar(key)}: {flow(value)}")
        if rng.chance(0.03):
            lines.append("# " + re.sub(r"[^ -~]", "?", rng.name(0.5)))
    return "\n".join(lines) + "\n"


def flow(value: object) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def scalar(value: object) -> str:
    """Text without quotes where YAML needs none, else in double quotes."""
    if value is None:
        return "~"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value).replace("inf", ".inf").replace("nan", ".nan")
    text = str(value)
    if isinstance(value, int) or (_PLAIN.fullmatch(text) and text not in _NOT_TEXT):
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _items(rng: Draw, entries: list[object], depth: int) -> list[str]:
    margin = "  " * depth
    lines = []
    for entry in entries:
        inner = entry.get("layers") if isinstance(entry, dict) else None
        if isinstance(entry, dict) and isinstance(inner, list) and inner and rng.chance(0.5):
            rest = [
                f"{scalar(key)}: {flow(each)}" for key, each in entry.items() if key != "layers"
            ]
            lines += [f"{margin}{'  ' if place else '- '}{line}" for place, line in enumerate(rest)]
            lines.append(f"{margin}{'  ' if rest else '- '}layers:")
            lines += _items(rng, inner, depth + 2)
        else:
            lines.append(f"{margin}- {flow(entry)}")
    return lines


def _escaped(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char.isprintable():
        return char
    code = ord(char)
    return (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 2**16 else f"\\U{code:08x}"
    )
