"""Files that can be read, and the many that cannot."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from convcost.errors import SpecError
from convcost.sources.yaml.files import decoded, file_bytes


def refusal(path: str | Path, limit: int = 1000) -> str:
    with pytest.raises(SpecError) as caught:
        file_bytes(str(path), limit)
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert problem.place.path == str(path)
    assert problem.hint
    return f"{problem.message} ({problem.hint})"


def test_contents(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_bytes(b"m: 4\n")
    assert file_bytes(str(file), 5) == b"m: 4\n"


def test_too_large(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    file.write_bytes(b"x" * (2**20 + 1))
    assert refusal(file, 2**20).startswith("this file is larger than 1 MiB")


def test_missing_file_next_to_one_of_a_similar_name(tmp_path: Path) -> None:
    (tmp_path / "resnet50.yaml").touch()
    path = tmp_path / "resnet_50.yaml"
    assert refusal(path) == 'there is no such file (did you mean "resnet50.yaml"?)'


def test_missing_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.yaml") == "there is no such file (check its name and folder)"


def test_missing_folder(tmp_path: Path) -> None:
    folder = tmp_path / "specs"
    hint = f'nor is there a folder "{folder}"'
    assert refusal(folder / "a.yaml") == f"there is no such file ({hint})"


def test_folder(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "this is a folder, not a file (name a file in it)"


def test_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert refusal(pipe).startswith("this is not a regular file")


def test_endless_device() -> None:
    assert refusal("/dev/zero").startswith("this is not a regular file")


@pytest.mark.parametrize("name", ["a\0b", "x" * 5000])
def test_impossible_names(name: str) -> None:
    assert refusal(name).startswith("this file cannot be read: ")


def test_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # chmod would not keep out a superuser, whom containers often run tests as.
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = tmp_path / "net.yaml"
    file.touch()
    monkeypatch.setattr("builtins.open", denied)
    assert refusal(file).startswith("this file cannot be read: Permission denied")


def test_decoded_text() -> None:
    assert decoded("größe: 3×3".encode(), "a.yaml") == "größe: 3×3"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"a: 1\nb: \xff\n", "a.yaml:2: this file is not UTF-8: byte 8 is 0xff"),
        (b"\x7fELF\n\n\x00", "a.yaml:3: this is not a text file: byte 6 is a NUL"),
        ("a: 1".encode("utf-16"), "a.yaml: this file is UTF-16, not UTF-8"),
    ],
)
def test_undecodable(raw: bytes, expected: str) -> None:
    with pytest.raises(SpecError) as caught:
        decoded(raw, "a.yaml")
    (problem,) = caught.value.problems
    assert f"{problem.place}: {problem.message}" == expected
    assert problem.hint
