"""Patterns of paths."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.project.globs import find, matches


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
    assert find("*.yaml", str(tmp_path), str(tmp_path)) == ["a.yaml", "b.yaml"]
    assert find("**/*.yaml", str(tmp_path), str(tmp_path)) == ["a.yaml", "b.yaml", "deep/c.yaml"]
    assert find("deep/*.yaml", str(tmp_path), str(tmp_path)) == ["deep/c.yaml"]
    assert find(".hidden/*.yaml", str(tmp_path), str(tmp_path)) == [".hidden/d.yaml"]
    assert find("a.yaml", str(tmp_path), str(tmp_path)) == ["a.yaml"]
    assert find("none/*.yaml", str(tmp_path), str(tmp_path)) == []
