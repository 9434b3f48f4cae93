"""All that `convcost lock` writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.documents.checked import make
from tests.cli.documents.reading import entries
from tests.cli.projects import write
from tests.cli.runner import Runner

VAGUE = """\
input: 3x4x5
layers:
  - {kind: unknown, op: fft, shape: 3x4x5, counted: true, name: mix}
  - {kind: pointwise, m: 2, weights: unclear}
"""
BIASED = """\
input: 3x4x5
layers:
  - {kind: pointwise, m: 2, bias: true}
"""
LOCKED = """{
"schema": "convcost.lock/1",
"convention": "papers",
"networks": {
 "big.yaml": {"params": 1172, "macs": 8240, "activations": 365},
 "fine.yaml": {"params": 6, "macs": 120, "activations": 40},
 "vague.yaml": {"params": 6, "macs": 120, "activations": 40,
  "about": ["params"], "at_least": ["activations", "macs"]}}
}"""
# torchinfo counts two biases at 20 positions too: 120 + 40. How far figures are to be believed is
# told by papers, whatever counts.
BY_A_TOOL = """{
"schema": "convcost.lock/1",
"convention": "torchinfo",
"networks": {
 "biased.yaml": {"params": 8, "macs": 160, "activations": 40},
 "vague.yaml": {"params": 6, "macs": 120, "activations": 40,
  "about": ["params"], "at_least": ["activations", "macs"]}}
}"""
# Today's biased.yaml has 6 weights and 2 biases, 6 multiply-adds and 2 outputs at 20 positions. The
# entries were written for a larger network, for a smaller one, and for one that is gone.
OLD = """{
"schema": "convcost.lock/1",
"convention": "papers",
"networks": {
 "biased.yaml": {"params": 9, "macs": 119, "activations": 40},
 "gone.yaml": {"params": 1, "macs": 1, "activations": 1}}
}"""
SAID = """{
"schema": "convcost.locked/1",
"path": "old.lock",
"networks": [
 {"network": "biased.yaml", "state": "grown",
  "before": {"params": 9, "macs": 119, "activations": 40},
  "now": {"params": 8, "macs": 120, "activations": 40},
  "kept": {"params": 8, "macs": 119, "activations": 40}},
 {"network": "vague.yaml", "state": "new", "before": null,
  "now": {"params": 6, "macs": 120, "activations": 40, "status": {
   "activations": {"state": "at least", "why": ""}, "macs": {"state": "at least", "why": ""},
   "params": {"state": "about", "why": ""}}},
  "kept": {"params": 6, "macs": 120, "activations": 40, "status": {
   "activations": {"state": "at least", "why": ""}, "macs": {"state": "at least", "why": ""},
   "params": {"state": "about", "why": ""}}}},
 {"network": "gone.yaml", "state": "pruned", "before": null, "now": null, "kept": null}]
}"""
COLUMNS = """\
network,state,params_before,params_now,params_kept,macs_before,macs_now,macs_kept,\
activations_before,activations_now,activations_kept,status
biased.yaml,grown,9,8,8,119,120,119,40,40,40,
vague.yaml,new,,6,6,,120,120,,40,40,activations=at least; macs=at least; params=about
gone.yaml,pruned,,,,,,,,,,
"""
DOCUMENTS = (SAID,)


@pytest.mark.parametrize(
    ("args", "document"),
    [
        (("vague.yaml", "big.yaml", "fine.yaml"), LOCKED),
        (("vague.yaml", "biased.yaml", "--convention", "torchinfo"), BY_A_TOOL),
    ],
)
def test_lock(
    convcost: Runner,
    args: tuple[str, ...],
    document: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make(tmp_path, monkeypatch)
    write({"vague.yaml": VAGUE, "biased.yaml": BIASED})
    assert convcost("lock", *args, "-o", "new.lock").code == 0
    assert entries(Path("new.lock").read_text(encoding="utf-8")) == entries(document)


@pytest.mark.parametrize("form", ["json", "csv"])
def test_what_lock_says(
    convcost: Runner, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write({"vague.yaml": VAGUE, "biased.yaml": BIASED, "old.lock": OLD})
    options = ("--update", "--prune", "-o", "old.lock", "--format", form)
    outcome = convcost("lock", "vague.yaml", "biased.yaml", *options)
    assert outcome.code == 1
    if form == "json":
        assert entries(outcome.out) == entries(SAID)
    else:
        assert outcome.out == COLUMNS
