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
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from convcost.conventions import CONVENTIONS, Convention
from convcost.conventions.classes import CLASSES, PARAM_CLASSES, TRAITS, is_key
from convcost.errors import Problem, SpecError
from convcost.sources.quota import refuse_many
from convcost.sources.yaml.reader import read_file, read_text
from convcost.sources.yaml.tree import Document, Node
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
_LONGEST_NAME = 40
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
    root = document.root
    if not isinstance(root.value, dict):
        raise SpecError(
            "a convention must be a mapping",
            place=document.place(root),
            hint="start it with name: and weights:",
        )
    problems: list[Problem] = []
    for key in root.value:
        refuse_many(problems)
        if key not in KEYS:
            hint = did_you_mean(key, KEYS) or f"it takes {', '.join(KEYS)}"
            message = f'unexpected key "{quote(key)}" in a convention'
            problems.append(Problem(message, document.place(root.key(key)), hint))
    name = _words(document, "name", problems)
    if name in CONVENTIONS:
        place = document.place(root.value["name"])
        problems.append(Problem(f"{name} is a convention that ships", place, "call it otherwise"))
    like = _like(document, problems)
    weights = _weights(document, "weights", CLASSES, problems)
    params = _weights(document, "params", PARAM_CLASSES, problems)
    summary = _words(document, "summary", problems) if "summary" in root.value else ""
    if not name and "name" not in root.value:
        place = document.place(root)
        problems.append(Problem("a convention needs name", place, f"name: {KEYS['name']}"))
    if problems:
        raise SpecError(*problems)
    if like is None:
        return Convention(name, summary, weights, params)
    return Convention(name, summary, {**like.weights, **weights}, {**like.params, **params})


def _words(document: Document, key: str, problems: list[Problem]) -> str:
    """The text under `key`, on one line; empty, with a problem noted, where it is none."""
    node = _entries(document.root).get(key)
    if node is None:
        return ""
    limit = _LONGEST_NAME if key == "name" else 10 * _LONGEST_NAME
    if isinstance(node.value, str) and node.value.strip() and len(node.value) <= limit:
        return " ".join(node.value.split())
    message = f"{key} must be text of 1 to {limit} characters"
    problems.append(Problem(message, document.place(node), f"{key}: {KEYS[key]}"))
    return ""


def _like(document: Document, problems: list[Problem]) -> Convention | None:
    node = _entries(document.root).get("like")
    if node is None:
        return None
    if isinstance(node.value, str) and node.value in CONVENTIONS:
        return CONVENTIONS[node.value]
    hint = did_you_mean(str(node.value), CONVENTIONS) if isinstance(node.value, str) else ""
    hint = hint or f"the conventions are {', '.join(CONVENTIONS)}"
    problems.append(Problem("like must be a convention that ships", document.place(node), hint))
    return None


def _weights(
    document: Document, key: str, known: Iterable[str], problems: list[Problem]
) -> Mapping[str, Fraction | int]:
    node = _entries(document.root).get(key)
    if node is None:
        return {}
    if not isinstance(node.value, dict):
        hint = f"such as {key}: {{batch-norm: 0}}"
        problems.append(Problem(f"{key} must be a mapping", document.place(node), hint))
        return {}
    found: dict[str, Fraction | int] = {}
    for name, inner in node.value.items():
        refuse_many(problems)
        if not (is_key(name) if key == "weights" else name in known):
            hint = did_you_mean(name, [*known, *TRAITS]) or f"the classes are {', '.join(known)}"
            message = f'unknown class of work "{quote(name)}" in {key}'
            problems.append(Problem(message, document.place(node.key(name)), hint))
            continue
        weight = _weight(inner.value)
        if weight is None:
            message = f"{quote(name)} must be a number from 0 to {LARGEST:,}, or a fraction"
            hint = "such as 2, 0.5 or 1/2"
            problems.append(Problem(message, document.place(inner), hint))
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


def _entries(node: Node) -> Mapping[str, Node]:
    return node.value if isinstance(node.value, dict) else {}
