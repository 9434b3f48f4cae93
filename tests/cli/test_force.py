"""What writes specs and code replaces what convcost wrote, and nothing else unless by --force."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.runner import Runner

EXPORT = ("export", "pytorch", "vgg16")
REWRITE = ("rewrite", "vgg16", "--replace", "standard=depthwise-separable")
COMMANDS = (EXPORT, REWRITE, (*REWRITE, "--emit", "pytorch"), (*REWRITE, "--unroll"))


@pytest.mark.parametrize("words", COMMANDS)
def test_a_file_of_ones_own_stays(convcost: Runner, tmp_path: Path, words: tuple[str, ...]) -> None:
    path = tmp_path / "own"
    path.write_text("# mine\n")
    code, out, err = convcost(*words, "-o", str(path))
    assert (code, out) == (2, "")
    assert err == (
        f"error: {path} is there, and convcost did not write it\n"
        "hint: --force replaces it, another name keeps it\n"
    )
    assert path.read_text() == "# mine\n"
    assert convcost(*words, "-o", str(path), "--force").code == 0
    assert path.read_text().startswith("# Written by convcost ")


@pytest.mark.parametrize("words", COMMANDS)
def test_what_was_written_is_written_again(
    convcost: Runner, tmp_path: Path, words: tuple[str, ...]
) -> None:
    path = tmp_path / "made"
    path.write_text("")  # an empty file has nothing to lose
    assert convcost(*words, "-o", str(path)).code == 0
    first = path.read_text()
    assert convcost(*words, "-o", str(path)).code == 0
    assert path.read_text() == first


def test_stdout_has_no_mark(convcost: Runner) -> None:
    assert "Written by convcost" not in convcost(*EXPORT).out


def test_the_place_of_a_spec_for_editors_is_kept(convcost: Runner, tmp_path: Path) -> None:
    path, new = tmp_path / "a.yaml", tmp_path / "b.yaml"
    first = "# yaml-language-server: $schema=convcost.schema.json"
    path.write_text(f"{first}\ninput: 3x8x8\nlayers:\n" + "  - {kind: standard, m: 8, k: 3}\n" * 2)
    words = ("--replace", "standard=depthwise-separable", "-o", str(new))
    assert convcost("rewrite", str(path), *words).code == 0
    assert new.read_text().splitlines()[:3] == [
        first,
        "# Written by convcost rewrite",
        "input: 3x8x8",
    ]
