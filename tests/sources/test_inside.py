"""Where the paths that a repository names may lead."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from convcost.errors import SpecError
from convcost.sources.inside import inside, repository


def test_the_top_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a/b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert repository("a/b") == str(tmp_path)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, in which the test runs, beside what is not its own."""
    folder = tmp_path / "repository"
    (folder / ".git").mkdir(parents=True)
    (folder / "specs").mkdir()
    (tmp_path / "secret.yaml").write_text("secret\n")
    (tmp_path / "repository-2").mkdir()
    monkeypatch.chdir(folder)
    return folder


LINKS = {
    "up": "../secret.yaml",
    "absolute": "/etc/passwd",
    "folder": "..",
    "sibling": "../repository-2",
    "dangling": "../nothing",
    "there and back": "../repository/../secret.yaml",
    "git": ".git/config",
    "git folder": ".git",
}


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("below", ["", "/x.yaml"])
def test_no_link_leads_out(root: Path, link: str, below: str) -> None:
    os.symlink(LINKS[link], "link")
    os.symlink("link", "link to a link")
    for path in ("link", "link to a link", "specs/../link"):
        with pytest.raises(SpecError, match=r"leads out of the repository|git's own"):
            inside(path + below, str(root))


@pytest.mark.parametrize("path", ["..", "../x", "/etc/passwd", "specs/../../x", ".git", ".GIT/x"])
def test_no_path_leads_out(root: Path, path: str) -> None:
    with pytest.raises(SpecError):
        inside(path, str(root))


def test_a_link_may_lead_elsewhere_inside(root: Path) -> None:
    (root / "a.yaml").touch()
    os.symlink("../a.yaml", "specs/a.yaml")
    os.symlink("../b.yaml", "specs/b.yaml")
    os.symlink("specs", "alias")
    assert inside("alias/a.yaml", str(root)) == str(root / "a.yaml")
    assert inside("alias/b.yaml", str(root)) == str(root / "b.yaml")
    assert inside(".gitignore", str(root)) == str(root / ".gitignore")
    assert inside(".", ".") == str(root)


def test_links_in_a_loop_are_left_to_reading(root: Path) -> None:
    os.symlink("b", "a")
    os.symlink("a", "b")
    assert inside("a", str(root)).startswith(str(root))


def test_the_root_itself_may_be_reached_by_a_link(root: Path, tmp_path: Path) -> None:
    os.symlink(root, tmp_path / "alias")
    (root / "a.yaml").touch()
    assert inside("a.yaml", str(tmp_path / "alias")) == str(root / "a.yaml")
