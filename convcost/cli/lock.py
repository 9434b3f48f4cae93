"""`convcost lock`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.exits import FINE, OVER_BUDGET
from convcost.cli.options import Color
from convcost.cli.outfile import deliver
from convcost.cli.output import screen
from convcost.cli.project import (
    ConfigFile,
    OtherConvention,
    SomePaths,
    convention_in,
    key_of,
    lock_path,
    settings,
    specs,
)
from convcost.cli.specs import notes
from convcost.cli.terminal import ColorChoice, write, write_error
from convcost.errors import ConvcostError, Place, Problem, SpecError, UsageError

if TYPE_CHECKING:
    from convcost.baseline import Baseline, Totals
    from convcost.conventions import Convention
    from convcost.sources import Target
    from convcost.sources.project.config import Config

LockFile = Annotated[
    str | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="The lock file; else that of the settings."
    ),
]

_UNFIT = "its path cannot be recorded: it does not lie below the lock file, or is not printable"


def lock(
    paths: SomePaths = None,
    update: Annotated[bool, typer.Option("--update", help="Take totals that are smaller.")] = False,
    loosen: Annotated[bool, typer.Option("--loosen", help="Take totals that are larger.")] = False,
    prune: Annotated[
        bool, typer.Option("--prune", help="Take out entries that no spec answers to.")
    ] = False,
    output: LockFile = None,
    config: ConfigFile = None,
    convention: OtherConvention = None,
    color: Color = "auto",
) -> None:
    """Record today's totals as the baseline of check.

    \b
      convcost lock
      convcost lock --update
      convcost lock --prune

    Networks without an entry get one; an entry that is there stays as it is unless told otherwise.
    The exit code is 1 where a network has grown and its entry stayed.
    """
    found = settings(config)
    path, root = (output, "") if output else (lock_path(found), found.root)
    counting = convention_in(convention, found)
    named = specs(paths or (), found)
    folder = os.path.dirname(os.path.abspath(path))
    current, unknown = _current(named, folder, counting, found, color)
    from convcost.baseline import updates
    from convcost.sources.project.alone import alone
    from convcost.sources.project.lockfile import lock_text
    from convcost.views.lock.table import render

    with alone(path):  # what another lock writes meanwhile would be lost
        old = _old(path, root, counting.name if counting else "papers")
        made = updates(old, current, tighten=update, loosen=loosen)
        stale = [] if not prune else _stale(old, current, folder, is_all=not paths)
        entries = {key: entry for key, entry in old.entries.items() if key not in stale}
        entries |= {each.key: each.after for each in made}
        if entries != old.entries or not os.path.exists(path):
            deliver(lock_text(old._replace(entries=entries)), path)
    write(render(made, stale, path, screen(color)))
    write_error(notes(unknown))
    grown = any(each.state == "grown" for each in made)
    raise typer.Exit(OVER_BUDGET if grown else FINE)


def _old(path: str, root: str, convention: str) -> Baseline:
    from convcost.baseline import Baseline
    from convcost.sources.project.lockfile import read_lock

    if not os.path.exists(path):
        return Baseline(path, convention, {})
    found = read_lock(path, root)
    if found.convention != convention:
        raise SpecError(
            f"it is counted by {found.convention}, not by {convention}",
            place=Place(path),
            hint=f"add --convention {found.convention}, or delete it to start anew",
        )
    return found


def _current(
    targets: Sequence[Target],
    folder: str,
    convention: Convention | None,
    config: Config,
    color: ColorChoice,
) -> tuple[dict[str, Totals], list[str]]:
    """The totals of every spec, those whose growth is limited among them, and what has no rule;
    SpecError, with every problem, if any cannot be had."""
    from convcost.baseline import totals
    from convcost.budget import growing
    from convcost.cli.gate import Rules
    from convcost.cli.progress import tracked
    from convcost.conventions import apply
    from convcost.cost import evaluate
    from convcost.metrics import measured
    from convcost.sources import read
    from convcost.sources.project.config import leads_out
    from convcost.views.unknown import unknown_lines

    found: dict[str, Totals] = {}
    unknown: list[str] = []
    problems: list[Problem] = []
    rules = Rules(config)
    for target in tracked(targets, "reading specs", color):
        key = key_of(target, folder)
        if leads_out(key):
            problems.append(Problem(_UNFIT, Place(str(target)), "lock it elsewhere: -o"))
            continue
        try:
            spec = read(target)
            report = evaluate(spec.network)
        except ConvcostError as error:
            problems += error.problems
            continue
        unknown += unknown_lines(report)
        counted = apply(report, convention) if convention else report
        limits = chain(spec.budgets, *rules.of(target))
        found[key] = totals(measured(counted, growing(limits)))
    if problems:
        raise UsageError(*problems)
    return found, unknown


def _stale(old: Baseline, current: dict[str, Totals], folder: str, is_all: bool) -> list[str]:
    left = sorted(key for key in old.entries if key not in current)
    return [key for key in left if is_all or not os.path.exists(os.path.join(folder, key))]
