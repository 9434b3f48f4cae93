"""A merge conflict in a lock file, whose lines are entries: both sides of it."""

from __future__ import annotations

from typing import NamedTuple

from convcost.baseline import Baseline
from convcost.errors import Place, SpecError
from convcost.project.lockfile import is_conflict, lock_bytes, parse_lock
from convcost.sources.yaml.files import decoded

_ENTRY, _NETWORKS = '    "', '  "networks": {'


class Both(NamedTuple):
    """What two sides of a lock file say: what they agree on and, of what is `disputed`, what this
    side says, or else the other. None is disputed where there are no two sides."""

    baseline: Baseline
    disputed: frozenset[str] | None = None


def read_both(path: str, root: str = "") -> Both:
    """Both sides of the lock file `path`; where nothing is in conflict they agree.

    SpecError as for `read_lock`, and for sides that are counted by different conventions.
    """
    raw = lock_bytes(path, root)
    text = decoded(raw, path)
    if not is_conflict(text):
        return Both(parse_lock(raw, path))
    ours, theirs = (parse_lock(_whole(side).encode(), path) for side in _sides(text))
    if ours.convention != theirs.convention:
        raise SpecError(
            f"one side is counted by {ours.convention}, the other by {theirs.convention}",
            place=Place(path),
            hint='take one of them, and run "convcost lock --loosen --update"',
        )
    entries = {**theirs.entries, **ours.entries}
    disputed = (key for key in entries if ours.entries.get(key) != theirs.entries.get(key))
    return Both(ours._replace(entries=entries), frozenset(disputed))


def _sides(text: str) -> tuple[list[str], list[str]]:
    """The lines of each side; what was there before both is left out."""
    ours: list[str] = []
    theirs: list[str] = []
    now = [ours, theirs]
    behind = {"<" * 7: [ours], "|" * 7: [], "=" * 7: [theirs], ">" * 7: [ours, theirs]}
    for line in text.splitlines():
        if line[:7] in behind:
            now = behind[line[:7]]
        else:
            for side in now:
                side.append(line)
    return ours, theirs


def _whole(lines: list[str]) -> str:
    """The text of a side, with commas between entries, wherever those were."""
    entries = [line.rstrip(", ") for line in lines if line.startswith(_ENTRY)]
    head = [line for line in lines if not line.startswith((_ENTRY, _NETWORKS)) and ":" in line]
    return "\n".join(["{", *head, _NETWORKS, ",\n".join(entries), "  }", "}"])
