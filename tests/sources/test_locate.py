"""Which files a command line means."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost.errors import SpecError, UsageError
from convcost.sources import locate
from convcost.sources.locate import find_specs
from convcost.sources.targets import CodeTarget, SpecFile, target_of


def touched(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_a_folder_stands_for_the_specs_in_it_and_below(tmp_path: Path) -> None:
    touched(tmp_path, "b.yaml", "a.yml", "c.txt", "deep/er/d.yaml", ".git/e.yaml", ".f.yaml")
    found = [
        Path(str(each)).relative_to(tmp_path).as_posix() for each in find_specs([str(tmp_path)])
    ]
    assert found == ["a.yml", "b.yaml", "deep/er/d.yaml"]


def test_each_file_once_in_the_order_given(tmp_path: Path) -> None:
    touched(tmp_path, "a.yaml", "b.yaml")
    a, b = str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")
    assert list(map(str, find_specs([b, str(tmp_path), b]))) == [b, a]


def test_a_folder_without_specs_is_an_error(tmp_path: Path) -> None:
    touched(tmp_path, "a.txt")
    with pytest.raises(SpecError, match="no specs in this folder"):
        find_specs([str(tmp_path)])


def test_a_file_that_is_not_there_is_left_for_the_reader_to_explain() -> None:
    assert find_specs(["nowhere/x.yaml"]) == [SpecFile("nowhere/x.yaml")]


def test_a_folder_too_large_to_look_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touched(tmp_path, *(f"{number}.txt" for number in range(9)))
    monkeypatch.setattr(locate, "MOST_ENTRIES", 8)
    with pytest.raises(SpecError, match="more than 8 files to look through"):
        find_specs([str(tmp_path)])


def test_an_empty_word_is_no_file() -> None:
    with pytest.raises(UsageError, match="an empty word names no network"):
        target_of("")


@pytest.mark.parametrize("sort", ["torch:", "keras:"])
def test_typed_code_says_what_it_makes(sort: str, tmp_path: Path) -> None:
    target = target_of(f"{sort}nets:build", str(tmp_path))
    assert isinstance(target, CodeTarget)
    assert (target.name, target.sort, str(target)) == ("nets:build", sort, f"{sort}nets:build")
    touched(tmp_path, f"{sort}x")
    with pytest.raises(UsageError, match="the name of a file, and would run code"):
        target_of(f"{sort}x", str(tmp_path))
