"""A convention of the user's own, from a YAML file.

```yaml
name: ours
summary: what our accelerator cannot fold
like: papers
weights: {batch-norm: 2, relu: 1/2}
```
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from convcost.conventions import CONVENTIONS, Convention
from convcost.conventions.classes import CLASSES, PARAM_CLASSES, TRAITS, is_key
from convcost.sources.entries import LONGEST_NAME, Entries
from convcost.sources.yaml.reader import read_file, read_text
from convcost.sources.yaml.tree import Document
from convcost.spelling import did_you_mean
from convcost.text import quote

KEYS = {
    "name": "what it is called in tables",
    "summary": "one line on what it counts",
    "like": "a convention that ships, whose weights hold where no other is given",
    "weights": "what one of each class of work counts; 0 where not named",
    "params": "what one parameter of each class of layer counts; 1 where not named",
}
LARGEST = 1_000_000
_WEIGHT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}|/[0-9]{1,9})?")


def read_convention(path: str | os.PathLike[str], root: str = "") -> Convention:
    """The convention in the file `path`, which must lie below `root` if that is given.

    SpecError with every problem found in it.
    """
    return _convention(read_file(path, root))


def parse_convention(text: str, path: str = "<text>") -> Convention:
    """The convention in `text`; `path` is what messages call it."""
    return _convention(read_text(text, path))


def _convention(document: Document) -> Convention:
    entries = Entries(document, "a convention", KEYS, "weights")
    name = entries.words("name", LONGEST_NAME)
    if name in CONVENTIONS:
        entries.add(f"{name} is a convention that ships", entries.get("name"), "call it otherwise")
    like = _like(entries)
    weights = _weights(entries, "weights", CLASSES)
    params = _weights(entries, "params", PARAM_CLASSES)
    summary = entries.words("summary")
    entries.finish()
    if like is None:
        return Convention(name, summary, weights, params)
    return Convention(name, summary, {**like.weights, **weights}, {**like.params, **params})


def _like(entries: Entries) -> Convention | None:
    node = entries.get("like")
    if node is None:
        return None
    if isinstance(node.value, str) and node.value in CONVENTIONS:
        return CONVENTIONS[node.value]
    hint = did_you_mean(str(node.value), CONVENTIONS) if isinstance(node.value, str) else ""
    hint = hint or f"the conventions are {', '.join(CONVENTIONS)}"
    entries.add("like must be a convention that ships", node, hint)
    return None


def _weights(entries: Entries, key: str, known: Collection[str]) -> Mapping[str, Fraction | int]:
    found: dict[str, Fraction | int] = {}
    for name, written, inner in entries.pairs(key, "batch-norm: 0"):
        if not is_key(name, known):
            hint = did_you_mean(name, [*known, *TRAITS]) or f"the classes are {', '.join(known)}"
            entries.add(f'unknown class of work "{quote(name)}" in {key}', written, hint)
            continue
        weight = _weight(inner.value)
        if weight is None:
            message = f"{quote(name)} must be a number from 0 to {LARGEST:,}, or a fraction"
            entries.add(message, inner, "such as 2, 0.5 or 1/2")
        else:
            found[name] = weight
    return found


def _weight(value: Any) -> Fraction | int | None:
    """An exact weight: 0.5 is meant as a half, and 0.1 as a tenth, which no float is."""
    if isinstance(value, bool) or not _WEIGHT.fullmatch(str(value)):
        return None
    try:
        weight = Fraction(str(value))
    except ZeroDivisionError:
        return None
    if weight > LARGEST:
        return None
    return int(weight) if weight.denominator == 1 else weight
