"""Files as they were in a commit."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from convcost.errors import ConvcostError, SpecError, UsageError
from convcost.sources.git import runner
from convcost.sources.git.files import git_bytes, is_from_git

GIT = shutil.which("git") or ""
pytestmark = pytest.mark.skipif(not GIT, reason="needs git")


def run_git(*args: str) -> None:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    subprocess.run([GIT, *identity, *args], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of two commits, with a folder in it; what is beside it is out of reach."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    root = tmp_path / "repository"
    (root / "specs").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("secret: 1\n")
    monkeypatch.chdir(root)
    run_git("init", "-q", "-b", "main")
    for text in ("a: 1\n", "a: 2\n"):
        (root / "specs" / "net.yaml").write_text(text)
        (root / "top:level.yaml").write_text("top: 1\n")
        run_git("add", ".")
        run_git("commit", "-q", "-m", text.strip())
    run_git("tag", "v1.0", "HEAD~1")
    return root


def refusal(text: str, kind: type[ConvcostError] = UsageError) -> str:
    with pytest.raises(kind) as caught:
        git_bytes(text, 1000)
    (problem,) = caught.value.problems
    assert problem.hint or kind is SpecError
    return problem.message


def test_what_asks_for_git() -> None:
    assert is_from_git("git:main:net.yaml")
    assert not is_from_git("specs/git.yaml")


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        ("git:HEAD:specs/net.yaml", b"a: 2\n"),
        ("git:main:specs/net.yaml", b"a: 2\n"),
        ("git:HEAD~1:specs/net.yaml", b"a: 1\n"),
        ("git:HEAD^:specs/net.yaml", b"a: 1\n"),
        ("git:v1.0:specs/net.yaml", b"a: 1\n"),
        ("git:v1.0^{commit}:specs/net.yaml", b"a: 1\n"),
        ("git:@:./specs/../specs/net.yaml", b"a: 2\n"),
        ("git:HEAD:top:level.yaml", b"top: 1\n"),
    ],
)
def test_contents(repository: Path, text: str, contents: bytes) -> None:
    path, found = git_bytes(text, 1000)
    assert found == contents
    assert text.endswith(path)


def test_paths_are_seen_from_the_current_folder(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "specs")
    assert git_bytes("git:HEAD:net.yaml", 1000)[1] == b"a: 2\n"
    assert git_bytes("git:HEAD:../specs/net.yaml", 1000)[1] == b"a: 2\n"
    assert refusal("git:HEAD:specs/net.yaml", SpecError) == "there is no such file in HEAD"


@pytest.mark.parametrize(
    "text",
    [
        "git:HEAD:../secret.yaml",
        "git:HEAD:specs/../../secret.yaml",
        "git:HEAD:specs",
        "git:HEAD:.",
        "git:HEAD:none.yaml",
    ],
)
def test_nothing_outside_of_the_commit_can_be_had(repository: Path, text: str) -> None:
    assert refusal(text, SpecError) == "there is no such file in HEAD"


@pytest.mark.parametrize(
    "ref",
    [
        "--output=x",
        "-p",
        "--all",
        "",
        " HEAD",
        "HEAD x",
        "main..HEAD",
        "HEAD\n",
        "a;b",
        "$(id)",
        "é",
    ],
)
def test_references_cannot_be_anything_else(repository: Path, ref: str) -> None:
    assert refusal(f"git:{ref}:specs/net.yaml").endswith("is not the name of a commit")
    assert sorted(path.name for path in repository.iterdir()) == [".git", "specs", "top:level.yaml"]


@pytest.mark.parametrize("path", ["/etc/passwd", "a\nb.yaml", "a\\b.yaml", "a\x00b"])
def test_paths_that_are_none(repository: Path, path: str) -> None:
    assert refusal(f"git:HEAD:{path}").endswith("is no path inside a repository")


@pytest.mark.parametrize("text", ["git:", "git:HEAD", "git:HEAD:"])
def test_what_names_no_file(repository: Path, text: str) -> None:
    assert refusal(text) == f'"{text}" names no file in a commit'


def test_a_commit_that_is_not_there(repository: Path) -> None:
    assert refusal("git:other:specs/net.yaml") == 'git knows no commit "other"'
    assert refusal("git:main@{99999999}:specs/net.yaml").startswith("git knows no commit")


def test_a_tree_is_no_commit(repository: Path) -> None:
    assert refusal("git:HEAD^{tree}:net.yaml").startswith("git knows no commit")


def test_outside_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert refusal("git:HEAD:net.yaml").startswith("git says: fatal: not a git repository")


def test_a_file_that_is_too_large(repository: Path) -> None:
    with pytest.raises(SpecError, match="larger than 0 MiB"):
        git_bytes("git:HEAD:specs/net.yaml", 4)


def test_without_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    assert refusal("git:HEAD:specs/net.yaml") == "git is not installed"


def test_a_git_that_never_answers(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("git", runner.SECONDS)

    monkeypatch.setattr(subprocess, "run", never)
    assert refusal("git:HEAD:specs/net.yaml") == "git took longer than 60 seconds"
