"""Inputs made a little, or very, wrong: in their structure, their words, their bytes."""

from __future__ import annotations

import copy
import re
from typing import Any

from benchmarks.fuzzing.draw import HUGE, NUMBERS, Draw

WORDS = (
    *("input", "layers", "kind", "m", "k", "n", "from", "when", "repeat", "residual", "concat"),
    *("use", "name", "act", "norm", "groups", "stride", "padding", "same", "valid", "same-tf"),
    *("defaults", "vars", "blocks", "budgets", "params", "macs", "activations", "body", "shortcut"),
    *("standard", "octave", "unknown", "gather", "parameter", "reshape", "elementwise", "true"),
    *(
        "0",
        "1",
        "-1",
        "3",
        "64",
        "1000000",
        "~",
        "{}",
        "[]",
        "${n}",
        "${1/0}",
        "${10**17}",
        "&a",
        "*a",
    ),
    *("<<", "!!int", "|", ">", "- ", ": ", "\n", "  ", "'", '"', "#", "%", "3x3", "1e9", ".nan"),
)


def structure(rng: Draw, tree: Any) -> Any:
    """`tree` with one to three of its parts changed, moved, doubled or taken out."""
    tree = copy.deepcopy(tree)
    for _ in range(rng.randint(1, 3)):
        holders = [part for part in _parts(tree) if part]
        if not holders:
            return tree
        holder = rng.choice(holders)
        key = rng.choice(list(holder)) if isinstance(holder, dict) else rng.randrange(len(holder))
        _change(rng, holder, key, holders)
    return tree


def words(rng: Draw, text: str) -> str:
    """`text` with one to four of its words replaced, doubled, or taken out."""
    pieces = re.findall(r"\w+|\s+|[^\w\s]", text)
    for _ in range(rng.randint(1, 4)):
        if not pieces:
            break
        place = rng.randrange(len(pieces))
        pieces[place] = rng.choice(
            ("", pieces[place] * 2, rng.choice(WORDS), rng.name(0.5), str(rng.choice(HUGE)))
        )
    return "".join(pieces)


def data(rng: Draw, raw: bytes, most: int = 8) -> bytes:
    """`raw` with some of its bytes replaced, doubled, or taken out."""
    made = bytearray(raw)
    for _ in range(rng.randint(1, most)):
        place = rng.randrange(len(made) + 1)
        match rng.randrange(5):
            case 0:
                made[place : place + 1] = bytes([rng.randrange(256)])
            case 1:
                made[place:place] = made[place : place + rng.randint(1, 40)]
            case 2:
                del made[place : place + rng.randint(1, 20)]
            case 3 if made:
                made[place % len(made)] ^= 1 << rng.randrange(8)
            case _:
                made[place:place] = rng.choice(
                    (b"\0", b"\xff", b"\xef\xbb\xbf", b"\r", b"\t", b"\n")
                )
    return bytes(made)


def text(rng: Draw, tree: Any, said: str) -> bytes:
    """`said` as bytes, at times spoilt."""
    if rng.chance(0.5):
        said = words(rng, said)
    raw = said.encode("utf-8", "surrogatepass")
    return data(rng, raw) if rng.chance(0.5) else raw


def _parts(tree: Any) -> list[Any]:
    """Every mapping and list in `tree`."""
    found = []
    if isinstance(tree, (dict, list)):
        found.append(tree)
        for each in tree.values() if isinstance(tree, dict) else tree:
            found += _parts(each)
    return found


def _change(rng: Draw, holder: Any, key: Any, holders: list[Any]) -> None:
    match rng.randrange(7):
        case 0:
            del holder[key]
        case 1:
            holder[key] = copy.deepcopy(rng.choice(NUMBERS))
        case 2:
            holder[key] = rng.choice(HUGE)
        case 3:
            holder[key] = copy.deepcopy(rng.choice(holders))
        case 4:
            holder[key] = [holder[key]] if rng.chance(0.5) else {rng.choice(WORDS): holder[key]}
        case 5 if isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[rng.randrange(len(holder))]))
        case 6 if isinstance(holder, dict):
            holder[rng.choice(WORDS)] = holder.pop(key)
        case _:
            holder[key] = rng.name(0.5)
