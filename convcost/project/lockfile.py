"""Baselines in a file: JSON, sorted, a line a network, without times or line numbers."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Container, Mapping
from typing import Any

from convcost.baseline import Baseline, Totals
from convcost.errors import Place, SpecError
from convcost.metrics import METRICS, USUAL
from convcost.quantity import LARGEST
from convcost.sources.inside import leads_out
from convcost.sources.targets import CODE
from convcost.sources.yaml.files import decoded, file_bytes
from convcost.status import STATES, State
from convcost.text import quote

NAME = "convcost.lock"
SCHEMA = "convcost.lock/1"
_MAX_BYTES = 64 * 2**20
_STATES = {state.replace(" ", "_"): state for state in STATES if state != "complete"}
_RESOLVE = 'it holds a merge conflict: "convcost lock --resolve" mends it'
_AGAIN = 'restore it from version control, or delete it and make another with "convcost lock"'


def read_lock(path: str, root: str = "") -> Baseline:
    """The baseline in the file `path`, which must lie below `root` if that is given.

    SpecError for a file that cannot be read, is no lock file, or is one of another version.
    """
    return parse_lock(lock_bytes(path, root), path)


def lock_bytes(path: str, root: str = "") -> bytes:
    """What the lock file `path` holds; SpecError likewise if it cannot be read."""
    return file_bytes(path, _MAX_BYTES, root)


def parse_lock(raw: bytes, path: str) -> Baseline:
    """The baseline in `raw`, which messages call `path`; SpecError likewise."""
    text = decoded(raw, path)
    try:
        document = json.loads(text, object_pairs_hook=_no_duplicates)
    except (ValueError, RecursionError) as error:
        raise SpecError(
            f"this is not a lock file: {quote(str(error), 120)}",
            place=_place(path, error),
            hint=_RESOLVE if is_conflict(text) else _AGAIN,
        ) from None
    entries = document.get("networks") if isinstance(document, dict) else None
    schema = document.get("schema") if isinstance(document, dict) else None
    if schema != SCHEMA:
        said = f'"{quote(str(schema))}"' if schema else "missing"
        raise SpecError(f"its schema is {said}, not {SCHEMA}", place=Place(path), hint=_AGAIN)
    convention = document.get("convention")
    if not isinstance(convention, str) or not isinstance(entries, dict):
        raise SpecError("it lacks a convention, or networks", place=Place(path), hint=_AGAIN)
    made = {key: _totals(path, key, entry) for key, entry in entries.items()}
    return Baseline(os.path.basename(path), convention, made)


def lock_text(baseline: Baseline) -> str:
    """A lock file's text: the same for equal baselines, whatever order they were made in."""
    rows = [
        f"    {json.dumps(key)}: {json.dumps(_record(entry))}"
        for key, entry in sorted(baseline.entries.items())
    ]
    networks = "{\n" + ",\n".join(rows) + "\n  }" if rows else "{}"
    return (
        "{\n"
        f'  "schema": {json.dumps(SCHEMA)},\n'
        f'  "convention": {json.dumps(baseline.convention)},\n'
        f'  "networks": {networks}\n'
        "}\n"
    )


def stale_keys(baseline: Baseline, keys: Container[str], folder: str, is_all: bool) -> list[str]:
    """The entries of a lock file in `folder` that none of `keys` is for, sorted.

    Unless `keys` are all there are, an entry whose file is there may be for another.
    """
    left = sorted(key for key in baseline.entries if key not in keys)
    return [key for key in left if is_all or not _is_there(key, folder)]


def _is_there(key: str, folder: str) -> bool:
    paths = (key, key.rpartition("#")[0])  # the name of one network of several is behind it
    return key.startswith(CODE) or any(os.path.isfile(os.path.join(folder, each)) for each in paths)


def _record(entry: Totals) -> dict[str, Any]:
    """An entry as it is written: figures, under `at_least` and so on which are not complete, and
    what those depend on that are not under the usual setting."""
    states: dict[str, list[str]] = {}
    for metric, state in entry.states:
        states.setdefault(state.replace(" ", "_"), []).append(metric)
    numbers = {name: entry.numbers[name] for name in METRICS if name in entry.numbers}
    under = {"under": dict(sorted(entry.under.items()))} if entry.under else {}
    return {**numbers, **dict(sorted(states.items())), **under}


def _totals(path: str, key: str, entry: Any) -> Totals:
    values = dict(entry) if isinstance(entry, dict) else {}
    under = values.pop("under", {})
    found = {name: values[name] for name in METRICS if name in values}
    whole = all(type(value) is int and 0 <= value < LARGEST for value in found.values())
    states = _states(values, found) if found.keys() >= set(USUAL) else None
    is_known = isinstance(under, dict) and all(
        metric in list(found) and isinstance(text, str) for metric, text in under.items()
    )
    if leads_out(key) or not whole or states is None or not is_known:
        raise SpecError(
            f'its entry "{quote(key)}" is not one: a path below it, and {", ".join(USUAL)}',
            place=Place(path),
            hint=_AGAIN,
        )
    return Totals(found, states, under)


def _states(
    entry: dict[str, Any], numbers: Mapping[str, int]
) -> tuple[tuple[str, State], ...] | None:
    """The states of an entry's numbers; None for what is no entry."""
    found: list[tuple[str, State]] = []
    for key in entry.keys() - numbers.keys():
        state, metrics = _STATES.get(key), entry[key]
        if state is None or not isinstance(metrics, list):
            return None
        found += [(metric, state) for metric in metrics]
    named = [metric for metric, _ in found]
    is_fit = all(metric in list(numbers) and named.count(metric) == 1 for metric in named)
    return tuple(sorted(found)) if is_fit else None


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key is there twice")
    return made


def _place(path: str, error: Exception) -> Place:
    if isinstance(error, json.JSONDecodeError):
        return Place(path, error.lineno, error.colno)
    return Place(path)


def is_conflict(text: str) -> bool:
    """Whether a lock file's text holds a merge conflict."""
    return bool(re.search(r"^<<<<<<< ", text, re.MULTILINE))
