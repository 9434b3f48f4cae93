"""What commands print for programs of a network that stands in no file: no path, and no lines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.documents.reading import entries
from tests.cli.projects import write
from tests.cli.runner import Runner

CODE = """\
from torch import nn

net = nn.Sequential(nn.Conv2d(3, 4, 3, bias=False), nn.Flatten(), nn.Linear(24, 5))
"""
NET = ("torch:net_of_documents:net", "--input", "3x4x5")
# Without padding, 4x5 becomes 2x3: 6 positions.
# 0     params 3·4·9 = 108          MACs 108·6 = 648      outputs 4·6 = 24
#       now    3·9 + 3·4 = 39       MACs 39·6 = 234       outputs (3 + 4)·6 = 42
# 2     params 24·5 + 5 = 125       MACs 120              outputs 5
EVAL = """{
"schema": "convcost.eval/1", "convention": "papers",
"networks": [
 {"name": "net", "path": null, "input": [3, 4, 5],
  "inputs": [{"name": "input", "shape": [3, 4, 5], "dtype": "float32"}],
  "params": 233, "macs": 768, "activations": 29,
  "layers": [
   {"name": "0", "kind": "standard",
    "in": [3, 4, 5], "ins": [[3, 4, 5]], "out": [4, 2, 3],
    "params": 108, "macs": 648, "activations": 24, "line": null},
   {"name": "2", "kind": "linear",
    "in": [4, 2, 3], "ins": [[4, 2, 3]], "out": [5],
    "params": 125, "macs": 120, "activations": 5, "line": null}]}],
"problems": []
}"""
EVAL_CSV = """\
network,path,layer,kind,in,out,params,macs,activations,line,convention,status
net,,0,standard,3x4x5,4x2x3,108,648,24,,papers,
net,,2,linear,4x2x3,5,125,120,5,,papers,
"""
REPLACE = ("--replace", "standard=depthwise-separable", "--first")
REWRITE = """{
"schema": "convcost.rewrite/1", "network": "net", "path": null, "convention": "papers",
"replacements": ["standard=depthwise-separable"],
"before": {"params": 233, "macs": 768, "activations": 29},
"after": {"params": 164, "macs": 354, "activations": 47},
"layers": [
 {"name": "0", "line": null, "replaced": true, "reason": null,
  "before": {"kind": "standard", "params": 108, "macs": 648, "activations": 24},
  "after": {"kind": "depthwise-separable", "params": 39, "macs": 234, "activations": 42}},
 {"name": "2", "line": null, "replaced": false, "reason": null,
  "before": {"kind": "linear", "params": 125, "macs": 120, "activations": 5},
  "after": {"kind": "linear", "params": 125, "macs": 120, "activations": 5}}]
}"""
REWRITE_CSV = """\
network,path,layer,line,kind_before,kind_after,params_before,params_after,macs_before,macs_after,\
activations_before,activations_after,reason,status
net,,0,,standard,depthwise-separable,108,39,648,234,24,42,,
net,,2,,linear,linear,125,125,120,120,5,5,,
"""
SUGGEST = """{
"schema": "convcost.suggest/1", "network": "net", "path": null,
"suffices": true, "smallest": true,
"budgets": [{"metric": "macs", "limit": 400, "before": 768, "after": 354, "excess": -46}],
"options": [
 {"name": "0", "line": null, "kind": "standard", "becomes": "depthwise-separable",
  "chosen": true, "saves": {"params": 69, "macs": 414}}]
}"""
SUGGEST_CSV = """\
network,path,layer,line,kind,becomes,chosen,saves_params,saves_macs,status
net,,0,,standard,depthwise-separable,true,69,414,
"""
HELD = """"network": "net", "path": null, "line": null, "col": null,
 "metric": "layer_macs", "actual": 648, "limit": 600, "limit_from": "--max-layer-macs",
 "passed": false, "level": "error", "layer": "0", "baseline": null"""
CHECK = f"""{{
"schema": "convcost.check/1", "passed": false, "convention": "papers",
"findings": [
 {{{HELD},
  "message": "net: layer \\"0\\": 648 macs exceed the budget of 600 a layer by 48 (+8.00%)",
  "excess": 48, "excess_share": 0.08,
  "top": [{{"name": "0", "line": null, "actual": 648}}], "changed_line": null}}],
"checks": [{{{HELD}}}],
"problems": [], "baseline": null, "changes": []
}}"""
CHECK_CSV = """\
network,path,line,metric,actual,limit,passed,excess,level,layer,baseline,status
net,,,layer_macs,648,600,false,48,error,0,,
"""
SAVED = """{
"schema": "convcost.eval/1", "convention": "papers",
"networks": [
 {"name": "saved", "params": 164, "macs": 354, "activations": 47,
  "layers": [
   {"name": "0", "kind": "depthwise-separable", "in": [3, 4, 5], "out": [4, 2, 3],
    "params": 39, "macs": 234, "activations": 42},
   {"name": "2", "kind": "linear", "in": [4, 2, 3], "out": [5],
    "params": 125, "macs": 120, "activations": 5}]}]
}"""
DIFF = """{
"schema": "convcost.diff/1", "convention": "papers",
"before": {"name": "saved", "path": "saved.json", "input": null},
"after": {"name": "net", "path": null, "input": [3, 4, 5]},
"totals": {
 "params": {"before": 164, "after": 233, "delta": 69, "share": 0.42073170731707316},
 "macs": {"before": 354, "after": 768, "delta": 414, "share": 1.1694915254237288},
 "activations": {"before": 47, "after": 29, "delta": -18, "share": -0.3829787234042553}},
"changes": [
 {"change": "changed", "name": "0",
  "causes": [{"what": "kind", "before": "depthwise-separable", "after": "standard"}],
  "delta": {"params": 69, "macs": 414, "activations": -18},
  "before": {"name": "0", "kind": "depthwise-separable", "ins": [[3, 4, 5]], "out": [4, 2, 3],
   "params": 39, "macs": 234, "activations": 42, "line": null},
  "after": {"name": "0", "kind": "standard", "ins": [[3, 4, 5]], "out": [4, 2, 3],
   "params": 108, "macs": 648, "activations": 24, "line": null}}]
}"""
DIFF_CSV = """\
change,layer,causes,params_before,params_after,params_delta,macs_before,macs_after,macs_delta,\
activations_before,activations_after,activations_delta,status
changed,0,kind depthwise-separable -> standard,39,108,69,234,648,414,42,24,-18,
"""


@pytest.fixture
def convcost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Runner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    write({"net_of_documents.py": CODE, "saved.json": SAVED})
    return Runner(capsys)


@pytest.mark.parametrize(
    ("command", "options", "document", "sheet"),
    [
        (("eval",), (), EVAL, EVAL_CSV),
        (("rewrite",), REPLACE, REWRITE, REWRITE_CSV),
        (("suggest",), (*REPLACE, "--max-macs", "400"), SUGGEST, SUGGEST_CSV),
        (("check",), ("--max-layer-macs", "600"), CHECK, CHECK_CSV),
        (("diff", "saved.json"), (), DIFF, DIFF_CSV),
    ],
    ids=["eval", "rewrite", "suggest", "check", "diff"],
)
def test_documents(
    convcost: Runner, command: tuple[str, ...], options: tuple[str, ...], document: str, sheet: str
) -> None:
    args = (*command, *NET, *options)
    assert entries(convcost(*args, "--format", "json").out) == entries(document)
    assert convcost(*args, "--format", "csv").out == sheet


def test_reconcile(convcost: Runner) -> None:
    document = json.loads(convcost("reconcile", *NET, "--format", "json").out)
    assert document["network"] == {"name": "net", "path": None, "input": [3, 4, 5]}


JUNIT = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="convcost" tests="1" failures="1" errors="0" skipped="0">
  <testsuite name="net" tests="1" failures="1" errors="0" skipped="0">
    <testcase name="MACs" classname="net">
      <failure type="over-budget" message="net: 768 macs exceed the budget of 750 by 18 (+2.40%)">\
net: 768 macs exceed the budget of 750 by 18 (+2.40%)</failure>
    </testcase>
  </testsuite>
</testsuites>
"""


def test_reports_of_ci_systems(convcost: Runner) -> None:
    args = ("check", *NET, "--max-macs", "750", "--format")
    assert convcost(*args, "junit").out == JUNIT
    (issue,) = json.loads(convcost(*args, "gitlab").out)
    assert issue["location"] == {"path": ".", "lines": {"begin": 1}}
    (result,) = json.loads(convcost(*args, "sarif").out)["runs"][0]["results"]
    assert "locations" not in result
    assert convcost(*args, "github").out == (
        "::error title=convcost%3A MACs over budget::net: 768 macs exceed the budget of 750 by 18 "
        "(+2.40%25)\n"
    )
    assert convcost(*args, "concise").out.startswith("error: net: 768")
