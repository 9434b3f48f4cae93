"""Specs as git has them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from convcost.errors import SpecError, UsageError
from convcost.sources.git import base as base_module
from convcost.sources.git.base import merge_base, texts_at
from convcost.sources.git.objects import AT_ONCE
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


def lose(thing: str) -> None:
    """Take the object of git's that `thing` names away."""
    name = git("rev-parse", thing).strip()
    Path(".git/objects", name[:2], name[2:]).unlink()


def damage(thing: str) -> None:
    name = git("rev-parse", thing).strip()
    path = Path(".git/objects", name[:2], name[2:])
    path.chmod(0o644)
    path.write_bytes(b"garbage")


@pytest.mark.parametrize("harm", [lose, damage])
@pytest.mark.parametrize("thing", ["HEAD:specs/a.yaml", "HEAD:specs", "HEAD^{tree}"])
def test_what_git_has_lost_is_not_new(harm: Callable[[str], None], thing: str) -> None:
    write({"specs/a.yaml": "text", "b.yaml": "other"})
    commit()
    base = merge_base("git:main")
    harm(thing)
    with pytest.raises(UsageError, match=r"git (has lost|cannot read)") as caught:
        list(texts_at(base, ["specs/a.yaml"]))
    assert '"git fsck"' in caught.value.problems[0].hint


def test_what_is_not_asked_for_may_be_lost() -> None:
    write({"specs/a.yaml": "text", "b.yaml": "other"})
    commit()
    base = merge_base("git:main")
    lose("HEAD:b.yaml")
    assert list(texts_at(base, ["specs/a.yaml"])) == [("specs/a.yaml", b"text")]


@pytest.mark.parametrize("lost", ["HEAD", "HEAD~1", "main"])
def test_a_history_with_a_hole(lost: str) -> None:
    for message in ("one", "two"):
        commit(message)
    git("checkout", "--quiet", "-b", "topic", "HEAD~1")
    for message in ("three", "four"):
        commit(message)
    lose(lost)
    with pytest.raises(UsageError, match=r"git (knows no|cannot tell)"):
        merge_base("git:main")


def test_a_submodule_has_a_history_of_its_own(tmp_path: Path) -> None:
    write({"inner/a.yaml": "text"})
    for folder in ("inner", "."):
        git("-C", folder, "init", "--quiet")
        git("-C", folder, "add", "--all")
        git("-C", folder, "commit", "--quiet", "--message", "x")
    with pytest.raises(SpecError, match="lay in a submodule"):
        list(texts_at(merge_base("git:main"), ["inner/a.yaml"]))


def test_names_that_git_would_read_otherwise() -> None:
    names = [":a.yaml", ":(top)b.yaml", "[c].yaml", "*.yaml", "-d.yaml", " e .yaml", 'f"\\.yaml']
    write(dict.fromkeys(names, "text") | {"other.yaml": "x"})
    commit()
    assert list(texts_at(merge_base("git:main"), names)) == [(name, b"text") for name in names]


def test_a_file_that_was_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base_module, "LARGEST", 3)
    write({"a.yaml": "text"})
    commit()
    with pytest.raises(SpecError, match="larger than"):
        list(texts_at(merge_base("git:main"), ["a.yaml"]))


def test_the_history_is_what_the_commits_say() -> None:
    """Neither replacements nor grafts change what a branch began from."""
    write({"a.yaml": "small"})
    commit()
    small = git("rev-parse", "HEAD:a.yaml").strip()
    write({"a.yaml": "large"})
    large = git("hash-object", "-w", "a.yaml").strip()
    git("replace", small, large)
    Path(".git/info/grafts").write_text(git("rev-parse", "HEAD"), encoding="utf-8")
    assert list(texts_at(merge_base("git:main"), ["a.yaml"])) == [("a.yaml", b"small")]


@pytest.fixture
def program(tmp_path: Path) -> str:
    """A program that leaves a file `ran` behind."""
    path = tmp_path / "program"
    path.write_text(f"#!/bin/sh\n: > {tmp_path}/ran\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_settings_of_git_are_no_way_in(tmp_path: Path, program: str) -> None:
    """A repository from anywhere may name programs in its configuration."""
    write({"a.yaml": "text", ".gitattributes": "* diff=x filter=x\n"})
    commit()
    for key in (
        "core.fsmonitor",
        "core.pager",
        "pager.ls-tree",
        "pager.cat-file",
        "core.editor",
        "core.askpass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "credential.helper",
        "diff.external",
        "diff.x.textconv",
        "diff.x.command",
        "filter.x.smudge",
        "filter.x.clean",
        "filter.x.process",
        "gpg.program",
        "core.sshCommand",
    ):
        git("config", key, program)
    for name in ("rev-parse", "merge-base", "ls-tree", "cat-file"):
        git("config", f"alias.{name}", f"!{program}")
    write(dict.fromkeys(HOOKS, f"#!/bin/sh\nexec {program}\n"))
    for name in HOOKS:
        Path(name).chmod(0o755)
    assert list(texts_at(merge_base("git:main"), ["a.yaml"])) == [("a.yaml", b"text")]
    assert not (tmp_path / "ran").exists()


HOOKS = [f".git/hooks/{name}" for name in ("post-index-change", "reference-transaction")]


@pytest.mark.parametrize("allowed", ["protocol.allow", "protocol.ext.allow", "protocol.ssh.allow"])
@pytest.mark.parametrize("url", ["ext::{program} %S", "ssh://host/x", "file://{folder}"])
def test_what_a_partial_clone_lacks_runs_no_transport(
    tmp_path: Path, program: str, url: str, allowed: str
) -> None:
    write({"a.yaml": "text"})
    commit()
    base = merge_base("git:main")
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": url.format(program=program, folder=tmp_path),
        "remote.origin.uploadpack": program,
        "core.sshCommand": program,
        allowed: "always",
    }.items():
        git("config", key, value)
    lose("HEAD:a.yaml")
    with pytest.raises(UsageError, match=r"git (has lost|cannot read)"):
        list(texts_at(base, ["a.yaml"]))
    assert not (tmp_path / "ran").exists()


def test_git_is_not_taken_from_the_checkout(
    tmp_path: Path, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit()
    Path("git").symlink_to(program)
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", os.environ["PATH"]]))
    merge_base("git:main")
    assert not (tmp_path / "ran").exists()


def test_git_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(*args: object, **options: object) -> None:
        raise subprocess.TimeoutExpired("git", 60)

    monkeypatch.setattr(subprocess, "run", endless)
    with pytest.raises(UsageError, match="longer than 60 seconds"):
        merge_base("git:main")
