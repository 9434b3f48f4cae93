"""All that `convcost reconcile` prints for programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.documents.reading import entries
from tests.cli.projects import write
from tests.cli.runner import Runner

TOOLS = """\
name: tools
input: 3x4x5
layers:
  - {kind: pointwise, m: 4, bias: true, name: stem.conv}
  - {kind: group-norm, name: stem.norm}
  - {kind: relu6, name: stem.act}
  - {kind: unknown, op: fft, shape: 4x4x5, counted: true, name: odd}
  - {kind: linear, m: 5, bias: true, name: head}
"""
OURS = """\
name: ours
summary: half of everything
like: papers
weights: {relu6: 1/2, linear: 1/2}
"""
# conv         params 12 + 4 = 16         MACs 12·20 = 240     outputs, and biases, 4·20 = 80
# norm         params 2·4 = 8                                  elements 80
# head         params 80·5 + 5 = 405      MACs 400             outputs, and biases, 5
# papers       params 429                 MACs 640
# torch        prints 2·640
# xla          prints 2·640, as no tap of a 1x1 is outside
# fvcore       a norm is 5 an element: 5·80 more
# thop         group norms do not exist: 8 params fewer
# ptflops      a norm is 2 an element, a bias 1 an output, a relu6 1: 160 + 85 + 80 more
# torchinfo    a bias is 1 an output, a norm its params: 85 + 8 more
# torchprofile a norm is 1 an element: 80 more
# ours         half of 80 relu6 more, half of 400 fewer
ROWS = """
 {"convention": "papers", "tool": null,
  "params": 429, "params_difference": 0, "macs": 640, "difference": 0, "parts": [],
  "printed": 640, "unit": "MACs",
  "status": {
   "activations": {"state": "at least", "why": "fft is not understood"},
   "macs": {"state": "at least", "why": "fft is not understood"}}},
 {"convention": "torch", "tool": "torch.utils.flop_counter, torch 2.13.0",
  "params": 429, "params_difference": 0, "macs": 640, "difference": 0, "parts": [],
  "printed": 1280, "unit": "FLOPs"},
 {"convention": "torchvision", "tool": "torchvision 0.28.0",
  "params": 429, "params_difference": 0, "macs": 640, "difference": 0, "parts": [],
  "printed": 640, "unit": "FLOPS"},
 {"convention": "xla", "tool": "XLA's cost analysis of convolutions and dots, jax 0.10.2",
  "params": 429, "params_difference": 0, "macs": 640, "difference": 0, "parts": [],
  "printed": 1280, "unit": "flops"},
 {"convention": "fvcore", "tool": "fvcore 0.1.5",
  "params": 429, "params_difference": 0, "macs": 1040, "difference": 400,
  "parts": [{"class": "norm", "amount": 400}],
  "printed": 1040, "unit": "flops"},
 {"convention": "thop", "tool": "thop 0.1.1",
  "params": 421, "params_difference": -8, "macs": 640, "difference": 0, "parts": [],
  "printed": 640, "unit": "MACs"},
 {"convention": "ptflops", "tool": "ptflops 0.7.5, its default backend",
  "params": 429, "params_difference": 0, "macs": 965, "difference": 325,
  "parts": [
   {"class": "norm", "amount": 160},
   {"class": "bias", "amount": 85},
   {"class": "relu6", "amount": 80}],
  "printed": 965, "unit": "MACs"},
 {"convention": "torchinfo", "tool": "torchinfo 1.8.0",
  "params": 429, "params_difference": 0, "macs": 733, "difference": 93,
  "parts": [{"class": "bias", "amount": 85}, {"class": "norm", "amount": 8}],
  "printed": 733, "unit": "mult-adds"},
 {"convention": "torchprofile", "tool": "torchprofile 0.1.0",
  "params": 429, "params_difference": 0, "macs": 720, "difference": 80,
  "parts": [{"class": "norm", "amount": 80}],
  "printed": 720, "unit": "MACs"}"""
OUR_ROW = """
 {"convention": "ours", "tool": null,
  "params": 429, "params_difference": 0, "macs": 480, "difference": -160,
  "parts": [{"class": "linear", "amount": -200}, {"class": "relu6", "amount": 40}],
  "printed": 480, "unit": "MACs"}"""
HEAD = """{
"schema": "convcost.reconcile/1",
"network": {"name": "tools", "path": "tools.yaml", "input": [3, 4, 5]},
"default": "papers",
"rows": ["""
ALL = f"""{HEAD}{ROWS},{OUR_ROW}],
"explanation": null,
"search": null
}}"""
ALL_CSV = """\
convention,tool,params,macs,difference,part,amount,status
papers,,429,640,0,,,activations=at least; macs=at least
torch,"torch.utils.flop_counter, torch 2.13.0",429,640,0,,,
torchvision,torchvision 0.28.0,429,640,0,,,
xla,"XLA's cost analysis of convolutions and dots, jax 0.10.2",429,640,0,,,
fvcore,fvcore 0.1.5,429,1040,400,norm,400,
thop,thop 0.1.1,421,640,0,,,
ptflops,"ptflops 0.7.5, its default backend",429,965,325,norm,160,
ptflops,"ptflops 0.7.5, its default backend",429,965,325,bias,85,
ptflops,"ptflops 0.7.5, its default backend",429,965,325,relu6,80,
torchinfo,torchinfo 1.8.0,429,733,93,bias,85,
torchinfo,torchinfo 1.8.0,429,733,93,norm,8,
torchprofile,torchprofile 0.1.0,429,720,80,norm,80,
ours,,429,480,-160,linear,-200,
ours,,429,480,-160,relu6,40,
"""
OURS_EXPLAINED = f"""{HEAD}{ROWS},{OUR_ROW}],
"explanation": {{
 "convention": "ours", "summary": "half of everything", "mistakes": [], "difference": -160,
 "rules": [
  {{"class": "linear", "count": 400, "weight": 0.5, "default_weight": 1, "amount": -200}},
  {{"class": "relu6", "count": 80, "weight": 0.5, "default_weight": 0, "amount": 40}}],
 "groups": [
  {{"name": "stem", "layers": 3, "difference": 40,
   "parts": [{{"class": "relu6", "amount": 40}}]}},
  {{"name": "odd", "layers": 1, "difference": 0, "parts": []}},
  {{"name": "head", "layers": 1, "difference": -200,
   "parts": [{{"class": "linear", "amount": -200}}]}}]}},
"search": null
}}"""
OURS_EXPLAINED_CSV = """\
group,layers,part,amount
stem,3,relu6,40
head,1,linear,-200
"""
# Of what a linear layer is, torchinfo takes back all, and counts the same once more.
A_TOOL_EXPLAINED = f"""{HEAD}{ROWS}],
"explanation": {{
 "convention": "torchinfo",
 "summary": "parameters times output positions of convolutions, bias among them, and the \
parameters of linear layers and norms",
 "mistakes": [
  "counts a transposed convolution on its output grid, about stride² times what it does",
  "counts a linear layer as its parameters, whatever its input's leading dims",
  "counts a norm as its parameters, whatever its input's size",
  "misses matrix products, and all that has no parameters",
  "misses layers that are called as functions, and multi-head attention",
  "counts convolutions of old-style weight_norm once for each output channel"],
 "difference": 93,
 "rules": [
  {{"class": "bias", "count": 80, "weight": 1, "default_weight": 0, "amount": 80}},
  {{"class": "norm params", "count": 8, "weight": 1, "default_weight": 0, "amount": 8}},
  {{"class": "bias once", "count": 5, "weight": 1, "default_weight": 0, "amount": 5}}],
 "groups": [
  {{"name": "stem", "layers": 3, "difference": 88,
   "parts": [{{"class": "bias", "amount": 80}}, {{"class": "norm", "amount": 8}}]}},
  {{"name": "odd", "layers": 1, "difference": 0, "parts": []}},
  {{"name": "head", "layers": 1, "difference": 5,
   "parts": [{{"class": "bias", "amount": 5}}]}}]}},
"search": null
}}"""
A_TOOL_EXPLAINED_CSV = """\
group,layers,part,amount
stem,3,bias,80
stem,3,norm,8
head,1,bias,5
"""
# 640 are also what fvcore counts without head, 1040 - 400, and the double of what torchprofile
# does, 720 - 400.
FOUND = f"""{HEAD}{ROWS}],
"explanation": null,
"search": {{
 "figure": "640", "found": true,
 "readings": [
  {{"convention": "papers", "number": 640, "unit": "MACs", "without_classifier": false}},
  {{"convention": "torch", "number": 640, "unit": "MACs", "without_classifier": false}},
  {{"convention": "torchvision", "number": 640, "unit": "MACs", "without_classifier": false}},
  {{"convention": "xla", "number": 640, "unit": "MACs", "without_classifier": false}},
  {{"convention": "fvcore", "number": 640, "unit": "MACs", "without_classifier": true}},
  {{"convention": "thop", "number": 640, "unit": "MACs", "without_classifier": false}},
  {{"convention": "torchprofile", "number": 640, "unit": "FLOPs", "without_classifier": true}}],
 "nearest": {{"convention": "papers", "number": 640, "unit": "MACs", "without_classifier": false}},
 "classifier": ["head"]}}
}}"""
FOUND_CSV = """\
convention,number,unit,without_classifier,fits
papers,640,MACs,false,true
torch,640,MACs,false,true
torchvision,640,MACs,false,true
xla,640,MACs,false,true
fvcore,640,MACs,true,true
thop,640,MACs,false,true
torchprofile,640,FLOPs,true,true
"""
NOT_FOUND = f"""{HEAD}{ROWS}],
"explanation": null,
"search": {{
 "figure": "1.05k", "found": false, "readings": [],
 "nearest": {{"convention": "fvcore", "number": 1040, "unit": "MACs", "without_classifier": false}},
 "classifier": ["head"]}}
}}"""
NOT_FOUND_CSV = """\
convention,number,unit,without_classifier,fits
fvcore,1040,MACs,false,false
"""
DOCUMENTS = (ALL, OURS_EXPLAINED, A_TOOL_EXPLAINED, FOUND, NOT_FOUND)


@pytest.fixture(autouse=True)
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write({"tools.yaml": TOOLS, "ours.yaml": OURS})


@pytest.mark.parametrize(
    ("args", "document", "sheet"),
    [
        (("--convention", "ours.yaml"), ALL, ALL_CSV),
        (("--explain", "ours.yaml"), OURS_EXPLAINED, OURS_EXPLAINED_CSV),
        (("--explain", "torchinfo"), A_TOOL_EXPLAINED, A_TOOL_EXPLAINED_CSV),
        (("--number", "640"), FOUND, FOUND_CSV),
        (("--number", "1.05k"), NOT_FOUND, NOT_FOUND_CSV),
    ],
    ids=["all", "our own explained", "a tool's explained", "found", "not found"],
)
def test_reconcile(convcost: Runner, args: tuple[str, ...], document: str, sheet: str) -> None:
    command = ("reconcile", "tools.yaml", *args)
    assert entries(convcost(*command, "--format", "json").out) == entries(document)
    assert convcost(*command, "--format", "csv").out == sheet
