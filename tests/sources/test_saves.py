"""A file is looked at until it has been saved."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from convcost.sources.saves import saves


def script(*steps: Callable[[], object]) -> Callable[[], None]:
    """What happens to files between two looks, a step each time; then nothing more does."""
    left: Iterator[Callable[[], object]] = iter(steps)

    def pause() -> None:
        next(left)()

    return pause


def nothing() -> None:
    pass


def count(file: Path, *steps: Callable[[], object]) -> int:
    """How often a save is seen."""
    seen = 0
    try:
        for _ in saves([str(file)], script(*steps)):
            seen += 1
    except RuntimeError:  # the script is at its end
        return seen
    raise AssertionError("it never ends by itself")


def test_a_file_is_seen_at_once_and_again_when_it_has_been_saved(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text("a", encoding="utf-8")
    assert count(file, nothing, nothing, nothing) == 1
    assert count(file, lambda: file.write_text("ab", encoding="utf-8"), nothing, nothing) == 2


def test_what_is_still_being_written_is_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text("a", encoding="utf-8")
    grows = [lambda more=more: file.write_text("a" * more, encoding="utf-8") for more in (2, 3, 4)]
    assert count(file, *grows, nothing, nothing) == 2


def test_a_file_that_an_editor_replaces_was_never_gone(tmp_path: Path) -> None:
    file, other = tmp_path / "net.yaml", tmp_path / "new"
    file.write_text("a", encoding="utf-8")
    other.write_text("b", encoding="utf-8")
    os.utime(other, ns=(0, file.stat().st_mtime_ns))  # as old and as long, and another file
    assert count(file, file.unlink, lambda: other.rename(file), nothing, nothing) == 2


def test_a_file_that_goes_and_comes_back_is_seen_both_times(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text("a", encoding="utf-8")

    def come_back() -> None:
        file.write_text("a", encoding="utf-8")

    assert count(file, file.unlink, nothing, nothing, come_back, nothing, nothing) == 3
