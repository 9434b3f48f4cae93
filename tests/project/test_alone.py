"""One process at a time."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from convcost.errors import UsageError
from convcost.project import alone as module
from convcost.project.alone import alone, claimed


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    (tmp_path / "project").mkdir()
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


def refuse(folder: str) -> int:
    raise PermissionError(13, "Permission denied")


@pytest.fixture(params=["folder", "file"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How it is done here, and where a folder cannot be held."""
    if request.param == "file":
        monkeypatch.setattr(module, "_folder", refuse)
    return str(request.param)


def test_two_do_not_hold_a_file_at_once(tmp_path: Path, way: str) -> None:
    path = str(tmp_path / "project/x.lock")
    with alone(path), pytest.raises(UsageError, match="another process has kept"), alone(path):
        pytest.fail("both hold it")
    with alone(path):  # which is free again
        pass


def test_a_file_goes_by_its_real_name(tmp_path: Path, way: str) -> None:
    os.symlink("project", tmp_path / "alias")
    with (
        alone(str(tmp_path / "project/x.lock")),
        pytest.raises(UsageError, match="another process"),
        alone(str(tmp_path / "alias/x.lock")),
    ):
        pytest.fail("both hold it")


def test_a_failure_lets_go(tmp_path: Path, way: str) -> None:
    path = str(tmp_path / "project/x.lock")
    for _ in range(2):
        with pytest.raises(ValueError, match="mine"), alone(path):
            raise ValueError("mine")


def test_nothing_is_left_in_the_project(tmp_path: Path, way: str) -> None:
    with alone(str(tmp_path / "project/x.lock")):
        assert not os.listdir(tmp_path / "project")
        assert len(os.listdir(tmp_path / "temporary")) == (way == "file")


def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As NFS, which locks no folder."""
    held: list[int] = []

    def hold(descriptor: int) -> None:
        if not held:
            held.append(descriptor)
            raise OSError(9, "Bad file descriptor")
        held.append(descriptor)

    monkeypatch.setattr(module, "_hold", hold)
    with alone(str(tmp_path / "project/x.lock")):
        assert len(held) == 2
    assert os.listdir(tmp_path / "temporary")


def test_no_way_at_all_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_folder", "_stand_in"):
        monkeypatch.setattr(module, name, refuse)
    with pytest.raises(UsageError, match="cannot be kept"), alone(str(tmp_path / "x.lock")):
        pytest.fail("it is not held")


def test_a_folder_that_is_not_there_is_left_to_writing(tmp_path: Path) -> None:
    with alone(str(tmp_path / "nothing/x.lock")):
        pass


def test_what_another_makes_is_not_made_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    path = str(tmp_path / "rows.csv")
    refused = pytest.raises(UsageError, match="another process is writing")
    with claimed(path):
        with claimed(path + "x"), claimed(path, "1/2"), claimed(path, "2/2"):
            pass
        with refused, claimed(str(tmp_path / "." / "rows.csv")):
            pass
        with refused, claimed(path):
            pass
    with claimed(path):
        pass
    assert list(folder.iterdir()) == []


def test_nothing_is_kept_from_others_where_there_are_no_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    with claimed(str(tmp_path / "rows.csv")), claimed(str(tmp_path / "rows.csv")):
        pass
