"""A sweep in parts: each by itself, in this process or in others, to a file of its own."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import nullcontext
from hashlib import sha256
from threading import local
from typing import Any, NamedTuple

from convcost.errors import UsageError
from convcost.sources import document_of
from convcost.sources.outfile import beginning, write_file
from convcost.sources.plugins import LOADED, load_all
from convcost.sources.targets import is_imported
from convcost.sweeping.base import Plan, planned
from convcost.sweeping.cloud import Side, Tally
from convcost.sweeping.cluster import on_cluster
from convcost.sweeping.files import Write, written
from convcost.sweeping.searching import search
from convcost.sweeping.selection import Chosen, Wanted
from convcost.sweeping.space import Space
from convcost.sweeping.summary import Summary
from convcost.text import quote

PART = 2**22
"""Rows of a part, of which none is in memory whole."""
MANIFEST = "sweep.json"
_NAME = r"part-([0-9]{6,9})\.parquet"
_TRIES = 3
MOST_WORKERS = 1024
"""Processes that start at once."""
Advance = Callable[[int], None]


class Job(NamedTuple):
    """What a process needs to work out parts: what `planned` takes, what is wanted, how many rows
    to `keep` of it, the folder for files of those that pass, if any, the sides on which it is told
    where all lie, if it is, whether there is to be a summary of those that pass, the address of the
    Dask cluster that does it, if one does, and the plugins that are loaded."""

    asked: Mapping[str, Any]
    wanted: Wanted
    keep: int | None = None
    folder: str = ""
    size: int = PART
    sides: tuple[Side, Side] | None = None
    summary: bool = False
    cluster: str = ""
    plugins: tuple[str, ...] = ()

    def plan(self) -> Plan:
        """The plan that it is of."""
        return planned(**self.asked)

    def nothing(self, plan: Plan) -> Chosen:
        """What is chosen before any row was looked at."""
        own = self.wanted.join.columns if self.wanted.join else ()
        summary = Summary(plan.space, (*plan.metrics, *own)) if self.summary else None
        tally = Tally(self.sides) if self.sides else None
        return Chosen(self.wanted, self.keep, tally=tally, summary=summary)


def run(
    job: Job, plan: Plan, which: Sequence[int], workers: int, advance: Advance, write: Write | None
) -> Chosen:
    """What is chosen of these parts, in their order; `write` gets the rows that pass, if one
    process does it all."""
    if workers > MOST_WORKERS:
        raise UsageError(f"more than {MOST_WORKERS:,} --workers", hint="one for each core is best")
    found = job.nothing(plan)
    if plan.search and not plan.search.exact:
        search(plan.search, plan, found, advance, write)
        return found
    workers = min(workers, len(which))  # all of them start, whatever there is to do
    if not which or (workers <= 1 and not job.cluster):
        for number in which:
            found.merge(_part(job, plan, number, advance, write))
        return found
    job = job._replace(plugins=tuple(LOADED))
    waiting = dict.fromkeys(which)
    done: dict[int, Chosen] = {}
    for _ in range(_TRIES):
        try:
            for number, part, size in _elsewhere(job, list(waiting), workers):
                done[number] = part
                del waiting[number]
                advance(size)
        except BrokenProcessPool:
            continue  # a process died: what it had begun is done again
        break
    if waiting:
        raise UsageError("the processes of this sweep die", hint="give fewer --workers")
    for number in which:
        found.merge(done[number])
    return found


def numbers(plan: Plan, shard: tuple[int, int], size: int = PART) -> list[int]:
    """The parts of a shard, one of several of which each has every so manieth."""
    first, every = shard
    if not plan.is_exact:
        return []
    count = sum(1 for _ in plan.space.blocks(size))
    return list(range(first - 1, count, every))


def identity(asked: Mapping[str, Any], wanted: Wanted) -> dict[str, Any]:
    """What tells the parts of one sweep from those of another."""
    join = {"join": sha256(repr(wanted.join).encode()).hexdigest()} if wanted.join else {}
    texts = [each for each in asked["targets"] if not is_imported(each)]
    return {
        "networks": [str(each) for each in asked["targets"]],
        "specs": [sha256(document_of(each).text.encode()).hexdigest() for each in texts],
        "vars": {
            name: [len(column), sha256(repr(column.tolist()).encode()).hexdigest()]
            for axis in asked["space"].axes
            for name, column in axis.columns.items()
        },
        "metrics": asked["metrics"],
        "set": asked["fixed"],
        "draw": [asked["random"], asked["seed"]],
        "setting": str(asked["setting"]),
        "where": [each.text for each in wanted.where],
        **join,
    }


def prepare(
    folder: str,
    plan: Plan,
    asked: Mapping[str, Any],
    resume: bool,
    own: Collection[int] | None = None,
) -> set[int]:
    """Make `folder` fit for the parts of a sweep; the numbers of those that are there already.

    UsageError where there are any of its `own`, which are all unless told, and they are not to be
    kept, for those of another sweep, and for links, through which parts would come to lie
    elsewhere.
    """
    said = json.dumps({**asked, "rows": plan.space.size}, indent=1, default=str) + "\n"
    path = os.path.join(folder, MANIFEST)
    try:
        os.makedirs(folder, exist_ok=True)
        with os.scandir(folder) as entries:
            there = [each for each in entries if each.name.endswith((MANIFEST, ".parquet"))]
        known = beginning(path, None)
    except OSError as error:
        raise UsageError(f"cannot use {quote(folder, 4096)}: {error.strerror}") from None
    if links := [each.name for each in there if not each.is_file(follow_symlinks=False)]:
        raise UsageError(
            f"{links[0]} in {quote(folder, 4096)} is a link, or no file", hint="take it away"
        )
    found = (re.fullmatch(_NAME, each.name) for each in there)
    done = {int(part[1]) for part in found if part}
    is_begun = known or done if own is None else done.intersection(own)
    if is_begun and not resume:
        raise UsageError(
            f"{quote(folder, 4096)} has parts of a sweep", hint="--resume goes on with them"
        )
    if known and known != said:
        raise UsageError(f"{quote(folder, 4096)} has parts of another sweep")
    write_file(said, path)
    return done


def _part(
    job: Job, plan: Plan, number: int, advance: Advance, write: Write | None = None
) -> Chosen:
    """What is chosen of one part, whose rows that pass go to a file of their own, or `write`."""
    found = job.nothing(plan)
    first, space = _space(plan.space, number, job.size)
    path = os.path.join(job.folder, f"part-{number:06}.parquet") if job.folder else ""
    with written(path, _no_lines) if path else nullcontext(write) as put:
        for block in plan.runner.blocks(space, first, plan.space):
            passing = found.add(block)
            if put:
                put(passing)
            advance(len(block.which))
    return found


def _space(space: Space, number: int, size: int) -> tuple[int, Space]:
    return next(part for at, part in enumerate(space.blocks(size)) if at == number)


def _no_lines(rows: object, is_first: bool) -> str:
    raise AssertionError("parts are Parquet")


_own = local()
"""In a thread of a process of its own: the job that it works on, and the plan of that."""


def _begin(job: Job) -> None:
    load_all(job.plugins)
    _own.job, _own.plan = job, job.plan()


def _work(number: int, job: Job | None = None) -> tuple[int, Chosen, int]:
    if job and getattr(_own, "job", None) is not job:
        _begin(job)
    found = _part(_own.job, _own.plan, number, lambda done: None)
    return number, found, found.variants


def _elsewhere(job: Job, which: Sequence[int], workers: int) -> Iterator[tuple[int, Chosen, int]]:
    if job.cluster:
        yield from on_cluster(job.cluster, _work, which, job, workers)
        return
    with ProcessPoolExecutor(workers, initializer=_begin, initargs=(job,)) as pool:
        try:
            for future in as_completed([pool.submit(_work, number) for number in which]):
                yield future.result()
        except BaseException:  # an interrupt, too, waits for no part that has not begun
            pool.shutdown(wait=False, cancel_futures=True)
            raise
