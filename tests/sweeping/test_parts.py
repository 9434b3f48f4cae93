"""Sweeps in parts, in shards and by several processes."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest

from convcost.errors import UsageError
from convcost.sources import target_of
from convcost.sweeping import cluster, parts
from convcost.sweeping.base import Plan, planned
from convcost.sweeping.cloud import Cloud, sides
from convcost.sweeping.outcome import Row
from convcost.sweeping.parts import Job, numbers, prepare, run
from convcost.sweeping.selection import Chosen, Objective, Wanted
from convcost.sweeping.space import space_of

pytest.importorskip("numpy")
VALUES: dict[str, Sequence[Any]] = {
    "alpha": [each / 20 for each in range(5, 21)],
    "size": [-1, 32, 64, 95],
}


def job(**other: Any) -> tuple[Job, Plan]:
    asked: dict[str, Any] = {"targets": [target_of("mobilenet_v1")], "space": space_of(VALUES, {})}
    wanted = Wanted(front=[Objective("macs"), Objective("size", most=True)])
    seen = sides(wanted, asked["space"])
    return Job(asked, wanted, size=7, sides=seen, **other), planned(**asked)


def rows(found: Chosen) -> list[Row]:
    return list(found.rows().each())


def cloud(found: Chosen) -> Cloud:
    assert found.tally
    return found.tally.cloud()


def test_parts_come_to_what_the_whole_does() -> None:
    small, plan = job()
    every = numbers(plan, (1, 1), 7)
    alone = run(small._replace(size=1000), plan, [0], 1, lambda done: None, None)
    done: list[int] = []
    found = run(small, plan, every, 1, done.append, None)
    assert rows(found) == rows(alone)
    assert cloud(found) == cloud(alone)
    assert sum(cell.passing for cell in cloud(found).cells) == 48
    assert (found.variants, found.passing) == (64, 48)
    assert found.refusals == alone.refusals
    assert sum(done) == 64


def test_other_processes_come_to_the_same() -> None:
    small, plan = job()
    every = numbers(plan, (1, 1), 7)
    alone = run(small, plan, every, 1, lambda done: None, None)
    found = run(small, plan, every, 2, lambda done: None, None)
    assert rows(found) == rows(alone)
    assert cloud(found) == cloud(alone)
    assert found.refusals == alone.refusals


def test_shards_share_out_all_parts() -> None:
    _, plan = job()
    shares = [numbers(plan, (each, 3), 7) for each in (1, 2, 3)]
    assert sorted(number for share in shares for number in share) == numbers(plan, (1, 1), 7)


def test_what_a_process_had_begun_when_it_died_is_done_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small, plan = job()
    every = numbers(plan, (1, 1), 7)
    asked: list[list[int]] = []

    def elsewhere(job: Job, which: list[int], workers: int) -> Any:
        asked.append(which)
        for number in which[:6]:
            part = parts._part(job, plan, number, lambda done: None)
            yield number, part, part.variants
        if len(which) > 4:
            raise BrokenProcessPool

    monkeypatch.setattr(parts, "_elsewhere", elsewhere)
    found = run(small, plan, every, 2, lambda done: None, None)
    assert [len(each) for each in asked] == [16, 10, 4]
    assert rows(found) == rows(run(small, plan, every, 1, lambda done: None, None))
    monkeypatch.setattr(parts, "_TRIES", 1)
    with pytest.raises(UsageError, match="processes of this sweep die"):
        run(small, plan, every, 2, lambda done: None, None)


def test_no_more_processes_start_than_there_are_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    small, plan = job()
    asked: list[int] = []

    def elsewhere(job: Job, which: list[int], workers: int) -> Any:
        asked.append(workers)
        for number in which:
            part = parts._part(job, plan, number, lambda done: None)
            yield number, part, part.variants

    monkeypatch.setattr(parts, "_elsewhere", elsewhere)
    for which in ([0, 1, 2], [0]):  # one needs no other process
        run(small, plan, which, 1000, lambda done: None, None)
    assert asked == [3]
    with pytest.raises(UsageError, match="more than 1,024 --workers"):
        run(small, plan, [0], 1_000_000, lambda done: None, None)


def test_a_cluster_comes_to_the_same_and_does_again_what_a_worker_had_begun() -> None:
    distributed = pytest.importorskip("distributed")
    small, plan = job()
    every = numbers(plan, (1, 1), 7)
    own = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**own) as made, distributed.Client(made) as client:
        processes = list(client.run(os.getpid).values())
        done: list[int] = []

        def advance(rows: int) -> None:
            if not done:
                os.kill(processes[0], signal.SIGTERM)
            done.append(rows)

        there = small._replace(cluster=made.scheduler_address)
        found = run(there, plan, every, 2, advance, None)
    assert rows(found) == rows(run(small, plan, every, 1, lambda done: None, None))
    assert (found.variants, sum(done)) == (64, 64)


def test_a_cluster_that_cannot_be_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    small, plan = job(cluster="tcp://127.0.0.1:1")
    with pytest.raises(UsageError, match=r"cannot reach the cluster tcp://127\.0\.0\.1:1"):
        run(small, plan, [0, 1], 2, lambda done: None, None)


def test_a_folder_is_of_one_sweep(tmp_path: Path) -> None:
    _, plan = job()
    folder = str(tmp_path / "parts")
    assert prepare(folder, plan, {"vars": 1}, resume=False) == set()
    (tmp_path / "parts" / "part-000003.parquet").touch()
    assert prepare(folder, plan, {"vars": 1}, resume=True) == {3}
    with pytest.raises(UsageError, match="has parts of a sweep"):
        prepare(folder, plan, {"vars": 1}, resume=False)
    with pytest.raises(UsageError, match="has parts of another sweep"):
        prepare(folder, plan, {"vars": 2}, resume=True)


def test_nothing_is_written_through_links(tmp_path: Path) -> None:
    _, plan = job()
    for name in ("part-000003.parquet", "sweep.json"):
        (tmp_path / "elsewhere").unlink(missing_ok=True)
        (tmp_path / name).symlink_to(tmp_path / "elsewhere")
        with pytest.raises(UsageError, match=f"{name} in .* is a link, or no file"):
            prepare(str(tmp_path), plan, {}, resume=True)
        assert not (tmp_path / "elsewhere").exists()
        (tmp_path / name).unlink()


def test_other_files_of_a_folder_are_no_parts(tmp_path: Path) -> None:
    _, plan = job()
    for name in ("notes.parquet", "part-.parquet", "part-1_0.parquet", "part-000001.parquet"):
        (tmp_path / name).touch()
    assert prepare(str(tmp_path), plan, {}, resume=True) == {1}


def test_shards_share_a_folder(tmp_path: Path) -> None:
    _, plan = job()
    folder = str(tmp_path / "parts")
    assert prepare(folder, plan, {"vars": 1}, resume=False, own=[0, 2]) == set()
    (tmp_path / "parts" / "part-000002.parquet").touch()
    assert prepare(folder, plan, {"vars": 1}, resume=False, own=[1, 3]) == {2}
    assert prepare(folder, plan, {"vars": 1}, resume=True, own=[0, 2]) == {2}
    with pytest.raises(UsageError, match="has parts of a sweep"):
        prepare(folder, plan, {"vars": 1}, resume=False, own=[0, 2])
    with pytest.raises(UsageError, match="has parts of another sweep"):
        prepare(folder, plan, {"vars": 2}, resume=False, own=[1, 3])
    with pytest.raises(UsageError, match="has parts of a sweep"):
        prepare(folder, plan, {"vars": 1}, resume=False)


def test_a_full_disk_keeps_the_parts_that_are_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow")
    folder = tmp_path / "parts"
    folder.mkdir()
    small, plan = job(folder=str(folder))
    synced: list[int] = []

    def fsync(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) > 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("convcost.sources.outfile.os.fsync", fsync)
    with pytest.raises(UsageError, match=r"part-000003\.parquet: No space left on device"):
        run(small, plan, numbers(plan, (1, 1), 7), 1, lambda done: None, None)
    names = [f"part-{number:06}.parquet" for number in range(3)]
    assert sorted(path.name for path in folder.iterdir()) == names
