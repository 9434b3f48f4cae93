"""The commits that changed a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from convcost.errors import SpecError, UsageError
from convcost.sources.git.history import Revision, revisions, text_in
from tests.cli.projects import commit, git, write


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    write({"specs/a.yaml": "1", "b.yaml": "1"})
    commit("one")
    write({"b.yaml": "2"})
    commit("not this file")
    write({"specs/a.yaml": "2"})
    commit("two, with ünusual words")
    return tmp_path


def told(found: list[Revision]) -> list[tuple[str, bytes | None]]:
    return [(each.subject, text_in(each.commit, "specs/a.yaml")) for each in found]


def test_newest_first_and_only_where_the_file_changed() -> None:
    found = list(revisions("specs/a.yaml"))
    assert told(found) == [("two, with ünusual words", b"2"), ("one", b"1")]
    assert [each.commit.hash for each in found] == git("rev-list", "HEAD", "specs").split()
    assert found[0].day == git("log", "-1", "--format=%cs").strip()


def test_behind_a_commit_and_from_a_folder_below() -> None:
    os.chdir("specs")
    assert [
        each.subject for each in revisions("a.yaml", since=git("rev-parse", "HEAD~1").strip())
    ] == ["two, with ünusual words"]


def test_what_was_merged_is_the_merge() -> None:
    git("checkout", "--quiet", "-b", "topic", "HEAD~1")
    write({"b.yaml": "3"})
    commit("b")
    git("checkout", "--quiet", "-")
    git("checkout", "--quiet", "-b", "other", "HEAD")
    write({"specs/a.yaml": "3"})
    commit("inside")
    git("checkout", "--quiet", "topic")
    git("merge", "--quiet", "-X", "ours", "-m", "merged", "other")
    assert told(list(revisions("specs/a.yaml"))) == [("merged", b"3"), ("one", b"1")]


def test_a_file_that_was_taken_away() -> None:
    Path("specs/a.yaml").unlink()
    commit("away")
    assert told(list(revisions("specs/a.yaml")))[0] == ("away", None)


def test_no_program_that_a_repository_names_runs(tmp_path: Path) -> None:
    write({"spy": "#!/bin/sh\ntouch ran\n", ".gitattributes": "*.yaml diff=spy\n"})
    Path("spy").chmod(0o755)
    for key in ("diff.spy.textconv", "diff.spy.command", "gpg.program", "core.pager"):
        git("config", key, str(tmp_path / "spy"))
    git("config", "log.showSignature", "true")
    assert len(list(revisions("specs/a.yaml"))) == 2
    assert not Path("ran").exists()


def test_what_cannot_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SpecError, match="does not lie in this repository"):
        list(revisions("../x.yaml"))
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir("empty")
    git("init", "--quiet")
    with pytest.raises(UsageError, match="git cannot tell the history"):
        list(revisions("a.yaml"))
