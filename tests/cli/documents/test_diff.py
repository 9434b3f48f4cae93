"""All that `convcost diff` prints for programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.documents.reading import entries
from tests.cli.projects import write
from tests.cli.runner import Runner

OLD = """\
name: old
input: 3x4x5
layers:
  - {kind: standard, m: 4, k: 3, name: first}
  - {kind: standard, m: 6, k: 3, name: body}
  - {kind: pointwise, m: 8, weights: unclear, name: mix}
  - {kind: linear, m: 5, name: head}
"""
NEW = """\
name: new
vars: {width: 2}
input: 3x4x5
layers:
  - {kind: standard, m: 4, k: 3, name: first}
  - {kind: depthwise-separable, m: 6, k: 3, name: body}
  - {kind: standard, m: "${width}", k: 1x3, name: extra}
  - {kind: unknown, op: fft, shape: 2x4x5, counted: true, name: odd}
  - {kind: concat, from: [odd, body], name: join}
  - {kind: linear, m: 5, name: head}
"""
# first   params 3·4·9 = 108          MACs 108·20 = 2160    outputs 4·20 = 80
# body    params 4·6·9 = 216          MACs 216·20 = 4320    outputs 6·20 = 120
#         now    4·9 + 4·6 = 60       MACs 60·20 = 1200     outputs (4 + 6)·20 = 200
# mix     params 6·8 = 48             MACs 48·20 = 960      outputs 8·20 = 160
# extra   params 6·2·3 = 36           MACs 36·20 = 720      outputs 2·20 = 40
# head    params 8·20·5 = 800         MACs 800              outputs 5
# old     params 1172                 MACs 8240             outputs 365
# new     params 108 + 60 + 36 + 800, MACs 2160 + 1200 + 720 + 800, outputs 80 + 200 + 40 + 5
CHANGED = """{
"schema": "convcost.diff/1",
"convention": "papers",
"before": {"name": "old", "path": "old.yaml", "input": [3, 4, 5],
 "status": {
  "params": {"state": "about", "why": "nothing says whether some weights were learned"}}},
"after": {"name": "new", "path": "new.yaml", "input": [3, 4, 5],
 "status": {
  "activations": {"state": "at least", "why": "fft is not understood"},
  "macs": {"state": "at least", "why": "fft is not understood"}}},
"totals": {
 "params": {"before": 1172, "after": 1004, "delta": -168, "share": -0.14334470989761092},
 "macs": {"before": 8240, "after": 4880, "delta": -3360, "share": -0.4077669902912621},
 "activations": {"before": 365, "after": 325, "delta": -40, "share": -0.1095890410958904}},
"changes": [
 {"change": "changed", "name": "body",
  "causes": [{"what": "kind", "before": "standard", "after": "depthwise-separable"}],
  "delta": {"params": -156, "macs": -3120, "activations": 80},
  "before": {"name": "body", "kind": "standard", "ins": [[4, 4, 5]], "out": [6, 4, 5],
   "params": 216, "macs": 4320, "activations": 120, "line": 5},
  "after": {"name": "body", "kind": "depthwise-separable", "ins": [[4, 4, 5]], "out": [6, 4, 5],
   "params": 60, "macs": 1200, "activations": 200, "line": 6}},
 {"change": "removed", "name": "mix",
  "causes": [],
  "delta": {"params": -48, "macs": -960, "activations": -160},
  "before": {"name": "mix", "kind": "pointwise", "ins": [[6, 4, 5]], "out": [8, 4, 5],
   "params": 48, "macs": 960, "activations": 160, "line": 6,
   "status": {
    "params": {"state": "about", "why": "nothing says whether some weights were learned"}}},
  "after": null},
 {"change": "added", "name": "extra",
  "causes": [],
  "delta": {"params": 36, "macs": 720, "activations": 40},
  "before": null,
  "after": {"name": "extra", "kind": "standard", "ins": [[6, 4, 5]], "out": [2, 4, 5],
   "params": 36, "macs": 720, "activations": 40, "line": 7}},
 {"change": "added", "name": "odd",
  "causes": [],
  "delta": {"params": 0, "macs": 0, "activations": 0},
  "before": null,
  "after": {"name": "odd", "kind": "unknown", "ins": [[2, 4, 5]], "out": [2, 4, 5],
   "params": 0, "macs": 0, "activations": 0, "line": 8,
   "status": {
    "activations": {"state": "at least", "why": "fft is not understood"},
    "macs": {"state": "at least", "why": "fft is not understood"}}}},
 {"change": "added", "name": "join",
  "causes": [],
  "delta": {"params": 0, "macs": 0, "activations": 0},
  "before": null,
  "after": {"name": "join", "kind": "concat", "ins": [[2, 4, 5], [6, 4, 5]], "out": [8, 4, 5],
   "params": 0, "macs": 0, "activations": 0, "line": 9}}]
}"""
HEADER = """\
change,layer,causes,params_before,params_after,params_delta,macs_before,macs_after,macs_delta,\
activations_before,activations_after,activations_delta,status
"""
CHANGED_CSV = """\
changed,body,kind standard -> depthwise-separable,216,60,-156,4320,1200,-3120,120,200,80,
removed,mix,,48,,-48,960,,-960,160,,-160,params=about
added,extra,,,36,36,,720,720,,40,40,
added,odd,,,0,0,,0,0,,0,0,activations=at least; macs=at least
added,join,,,0,0,,0,0,,0,0,
"""
SAVED = """{
"schema": "convcost.eval/1", "convention": "torchinfo",
"networks": [
 {"name": "bare", "params": 0, "macs": 0, "activations": 0,
  "layers": [
   {"name": "conv", "kind": "relu", "in": [3, 4, 5], "out": [3, 4, 5],
    "params": 0, "macs": 0, "activations": 0}]}]
}"""
BIASED = """\
name: biased
layers:
  - {kind: pointwise, n: 3, m: 2, H: 4, W: 5, bias: true, name: conv}
"""
# torchinfo counts 3·2 weights and 2 biases at 20 positions: 160. Of nothing there is no share.
FROM_SAVED = """{
"schema": "convcost.diff/1",
"convention": "torchinfo",
"before": {"name": "bare", "path": "saved.json", "input": null},
"after": {"name": "biased", "path": "biased.yaml", "input": null},
"totals": {
 "params": {"before": 0, "after": 8, "delta": 8, "share": null},
 "macs": {"before": 0, "after": 160, "delta": 160, "share": null},
 "activations": {"before": 0, "after": 40, "delta": 40, "share": null}},
"changes": [
 {"change": "changed", "name": "conv",
  "causes": [
   {"what": "kind", "before": "relu", "after": "pointwise"},
   {"what": "m", "before": "3", "after": "2"}],
  "delta": {"params": 8, "macs": 160, "activations": 40},
  "before": {"name": "conv", "kind": "relu", "ins": [[3, 4, 5]], "out": [3, 4, 5],
   "params": 0, "macs": 0, "activations": 0, "line": null},
  "after": {"name": "conv", "kind": "pointwise", "ins": [[3, 4, 5]], "out": [2, 4, 5],
   "params": 8, "macs": 160, "activations": 40, "line": 3}}]
}"""
FROM_SAVED_CSV = """\
changed,conv,kind relu -> pointwise; m 3 -> 2,0,8,8,0,160,160,0,40,40,
"""
DOCUMENTS = (CHANGED, FROM_SAVED)


@pytest.fixture(autouse=True)
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write({"old.yaml": OLD, "new.yaml": NEW, "saved.json": SAVED, "biased.yaml": BIASED})


@pytest.mark.parametrize(
    ("args", "document", "sheet"),
    [
        (("old.yaml", "new.yaml"), CHANGED, CHANGED_CSV),
        (
            ("saved.json", "biased.yaml", "--convention", "torchinfo"),
            FROM_SAVED,
            FROM_SAVED_CSV,
        ),
    ],
    ids=["of specs", "from a saved report"],
)
def test_diff(convcost: Runner, args: tuple[str, ...], document: str, sheet: str) -> None:
    assert entries(convcost("diff", *args, "--format", "json").out) == entries(document)
    assert convcost("diff", *args, "--format", "csv").out == HEADER + sheet
