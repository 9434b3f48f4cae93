"""All that `convcost check` writes for CI systems: each of their files, to the last character."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from tests.cli.documents.checked import COMMAND, make
from tests.cli.documents.reading import entries
from tests.cli.runner import Runner

MESSAGES = {
    "params": "big: 1,172 params exceed the budget of 1,000 by 172 (+17.20%)",
    "macs": "big: 8,240 macs exceed the budget of 8,000 by 240 (+3.00%)",
    "layer": 'big: layer "body": 4,320 macs exceed the budget of 4,000 a layer by 320 (+8.00%)',
    "growth": (
        "big: 1,172 params are 72 (+6.55%) more than the baseline's 1,100; 5% more was allowed"
    ),
    "setting": "fine: 6 params exceed the budget of 0 by 6",
    "open": "odd: at least 120 macs cannot be held to the budget of 130: fft is not understood",
    "wrong": 'unknown kind "standrd"',
    "split": "layer 1 (group): 2 groups do not divide 3 input channels",
    "torch": "a PyTorch module needs the shape of its input",
}
# Each part behind its length: path, metric, level, layer, and which of several of these it is;
# of a problem path and message.
PARTS = {
    "params": "12:sub/big.yaml6:params5:error0:1:1",
    "macs": "12:sub/big.yaml4:macs4:warn0:1:1",
    "layer": "12:sub/big.yaml10:layer_macs5:error4:body1:1",
    "growth": "12:sub/big.yaml13:params_growth5:error0:1:1",
    "setting": "13:sub/fine.yaml6:params5:error0:1:1",
    "open": f"7:problem12:sub/odd.yaml81:{MESSAGES['open']}1:1",
    "wrong": f"7:problem14:sub/wrong.yaml22:{MESSAGES['wrong']}1:1",
    "split": f"7:problem14:sub/split.yaml56:{MESSAGES['split']}1:1",
    "torch": f"7:problem0:45:{MESSAGES['torch']}1:1",
}
GITLAB = """[
{"description": "<params>", "check_name": "convcost/params", "fingerprint": "#params",
 "severity": "major", "location": {"path": "sub/big.yaml", "lines": {"begin": 9}}},
{"description": "<macs>", "check_name": "convcost/macs", "fingerprint": "#macs",
 "severity": "minor", "location": {"path": "sub/big.yaml", "lines": {"begin": 10}}},
{"description": "<layer>", "check_name": "convcost/layer_macs", "fingerprint": "#layer",
 "severity": "major", "location": {"path": "sub/big.yaml", "lines": {"begin": 5}}},
{"description": "<growth>", "check_name": "convcost/params_growth", "fingerprint": "#growth",
 "severity": "major", "location": {"path": "sub/big.yaml", "lines": {"begin": 1}}},
{"description": "<setting>", "check_name": "convcost/params", "fingerprint": "#setting",
 "severity": "major", "location": {"path": "sub/fine.yaml", "lines": {"begin": 1}}},
{"description": "<open>", "check_name": "convcost/problem", "fingerprint": "#open",
 "severity": "critical", "location": {"path": "sub/odd.yaml", "lines": {"begin": 6}}},
{"description": "<wrong>", "check_name": "convcost/problem", "fingerprint": "#wrong",
 "severity": "critical", "location": {"path": "sub/wrong.yaml", "lines": {"begin": 3}}},
{"description": "<split>", "check_name": "convcost/problem", "fingerprint": "#split",
 "severity": "critical", "location": {"path": "sub/split.yaml", "lines": {"begin": 3}}},
{"description": "<torch>", "check_name": "convcost/problem", "fingerprint": "#torch",
 "severity": "critical", "location": {"path": ".", "lines": {"begin": 1}}}
]"""
SARIF = """{
"$schema": "https://json.schemastore.org/sarif-2.1.0.json",
"version": "2.1.0",
"runs": [{
 "tool": {"driver": {"name": "convcost", "rules": [
  {"id": "convcost/params",
   "shortDescription": {"text": "At most so many learnable parameters."}},
  {"id": "convcost/macs",
   "shortDescription": {"text": "At most so many multiply-adds."}},
  {"id": "convcost/activations",
   "shortDescription": {
    "text": "At most so many output elements of convolutions and linear layers."}},
  {"id": "convcost/layer-params",
   "shortDescription": {"text": "At most so many learnable parameters, in any one layer."}},
  {"id": "convcost/layer-macs",
   "shortDescription": {"text": "At most so many multiply-adds, in any one layer."}},
  {"id": "convcost/layer-activations",
   "shortDescription": {
    "text":
    "At most so many output elements of convolutions and linear layers, in any one layer."}},
  {"id": "convcost/params-growth",
   "shortDescription": {
    "text": "At most so many learnable parameters, more than in the baseline."}},
  {"id": "convcost/macs-growth",
   "shortDescription": {"text": "At most so many multiply-adds, more than in the baseline."}},
  {"id": "convcost/activations-growth",
   "shortDescription": {
    "text":
    "At most so many output elements of convolutions and linear layers, more than in the \
baseline."}},
  {"id": "convcost/problem",
   "shortDescription": {"text": "Every spec can be checked."}}]}},
 "columnKind": "unicodeCodePoints",
 "results": [
  {"ruleId": "convcost/params", "ruleIndex": 0, "level": "error",
   "message": {"text": "<params>"}, "partialFingerprints": {"convcost/v1": "#params"},
   "locations": [{"physicalLocation": {
    "artifactLocation": {"uri": "sub/big.yaml"},
    "region": {"startLine": 9, "startColumn": 11, "endLine": 9, "endColumn": 13}}}]},
  {"ruleId": "convcost/macs", "ruleIndex": 1, "level": "warning",
   "message": {"text": "<macs>"}, "partialFingerprints": {"convcost/v1": "#macs"},
   "locations": [{"physicalLocation": {
    "artifactLocation": {"uri": "sub/big.yaml"},
    "region": {"startLine": 10, "startColumn": 16, "endLine": 10, "endColumn": 18}}}]},
  {"ruleId": "convcost/layer-macs", "ruleIndex": 4, "level": "error",
   "message": {"text": "<layer>"}, "partialFingerprints": {"convcost/v1": "#layer"},
   "locations": [{"physicalLocation": {
    "artifactLocation": {"uri": "sub/big.yaml"},
    "region": {"startLine": 5}}}]},
  {"ruleId": "convcost/params-growth", "ruleIndex": 6, "level": "error",
   "message": {"text": "<growth>"}, "partialFingerprints": {"convcost/v1": "#growth"},
   "locations": [{"physicalLocation": {"artifactLocation": {"uri": "sub/big.yaml"}}}]},
  {"ruleId": "convcost/params", "ruleIndex": 0, "level": "error",
   "message": {"text": "<setting>"}, "partialFingerprints": {"convcost/v1": "#setting"},
   "locations": [{"physicalLocation": {"artifactLocation": {"uri": "sub/fine.yaml"}}}]},
  {"ruleId": "convcost/problem", "ruleIndex": 9, "level": "error",
   "message": {"text": "<open>"}, "partialFingerprints": {"convcost/v1": "#open"},
   "locations": [{"physicalLocation": {
    "artifactLocation": {"uri": "sub/odd.yaml"},
    "region": {"startLine": 6, "startColumn": 17, "endLine": 6, "endColumn": 20}}}]},
  {"ruleId": "convcost/problem", "ruleIndex": 9, "level": "error",
   "message": {"text": "<wrong>"}, "partialFingerprints": {"convcost/v1": "#wrong"},
   "locations": [{"physicalLocation": {
    "artifactLocation": {"uri": "sub/wrong.yaml"},
    "region": {"startLine": 3, "startColumn": 12, "endLine": 3, "endColumn": 19}}}]},
  {"ruleId": "convcost/problem", "ruleIndex": 9, "level": "error",
   "message": {"text": "<split>"}, "partialFingerprints": {"convcost/v1": "#split"},
   "locations": [{"physicalLocation": {
    "artifactLocation": {"uri": "sub/split.yaml"},
    "region": {"startLine": 3, "startColumn": 5, "endLine": 6, "endColumn": 14}}}]},
  {"ruleId": "convcost/problem", "ruleIndex": 9, "level": "error",
   "message": {"text": "<torch>"}, "partialFingerprints": {"convcost/v1": "#torch"}}]
}]
}"""
JUNIT = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="convcost" tests="12" failures="4" errors="4" skipped="0">
  <testsuite name="sub/big.yaml" tests="5" failures="3" errors="0" skipped="0">
    <testcase name="params" classname="big">
      <failure type="over-budget" message="<params>">big.yaml:9:11: <params></failure>
    </testcase>
    <testcase name="MACs (warn)" classname="big">
      <system-out>warning: big.yaml:10:16: <macs></system-out>
    </testcase>
    <testcase name="activations" classname="big"/>
    <testcase name="MACs a layer: body" classname="big">
      <failure type="over-budget" message="<layer>">big.yaml:5: <layer></failure>
    </testcase>
    <testcase name="params growth" classname="big">
      <failure type="over-budget" message="<growth>">big.yaml: <growth></failure>
    </testcase>
  </testsuite>
  <testsuite name="sub/fine.yaml" tests="2" failures="1" errors="0" skipped="0">
    <testcase name="params" classname="fine">
      <failure type="over-budget" message="<setting>">fine.yaml: <setting></failure>
    </testcase>
    <testcase name="params growth" classname="fine"/>
  </testsuite>
  <testsuite name="sub/odd.yaml" tests="1" failures="0" errors="0" skipped="0">
    <testcase name="params growth" classname="odd"/>
  </testsuite>
  <testsuite name="sub/odd.yaml" tests="1" failures="0" errors="1" skipped="0">
    <testcase name="can be checked: <open>" classname="sub/odd.yaml">
      <error type="problem" message="<open>">odd.yaml:6:17: <open> (limit what is known, or add \
--lenient to take what was counted for all there is)</error>
    </testcase>
  </testsuite>
  <testsuite name="sub/wrong.yaml" tests="1" failures="0" errors="1" skipped="0">
    <testcase name="can be checked: <wrong>" classname="sub/wrong.yaml">
      <error type="problem" message="<wrong>">wrong.yaml:3:12: <wrong> (did you mean \
&quot;standard&quot;?)</error>
    </testcase>
  </testsuite>
  <testsuite name="sub/split.yaml" tests="1" failures="0" errors="1" skipped="0">
    <testcase name="can be checked: <split>" classname="sub/split.yaml">
      <error type="problem" message="<split>">split.yaml:3:5: <split></error>
    </testcase>
  </testsuite>
  <testsuite name="convcost" tests="1" failures="0" errors="1" skipped="0">
    <testcase name="can be checked: <torch>" classname="convcost">
      <error type="problem" message="<torch>"><torch> (give --input, channels first and without \
a batch: --input 3x224x224)</error>
    </testcase>
  </testsuite>
</testsuites>
"""
# One for each network: errors come before warnings, and then what is over by the larger share.
GITHUB = """\
::error title=convcost%3A cannot be checked,file=sub/odd.yaml,line=6,col=17,endLine=6,\
endColumn=20::sub/odd.yaml:6:17: <open>
::error title=convcost%3A cannot be checked,file=sub/wrong.yaml,line=3,col=12,endLine=3,\
endColumn=19::sub/wrong.yaml:3:12: <wrong>
::error title=convcost%3A cannot be checked,file=sub/split.yaml,line=3,endLine=6::sub/split.yaml\
:3:5: <split>
::error title=convcost%3A cannot be checked::<torch>
::error title=convcost%3A params over budget,file=sub/fine.yaml::sub/fine.yaml: <setting>
::error title=convcost%3A params over budget,file=sub/big.yaml,line=9,col=11,endLine=9,\
endColumn=13::sub/big.yaml:9:11: <params>; also over: MACs a layer, params growth, MACs
"""
CONCISE = """\
big.yaml:9:11: error: <params>
big.yaml:10:16: warning: <macs>
big.yaml:5: error: <layer>
big.yaml: error: <growth>
fine.yaml: error: <setting>
odd.yaml:6:17: error: <open>
wrong.yaml:3:12: error: <wrong>
split.yaml:3:5: error: <split>
error: <torch>
"""
VERDICT = """\
3 networks checked, 2 over budget, 1 cannot be told, 1 warning; 3 could not be checked · \
convention papers
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, monkeypatch)


def told(text: str, escapes: dict[str, str]) -> str:
    """`text` with messages for `<name>`, escaped for their format, and digests for `#name`."""

    def message(match: re.Match[str]) -> str:
        return "".join(escapes.get(char, char) for char in MESSAGES[match[1]])

    text = re.sub(r'(?<=")#(\w+)', lambda match: _digest(PARTS[match[1]]), text)
    return re.sub(rf"<({'|'.join(MESSAGES)})>", message, text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(("name", "document"), [("gitlab", GITLAB), ("sarif", SARIF)])
def test_json(convcost: Runner, name: str, document: str) -> None:
    printed = convcost(*COMMAND, "--format", name).out
    assert entries(printed) == entries(told(document, {'"': '\\"'}))


@pytest.mark.parametrize(
    ("name", "text", "escapes"),
    [
        ("junit", JUNIT, {'"': "&quot;"}),
        ("github", GITHUB, {"%": "%25"}),
        ("concise", CONCISE + VERDICT, {}),
        ("total", f"FAIL: {VERDICT}", {}),
    ],
)
def test_text(convcost: Runner, name: str, text: str, escapes: dict[str, str]) -> None:
    assert convcost(*COMMAND, "--format", name).out == told(text, escapes)
