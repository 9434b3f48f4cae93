"""Where a finding is to be pointed at, and what tells it from all others, for other programs."""

from __future__ import annotations

import hashlib
import os.path
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from convcost.budget import Budget, Finding, Verdict
from convcost.errors import Place, Problem


def place(finding: Finding) -> Place:
    """The line of the layer that is over, or of the budget if that stands in the same spec, or if
    the network is code, which stands nowhere.

    For a limit from elsewhere it is the spec, without a line.
    """
    path = finding.report.path
    if finding.layer is not None and finding.layer.line:
        return Place(path, finding.layer.line)
    budget = finding.budget.place
    return budget if budget and path in ("", budget.path) else Place(path)


def pointed_at(finding: Finding) -> Place:
    """The line that changed since the baseline, if it is known, or else `place`."""
    if finding.changed_line:
        return Place(finding.report.path, finding.changed_line)
    return place(finding)


def prefix(where: Place | None) -> str:
    """`specs/a.yaml:12: `, which stands before a message; empty for what stands in no file."""
    return f"{where}: " if where and where.path else ""


def limit_from(budget: Budget) -> str:
    """Where a limit stands: `specs/a.yaml:40:17`, or the flag that gave it."""
    flag = f"--max-{budget.metric.replace('_', '-')}"
    return str(budget.place) if budget.place else budget.source or flag


def from_root(verdict: Verdict, path: str) -> str:
    """A path as seen from the root of the repository, with `/` and without `./`.

    One that leads out of it stays as it is.
    """
    if not path:
        return path
    full = os.path.join(verdict.here, path)
    inside = os.path.relpath(full, verdict.root) if verdict.root else os.path.normpath(path)
    outside = inside == os.pardir or inside.startswith(os.pardir + os.sep)
    return (path if outside else inside).replace(os.sep, "/")


class Marked(NamedTuple):
    """A finding with a fingerprint that no other of the verdict has."""

    finding: Finding
    path: str
    fingerprint: str


def marked(verdict: Verdict, findings: Iterable[Finding]) -> Iterator[Marked]:
    """The findings with fingerprints made from path, budget and layer: never from line or value."""
    seen: dict[tuple[str, ...], int] = {}
    for finding in findings:
        path = from_root(verdict, finding.report.path)
        layer = finding.layer.name if finding.layer else ""
        key = (path, finding.budget.metric, finding.level, layer)
        seen[key] = seen.get(key, 0) + 1
        yield Marked(finding, path, fingerprint(*key, str(seen[key])))


def problem_marks(verdict: Verdict) -> Iterator[tuple[Problem, str, str]]:
    """Each problem with its path and its fingerprint, from path and message."""
    seen: dict[tuple[str, str], int] = {}
    for problem in verdict.problems:
        path = from_root(verdict, problem.place.path) if problem.place else ""
        key = (path, problem.message)
        seen[key] = seen.get(key, 0) + 1
        yield problem, path, fingerprint("problem", *key, str(seen[key]))


def fingerprint(*parts: str) -> str:
    """A digest of `parts` that does not depend on where one ends and the next begins."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
