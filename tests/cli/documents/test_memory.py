"""All that `convcost memory` prints for programs, on paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from convcost.metrics import ordering
from tests.cli.documents.reading import entries
from tests.cli.runner import Runner

# 1x4x4 is 16 bytes in int8, a 2x4x4 is 32, b 3x4x4 is 48, the pool 3. At step 1 the input and a are
# alive; the relu at 2 is written over a; at 3 a and b; at 4 b and the pool.
SPEC = """\
name: tiny
input: 1x4x4
layers:
  - {kind: standard, m: 2, k: 3, act: relu, name: a}
  - {kind: pointwise, m: 3, name: b}
  - {kind: global-avg-pool, name: pool}
"""
DOCUMENT = """{
"schema": "convcost.memory/1", "network": "tiny", "path": "tiny.yaml",
"setting": {"weights": "int8", "activations": "int8", "alignment": "16"},
"peak_memory": 80, "arena": 80, "is_best_order": null,
"peak": {"step": 3, "layer": "b", "buffers": ["b", "a"]},
"alive": [48, 32, 80, 51],
"buffers": [
 {"made_by": "input", "op": "", "bytes": 16, "offset": 0, "first": 1, "last": 1, "alive": 48},
 {"made_by": "a", "op": "conv", "bytes": 32, "offset": 48, "first": 1, "last": 3, "alive": 48},
 {"made_by": "b", "op": "conv", "bytes": 48, "offset": 0, "first": 3, "last": 4, "alive": 80},
 {"made_by": "pool", "op": "adaptive-pool", "bytes": 3, "offset": 48, "first": 4, "last": 4,
  "alive": 51}]
}"""
SHEET = """\
network,path,made_by,op,bytes,offset,first,last,alive,status
tiny,tiny.yaml,input,,16,0,1,1,48,
tiny,tiny.yaml,a,conv,32,48,1,3,48,
tiny,tiny.yaml,b,conv,48,0,3,4,80,
tiny,tiny.yaml,pool,adaptive-pool,3,48,4,4,51,
"""
# In two patches of two rows: a makes three rows of 8 channels, 96 bytes, of all of the 16 that come
# in, beside the 48 of the whole output; 8·9·(12 + 12 - 16) of its MACs twice. Behind is the pool.
# Without patches a and b are alive at once, 128 + 48.
ROWS = """\
name: rows
input: 1x4x4
layers:
  - {kind: standard, m: 8, k: 3, name: a}
  - {kind: standard, m: 3, k: 3, name: b}
  - {kind: global-avg-pool, name: pool}
"""
PATCHES_DOCUMENT = """{
"schema": "convcost.patches/1", "network": "rows", "path": "rows.yaml",
"setting": {"weights": "int8", "activations": "int8"},
"patches": [2, 1], "until": "b",
"peak_memory": 160, "peak_layer": "a", "stage_memory": 160, "stage_output": 48,
"memory_behind": 51, "memory_without": 176, "macs": 5184, "extra_macs": 576,
"layers": [
 {"name": "a", "kind": "standard", "out": [8, 4, 4], "patch": [3, 4], "alive": 160,
  "macs": 1728, "extra_macs": 576},
 {"name": "b", "kind": "standard", "out": [3, 4, 4], "patch": [2, 4], "alive": 144,
  "macs": 3456, "extra_macs": 0}]
}"""
PATCHES_SHEET = """\
network,path,name,kind,out,patch,alive,macs,extra_macs,status
rows,rows.yaml,a,standard,8x4x4,3x4,160,1728,576,
rows,rows.yaml,b,standard,3x4x4,2x4,144,3456,0,
"""
PATCHES = (PATCHES_DOCUMENT,)
IN_ROWS = ("memory", "rows.yaml", "--dtype", "int8", "--patches", "2x1")
DOCUMENTS = (DOCUMENT,)
ASKED = ("memory", "tiny.yaml", "--dtype", "int8", "--align", "16")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(SPEC, encoding="utf-8")
    Path("rows.yaml").write_text(ROWS, encoding="utf-8")


def test_json(convcost: Runner) -> None:
    code, out, err = convcost(*ASKED, "--format", "json")
    assert (code, err) == (0, "")
    assert entries(out) == entries(DOCUMENT)


def test_csv(convcost: Runner) -> None:
    assert convcost(*ASKED, "--format", "csv") == (0, SHEET, "")


def test_in_words(convcost: Runner) -> None:
    out = convcost(*ASKED).out
    assert "peak 80 bytes in b, step 3: b 48 + a 32" in out
    assert "activations int8, alignment 16" in out
    assert "arena 80 bytes" in convcost(*ASKED, "--format", "markdown").out


def test_patches(convcost: Runner) -> None:
    code, out, err = convcost(*IN_ROWS, "--format", "json")
    assert (code, err) == (0, "")
    assert entries(out) == entries(PATCHES_DOCUMENT)
    assert convcost(*IN_ROWS, "--until", "b", "--format", "csv") == (0, PATCHES_SHEET, "")
    out = convcost(*IN_ROWS).out
    assert "peak 160 bytes in a" in out
    assert "2×1 patches up to b: 160 bytes, 48 of them all that they make" in out
    assert "layers behind: 51 bytes; without patches: 176 bytes" in out
    assert "overlaps: 576 MACs done again, 12.5% of 4,608" in out
    assert convcost(*IN_ROWS, "--until", "a").out.count("in b\n") == 1


def test_more_than_anyone_reads_is_counted(convcost: Runner) -> None:
    branches = "\n".join(
        f"  - {{kind: pointwise, m: 2, name: b{at}, from: input}}" for at in range(9)
    )
    names = ", ".join(f"b{at}" for at in range(9))
    text = f"input: 1x4x4\nlayers:\n{branches}\n  - {{kind: concat, from: [{names}]}}\n"
    Path("wide.yaml").write_text(text, encoding="utf-8")
    assert "+ 4 more" in convcost("memory", "wide.yaml").out


def test_an_order_that_is_only_good_is_said_to_be(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "MOST_STATES", 1)
    asked = ("memory", "unet", "--order", "best")
    assert "there are too many orders to tell the best" in convcost(*asked).out
    document = json.loads(convcost(*asked, "--format", "json").out)
    assert document["is_best_order"] is False


def test_what_is_refused(convcost: Runner) -> None:
    code, out, err = convcost("memory", "tiny.yaml", "--in-place", "relu")
    assert (code, out) == (2, "")
    assert '--in-place: in-place cannot be "relu"' in err
    code, out, err = convcost("memory", "tiny.yaml", "--until", "a")
    assert (code, out) == (2, "")
    assert "--until goes with --patches" in err
