"""Settings for a project that has none: a lock file to hold its networks to, or budgets of what
they cost today and a margin."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.errors import ConvcostError, Place, Problem, UsageError, collected
from convcost.gaps import Doubt
from convcost.metrics import USUAL
from convcost.project.config import OWN, find_config, read_config
from convcost.project.globs import Files, matches
from convcost.project.layout import AnyPath, Paths, key_of, named_folder, words
from convcost.project.lock import LockOutcome, lock_project, refuse_replaced
from convcost.project.lockfile import NAME
from convcost.project.networks import Entry, entry_lines, entry_of
from convcost.project.tomlplaces import toml_text
from convcost.quantity import LARGEST, parse_share, written
from convcost.shown import brief
from convcost.sources import CodeTarget, SpecFile, Target, find_specs, read
from convcost.sources.frameworks import FILES
from convcost.sources.given import Shared, parse_given
from convcost.sources.given import share as share_out
from convcost.sources.inputs import Inputs
from convcost.sources.inside import leads_out
from convcost.sources.locate import SUFFIXES, looks_like_spec
from convcost.sources.outfile import write_file
from convcost.sources.targets import is_imported

if TYPE_CHECKING:
    from convcost.cost import Report

Limits = Mapping[str, Mapping[str, str]]
"""By spec, as seen from the settings, and by metric: an amount as people write it."""
MARGIN = "5%"
_SUFFIXES = (*SUFFIXES, *FILES)


@brief
class InitOutcome(NamedTuple):
    """The settings that were written to `path`, unless there are `problems`, about so many `specs`.

    `doubts` are the figures that got no budget, of networks by their paths; `left_out` is why files
    that may be specs are not among them. `lock` is what became of the lock file; `code` are those
    that `check` runs with permission alone.
    """

    path: str = ""
    budgets: Limits = MappingProxyType({})
    doubts: tuple[Doubt, ...] = ()
    left_out: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    specs: int = 0
    lock: LockOutcome | None = None
    code: tuple[str, ...] = ()


def init_project(
    folder: AnyPath = ".",
    paths: Paths = (),
    *,
    margin: str | None = None,
    lock: bool = False,
    input_shape: Inputs | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> InitOutcome:
    """Write `convcost.toml` into `folder`, as `convcost init` does.

    It is about the networks that `paths` name, or else all that lie below, but for folders that
    have settings of their own. With `lock`, or where there is a lock file, that is what networks
    are held to; else, or with a `margin`, they have budgets of what they cost today and the margin
    (5% unless given), rounded up to three digits. Code that is named is run; with its inputs and
    `arguments` it becomes one of the settings' `networks`, as a framework's file does that is given
    inputs. Settings that are there already, or about the same specs above, are a problem, and
    stay. Nothing of convcost's is raised, see `check_project`.
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
        if not found:
            raise UsageError("nothing here is a spec that can be read")
        _refuse_taken(above, found)
        shared = _shared(found, input_shape, arguments)
        entries = _entries(found, shared, here)
        rows, doubts = _rows(found, shared, here, share)
        if share is not None and not any(rows.values()):
            raise UsageError("no figure of any spec here is complete", hint='try "init --lock"')
        path = os.path.join(here, OWN)
        write_file(_settings(rows, entries, share, is_locked, here), path)
        budgets = {key: limits for key, limits in rows.items() if limits}
        code = tuple(str(each) for each in found if isinstance(each, CodeTarget))
        outcome = InitOutcome(path, budgets, doubts, specs=len(rows), code=code)
        if lock:
            outcome = outcome._replace(lock=lock_project(folder, run_code=bool(code)))
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
        return _likely(find_specs([folder or os.curdir], "", _SUFFIXES), above, left_out)
    found: dict[str, Target] = {}
    for word in asked:
        there = find_specs([word], folder, _SUFFIXES)
        is_folder = os.path.isdir(os.path.join(folder, word))
        likely = _likely(there, above, left_out) if is_folder else there
        found |= {str(target): target for target in likely}
    return list(found.values())


def _likely(targets: Sequence[Target], above: str | None, left_out: list[Problem]) -> list[Target]:
    """The specs among files of folders that can be counted, but for those of settings of their
    own; all others are `left_out`, and why."""
    from convcost.cost import evaluate

    found: list[Target] = []
    foreign: list[str] = []
    is_own: dict[str, str] = {}
    for target in targets:
        assert isinstance(target, SpecFile), "folders hold files"
        parent = os.path.dirname(target.path)
        try:
            if parent not in is_own:
                is_own[parent] = _nested(parent, above)
            if is_own[parent]:
                continue
            if is_imported(target) or looks_like_spec(target):
                evaluate(read(target).network)
                found.append(target)
            else:
                foreign.append(target.path)
        except ConvcostError as error:  # whatever else is wrong with it
            left_out.append(error.problems[0])
    if foreign:
        others = len(foreign) - 1
        more = f", nor {'are' if others > 1 else 'is'} {others:,} more" if others else ""
        left_out.append(Problem(f"this is no spec{more}", Place(foreign[0])))
    nested = dict.fromkeys(filter(None, is_own.values()))
    left_out += (Problem("what lies there has settings of its own", Place(each)) for each in nested)
    return found


def _nested(folder: str, above: str | None) -> str:
    """The settings that hold in `folder`, if they are not those `above`; else empty."""
    there = find_config(folder)
    is_above = there is None or (above and os.path.samefile(there, above))
    return "" if there is None or is_above else there


def _shared(
    targets: list[Target], inputs: Inputs | None, arguments: Mapping[str, Any] | None
) -> Shared:
    shared = share_out(parse_given(inputs, arguments), targets)
    refuse_replaced(shared)
    return shared


def _entries(targets: list[Target], shared: Shared, folder: str) -> dict[str, Entry]:
    """Those that need more than a path, by their keys."""
    found = {}
    for target in targets:
        given = shared.of(target)
        if isinstance(target, CodeTarget) or (given.inputs and is_imported(target)):
            key = key_of(target, folder or os.curdir)
            found[key] = entry_of(key, given)
    return found


def _rows(
    targets: list[Target], shared: Shared, folder: str, share: Fraction | None
) -> tuple[Limits, tuple[Doubt, ...]]:
    """For each spec its limits, if there are to be any; and the figures that are not complete,
    which get none."""
    from convcost.cost import evaluate

    rows: dict[str, dict[str, str]] = {}
    doubts: list[Doubt] = []
    for target in targets:
        key = key_of(target, folder or os.curdir).removeprefix("./")
        if leads_out(key):
            raise UsageError(
                f"{target} does not lie below this folder", hint="go to a folder above"
            )
        report = evaluate(read(target, given=shared.of(target)).network)
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


def _settings(
    rows: Limits,
    entries: Mapping[str, Entry],
    share: Fraction | None,
    is_locked: bool,
    folder: str,
) -> str:
    said = []
    if is_locked:
        said += [
            f"# What networks cost is on record in {NAME}, from which nothing may grow;",
            '# "convcost lock --loosen SPEC" accepts that one has.',
            f"baseline = {toml_text(NAME)}",
        ]
    if share is not None:
        said += [
            f"# What networks may cost: {float(100 * share):g}% above what they did when this was",
            '# written. "convcost check" holds them to it; edit as you like.',
        ]
    patterns = _patterns([path for path in rows if path not in entries], folder or os.curdir)
    lines = said
    if patterns:
        lines += ["specs = [", *(f"  {toml_text(pattern)}," for pattern in patterns), "]"]
    for entry in entries.values():
        lines += ["", *entry_lines(entry)]
    for path, limits in rows.items():
        if limits:
            lines += ["", f"[budgets.{toml_text(path)}]"]
            lines += [f"{metric} = {toml_text(limit)}" for metric, limit in limits.items()]
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
