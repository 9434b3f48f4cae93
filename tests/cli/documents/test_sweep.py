"""All that `convcost sweep` prints for programs, of variants that can be counted on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.documents.reading import entries
from tests.cli.runner import Runner

# A 3x3 convolution from 2 to 4 channels has 72 weights, each with 16 multiply-adds on 4x4 places;
# 3 groups do not divide 2 channels. What the other layer does is not known.
SPEC = """\
name: small
vars: {m: 4, groups: 1}
input: 2x4x4
layers:
  - {name: conv, kind: group, m: "${m}", k: 3, groups: "${groups}"}
  - {name: odd, kind: unknown, op: fft, shape: 4x4x4}
"""
REASON = "net.yaml:5:5: layer conv (group): 3 groups do not divide 2 input channels"
STATUS = """{
 "activations": {"state": "at least", "why": "fft is not understood"},
 "macs": {"state": "at least", "why": "fft is not understood"},
 "params": {"state": "at least", "why": "fft is not understood"}}"""
SWEEP = f"""{{
"schema": "convcost.sweep/1",
"networks": ["net.yaml"], "variants": 2, "passing": 1, "refused": 1,
"rows": [
 {{"row": 0, "vars": {{"groups": 1}}, "params": 72, "macs": 1152, "activations": 64,
  "status": {STATUS}, "refused": null}},
 {{"row": 1, "vars": {{"groups": 3}}, "params": null, "macs": null, "activations": null,
  "refused": "{REASON}"}}],
"refusals": [{{"reason": "{REASON}", "variants": 1}}]
}}"""
SHEET = f"""\
row,groups,params,macs,activations,status,refused
0,1,72,1152,64,activations=at least; macs=at least; params=at least,
1,3,,,,,{REASON}
"""
OWN = "groups,accuracy,latency\n1,70.5,3\n5,1,1\n"
JOINED = f"""{{
"schema": "convcost.sweep/1",
"networks": ["net.yaml"], "variants": 2, "passing": 2, "refused": 0, "unjoined": 1,
"rows": [
 {{"row": 0, "vars": {{"groups": 1}}, "params": 72, "macs": 1152, "activations": 64,
  "accuracy": 70.5, "latency": 3.0, "status": {STATUS}, "refused": null}},
 {{"row": 1, "vars": {{"groups": 2}}, "params": 36, "macs": 576, "activations": 64,
  "accuracy": null, "latency": null, "status": {STATUS}, "refused": null}}],
"refusals": []
}}"""
JOINED_SHEET = """\
row,groups,params,macs,activations,accuracy,latency,status,refused
0,1,72,1152,64,70.5,3.0,activations=at least; macs=at least; params=at least,
1,2,36,576,64,,,activations=at least; macs=at least; params=at least,
"""
SUMMED = f"""{{
"schema": "convcost.sweep/1",
"networks": ["net.yaml"], "variants": 4, "passing": 3, "refused": 0,
"rows": [{{"row": 1, "vars": {{"m": 4, "groups": 2}}, "params": 36, "macs": 576,
  "activations": 64, "status": {STATUS}, "refused": null}}],
"refusals": [],
"summary": [
 {{"var": "m", "value": 4, "variants": 2,
  "least": {{"params": 36, "macs": 576, "activations": 64}},
  "mean": {{"params": 54, "macs": 864, "activations": 64}}}},
 {{"var": "m", "value": 6, "variants": 1,
  "least": {{"params": 54, "macs": 864, "activations": 96}},
  "mean": {{"params": 54, "macs": 864, "activations": 96}}}},
 {{"var": "groups", "value": 1, "variants": 1,
  "least": {{"params": 72, "macs": 1152, "activations": 64}},
  "mean": {{"params": 72, "macs": 1152, "activations": 64}}}},
 {{"var": "groups", "value": 2, "variants": 2,
  "least": {{"params": 36, "macs": 576, "activations": 64}},
  "mean": {{"params": 45, "macs": 720, "activations": 80}}}}]
}}"""
# The least multiply-adds that any of two variants has are proven to be so by trying both.
SEARCH = """\
"networks": ["net.yaml"],
"search": {"minimize": "macs", "space": 2, "method": "enumeration", "trials": null, "seed": null,
 "exact": true},"""
SEARCHED = SWEEP.replace('"networks": ["net.yaml"],', SEARCH)
SEARCHED = (
    SEARCHED[: SEARCHED.index(',\n {"row": 1')] + SEARCHED[SEARCHED.index('],\n"refusals"') :]
)
DOCUMENTS = (SWEEP, JOINED, SUMMED, SEARCHED)


@pytest.fixture(autouse=True)
def beside_a_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numpy")
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(SPEC, encoding="utf-8")


def test_json(convcost: Runner) -> None:
    out = convcost("sweep", "net.yaml", "--vary", "groups=1,3", "--format", "json").out
    assert entries(out) == entries(SWEEP)


def test_a_search(convcost: Runner) -> None:
    args = ("sweep", "net.yaml", "--vary", "groups=1,3", "--minimize", "macs", "--format", "json")
    assert entries(convcost(*args).out) == entries(SEARCHED)


def test_csv(convcost: Runner) -> None:
    assert convcost("sweep", "net.yaml", "--vary", "groups=1,3", "--format", "csv").out == SHEET


def test_figures_of_the_users_own(convcost: Runner) -> None:
    Path("own.csv").write_text(OWN, encoding="utf-8")
    args = ("sweep", "net.yaml", "--vary", "groups=1,2", "--join", "own.csv")
    found = convcost(*args, "--format", "json")
    assert entries(found.out) == entries(JOINED)
    assert found.err == "note: lines of own.csv that are of no variant: 1\n"
    assert convcost(*args, "--format", "csv").out == JOINED_SHEET


def test_a_summary(convcost: Runner) -> None:
    args = (
        "sweep",
        "net.yaml",
        "--vary",
        "m=4,6",
        "--vary",
        "groups=1,2",
        "--where",
        "params < 80",
    )
    out = convcost(*args, "--sort", "macs", "--top", "1", "--summary", "--format", "json").out
    assert entries(out) == entries(SUMMED)
