"""All that `convcost reach` prints for programs, on paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.documents.reading import entries
from tests.cli.runner import Runner

# a: 3 positions, a step of 2, 1 of padding; b: 3 + (2 - 1)·2 = 5. The middle output of a, the
# third, sees 3 to 5 of 0 to 6, the second of b 1 to 5. fc sees all, and its size is b's.
# Output 0,2 of b sees 0 and 1 of a's rows, -1 to 3, and 2 and 3 of its columns, 3 to 7.
SPEC = """\
name: tiny
input: 1x7x7
layers:
  - {kind: standard, m: 2, k: 3, stride: 2, name: a}
  - {kind: avg-pool, k: 2, stride: 1, name: b}
  - {kind: linear, m: 3, name: fc}
"""
DOCUMENT = """{
"schema": "convcost.reach/1", "network": "tiny", "path": "tiny.yaml", "input": [1, 7, 7],
"layers": [
 {"name": "a", "kind": "standard", "line": 4, "out": [2, 4, 4], "size": [3, 3], "stride": [2, 2],
  "padding": [1, 1], "centre": [0, 0], "share": 0.1836734693877551, "aligned": true,
  "whole": false, "gated": false},
 {"name": "b", "kind": "avg-pool", "line": 5, "out": [2, 3, 3], "size": [5, 5], "stride": [2, 2],
  "padding": [1, 1], "centre": [1, 1], "share": 0.5102040816326531, "aligned": true,
  "whole": false, "gated": false},
 {"name": "fc", "kind": "linear", "line": 6, "out": [3], "size": [5, 5], "stride": [2, 2],
  "padding": [1, 1], "centre": [1, 1], "share": 1, "aligned": true, "whole": true,
  "gated": false}],
"output": {"layer": "b", "position": [0, 2], "sees": [[0, 3], [3, 6]]}
}"""
SHEET = """\
network,path,name,kind,line,out,size,stride,padding,centre,share,aligned,whole,gated,status
tiny,tiny.yaml,a,standard,4,2x4x4,3x3,2x2,1x1,0x0,0.1836734693877551,true,false,false,
tiny,tiny.yaml,b,avg-pool,5,2x3x3,5x5,2x2,1x1,1x1,0.5102040816326531,true,false,false,
tiny,tiny.yaml,fc,linear,6,3,5x5,2x2,1x1,1x1,1,true,true,false,
"""
DOCUMENTS = (DOCUMENT,)
AT = ("--at", "b", "--position", "0,2")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(SPEC, encoding="utf-8")


def test_json(convcost: Runner) -> None:
    code, out, err = convcost("reach", "tiny.yaml", *AT, "--format", "json")
    assert (code, err) == (0, "")
    assert entries(out) == entries(DOCUMENT)


def test_csv(convcost: Runner) -> None:
    assert convcost("reach", "tiny.yaml", "--format", "csv") == (0, SHEET, "")


def test_what_one_output_sees_is_said_in_words(convcost: Runner) -> None:
    out = convcost("reach", "tiny.yaml", *AT).out
    assert "output 0,2 of b sees positions 0..3 × 3..6 of 7×7" in out
    out = convcost("reach", "tiny.yaml", "--at", "fc").out
    assert "the output of fc sees positions 0..6 × 0..6 of 7×7" in out
    assert json.loads(convcost("reach", "tiny.yaml", "--at", "a", "--format", "json").out)[
        "output"
    ] == {"layer": "a", "position": [2, 2], "sees": [[3, 5], [3, 5]]}


def test_an_output_that_sees_only_zeros(convcost: Runner) -> None:
    layers = "[{kind: pad, padding: 2}, {kind: pointwise, m: 2, name: rim}]"
    Path("rim.yaml").write_text(f"input: 1x5x5\nlayers: {layers}\n", encoding="utf-8")
    out = convcost("reach", "rim.yaml", "--at", "rim", "--position", "0,0").out
    assert "output 0,0 of rim sees nothing of the input" in out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--position", "1,1"), "--position goes with --at"),
        (("--at", "c"), 'there is no layer "c"'),
        (("--at", "b", "--position", "1"), "b has no position 1: its output is 2x3x3"),
        (("--at", "b", "--position", "1,3"), "hint: write a number below 3 and one below 3"),
        (("--at", "b", "--position", ""), "b has no position without numbers"),
        (("--at", "fc", "--position", "1"), "hint: a vector has one position, without numbers"),
        (("--at", "b", "--position", "x,1"), "--position must be a whole number"),
    ],
)
def test_what_is_refused(convcost: Runner, options: tuple[str, ...], message: str) -> None:
    code, out, err = convcost("reach", "tiny.yaml", *options)
    assert (code, out) == (2, "")
    assert message in err


def test_doubts_are_said(convcost: Runner) -> None:
    layers = "[{kind: gather, op: roll, shape: 1x5x5}, {kind: unknown, op: fft, shape: 1x5x5}]"
    Path("odd.yaml").write_text(f"input: 1x5x5\nlayers: {layers}\n", encoding="utf-8")
    code, out, _ = convcost("reach", "odd.yaml")
    assert code == 0
    assert "≈ 1×1" in out
    assert "receptive field about: roll may move positions" in out
    layer = json.loads(convcost("reach", "odd.yaml", "--format", "json").out)["layers"][0]
    assert layer["status"] == {
        "receptive_field": {"state": "about", "why": "roll may move positions"}
    }
