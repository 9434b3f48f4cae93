"""Settings for a project that has none: a lock file to hold its networks to, or budgets of what
they cost today and a margin."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from convcost.errors import ConvcostError, Place, Problem, UsageError, collected
from convcost.gaps import Doubt
from convcost.metrics import USUAL
from convcost.project.config import OWN, find_config, read_config
from convcost.project.globs import Files, matches
from convcost.project.layout import AnyPath, Paths, key_of, named_folder, words
from convcost.project.lock import LockOutcome, lock_project
from convcost.project.lockfile import NAME
from convcost.quantity import LARGEST, parse_share, written
from convcost.sources import SpecFile, Target, find_specs, read
from convcost.sources.inside import leads_out
from convcost.sources.locate import looks_like_spec
from convcost.sources.outfile import write_file

if TYPE_CHECKING:
    from convcost.cost import Report

Limits = Mapping[str, Mapping[str, str]]
"""By spec, as seen from the settings, and by metric: an amount as people write it."""
MARGIN = "5%"


class InitOutcome(NamedTuple):
    """The settings that were written to `path`, unless there are `problems`, about so many `specs`.

    `doubts` are the figures that got no budget, of networks by their paths; `left_out` is why
    YAML files that may be specs are not among them. `lock` is what became of the lock file.
    """

    path: str = ""
    budgets: Limits = MappingProxyType({})
    doubts: tuple[Doubt, ...] = ()
    left_out: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    specs: int = 0
    lock: LockOutcome | None = None


def init_project(
    folder: AnyPath = ".",
    paths: Paths = (),
    *,
    margin: str | None = None,
    lock: bool = False,
) -> InitOutcome:
    """Write `convcost.toml` into `folder`, as `convcost init` does.

    It is about the networks that `paths` name, or else all that lie below, but for folders that
    have settings of their own. With `lock`, or where there is a lock file, that is what networks
    are held to; else, or with a `margin`, they have budgets of what they cost today and the margin
    (5% unless given), rounded up to three digits. Settings that are there already, or about the
    same specs above, are a problem, and stay. Nothing of convcost's is raised, see `check_project`.
    """
    outcome = InitOutcome()
    problems: list[Problem] = []
    left_out: list[Problem] = []
    with collected(problems):
        here = named_folder(folder)
        is_locked = lock or os.path.lexists(os.path.join(here, NAME))
        share = parse_share(margin or MARGIN) if margin or not is_locked else None
        above = _above(here)
        asked = words(paths)
        found = _specs(asked, here, above, left_out)
        _refuse_taken(above, found)
        rows, doubts = _rows(found, here, share)
        if share is not None and not any(rows.values()):
            raise UsageError("no figure of any spec here is complete", hint='try "init --lock"')
        path = os.path.join(here, OWN)
        write_file(_settings(rows, share, is_locked, here), path)
        budgets = {key: limits for key, limits in rows.items() if limits}
        outcome = InitOutcome(path, budgets, doubts, specs=len(rows))
        if lock:
            outcome = outcome._replace(lock=lock_project(folder))
            problems += outcome.lock.problems if outcome.lock else ()
    return outcome._replace(left_out=tuple(left_out), problems=tuple(problems))


def _above(folder: str) -> str | None:
    """The settings that hold in `folder` and lie above it; UsageError for some that lie there."""
    there = find_config(folder)
    if there and os.path.samefile(os.path.dirname(there) or os.curdir, folder or os.curdir):
        raise UsageError(
            f"there are settings already: {there}",
            hint='edit them, and see what "convcost check" says',
        )
    return there


def _refuse_taken(above: str | None, found: list[Target]) -> None:
    """UsageError if settings above are about any of the specs."""
    if not above:
        return
    config = read_config(above)
    for target in found:
        key = key_of(target, config.folder)
        if any(matches(pattern.glob, key) for pattern in config.specs):
            raise UsageError(
                f"there are settings already: {above}, which are about {target}",
                hint="edit them, or take its pattern out of them",
            )


def _specs(
    asked: Sequence[str], folder: str, above: str | None, left_out: list[Problem]
) -> list[Target]:
    """What is asked for: files as they are named, and of folders what is a spec."""
    if not asked:
        return _likely(find_specs([folder or os.curdir]), above, left_out)
    found: dict[str, Target] = {}
    for word in asked:
        there = find_specs([word], folder)
        is_folder = os.path.isdir(os.path.join(folder, word))
        likely = _likely(there, above, left_out) if is_folder else there
        found |= {str(target): target for target in likely}
    return list(found.values())


def _likely(targets: Sequence[Target], above: str | None, left_out: list[Problem]) -> list[Target]:
    """The specs among files of folders that can be counted, but for those of settings of their
    own; what else looks like a spec is `left_out`, and why."""
    from convcost.cost import evaluate

    found: list[Target] = []
    is_own: dict[str, str] = {}
    for target in targets:
        assert isinstance(target, SpecFile), "folders hold files"
        parent = os.path.dirname(target.path)
        try:
            if parent not in is_own:
                is_own[parent] = _nested(parent, above)
            if not is_own[parent] and looks_like_spec(target):
                evaluate(read(target).network)
                found.append(target)
        except ConvcostError as error:  # whatever else is wrong with it
            left_out.append(error.problems[0])
    nested = dict.fromkeys(filter(None, is_own.values()))
    left_out += (Problem("what lies there has settings of its own", Place(each)) for each in nested)
    return found


def _nested(folder: str, above: str | None) -> str:
    """The settings that hold in `folder`, if they are not those `above`; else empty."""
    there = find_config(folder)
    is_above = there is None or (above and os.path.samefile(there, above))
    return "" if there is None or is_above else there


def _rows(
    targets: list[Target], folder: str, share: Fraction | None
) -> tuple[Limits, tuple[Doubt, ...]]:
    """For each spec its limits, if there are to be any; and the figures that are not complete,
    which get none."""
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
        rows[key] = _limits(report, share) if share is not None else {}
        if share is not None:
            doubts += (Doubt(key, *each) for each in report.status.items())
    return dict(sorted(rows.items())), tuple(doubts)


def _limits(report: Report, share: Fraction) -> dict[str, str]:
    amounts = {name: report.figure(name) for name in USUAL if name not in report.status}
    return {
        metric: written(_rounded_up(amount + amount * share)) for metric, amount in amounts.items()
    }


def _rounded_up(amount: Fraction) -> int:
    """The next whole number with three significant digits, or the largest limit there may be."""
    whole = -(-amount.numerator // amount.denominator)
    step: int = 10 ** max(0, len(str(whole)) - 3)
    return min(-(-whole // step) * step, LARGEST - 1)


def _settings(rows: Limits, share: Fraction | None, is_locked: bool, folder: str) -> str:
    said = []
    if is_locked:
        said += [
            f"# What networks cost is on record in {NAME}, from which nothing may grow;",
            '# "convcost lock --loosen SPEC" accepts that one has.',
            f"baseline = {_quoted(NAME)}",
        ]
    if share is not None:
        said += [
            f"# What networks may cost: {float(100 * share):g}% above what they did when this was",
            '# written. "convcost check" holds them to it; edit as you like.',
        ]
    patterns = _patterns(list(rows), folder or os.curdir)
    lines = [*said, "specs = [", *(f"  {_quoted(pattern)}," for pattern in patterns), "]"]
    for path, limits in rows.items():
        if limits:
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
