"""Settings for a project that has none: budgets of what its networks cost today, and a margin."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from convcost.errors import Problem, SpecError, UsageError, collected
from convcost.gaps import Doubt
from convcost.metrics import USUAL
from convcost.project.config import OWN, find_config
from convcost.project.globs import Files
from convcost.project.layout import AnyPath, Paths, key_of, named_folder, words
from convcost.quantity import LARGEST, parse_share, written
from convcost.sources import SpecFile, Target, find_specs, read
from convcost.sources.inside import leads_out
from convcost.sources.locate import looks_like_spec
from convcost.sources.outfile import write_file

Limits = Mapping[str, Mapping[str, str]]
"""By spec, as seen from the settings, and by metric: an amount as people write it."""


class InitOutcome(NamedTuple):
    """The settings that were written to `path`, unless there are `problems`.

    `doubts` are the figures that got no budget, of networks by their paths; `left_out` is why
    YAML files that may be specs could not be looked at.
    """

    path: str = ""
    budgets: Limits = MappingProxyType({})
    doubts: tuple[Doubt, ...] = ()
    left_out: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()


def init_project(
    folder: AnyPath = ".",
    paths: Paths = (),
    *,
    margin: str = "5%",
) -> InitOutcome:
    """Write `convcost.toml` into `folder`, as `convcost init` does.

    Budgets are what the networks that `paths` name, or else all that lie below, cost today and
    `margin` more, rounded up to three digits. Settings that hold there already are a problem, and
    stay. Nothing of convcost's is raised, see `check_project`.
    """
    outcome = InitOutcome()
    problems: list[Problem] = []
    left_out: list[Problem] = []
    with collected(problems):
        share = parse_share(margin)
        here = named_folder(folder)
        if there := find_config(here):
            raise UsageError(
                f"there are settings already: {there}",
                hint='edit them, and see what "convcost check" says',
            )
        asked = words(paths)
        found = find_specs(asked, here) if asked else _likely(here, left_out)
        rows, doubts = _rows(found, here, share)
        outcome = outcome._replace(doubts=doubts)
        if not rows:
            raise UsageError("no figure of any spec here is complete", hint='try "convcost lock"')
        path = os.path.join(here, OWN)
        write_file(_settings(rows, share, here), path)
        outcome = outcome._replace(path=path, budgets=rows)
    return outcome._replace(left_out=tuple(left_out), problems=tuple(problems))


def _likely(folder: str, left_out: list[Problem]) -> list[Target]:
    """The YAML files below that might be meant as specs; what cannot be looked at is `left_out`."""
    found: list[Target] = []
    for target in find_specs([folder or os.curdir]):
        try:
            if isinstance(target, SpecFile) and looks_like_spec(target):
                found.append(target)
        except SpecError as error:
            left_out.append(error.problems[0])
    return found


def _rows(targets: list[Target], folder: str, share: Fraction) -> tuple[Limits, tuple[Doubt, ...]]:
    """For each spec its limits; and the figures that are not complete, which get none."""
    from convcost.cost import evaluate

    if not targets:
        raise UsageError("there are no specs here", hint="name them, or the folder they are in")
    rows: dict[str, dict[str, str]] = {}
    doubts: list[Doubt] = []
    for target in targets:
        key = key_of(target, folder or os.curdir).removeprefix("./")
        if leads_out(key):
            raise UsageError(
                f"{target} does not lie below this folder", hint="go to a folder above"
            )
        report = evaluate(read(target).network)
        amounts = {name: report.figure(name) for name in USUAL if name not in report.status}
        limits = {
            metric: written(_rounded_up(amount + amount * share))
            for metric, amount in amounts.items()
        }
        rows |= {key: limits} if limits else {}
        doubts += (Doubt(key, *each) for each in report.status.items())
    return dict(sorted(rows.items())), tuple(doubts)


def _rounded_up(amount: Fraction) -> int:
    """The next whole number with three significant digits, or the largest limit there may be."""
    whole = -(-amount.numerator // amount.denominator)
    step: int = 10 ** max(0, len(str(whole)) - 3)
    return min(-(-whole // step) * step, LARGEST - 1)


def _settings(rows: Limits, share: Fraction, folder: str) -> str:
    lines = [
        f"# What networks may cost: {float(100 * share):g}% above what they did when this was",
        '# written. "convcost check" holds them to it; edit as you like.',
        "specs = [",
        *(f"  {_quoted(pattern)}," for pattern in _patterns(list(rows), folder or os.curdir)),
        "]",
    ]
    for path, limits in rows.items():
        lines += ["", f"[budgets.{_quoted(path)}]"]
        lines += [f"{metric} = {_quoted(limit)}" for metric, limit in limits.items()]
    return "\n".join([*lines, ""])


def _patterns(paths: list[str], folder: str) -> list[str]:
    """Patterns for just these specs: a folder's, so that a new spec in it is guarded too, unless
    it also has YAML files that are no specs."""
    files = Files(folder, folder)
    found: dict[str, None] = {}
    for path in paths:
        parent, _, name = path.rpartition("/")
        pattern = f"{parent}/*{os.path.splitext(name)[1]}".lstrip("/")
        there = files.find(pattern)
        found[pattern if parent and set(there) <= set(paths) else path] = None
    return list(found)


def _quoted(text: str) -> str:
    r"""A TOML string; what a path may hold and a string may not is escaped (a path is printable,
    see `leads_out`)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
