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


def keys(text: str) -> set[str]:
    """The names of all keys in a JSON document, at any depth."""
    found: set[str] = set()

    def noted(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        found.update(key for key, _ in pairs)
        return dict(pairs)

    json.loads(text, object_pairs_hook=noted)
    return found


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    assert len(made) == len(pairs), "a key is there twice"
    return made
