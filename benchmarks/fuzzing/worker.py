"""Inputs in a process of their own: one that dies or hangs costs its input and no other."""

from __future__ import annotations

import contextlib
import functools
import gc
import os
import resource
import signal
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from importlib import import_module
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import NamedTuple

import typer.main

from benchmarks.fuzzing.case import Case, Fault
from benchmarks.fuzzing.execute import MOST_SECONDS, perform
from benchmarks.fuzzing.families import draw
from benchmarks.fuzzing.oracles import faults_of, is_evaluated

MOST_MEMORY = 1200 * 2**20
"""Bytes that a worker may have beyond its start."""
SILENT_SECONDS = 10 * MOST_SECONDS
"""Of work, or ten times as many by the clock: on a busy machine a worker may wait for long."""
_BATCH = 500
"""Inputs of one process; then another takes over, without what the first remembers."""


class Verdict(NamedTuple):
    """What one input came to."""

    number: int
    family: str
    evaluated: bool
    faults: tuple[Fault, ...]


def verdicts(
    seed: int, indices: Iterable[int], jobs: int = 1, seconds: float | None = None
) -> Iterator[Verdict]:
    """A verdict for each input; workers that die, hang, or have grown are replaced.

    After `seconds` no further inputs are begun.
    """
    rest = iter(indices)
    end = time.monotonic() + seconds if seconds else None
    left: list[list[int]] = []
    workers: list[_Worker] = []
    # Made here, so that nothing stays behind of a worker that is killed.
    folder = tempfile.TemporaryDirectory(prefix="convcost-fuzz-", ignore_cleanup_errors=True)
    try:
        place = folder.name
        while True:
            while len(workers) < jobs and (batch := left.pop() if left else _next(rest, end)):
                workers.append(_Worker(seed, batch, place))
            if not workers:
                return
            wait([worker.connection for worker in workers], timeout=1)
            for worker in list(workers):
                yield from worker.news()
                if worker.ended or _is_past(end):
                    workers.remove(worker)
                    worker.close()
                    if worker.batch and not _is_past(end):
                        left.append(worker.batch)
    finally:
        for worker in workers:
            worker.close()
        folder.cleanup()


def _is_past(end: float | None) -> bool:
    """Whether there is an end, and it has come."""
    return end is not None and time.monotonic() > end


def _next(rest: Iterator[int], end: float | None) -> list[int]:
    return [] if _is_past(end) else list(islice(rest, _BATCH))


class _Worker:
    """A process that judges the inputs of a batch in turn; `batch` is what is still to come."""

    def __init__(self, seed: int, batch: list[int], place: str) -> None:
        context = get_context("fork")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_work, args=(theirs, seed, batch, place))
        self.process.start()
        theirs.close()
        self.seed = seed
        self.batch = batch
        self.ended = False
        self.heard = time.monotonic()
        self.worked = 0.0

    def news(self) -> Iterator[Verdict]:
        """What it has found since it was last asked; a verdict on its end, where it came early."""
        try:
            while not self.ended and self.connection.poll():
                verdict: Verdict | str | None = self.connection.recv()
                self.heard, self.worked = time.monotonic(), _seconds_of(self.process.pid)
                if isinstance(verdict, str):
                    raise RuntimeError(f"the fuzzer itself failed at {verdict}")
                if verdict is None:
                    self.ended = True
                else:
                    self.batch = self.batch[1:]
                    yield verdict
        except EOFError:
            self.process.join()
            yield self._lost(Fault("death", f"the process ended with {self.process.exitcode}"))
        silent = time.monotonic() - self.heard
        # Only one that is silent is asked for its work, as that costs a look into a file.
        worked = silent > SILENT_SECONDS and _seconds_of(self.process.pid) - self.worked
        if not self.ended and max(worked, silent / 10) > SILENT_SECONDS:
            yield self._lost(Fault("hang", "nothing can stop it"))

    def _lost(self, fault: Fault) -> Verdict:
        self.ended = True
        index, *self.batch = self.batch
        return Verdict(index, draw(self.seed, index).family, False, (fault,))

    def close(self) -> None:
        self.process.kill()
        self.process.join()
        self.connection.close()


def _work(connection: Connection, seed: int, batch: list[int], place: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent sees to it
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.pop("CONVCOST_TRACEBACK", None)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI", "TF_BUILD", "FORCE_COLOR"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(dir=place) as folder:
        warm_up(Path(folder))
        limit_memory()
        start = _size()
        gc.set_threshold(100_000)  # as `convcost.cli.main` has it
        gc.freeze()
        for index in batch:
            try:
                verdict = judge(seed, index, draw(seed, index), Path(folder, "case"))
            except Exception:  # whatever it is, the input that it came with is told
                connection.send(f"input {seed}:{index}\n{traceback.format_exc()}")
                raise
            connection.send(verdict)
            if any(fault.oracle in ("hang", "memory") for fault in verdict.faults):
                break  # an interrupted command may have left anything behind
            if _size() > start + MOST_MEMORY // 3:
                break  # what is left of one input is not the next one's fault
    connection.send(None)


def judge(seed: int, index: int, case: Case, folder: Path) -> Verdict:
    """What running `case` comes to."""
    results = perform(case, folder)
    return Verdict(index, case.family, is_evaluated(results), tuple(faults_of(results)))


def warm_up(folder: Path) -> None:
    """Imports what commands import, so that no input is charged for it."""
    spec = folder / "warm.yaml"
    spec.write_text(
        "input: 3x8x8\nlayers: [{kind: standard, m: '${4}', k: 3}]\nbudgets: {params: 1}\n"
    )
    from benchmarks.fuzzing.case import Call
    from benchmarks.fuzzing.execute import call

    commands: tuple[tuple[str, ...], ...] = (
        ("eval", str(spec)),
        ("check", str(spec)),
        ("eval", str(spec), "--set", "nothing=1"),
        ("compare", "--in", "3", "--out", "4", "-k", "3"),
        ("rewrite", str(spec), "--replace", "standard=ghost"),
    )
    for args in commands:
        call(Call(args), folder)
    # Typer reads the same off a command each time, and that is a sixth of all the work.
    reader = "get_params_from_function"
    vars(typer.main)[reader] = functools.cache(vars(typer.main)[reader])
    for name in ("onnx", "tflite"):  # loaded once, before memory is limited
        with contextlib.suppress(ImportError):
            import_module(name)


def limit_memory() -> None:
    """From here on this process gets no more than `MOST_MEMORY` beyond what it has."""
    resource.setrlimit(resource.RLIMIT_AS, (_size() + MOST_MEMORY, resource.RLIM_INFINITY))


def _seconds_of(process: int | None) -> float:
    """Of work, by the processor's time, that a process has done; 0 for one that is gone."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0.0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _size() -> int:
    """The bytes of this process's memory, touched or not."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()
