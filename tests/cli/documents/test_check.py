"""All that `convcost check` prints for programs, as JSON and CSV."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.documents.checked import BIG, COMMAND, ODD, make
from tests.cli.documents.reading import entries
from tests.cli.projects import GIT, commit, git, write
from tests.cli.runner import Runner

PARAMS = """"network": "big", "path": "big.yaml", "line": 9, "col": 11,
  "metric": "params", "actual": 1172, "limit": 1000, "limit_from": "big.yaml:9:11",
  "passed": false, "level": "error", "layer": null, "baseline": null"""
MACS = """"network": "big", "path": "big.yaml", "line": 10, "col": 16,
  "metric": "macs", "actual": 8240, "limit": 8000, "limit_from": "big.yaml:10:16",
  "passed": false, "level": "warn", "layer": null, "baseline": null"""
LAYER = """"network": "big", "path": "big.yaml", "line": 5, "col": null,
  "metric": "layer_macs", "actual": 4320, "limit": 4000, "limit_from": "big.yaml:12:15",
  "passed": false, "level": "error", "layer": "body", "baseline": null"""
GROWTH = """"network": "big", "path": "big.yaml", "line": null, "col": null,
  "metric": "params_growth", "actual": 1172, "limit": 1155,
  "limit_from": "--max-params-growth",
  "passed": false, "level": "error", "layer": null, "baseline": 1100"""
SETTING = """"network": "fine", "path": "fine.yaml", "line": null, "col": null,
  "metric": "params", "actual": 6, "limit": 0, "limit_from": "convcost.toml:4:10",
  "passed": false, "level": "error", "layer": null, "baseline": null"""
OPEN = """"network": "odd", "path": "odd.yaml", "line": 6, "col": 17,
  "metric": "macs", "actual": 120, "limit": 130, "limit_from": "odd.yaml:6:17",
  "passed": null, "level": "error", "layer": null, "baseline": null,
  "status": {"macs": {"state": "at least", "why": "fft is not understood"}}"""
FAILED = f"""{{
"schema": "convcost.check/1", "passed": false, "convention": "papers",
"findings": [
 {{{PARAMS},
  "message": "big: 1,172 params exceed the budget of 1,000 by 172 (+17.20%)",
  "excess": 172, "excess_share": 0.172,
  "top": [
   {{"name": "head", "line": 7, "actual": 800}},
   {{"name": "body", "line": 5, "actual": 216}},
   {{"name": "first", "line": 4, "actual": 108}}], "changed_line": null}},
 {{{MACS},
  "message": "big: 8,240 macs exceed the budget of 8,000 by 240 (+3.00%)",
  "excess": 240, "excess_share": 0.03,
  "top": [
   {{"name": "body", "line": 5, "actual": 4320}},
   {{"name": "first", "line": 4, "actual": 2160}},
   {{"name": "mix", "line": 6, "actual": 960}}], "changed_line": null}},
 {{{LAYER},
  "message":
   "big: layer \\"body\\": 4,320 macs exceed the budget of 4,000 a layer by 320 (+8.00%)",
  "excess": 320, "excess_share": 0.08,
  "top": [{{"name": "body", "line": 5, "actual": 4320}}], "changed_line": null}},
 {{{GROWTH},
  "message":
   "big: 1,172 params are 72 (+6.55%) more than the baseline's 1,100; 5% more was allowed",
  "excess": 17, "excess_share": 0.01471861471861472,
  "top": [
   {{"name": "head", "line": 7, "actual": 800}},
   {{"name": "body", "line": 5, "actual": 216}},
   {{"name": "first", "line": 4, "actual": 108}}], "changed_line": null}},
 {{{SETTING},
  "message": "fine: 6 params exceed the budget of 0 by 6",
  "excess": 6, "excess_share": null,
  "top": [{{"name": "1", "line": 3, "actual": 6}}], "changed_line": null}},
 {{{OPEN},
  "message": "odd: at least 120 macs cannot be held to the budget of 130: fft is not understood",
  "excess": -10, "excess_share": -0.07692307692307693,
  "top": [{{"name": "2", "line": 5, "actual": 120}}], "changed_line": null}}],
"checks": [
 {{{PARAMS}}},
 {{{MACS}}},
 {{"network": "big", "path": "big.yaml", "line": 11, "col": 16,
  "metric": "activations", "actual": 365, "limit": 365, "limit_from": "big.yaml:11:16",
  "passed": true, "level": "error", "layer": null, "baseline": null}},
 {{{LAYER}}},
 {{{GROWTH}}},
 {{{SETTING}}},
 {{"network": "fine", "path": "fine.yaml", "line": null, "col": null,
  "metric": "params_growth", "actual": 6, "limit": 6, "limit_from": "--max-params-growth",
  "passed": true, "level": "error", "layer": null, "baseline": 6}},
 {{{OPEN}}},
 {{"network": "odd", "path": "odd.yaml", "line": null, "col": null,
  "metric": "params_growth", "actual": 6, "limit": 6, "limit_from": "--max-params-growth",
  "passed": true, "level": "error", "layer": null, "baseline": 6}}],
"problems": [
 {{"path": "odd.yaml", "line": 6, "col": 17,
  "message": "odd: at least 120 macs cannot be held to the budget of 130: fft is not understood",
  "hint": "limit what is known, or add --lenient to take what was counted for all there is"}},
 {{"path": "wrong.yaml", "line": 3, "col": 12,
  "message": "unknown kind \\"standrd\\"", "hint": "did you mean \\"standard\\"?"}},
 {{"path": "split.yaml", "line": 3, "col": 5,
  "message": "layer 1 (group): 2 groups do not divide 3 input channels", "hint": null}},
 {{"path": null, "line": null, "col": null,
  "message": "a PyTorch module needs the shape of its input",
  "hint": "give --input, channels first and without a batch: --input 3x224x224"}}],
"baseline": "convcost.lock",
"changes": [
 {{"network": "big", "path": "big.yaml", "changed": true,
  "before": {{"params": 1100, "macs": 8240, "activations": 360}},
  "after": {{"params": 1172, "macs": 8240, "activations": 365}},
  "unexplained": "what changed is not known: git is not installed"}},
 {{"network": "fine", "path": "fine.yaml", "changed": false,
  "before": {{"params": 6, "macs": 120, "activations": 40}},
  "after": {{"params": 6, "macs": 120, "activations": 40}}}},
 {{"network": "odd", "path": "odd.yaml", "changed": false,
  "before": {{"params": 6, "macs": 120, "activations": 40}},
  "after": {{"params": 6, "macs": 120, "activations": 40}},
  "status": {{
   "activations": {{"state": "at least", "why": "fft is not understood"}},
   "macs": {{"state": "at least", "why": "fft is not understood"}}}}}}]
}}"""
FAILED_CSV = """\
network,path,line,metric,actual,limit,passed,excess,level,layer,baseline,status
big,big.yaml,9,params,1172,1000,false,172,error,,,
big,big.yaml,10,macs,8240,8000,false,240,warn,,,
big,big.yaml,11,activations,365,365,true,0,error,,,
big,big.yaml,5,layer_macs,4320,4000,false,320,error,body,,
big,big.yaml,,params_growth,1172,1155,false,17,error,,1100,
fine,fine.yaml,,params,6,0,false,6,error,,,
fine,fine.yaml,,params_growth,6,6,true,0,error,,6,
odd,odd.yaml,6,macs,120,130,,-10,error,,,macs=at least
odd,odd.yaml,,params_growth,6,6,true,0,error,,6,
"""
# torchinfo counts big as papers does: there are no biases and no norms.
PASSED = """{
"schema": "convcost.check/1", "passed": true, "convention": "torchinfo",
"findings": [],
"checks": [
 {"network": "big", "path": "big.yaml", "line": null, "col": null,
  "metric": "macs", "actual": 8240, "limit": 9000, "limit_from": "--max-macs",
  "passed": true, "level": "error", "layer": null, "baseline": null}],
"problems": [],
"baseline": null,
"changes": []
}"""
# Without a limit on growth, nothing may grow.
KEPT = """{
"schema": "convcost.check/1", "passed": true, "convention": "papers",
"findings": [],
"checks": [
 {"network": "fine", "path": "fine.yaml", "line": null, "col": null,
  "metric": "params", "actual": 6, "limit": 7, "limit_from": "--max-params",
  "passed": true, "level": "error", "layer": null, "baseline": null},
 {"network": "fine", "path": "fine.yaml", "line": null, "col": null,
  "metric": "params_growth", "actual": 6, "limit": 6,
  "limit_from": "no limit on growth is set",
  "passed": true, "level": "error", "layer": null, "baseline": 6},
 {"network": "fine", "path": "fine.yaml", "line": null, "col": null,
  "metric": "macs_growth", "actual": 120, "limit": 120,
  "limit_from": "no limit on growth is set",
  "passed": true, "level": "error", "layer": null, "baseline": 120},
 {"network": "fine", "path": "fine.yaml", "line": null, "col": null,
  "metric": "activations_growth", "actual": 40, "limit": 40,
  "limit_from": "no limit on growth is set",
  "passed": true, "level": "error", "layer": null, "baseline": 40}],
"problems": [],
"baseline": "convcost.lock",
"changes": [
 {"network": "fine", "path": "fine.yaml", "changed": false,
  "before": {"params": 6, "macs": 120, "activations": 40},
  "after": {"params": 6, "macs": 120, "activations": 40}}]
}"""
# At the commit head had 3 outputs: 800 - 480 = 320 params and MACs fewer; and odd was not there.
# What was counted of it is taken for all there is. 852 + 300 = 1152 params are 20 fewer than there
# are, which warns: the line of head has changed.
PARAMS_GREW = """"network": "big", "path": "big.yaml", "line": null, "col": null,
  "metric": "params_growth", "actual": 1172, "limit": 1152, "limit_from": "--max-params-growth",
  "passed": false, "level": "warn", "layer": null, "baseline": 852"""
GREW = """{
"schema": "convcost.check/1", "passed": true, "convention": "papers",
"findings": [
 {<params>,
  "message":
   "big: 1,172 params are 320 (+37.56%) more than the baseline's 852; 300 more was allowed",
  "excess": 20, "excess_share": 0.017361111111111112,
  "top": [
   {"name": "head", "line": 7, "actual": 800},
   {"name": "body", "line": 5, "actual": 216},
   {"name": "first", "line": 4, "actual": 108}], "changed_line": 7}],
"checks": [
 {<params>},
 {"network": "big", "path": "big.yaml", "line": null, "col": null,
  "metric": "macs_growth", "actual": 8240, "limit": 8420, "limit_from": "--max-macs-growth",
  "passed": true, "level": "error", "layer": null, "baseline": 7920},
 {"network": "odd", "path": "odd.yaml", "line": 6, "col": 17,
  "metric": "macs", "actual": 120, "limit": 130, "limit_from": "odd.yaml:6:17",
  "passed": true, "level": "error", "layer": null, "baseline": null,
  "status": {"macs": {"state": "at least", "why": "fft is not understood"}}}],
"problems": [],
"baseline": "main (<commit>)",
"changes": [
 {"network": "big", "path": "big.yaml", "changed": true,
  "before": {"params": 852, "macs": 7920, "activations": 363},
  "after": {"params": 1172, "macs": 8240, "activations": 365},
  "layers": [
   {"change": "changed", "name": "head",
    "causes": [{"what": "m", "before": "3", "after": "5"}],
    "delta": {"params": 320, "macs": 320, "activations": 2}, "line": 7}]},
 {"network": "odd", "path": "odd.yaml", "changed": true,
  "before": null,
  "after": {"params": 6, "macs": 120, "activations": 40},
  "status": {
   "activations": {"state": "at least", "why": "fft is not understood"},
   "macs": {"state": "at least", "why": "fft is not understood"}}}]
}""".replace("<params>", PARAMS_GREW)
DOCUMENTS = (FAILED, PASSED, KEPT, GREW)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, monkeypatch)


def test_over_budget(convcost: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # without git
    outcome = convcost(*COMMAND, "--format", "json")
    assert outcome.code == 2
    assert entries(outcome.out) == entries(FAILED)
    assert convcost(*COMMAND, "--format", "csv").out == FAILED_CSV


def test_within_budget_and_beside_nothing(convcost: Runner) -> None:
    write({"big.yaml": BIG.partition("budgets:")[0]})
    args = ("big.yaml", "--max-macs", "9k", "--base", "none", "--convention", "torchinfo")
    outcome = convcost("check", *args, "--format", "json")
    assert outcome.code == 0
    assert entries(outcome.out) == entries(PASSED)


def test_within_budget_and_no_larger_than_the_baseline(convcost: Runner) -> None:
    outcome = convcost("check", "fine.yaml", "--max-params", "7", "--format", "json")
    assert outcome.code == 0
    assert entries(outcome.out) == entries(KEPT)


@pytest.mark.skipif(not GIT, reason="needs git")
def test_beside_a_commit(convcost: Runner) -> None:
    plain = BIG.partition("budgets:")[0]
    for path in ("convcost.toml", "odd.yaml"):
        Path(path).unlink()
    write({"big.yaml": plain.replace("m: 5", "m: 3")})
    Path("../.git").rmdir()
    git("init", "--quiet", "..")
    commit()
    write({"big.yaml": plain, "odd.yaml": ODD})
    args = ("big.yaml", "odd.yaml", "--base", "git:main", "--lenient")
    growth = ("--max-macs-growth", "500", "--max-params-growth", "warn=300")
    outcome = convcost("check", *args, *growth, "--format", "json")
    assert outcome.code == 0
    sha = git("rev-parse", "main")[:7]
    assert entries(outcome.out) == entries(GREW.replace("<commit>", sha))
