"""A spec on standard input, which is typed as `-`."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from convcost.sources.yaml import files
from tests.cli.runner import Runner

NET = """\
name: net
vars: {width: 8}
input: 3x16x16
layers:
  - {name: conv, kind: standard, m: "${width}", k: 3}  # the only one
"""


def pipe(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    files.piped.cache_clear()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))


@pytest.fixture(autouse=True)
def piped_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    pipe(monkeypatch, NET.encode())
    yield
    files.piped.cache_clear()


def test_it_is_a_network_as_any_other(convcost: Runner) -> None:
    code, out, err = convcost("eval", "-", "--set", "width=16", "--format", "json")
    assert (code, err) == (0, "")
    (network,) = json.loads(out)["networks"]
    assert (network["name"], network["path"], network["params"]) == ("net", "<stdin>", 27 * 16)


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["check", "-", "--max-params", "1k"], 0, "all within budget"),
        (["check", "-", "--max-params", "100"], 1, "FAIL  net  <stdin>"),
        (["export", "pytorch", "-"], 0, "nn.Conv2d(3, 8"),
        (["rewrite", "-", "--replace", "standard=pointwise"], 0, "net"),
        (["suggest", "-", "--max-macs", "100M"], 0, "net"),
        (["reconcile", "-"], 0, "fvcore"),
        (["diff", "-", "vgg16"], 0, "net → vgg-16"),
        (["diff", "-", "-", "--set", "b:width=16"], 0, "m 8 → 16"),
        (["eval", "-", "--vary", "width=8,16"], 0, "width=16"),
    ],
)
def test_commands_that_take_it(convcost: Runner, args: list[str], code: int, said: str) -> None:
    found, out, err = convcost(*args)
    assert (found, err) == (code, "")
    assert said in out


def test_a_rewritten_one_keeps_its_comments(convcost: Runner) -> None:
    args = ("rewrite", "-", "--replace", "standard=depthwise-separable", "--first", "--emit")
    out = convcost(*args, "spec").out
    assert "kind: depthwise-separable" in out
    assert "# the only one" in out


def test_what_is_wrong_in_it_has_its_place(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, NET.replace("k: 3", "kk: 3").encode())
    code, out, err = convcost("eval", "-")
    assert (code, out) == (2, "")
    assert err.startswith("<stdin>:5:")
    for raw, message in (
        (b"", "<stdin>"),
        (b"\x00", "this is a binary file, not a spec"),
        (b"a" * (files.MOST_PIPED + 1), "this is larger than 16 MiB"),
    ):
        pipe(monkeypatch, raw)
        code, out, err = convcost("eval", "-")
        assert (code, out) == (2, "")
        assert message in err


def test_no_standard_input(convcost: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    code, _, err = convcost("eval", "-")
    assert code == 2
    assert err == "<stdin>: error: there is no standard input to read\n"


def test_a_file_of_that_name_is_named_otherwise(convcost: Runner) -> None:
    Path("-").write_text(NET.replace("name: net", "name: file"), encoding="utf-8")
    assert "net" in convcost("eval", "-", "--summary").out
    assert "file" in convcost("eval", "./-", "--summary").out
    Path("-").rename("a.yaml")
    Path("-.yaml").write_text(NET, encoding="utf-8")
    out = convcost("eval", ".", "--summary", "--format", "json").out
    assert [each["path"] for each in json.loads(out)["networks"]] == ["./-.yaml", "./a.yaml"]


@pytest.mark.parametrize("args", [["lock", "-"], ["init", "-"], ["check", "-", "--base", "x.lock"]])
def test_it_has_no_place_in_a_project(convcost: Runner, args: list[str]) -> None:
    Path("x.yaml").write_text(NET, encoding="utf-8")
    assert convcost("lock", "x.yaml", "-o", "x.lock").code == 0
    code, _, err = convcost(*args)
    assert code == 2
    assert "-: error: " in err or "error: -" in err
    assert not Path("convcost.lock").exists()
    assert not Path("convcost.toml").exists()


def test_a_lock_says_why_it_cannot_record_it(convcost: Runner) -> None:
    _, _, err = convcost("lock", "-", "-o", "x.lock")
    assert err == "-: error: what is piped in has no path to be recorded by\nhint: name the file\n"
