"""All that `convcost rewrite` prints for programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.documents.plain import PLAIN, VAGUE
from tests.cli.documents.reading import entries
from tests.cli.projects import write
from tests.cli.runner import Runner

TWO = ("--replace", "standard=depthwise-separable", "--replace", "pointwise=low-rank[rank=2]")
# params 1172 - 216 + 60 - 48 + 28, MACs 8240 - 4320 + 1200 - 960 + 560,
# outputs 365 - 120 + 200 - 160 + 200
PLAIN_JSON = """{
"schema": "convcost.rewrite/1",
"network": "plain", "path": "plain.yaml", "convention": "papers",
"replacements": ["pointwise=low-rank[rank=2]", "standard=depthwise-separable"],
"before": {"params": 1172, "macs": 8240, "activations": 365},
"after": {"params": 996, "macs": 4720, "activations": 485},
"layers": [
 {"name": "first", "line": 4, "replaced": false, "reason": "the first layer",
  "before": {"kind": "standard", "params": 108, "macs": 2160, "activations": 80},
  "after": {"kind": "standard", "params": 108, "macs": 2160, "activations": 80}},
 {"name": "body", "line": 5, "replaced": true, "reason": null,
  "before": {"kind": "standard", "params": 216, "macs": 4320, "activations": 120},
  "after": {"kind": "depthwise-separable", "params": 60, "macs": 1200, "activations": 200}},
 {"name": "mix", "line": 6, "replaced": true, "reason": null,
  "before": {"kind": "pointwise", "params": 48, "macs": 960, "activations": 160},
  "after": {"kind": "low-rank", "params": 28, "macs": 560, "activations": 200}},
 {"name": "head", "line": 7, "replaced": false, "reason": null,
  "before": {"kind": "linear", "params": 800, "macs": 800, "activations": 5},
  "after": {"kind": "linear", "params": 800, "macs": 800, "activations": 5}}]
}"""
HEADER = """\
network,path,layer,line,kind_before,kind_after,params_before,params_after,macs_before,macs_after,\
activations_before,activations_after,reason,status
"""
PLAIN_CSV = """\
plain,plain.yaml,first,4,standard,standard,108,108,2160,2160,80,80,the first layer,
plain,plain.yaml,body,5,standard,depthwise-separable,216,60,4320,1200,120,200,,
plain,plain.yaml,mix,6,pointwise,low-rank,48,28,960,560,160,200,,
plain,plain.yaml,head,7,linear,linear,800,800,800,800,5,5,,
"""
ONE = ("--replace", "pointwise=low-rank[rank=2]")
VAGUE_JSON = """{
"schema": "convcost.rewrite/1",
"network": "vague", "path": "vague.yaml", "convention": "papers",
"replacements": ["pointwise=low-rank[rank=2]"],
"before": {"params": 1172, "macs": 8240, "activations": 365,
 "status": {
  "activations": {"state": "at least", "why": "fft is not understood"},
  "macs": {"state": "at least", "why": "fft is not understood"},
  "params": {"state": "about", "why": "nothing says whether some weights were learned"}}},
"after": {"params": 1152, "macs": 7840, "activations": 405,
 "status": {
  "activations": {"state": "at least", "why": "fft is not understood"},
  "macs": {"state": "at least", "why": "fft is not understood"},
  "params": {"state": "about", "why": "nothing says whether some weights were learned"}}},
"layers": [
 {"name": "first", "line": 4, "replaced": false, "reason": null,
  "before": {"kind": "standard", "params": 108, "macs": 2160, "activations": 80},
  "after": {"kind": "standard", "params": 108, "macs": 2160, "activations": 80}},
 {"name": "body", "line": 5, "replaced": false, "reason": null,
  "before": {"kind": "standard", "params": 216, "macs": 4320, "activations": 120,
   "status": {
    "params": {"state": "about", "why": "nothing says whether some weights were learned"}}},
  "after": {"kind": "standard", "params": 216, "macs": 4320, "activations": 120,
   "status": {
    "params": {"state": "about", "why": "nothing says whether some weights were learned"}}}},
 {"name": "mix", "line": 6, "replaced": true, "reason": null,
  "before": {"kind": "pointwise", "params": 48, "macs": 960, "activations": 160},
  "after": {"kind": "low-rank", "params": 28, "macs": 560, "activations": 200}},
 {"name": "odd", "line": 7, "replaced": false, "reason": null,
  "before": {"kind": "unknown", "params": 0, "macs": 0, "activations": 0,
   "status": {
    "activations": {"state": "at least", "why": "fft is not understood"},
    "macs": {"state": "at least", "why": "fft is not understood"}}},
  "after": {"kind": "unknown", "params": 0, "macs": 0, "activations": 0,
   "status": {
    "activations": {"state": "at least", "why": "fft is not understood"},
    "macs": {"state": "at least", "why": "fft is not understood"}}}},
 {"name": "head", "line": 8, "replaced": false, "reason": null,
  "before": {"kind": "linear", "params": 800, "macs": 800, "activations": 5},
  "after": {"kind": "linear", "params": 800, "macs": 800, "activations": 5}}]
}"""
VAGUE_CSV = """\
vague,vague.yaml,first,4,standard,standard,108,108,2160,2160,80,80,,
vague,vague.yaml,body,5,standard,standard,216,216,4320,4320,120,120,,params=about
vague,vague.yaml,mix,6,pointwise,low-rank,48,28,960,560,160,200,,
vague,vague.yaml,odd,7,unknown,unknown,0,0,0,0,0,0,,activations=at least; macs=at least
vague,vague.yaml,head,8,linear,linear,800,800,800,800,5,5,,
"""
DOCUMENTS = (PLAIN_JSON, VAGUE_JSON)


@pytest.fixture(autouse=True)
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write({"plain.yaml": PLAIN, "vague.yaml": VAGUE})


@pytest.mark.parametrize(
    ("args", "document", "sheet"),
    [(("plain.yaml", *TWO), PLAIN_JSON, PLAIN_CSV), (("vague.yaml", *ONE), VAGUE_JSON, VAGUE_CSV)],
    ids=["complete", "with statuses"],
)
def test_rewrite(convcost: Runner, args: tuple[str, ...], document: str, sheet: str) -> None:
    assert entries(convcost("rewrite", *args, "--format", "json").out) == entries(document)
    assert convcost("rewrite", *args, "--format", "csv").out == HEADER + sheet
