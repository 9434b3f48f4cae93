"""All that `convcost compare` prints for programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.documents.reading import entries
from tests.cli.runner import Runner

SIZED = (
    *("compare", "--in", "6", "--out", "4", "-k", "3x1", "--size", "5x7", "--stride", "2x1"),
    *("--padding", "1x0", "--groups", "2", "--bias", "--kind", "group"),
    *("--kind", "depthwise-separable", "--kind", "depthwise", "--kind", "group[groups=4]"),
)
# Rows of 5 and zeros 1 + 1, kernel 3, stride 2: 3 of them; columns of 7: 21 positions.
# standard              params 6·4·3 = 72, and 4 = 76       MACs 72·21 = 1512
# group                 params 4·3·3 = 36, and 4 = 40       MACs 36·21 = 756 = 1512 / 2
# depthwise-separable   params 6·3 + 6 = 24, 4·6 + 4 = 28   MACs 18·21 = 378, 24·21 = 504
# depthwise             params 24                           MACs 378 = 1512 / 4
# shares of standard's  40/76, 52/76, 24/76                 1/2, 882/1512 = 7/12, 1/4
SIZED_JSON = """{
"schema": "convcost.compare/1",
"layer": {"n": 6, "m": 4, "k": [3, 1], "size": [5, 7], "groups": 2, "stride": [2, 1],
 "padding": [1, 0], "dilation": [1, 1], "bias": true},
"rows": [
 {"kind": "group", "params": 40, "macs": 756, "macs_per_position": 36,
  "params_ratio": 0.5263157894736842, "macs_ratio": 0.5,
  "out": [4, 3, 7], "channels": 4, "reach": [3, 1],
  "stages": [
   {"op": "conv", "params": 40, "macs": 756, "macs_per_position": 36, "out": [4, 3, 7],
    "formula": "m·(n/g)·kh·kw + m", "numbers": "4 × 3 × 3 × 1 + 4"}],
  "error": null},
 {"kind": "depthwise-separable", "params": 52, "macs": 882, "macs_per_position": 42,
  "params_ratio": 0.6842105263157895, "macs_ratio": 0.5833333333333334,
  "out": [4, 3, 7], "channels": 4, "reach": [3, 1],
  "stages": [
   {"op": "conv", "params": 24, "macs": 378, "macs_per_position": 18, "out": [6, 3, 7],
    "formula": "m·kh·kw + m", "numbers": "6 × 3 × 1 + 6"},
   {"op": "conv", "params": 28, "macs": 504, "macs_per_position": 24, "out": [4, 3, 7],
    "formula": "m·n·kh·kw + m", "numbers": "4 × 6 × 1 × 1 + 4"}],
  "error": null},
 {"kind": "depthwise", "params": 24, "macs": 378, "macs_per_position": 18,
  "params_ratio": 0.3157894736842105, "macs_ratio": 0.25,
  "out": [6, 3, 7], "channels": 6, "reach": [3, 1],
  "stages": [
   {"op": "conv", "params": 24, "macs": 378, "macs_per_position": 18, "out": [6, 3, 7],
    "formula": "m·kh·kw + m", "numbers": "6 × 3 × 1 + 6"}],
  "error": null},
 {"kind": "group[groups=4]", "params": null, "macs": null, "macs_per_position": null,
  "params_ratio": null, "macs_ratio": null, "out": null, "channels": null, "reach": null,
  "stages": [],
  "error": "4 groups do not divide 6 input channels"}]
}"""
# On a device of 1,000 operations and 100 bytes a second that holds 40 bytes, in one byte a number:
# 2 · 108 · 4 = 864 operations; 108 - 40 weights, 12 in and 16 out do not stay, nor what goes in and
# comes out, which is less than 40 and counts once.
BOUND = (
    *("compare", "--in", "3", "--out", "4", "-k", "3", "--size", "2x2", "--kind", "standard"),
    *("--device", "board.yaml", "--dtype", "int8"),
)
BOARD = "name: board\npeaks: {int8: 1k}\nbandwidth: {dram: 100}\nmemory: {sram: 40}\n"
BOUND_JSON = """{
"schema": "convcost.compare/1",
"layer": {"n": 3, "m": 4, "k": [3, 3], "size": [2, 2], "groups": null, "stride": [1, 1],
 "padding": "same", "dilation": [1, 1], "bias": false},
"device": "board",
"rows": [
 {"kind": "standard", "params": 108, "macs": 432, "macs_per_position": 108,
  "params_ratio": 1.0, "macs_ratio": 1.0,
  "out": [4, 2, 2], "channels": 4, "reach": [3, 3],
  "stages": [
   {"op": "conv", "params": 108, "macs": 432, "macs_per_position": 108, "out": [4, 2, 2],
    "formula": "m·n·kh·kw", "numbers": "4 × 3 × 3 × 3"}],
  "error": null, "least_seconds": 0.96, "bound_by": "memory"}]
}"""
HEADER = (
    "kind,params,macs,macs_per_position,params_ratio,macs_ratio,out,channels,reach,stage_params,"
    "error\n"
)
SIZED_CSV = """\
group,40,756,36,0.5263157894736842,0.5,4x3x7,4,3x1,40,
depthwise-separable,52,882,42,0.6842105263157895,0.5833333333333334,4x3x7,4,3x1,24 + 28,
depthwise,24,378,18,0.3157894736842105,0.25,6x3x7,6,3x1,24,
group[groups=4],,,,,,,,,,4 groups do not divide 6 input channels
"""
UNSIZED = (
    *("compare", "--in", "2", "--out", "3", "-k", "3", "--stride", "2", "--dilation", "1x2"),
    *("--kind", "standard", "--kind", "transposed"),
)
# Both have 2·3·9 = 54 weights. A transposed convolution of stride 2 has 4 output positions for
# each input position, on whose grid it works: 54 / 4. Of its 3 taps in a row, every second one
# lands on an output; where they stand 2 apart, all do. 3 taps that stand 2 apart see 5 positions.
UNSIZED_JSON = """{
"schema": "convcost.compare/1",
"layer": {"n": 2, "m": 3, "k": [3, 3], "size": null, "groups": null, "stride": [2, 2],
 "padding": "same", "dilation": [1, 2], "bias": false},
"rows": [
 {"kind": "standard", "params": 54, "macs": null, "macs_per_position": 54,
  "params_ratio": 1.0, "macs_ratio": 1.0, "out": null, "channels": 3, "reach": [3, 5],
  "stages": [
   {"op": "conv", "params": 54, "macs": null, "macs_per_position": 54, "out": null,
    "formula": "m·n·kh·kw", "numbers": "3 × 2 × 3 × 3"}],
  "error": null},
 {"kind": "transposed", "params": 54, "macs": null, "macs_per_position": 13.5,
  "params_ratio": 1.0, "macs_ratio": 0.25, "out": null, "channels": 3, "reach": [2, 3],
  "stages": [
   {"op": "transposed conv", "params": 54, "macs": null, "macs_per_position": 13.5, "out": null,
    "formula": "m·n·kh·kw", "numbers": "3 × 2 × 3 × 3"}],
  "error": null}]
}"""
UNSIZED_CSV = """\
standard,54,,54,1.0,1.0,,3,3x5,54,
transposed,54,,13.5,1.0,0.25,,3,2x3,54,
"""
# 2 offsets of 1 tap from 2 channels, 4 weights; 6 for the outputs.
DEFORMABLE = ("compare", "--in", "2", "--out", "3", "-k", "1", "--kind", "deformable")
DEFORMABLE_JSON = """{
"schema": "convcost.compare/1",
"layer": {"n": 2, "m": 3, "k": [1, 1], "size": null, "groups": null, "stride": [1, 1],
 "padding": "same", "dilation": [1, 1], "bias": false},
"rows": [
 {"kind": "deformable", "params": 10, "macs": null, "macs_per_position": 10,
  "params_ratio": 1.6666666666666667, "macs_ratio": 1.6666666666666667, "out": null,
  "channels": 3, "reach": [1, 1],
  "stages": [
   {"op": "conv", "params": 4, "macs": null, "macs_per_position": 4, "out": null,
    "formula": "m·n·kh·kw", "numbers": "2 × 2 × 1 × 1"},
   {"op": "deformable conv", "params": 6, "macs": null, "macs_per_position": 6, "out": null,
    "formula": "m·n·kh·kw", "numbers": "3 × 2 × 1 × 1"}],
  "error": null,
  "status": {"reach": {"state": "about",
   "why": "the taps of a deformable convolution may lie anywhere"}}}]
}"""
DEFORMABLE_CSV = """\
deformable,10,,10,1.6666666666666667,1.6666666666666667,,3,1x1,4 + 6,,reach=about
"""
DOCUMENTS = (SIZED_JSON, UNSIZED_JSON, DEFORMABLE_JSON, BOUND_JSON)


@pytest.mark.parametrize(
    ("args", "document", "sheet"),
    [
        (SIZED, SIZED_JSON, HEADER + SIZED_CSV),
        (UNSIZED, UNSIZED_JSON, HEADER + UNSIZED_CSV),
        (DEFORMABLE, DEFORMABLE_JSON, HEADER.replace("\n", ",status\n") + DEFORMABLE_CSV),
    ],
    ids=["with a size", "without one", "with a doubt"],
)
def test_compare(convcost: Runner, args: tuple[str, ...], document: str, sheet: str) -> None:
    assert entries(convcost(*args, "--format", "json").out) == entries(document)
    assert convcost(*args, "--format", "csv").out == sheet


def test_on_a_device(convcost: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("board.yaml").write_text(BOARD, encoding="utf-8")
    assert entries(convcost(*BOUND, "--format", "json").out) == entries(BOUND_JSON)
    row = "standard,108,432,108,1.0,1.0,4x2x2,4,3x3,108,,0.96,memory\n"
    header = HEADER.replace("error\n", "error,least_seconds,bound_by\n")
    assert convcost(*BOUND, "--format", "csv").out == header + row
    code, out, err = convcost(*BOUND[:-4], "--kind", "standard", *BOUND[-4:])
    assert (code, err) == (0, "")
    assert "960 ms  memory" in out
