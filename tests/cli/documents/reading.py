"""Documents that were printed, beside those that were written by hand.

A test here runs a command on a network small enough to count on paper, and holds all that was
printed to a document in the test: every key, every column, every value. Nothing is read through
the package's own idea of what it prints.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


def entries(text: str) -> list[str]:
    """A JSON document, an entry a line: keys in order, `1`, `1.0` and `true` told apart."""
    return json.dumps(json.loads(text, object_pairs_hook=_once), indent=1).splitlines()


def keys(document: object) -> set[str]:
    """The names of all keys at any depth; not of what stands by metric, or by a user's names."""
    if isinstance(document, list):
        return {key for each in document for key in keys(each)}
    if not isinstance(document, dict):
        return set()
    inside = [keys(value) for key, value in document.items() if key not in ("status", "vars")]
    return set(document).union(*inside)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    assert len(made) == len(pairs), "a key is there twice"
    return made
