"""The work of `convcost sweep`: in how many processes, which shard of it, and to which files."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from convcost.cli.inputs import tell
from convcost.cli.lines import lines_of, printed
from convcost.cli.rate import counting
from convcost.cli.values import whole
from convcost.errors import UsageError
from convcost.views.formats import PICTURES

if TYPE_CHECKING:
    from convcost.cli.groups import Destination
    from convcost.cli.terminal import ColorChoice
    from convcost.sweeping.base import Plan
    from convcost.sweeping.outcome import Row
    from convcost.sweeping.selection import Wanted
    from convcost.views.sweep import Total


def chosen(
    plan: Plan,
    asked: Mapping[str, Any],
    wanted: Wanted,
    to: Destination,
    *,
    keep: int | None,
    formats: Collection[str],
    summary: bool,
    color: ColorChoice,
) -> tuple[list[Row], Total]:
    """The rows that are wanted in these `formats`, no more than `keep`, and what all came to; of
    none that are to be kept all are printed, as they come. Who waits sees how far it is."""
    from convcost.project.alone import claimed
    from convcost.sweeping.cloud import sides
    from convcost.sweeping.files import written
    from convcost.sweeping.parts import Job, run
    from convcost.views.sweep import SHOWN, Total

    several = (os.cpu_count() or 1) if to.dask else 1
    workers = whole("--workers", to.workers) if to.workers else several
    _refuse_mixed(plan, to, workers, summary)
    cloud = None if {*formats}.isdisjoint(PICTURES) else sides(wanted, plan.space)
    job = Job(asked, wanted, keep, to.folder, sides=cloud, summary=summary, cluster=to.dask or "")
    lines = partial(lines_of, plan, wanted)
    with claimed(to.rows, to.shard or "") if to.rows else nullcontext():
        which = _left(plan, asked, wanted, to)
        tell(plan.slow())
        with (
            written(to.file, lines) if to.file else printed(lines, keep) as write,
            counting(plan.work // to.parts[1], plan.unit, color) as advance,
        ):
            found = run(job, plan, which, workers, advance, write)
    shown = None if wanted.top is not None else SHOWN
    networks = [str(target) for target in asked["targets"]]
    counts = (found.variants, found.passing, found.refusals)
    kinds = {name: list(of) for name, of in asked["choices"].items()}
    seen = found.tally.cloud() if found.tally else None
    total = Total(networks, plan.space.names, plan.metrics, *counts, shown, kinds, wanted, seen)
    if wanted.join:
        total = total._replace(joined=list(wanted.join.columns), without=found.without)
    total = total._replace(summary=found.summary, search=plan.search)
    return list(found.rows().each()) if found.variants else [], total


def _left(plan: Plan, asked: Mapping[str, Any], wanted: Wanted, to: Destination) -> list[int]:
    """The parts to work out: those of the shard that a folder does not have."""
    from convcost.sweeping.parts import identity, numbers, prepare

    which = numbers(plan, to.parts)
    if not to.folder:
        return which
    own = which if to.shard else None
    done = prepare(to.folder, plan, identity(asked, wanted), to.resume, own).intersection(which)
    tell([f"{len(done):,} parts are there, and not in what follows"] if done else [])
    return [number for number in which if number not in done]


def _refuse_mixed(plan: Plan, to: Destination, workers: int, summary: bool) -> None:
    """UsageError for what only a folder of parts can do, and for what a search cannot."""
    if plan.search and (to.folder or workers > 1 or to.dask or to.shard or summary):
        raise UsageError(
            "--minimize has no parts, --shard, --workers, --dask or --summary",
            hint="-o rows.csv keeps what it tries",
        )
    if to.resume and not to.folder:
        raise UsageError("--resume is for a folder of parts", hint="name it with /: -o parts/")
    if (workers > 1 or to.dask) and to.file:
        raise UsageError(
            "several --workers and --dask write no one file",
            hint=f"name a folder of parts: -o {to.file}/",
        )
