"""Specs as git has them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from convcost.errors import SpecError, UsageError
from convcost.sources.git.base import AT_ONCE, merge_base, repository, texts_at
from tests.cli.projects import commit, git, write


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    return tmp_path


def test_more_files_than_are_asked_for_at_once() -> None:
    names = [f"specs/{number} ü.yaml" for number in range(AT_ONCE + 3)]
    write({name: f"{name}\n\n" for name in names})
    commit()
    found = list(texts_at(merge_base("git:main"), [*names, "specs/new.yaml", "specs"]))
    assert found[:-2] == [(name, f"{name}\n\n".encode()) for name in names]
    assert found[-2:] == [("specs/new.yaml", None), ("specs", None)]


def test_the_name_says_which_commit() -> None:
    commit()
    base = merge_base("git:main")
    assert base.name == f"main ({git('rev-parse', 'HEAD')[:7]})"


@pytest.mark.parametrize(
    "ref", ["", "-x", "--help", "a..b", "a:b", "a b", "a\nb", "$(x)", "@{-1}..", ":/x", "^a"]
)
def test_a_reference_cannot_be_anything_else(ref: str) -> None:
    commit()
    with pytest.raises(UsageError, match="is not the name of a commit"):
        merge_base(f"git:{ref}")


@pytest.mark.parametrize("ref", ["main", "HEAD", "HEAD~0", "@", "refs/heads/main", "v1.0", "a/b"])
def test_what_a_reference_may_be(ref: str) -> None:
    commit()
    git("tag", "v1.0")
    git("branch", "a/b")
    assert merge_base(f"git:{ref}").commit == git("rev-parse", "HEAD").strip()


@pytest.mark.parametrize("path", ["../outside.yaml", "/etc/passwd", "two\nlines"])
def test_a_path_cannot_leave_the_repository(path: str) -> None:
    commit()
    with pytest.raises(SpecError, match="does not lie in this repository"):
        list(texts_at(merge_base("git:main"), [path]))


def test_a_link_is_followed_as_it_leads_today() -> None:
    write({"real.yaml": "text"})
    os.symlink("real.yaml", "link.yaml")
    commit()
    assert list(texts_at(merge_base("git:main"), ["link.yaml"])) == [("link.yaml", b"text")]


def test_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a clone that left the contents of files behind, what is not here is told of."""
    write({"a.yaml": "text"})
    commit()
    git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    source = f"file://{tmp_path}"
    options = ("--quiet", "--no-checkout", "--filter=blob:none")
    git("clone", *options, source, str(clone))
    monkeypatch.chdir(clone)
    with pytest.raises(UsageError, match="clone without --filter"):
        list(texts_at(merge_base("git:HEAD"), ["a.yaml"]))


def test_settings_of_git_are_no_way_in(tmp_path: Path) -> None:
    """A repository from anywhere may name programs in its configuration."""
    write({"a.yaml": "text"})
    commit()
    for key in ("core.fsmonitor", "core.pager", "diff.external", "core.sshCommand"):
        git("config", key, f"touch {tmp_path}/ran")
    list(texts_at(merge_base("git:main"), ["a.yaml"]))
    assert not (tmp_path / "ran").exists()


def test_git_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*args: object, **options: object) -> None:
        raise subprocess.TimeoutExpired("git", 60)

    monkeypatch.setattr(subprocess, "run", endless)
    with pytest.raises(UsageError, match="longer than 60 seconds"):
        merge_base("git:main")


def test_the_top_of_the_repository(tmp_path: Path) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    assert repository("a/b") == str(tmp_path)
