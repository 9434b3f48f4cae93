"""Patterns of paths."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.project.globs import Files, matches


@pytest.mark.parametrize(
    ("pattern", "path", "found"),
    [
        ("specs/*.yaml", "specs/a.yaml", True),
        ("specs/*.yaml", "specs/deep/a.yaml", False),
        ("specs/**/*.yaml", "specs/a.yaml", True),
        ("specs/**/*.yaml", "specs/deep/er/a.yaml", True),
        ("**/*.yaml", "a.yaml", True),
        ("specs/**", "specs/deep/a.yaml", True),
        ("specs/?.yaml", "specs/a.yaml", True),
        ("specs/?.yaml", "specs/ab.yaml", False),
        ("specs?a.yaml", "specs/a.yaml", False),
        ("a[1].yaml", "a[1].yaml", True),
        ("a[1].yaml", "a1.yaml", False),
        ("a.yaml", "axyaml", False),
        ("*", "two\nlines", True),
    ],
)
def test_what_a_pattern_stands_for(pattern: str, path: str, found: bool) -> None:
    assert matches(pattern, path) == found


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 40 + "b", "a" * 250),
        ("**/" * 40 + "b", "a/" * 250 + "a"),
        ("**a" * 40 + "b", "a/" * 250),
        ("?*" * 40 + "b", "a" * 250),
    ],
)
def test_no_pattern_takes_for_ever(pattern: str, path: str) -> None:
    """A search that goes back would not end in a lifetime."""
    assert not matches(pattern, path)
    assert matches(pattern.removesuffix("b") + "**", path)


@given(
    st.lists(st.sampled_from(["a", "b", "/", "*", "**", "?", "**/", "."]), max_size=8),
    st.lists(st.text("ab.", min_size=1, max_size=3), min_size=1, max_size=4),
)
def test_patterns_are_what_an_expression_would_be(pieces: list[str], folders: list[str]) -> None:
    pattern, path = "".join(pieces), "/".join(folders)
    meaning = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    text = re.sub(r"\*\*/|\*\*|\*|\?|[^*?]+", lambda m: meaning.get(m[0], re.escape(m[0])), pattern)
    assert matches(pattern, path) == bool(re.fullmatch(text, path))


@given(st.text(min_size=1).filter(lambda text: not set("*?") & set(text)))
def test_a_path_without_marks_stands_for_itself(path: str) -> None:
    assert matches(path, path)
    assert not matches(path, path + "x")


def test_files_are_found_sorted_and_not_in_hidden_folders(tmp_path: Path) -> None:
    for name in ("b.yaml", "a.yaml", "deep/c.yaml", ".hidden/d.yaml", "deep/.e.yaml", "x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.yaml").mkdir()
    files = Files(str(tmp_path), str(tmp_path))
    assert files.find("*.yaml") == ["a.yaml", "b.yaml"]
    assert files.find("**/*.yaml") == ["a.yaml", "b.yaml", "deep/c.yaml"]
    assert files.find("deep/*.yaml") == ["deep/c.yaml"]
    assert files.find(".hidden/*.yaml") == [".hidden/d.yaml"]
    assert files.find("a.yaml") == ["a.yaml"]
    assert files.find("folder.yaml") == files.find("deep//c.yaml") == []
    assert files.find("none/*.yaml") == []


@given(st.text("ab/*.", min_size=1).filter(lambda text: not text.startswith("/")))
def test_what_is_found_is_what_matches(pattern: str) -> None:
    names = ("a.b", "b", "a/a", "a/b/b.a", "b.b/a", "b.b/b/a")
    with TemporaryDirectory() as folder:
        for name in names:
            path = Path(folder, name)
            if not path.parent.is_file() and not path.is_dir():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
        there = [name for name in names if Path(folder, name).is_file()]
        if ".." not in pattern.split("/") and "/." not in f"/{pattern}":
            found = Files(folder, folder).find(pattern)
            assert found == sorted(name for name in there if matches(pattern, name))
