"""A case laid out in a folder and run there, in this process, within limits of time and memory."""

from __future__ import annotations

import contextlib
import importlib.abc
import io
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from benchmarks.fuzzing.case import (
    CANARY,
    OUTSIDE,
    SECRET,
    Call,
    Case,
    Fifo,
    Git,
    Lose,
    Outcome,
    Step,
    Symlink,
    Together,
    Write,
)

MOST_SECONDS = 20.0
"""Of the processor's time, for any command line of a file under 1 MB; then it is stopped."""
IDLE_SECONDS = 30.0
"""Of waiting for what never comes."""
_ENOUGH_SECONDS = 10.0
_TICK = 0.25
_LARGEST_READ = 2**21
_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


class Stopped(BaseException):
    """Ends a command line that takes too long; no handler of exceptions sees to it."""


class Listener(importlib.abc.MetaPathFinder):
    """Notes which of some modules anybody wants to import, and finds none."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.wanted: set[str] = set()

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname in self.names:
            self.wanted.add(fullname)


def lay_out(folder: Path) -> tuple[Path, Path]:
    """An empty folder to work in, and one beside it that is none of anybody's business."""
    shutil.rmtree(folder, ignore_errors=True)
    work, outside = folder / "work", folder / "outside"
    work.mkdir(parents=True)
    outside.mkdir()
    for name in ("secret.yaml", "secret.txt"):
        (outside / name).write_text(f"{SECRET}-{name}: [\n", encoding="utf-8")
    spec = f"name: {SECRET}\ninput: 3x8x8\nlayers: [{{kind: standard, m: 4, k: 3}}]\n"
    (outside / "net.yaml").write_text(spec, encoding="utf-8")
    return work, outside


def perform(case: Case, folder: Path) -> list[tuple[Call, Outcome]]:
    """Every call of the case and how it ended, in an empty folder at `folder`.

    What no single call shows (files outside, canaries, temporary files) is added as the outcome
    of a call without arguments.
    """
    work, outside = lay_out(folder)
    before = _snapshot(outside)
    listener = Listener(CANARY, "torch")
    sys.meta_path.insert(0, listener)
    results: list[tuple[Call, Outcome]] = []
    try:
        with contextlib.chdir(work):
            for step in case.steps:
                results += _perform(step, work, outside)
                if any(
                    outcome.code is None or outcome.seconds > _ENOUGH_SECONDS
                    for _, outcome in results
                ):
                    break  # it is found already
    finally:
        sys.meta_path.remove(listener)
    raised = _aftermath(case, work, listener, before != _snapshot(outside))
    return [*results, *((Call(()), Outcome(0, raised=each)) for each in raised)]


def _perform(step: Step, work: Path, outside: Path) -> list[tuple[Call, Outcome]]:
    here = str(outside)
    match step:
        case Write(path, data):
            with contextlib.suppress(OSError, ValueError):
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                Path(path).write_bytes(data.replace(OUTSIDE.encode(), here.encode()))
        case Symlink(path, target):
            with contextlib.suppress(OSError):
                Path(path).parent.mkdir(parents=True, exist_ok=True)
                os.symlink(target.replace(OUTSIDE, here), path)
        case Fifo(path):
            with contextlib.suppress(FileExistsError):  # a name may be drawn twice
                os.mkfifo(path)
        case Git(args):
            _git(args)
        case Lose(name):
            sha = _git(("rev-parse", name)).strip()
            Path(".git", "objects", sha[:2], sha[2:]).unlink(missing_ok=True)
        case Together(calls, path, traces):
            return _together(calls, path, traces)
        case Call() if not step.needs or os.path.lexists(step.needs):
            return [(step, call(step, work, here))]
    return []


def call(step: Call, work: Path, outside: str = "") -> Outcome:
    """One command line, run in this process."""
    from convcost.cli.run import run

    args = [word.replace(OUTSIDE, outside) for word in step.args]
    before = _snapshot(work)
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2)]
    code, raised = None, ""
    started, resident = time.process_time(), _peak(reset=True)
    with _environment(step.env), _streams(*streams):
        try:
            with _alarm():
                code = run(args)
        except Stopped as error:
            raised = str(error)
        except BaseException as error:
            raised = f"{type(error).__name__} at {_place(error)}"
    seconds, megabytes = time.process_time() - started, _peak() - resident
    out, err = (_text(stream) for stream in streams)
    after = _snapshot(work)
    written = tuple((path, data) for path, data in after.items() if before.get(path) != data)
    return Outcome(code, out, err, seconds, megabytes, raised, written)


def _together(
    calls: Sequence[Call], path: str, traces: Sequence[str]
) -> list[tuple[Call, Outcome]]:
    children = [(each, _child(each)) for each in calls]
    results = []
    for each, process in children:
        _, status = os.waitpid(process, 0)
        code = os.waitstatus_to_exitcode(status)
        results.append((each, Outcome(code, err="unseen: error: of a child" if code == 2 else "")))
    with contextlib.suppress(OSError):
        text = Path(path).read_text(encoding="utf-8")
        lost = [trace for trace in traces if trace not in text]
        if lost and all(outcome.code == 0 for _, outcome in results):
            results.append(
                (Call(()), Outcome(0, raised="an entry of several that ran at once is lost"))
            )
    return results


def _child(step: Call) -> int:
    from convcost.cli.run import run

    process = os.fork()
    if process:
        return process
    code = 2
    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere, _streams(nowhere, nowhere):
            code = run(list(step.args))
    finally:
        os._exit(code)


def _aftermath(case: Case, work: Path, listener: Listener, touched: bool) -> list[str]:
    """What a case left behind, or asked for, that it should not have."""
    found = []
    typed = [word for step in case.steps for word in _words(step)]
    asked = any("torch" in word for word in typed)
    if CANARY in listener.wanted or any(work.rglob(f"{CANARY}.ran")):
        found.append("a module of the checked folder was imported")
    elif "torch" in listener.wanted and not asked:
        found.append("a framework was imported for a file")
    if touched:
        found.append("a file outside of the folder was written")
    if any(".git" not in path.parts and _is_temporary(path) for path in work.rglob(".*")):
        found.append("a temporary file was left behind")
    return found


def _words(step: Step) -> Sequence[str]:
    if isinstance(step, Together):
        return [word for each in step.calls for word in each.args]
    return step.args if isinstance(step, Call) else ()


def _is_temporary(path: Path) -> bool:
    return path.is_file() and path.name.startswith((".convcost.", ".net.yaml.", ".new.yaml."))


def _git(args: Sequence[str]) -> str:
    names = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *names, *args],  # noqa: S607 (the one that convcost finds)
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **_GIT},
    )
    return done.stdout


def _snapshot(folder: Path) -> dict[str, bytes]:
    """The regular files below `folder` and what they hold, without git's own."""
    found: dict[str, bytes] = {}
    for where, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        for name in files:
            path = os.path.join(where, name)
            with contextlib.suppress(OSError):
                if os.path.isfile(path) and os.path.getsize(path) < _LARGEST_READ:
                    found[os.path.relpath(path, folder)] = Path(path).read_bytes()
    return found


@contextlib.contextmanager
def _environment(values: Sequence[tuple[str, str]]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _streams(out: Any, err: Any) -> Iterator[None]:
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(), out, err
    try:
        yield
    finally:
        sys.stdin, sys.stdout, sys.stderr = before


def _text(stream: io.TextIOWrapper) -> str:
    with contextlib.suppress(ValueError):
        stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode("utf-8", "replace")


@contextlib.contextmanager
def _alarm() -> Iterator[None]:
    """Raises `Stopped` inside, after too much of the processor's time or of waiting."""
    busy, wall, queued = time.process_time(), time.monotonic(), _queued()

    def tick(signum: int, frame: FrameType | None) -> None:
        seconds = time.process_time() - busy
        waited = time.monotonic() - wall - (_queued() - queued)
        if seconds > MOST_SECONDS:
            raise Stopped("never ends")
        if waited > IDLE_SECONDS and seconds < waited / 20:
            raise Stopped("waits for ever")

    previous = signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, _TICK, _TICK)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def _queued() -> float:
    """The seconds for which other processes had this one's processor, where Linux tells."""
    try:
        return int(Path("/proc/self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def _peak(*, reset: bool = False) -> float:
    """The most memory so far, in MB; `reset` makes that the memory of now, where Linux lets it."""
    try:
        if reset:
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        return 0.0


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    inside = [frame for frame in frames if "convcost" in frame.filename] or frames
    return f"{Path(inside[-1].filename).name}:{inside[-1].name}"
