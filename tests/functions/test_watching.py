"""A network that is evaluated whenever its file is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

import convcost
from convcost.errors import SpecError, UsageError
from convcost.functions.watching import Seen, followed
from convcost.sources import saves
from convcost.sources.targets import target_of

TEXT = "input: 3x8x8\nlayers: [{kind: standard, m: 4, k: 3}]\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def after(file: Path, monkeypatch: pytest.MonkeyPatch, *texts: str) -> list[Seen]:
    """What is seen of the file now, and with each of the texts in it."""

    def edited(*_: object) -> Iterator[None]:
        yield
        for text in texts:
            file.write_text(text, encoding="utf-8")
            yield

    monkeypatch.setattr(saves, "saves", edited)
    return list(convcost.watch(file, metrics=["weight_bytes"], dtype="int8"))


def test_a_network_after_each_save_with_what_that_changed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = after(file, monkeypatch, TEXT.replace("m: 4", "m: 8"))
    assert first.report is not None
    assert (first.report.params, first.report.figure("weight_bytes"), first.diff) == (
        108,
        108,
        None,
    )
    assert second.diff is not None
    assert second.diff.before == first.report
    assert second.diff.after == second.report
    assert (second.diff.delta("params"), second.diff.delta("weight_bytes")) == (108, 108)


def test_a_save_that_changes_no_figure_leaves_what_the_last_one_changed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wider = TEXT.replace("m: 4", "m: 8")
    *_, second, third = after(file, monkeypatch, wider, f"# why it is so wide\n{wider}")
    assert third.diff == second.diff
    assert third.diff is not None


def test_what_is_wrong_is_an_error_beside_what_it_last_was(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, wrong, right = after(file, monkeypatch, TEXT.replace("m: 4", "m: x"), TEXT)
    assert isinstance(wrong.error, SpecError)
    assert wrong.report == first.report
    assert (right.error, right.diff) == (None, None)


def test_a_file_may_be_wrong_in_the_beginning(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("layers: 3", encoding="utf-8")
    wrong, right = after(file, monkeypatch, TEXT)
    assert (wrong.report, right.error) == (None, None)
    assert isinstance(wrong.error, SpecError)


def test_it_is_looked_for_by_itself(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def save() -> None:
        file.write_text(TEXT.replace("k: 3", "k: 1"), encoding="utf-8")

    steps: Iterator[Callable[[], None]] = iter([save, lambda: None])

    def pause() -> None:
        next(steps)()

    monkeypatch.setattr(saves.saves, "__defaults__", (pause,))
    found = [each.report.params for each in islice(convcost.watch(file), 2) if each.report]
    assert found == [108, 12]


def test_what_cannot_be_followed(tmp_path: Path) -> None:
    def read() -> convcost.Report:
        raise AssertionError("nothing is read")

    with pytest.raises(SpecError, match="no such file"):
        convcost.watch(tmp_path / "net.yaml")
    with pytest.raises(SpecError, match="this is a folder"):
        convcost.watch(tmp_path)
    for word in ("torch:nets:Net", "-"):
        with pytest.raises(UsageError, match="is no file, and files alone can be followed"):
            followed(target_of(word), read)
