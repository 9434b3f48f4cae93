"""All that `convcost eval` prints for programs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.documents.reading import entries
from tests.cli.projects import write
from tests.cli.runner import Runner

FORK = """\
name: fork
input: 3x4x5
layers:
  - {kind: pointwise, m: 2, name: a}
  - {kind: standard, m: 4, k: 3, bias: true, from: input, name: b}
  - {kind: concat, from: [a, b], name: join}
  - {kind: depthwise-separable, m: 7, k: 3, stride: 2, inner_act: relu, name: sep}
  - {kind: unknown, op: fft, shape: 7x2x3, counted: true, name: odd}
  - {kind: linear, m: 5, weights: unclear, name: head}
"""
ALONE = """\
layers:
  - {kind: standard, n: 2, m: 3, k: 1x3, H: 4, W: 5}
  - {kind: linear, n: 7, m: 2}
"""
BROKEN = """\
input: 3x4x5
layers:
  - {kind: standrd, m: 2, k: 3}
"""
SPLIT = """\
input: 3x4x5
layers:
  - kind: group
    m: 4
    k: 3
    groups: 2
"""
# a      params 3·2 = 6             MACs 6 at 4·5 positions = 120       outputs 2·20 = 40
# b      params 3·4·9 + 4 = 112     MACs 108 at 20 = 2160               outputs 4·20 = 80
# join   2 + 4 = 6 channels
# sep    params 6·9 = 54            MACs 54 at 2·3 = 324                outputs 6·6 = 36
#        params 6·7 = 42            MACs 42 at 6 = 252                  outputs 7·6 = 42
# head   params 7·2·3·5 = 210       MACs 210                            outputs 5
# fork   params 6 + 112 + 96 + 210, MACs 120 + 2160 + 576 + 210,        outputs 40 + 80 + 78 + 5
#
# alone  params 2·3·3 = 18          MACs 18 at 20 = 360                 outputs 3·20 = 60
#        params 7·2 = 14            MACs 14                             outputs 2
LAYERS = """{
"schema": "convcost.eval/1",
"convention": "papers",
"networks": [
 {"name": "fork", "path": "fork.yaml", "input": [3, 4, 5],
  "inputs": [{"name": "input", "shape": [3, 4, 5], "dtype": "float32"}],
  "params": 424, "macs": 3066, "activations": 203,
  "status": {
   "activations": {"state": "at least", "why": "fft is not understood"},
   "macs": {"state": "at least", "why": "fft is not understood"},
   "params": {"state": "about", "why": "nothing says whether some weights were learned"}},
  "layers": [
   {"name": "a", "kind": "pointwise",
    "in": [3, 4, 5], "ins": [[3, 4, 5]], "out": [2, 4, 5],
    "params": 6, "macs": 120, "activations": 40, "line": 4},
   {"name": "b", "kind": "standard",
    "in": [3, 4, 5], "ins": [[3, 4, 5]], "out": [4, 4, 5],
    "params": 112, "macs": 2160, "activations": 80, "line": 5},
   {"name": "join", "kind": "concat",
    "in": [2, 4, 5], "ins": [[2, 4, 5], [4, 4, 5]], "out": [6, 4, 5],
    "params": 0, "macs": 0, "activations": 0, "line": 6},
   {"name": "sep", "kind": "depthwise-separable",
    "in": [6, 4, 5], "ins": [[6, 4, 5]], "out": [7, 2, 3],
    "params": 96, "macs": 576, "activations": 78, "line": 7},
   {"name": "odd", "kind": "unknown",
    "in": [7, 2, 3], "ins": [[7, 2, 3]], "out": [7, 2, 3],
    "params": 0, "macs": 0, "activations": 0, "line": 8,
    "status": {
     "activations": {"state": "at least", "why": "fft is not understood"},
     "macs": {"state": "at least", "why": "fft is not understood"}}},
   {"name": "head", "kind": "linear",
    "in": [7, 2, 3], "ins": [[7, 2, 3]], "out": [5],
    "params": 210, "macs": 210, "activations": 5, "line": 9,
    "status": {
     "params": {"state": "about", "why": "nothing says whether some weights were learned"}}}]},
 {"name": "alone", "path": "alone.yaml", "input": null,
  "inputs": [],
  "params": 32, "macs": 374, "activations": 62,
  "layers": [
   {"name": "1", "kind": "standard",
    "in": [2, 4, 5], "ins": [[2, 4, 5]], "out": [3, 4, 5],
    "params": 18, "macs": 360, "activations": 60, "line": 2},
   {"name": "2", "kind": "linear",
    "in": [7], "ins": [[7]], "out": [2],
    "params": 14, "macs": 14, "activations": 2, "line": 3}]}],
"problems": [
 {"path": "broken.yaml", "line": 3, "col": 12,
  "message": "unknown kind \\"standrd\\"", "hint": "did you mean \\"standard\\"?"},
 {"path": "split.yaml", "line": 3, "col": 5,
  "message": "layer 1 (group): 2 groups do not divide 3 input channels", "hint": null},
 {"path": "elsewhere-unknown.yaml", "line": null, "col": null,
  "message": "there is no such file, and no network of that name ships with convcost",
  "hint": "\\"convcost zoo\\" lists the networks that ship"},
 {"path": null, "line": null, "col": null,
  "message": "a PyTorch module needs the shape of its input",
  "hint": "give --input, channels first and without a batch: --input 3x224x224"}]
}"""
LAYERS_CSV = """\
network,path,layer,kind,in,out,params,macs,activations,line,convention,status
fork,fork.yaml,a,pointwise,3x4x5,2x4x5,6,120,40,4,papers,
fork,fork.yaml,b,standard,3x4x5,4x4x5,112,2160,80,5,papers,
fork,fork.yaml,join,concat,2x4x5 + 4x4x5,6x4x5,0,0,0,6,papers,
fork,fork.yaml,sep,depthwise-separable,6x4x5,7x2x3,96,576,78,7,papers,
fork,fork.yaml,odd,unknown,7x2x3,7x2x3,0,0,0,8,papers,activations=at least; macs=at least
fork,fork.yaml,head,linear,7x2x3,5,210,210,5,9,papers,params=about
alone,alone.yaml,1,standard,2x4x5,3x4x5,18,360,60,2,papers,
alone,alone.yaml,2,linear,7,2,14,14,2,3,papers,
"""
SUMMARY = """{
"schema": "convcost.eval/1",
"convention": "papers",
"networks": [
 {"name": "fork", "path": "fork.yaml", "input": [3, 4, 5],
  "inputs": [{"name": "input", "shape": [3, 4, 5], "dtype": "float32"}],
  "params": 424, "macs": 3066, "activations": 203,
  "status": {
   "activations": {"state": "at least", "why": "fft is not understood"},
   "macs": {"state": "at least", "why": "fft is not understood"},
   "params": {"state": "about", "why": "nothing says whether some weights were learned"}}},
 {"name": "alone", "path": "alone.yaml", "input": null,
  "inputs": [],
  "params": 32, "macs": 374, "activations": 62}],
"problems": []
}"""
SUMMARY_CSV = """\
network,path,input,params,macs,activations,convention,status
fork,fork.yaml,3x4x5,424,3066,203,papers,activations=at least; macs=at least; params=about
alone,alone.yaml,,32,374,62,papers,
"""
TIP = """\
name: tip
input: 6x4x5
layers:
  - {kind: depthwise-separable, m: 7, k: 3, stride: 2, inner_act: relu, name: sep}
  - {kind: add, from: [sep, sep], name: twice}
  - {kind: linear, m: 5, weights: unclear, name: head}
"""
# As sep and head of fork, with a sum of sep and itself between them.
STAGES = """{
"schema": "convcost.eval/1",
"convention": "papers",
"networks": [
 {"name": "tip", "path": "tip.yaml", "input": [6, 4, 5],
  "inputs": [{"name": "input", "shape": [6, 4, 5], "dtype": "float32"}],
  "params": 306, "macs": 786, "activations": 83,
  "status": {
   "params": {"state": "about", "why": "nothing says whether some weights were learned"}},
  "layers": [
   {"name": "sep", "kind": "depthwise-separable",
    "in": [6, 4, 5], "ins": [[6, 4, 5]], "out": [7, 2, 3],
    "params": 96, "macs": 576, "activations": 78, "line": 4,
    "stages": [
     {"op": "conv", "description": "depthwise conv 3×3, stride 2",
      "in": [6, 4, 5], "ins": [[6, 4, 5]], "out": [6, 2, 3],
      "params": 54, "macs": 324, "activations": 36},
     {"op": "activation", "description": "relu",
      "in": [6, 2, 3], "ins": [[6, 2, 3]], "out": [6, 2, 3],
      "params": 0, "macs": 0, "activations": 0},
     {"op": "conv", "description": "conv 1×1",
      "in": [6, 2, 3], "ins": [[6, 2, 3]], "out": [7, 2, 3],
      "params": 42, "macs": 252, "activations": 42}]},
   {"name": "twice", "kind": "add",
    "in": [7, 2, 3], "ins": [[7, 2, 3], [7, 2, 3]], "out": [7, 2, 3],
    "params": 0, "macs": 0, "activations": 0, "line": 5,
    "stages": [
     {"op": "add", "description": "add",
      "in": [7, 2, 3], "ins": [[7, 2, 3], [7, 2, 3]], "out": [7, 2, 3],
      "params": 0, "macs": 0, "activations": 0}]},
   {"name": "head", "kind": "linear",
    "in": [7, 2, 3], "ins": [[7, 2, 3]], "out": [5],
    "params": 210, "macs": 210, "activations": 5, "line": 6,
    "status": {
     "params": {"state": "about", "why": "nothing says whether some weights were learned"}},
    "stages": [
     {"op": "flatten", "description": "flatten",
      "in": [7, 2, 3], "ins": [[7, 2, 3]], "out": [42],
      "params": 0, "macs": 0, "activations": 0},
     {"op": "linear", "description": "linear",
      "in": [42], "ins": [[42]], "out": [5],
      "params": 210, "macs": 210, "activations": 5}]}]}],
"problems": []
}"""
STAGES_CSV = """\
network,path,layer,kind,line,stage,in,out,params,macs,activations,convention,status
tip,tip.yaml,sep,depthwise-separable,4,"depthwise conv 3×3, stride 2",6x4x5,6x2x3,54,324,36,papers,
tip,tip.yaml,sep,depthwise-separable,4,relu,6x2x3,6x2x3,0,0,0,papers,
tip,tip.yaml,sep,depthwise-separable,4,conv 1×1,6x2x3,7x2x3,42,252,42,papers,
tip,tip.yaml,twice,add,5,add,7x2x3 + 7x2x3,7x2x3,0,0,0,papers,
tip,tip.yaml,head,linear,6,flatten,7x2x3,42,0,0,0,papers,params=about
tip,tip.yaml,head,linear,6,linear,42,5,210,210,5,papers,params=about
"""
# torchinfo counts a bias at every position: 4·20 more in b. Its figures are what the tool says.
CONVENTION_CSV = """\
network,path,input,params,macs,activations,convention,status
fork,fork.yaml,3x4x5,424,3146,203,torchinfo,
"""
CONVENTION = """{
"schema": "convcost.eval/1",
"convention": "torchinfo",
"networks": [
 {"name": "fork", "path": "fork.yaml", "input": [3, 4, 5],
  "inputs": [{"name": "input", "shape": [3, 4, 5], "dtype": "float32"}],
  "params": 424, "macs": 3146, "activations": 203}],
"problems": []
}"""
# An image with its channels last is one of 9 channels: 9·4 weights, at 9·3 positions.
NOTED = """{
"schema": "convcost.eval/1",
"convention": "papers",
"networks": [
 {"name": "last", "path": "last.yaml", "input": [9, 9, 3],
  "inputs": [{"name": "input", "shape": [9, 9, 3], "dtype": "float32"}],
  "params": 36, "macs": 972, "activations": 108,
  "notes": ["input: 9x9x3 is taken for 9 channels; channels come first: input: 3x9x9"]}],
"problems": []
}"""
BLOCKS = """\
name: blocks
vars: {m: 2}
input: 3x4x5
layers:
  - {kind: pointwise, m: "${m}", name: stem}
  - name: body
    repeat: 2
    layers: [{kind: pointwise, m: 4}]
"""
# stem     params 3·2 = 6, or 3·3 = 9     MACs 6 at 20 = 120, or 180     outputs 2·20 = 40, or 60
# body[0]  params 2·4 = 8, or 3·4 = 12    MACs 8 at 20 = 160, or 240     outputs 4·20 = 80
# body[1]  params 4·4 = 16                MACs 16 at 20 = 320            outputs 80
GROUPS = """{
"schema": "convcost.eval/1",
"convention": "papers",
"networks": [
 {"name": "blocks", "path": "blocks.yaml", "input": [3, 4, 5],
  "inputs": [{"name": "input", "shape": [3, 4, 5], "dtype": "float32"}],
  "params": 30, "macs": 600, "activations": 200,
  "layers": [
   {"name": "stem", "kind": "pointwise",
    "in": [3, 4, 5], "ins": [[3, 4, 5]], "out": [2, 4, 5],
    "params": 6, "macs": 120, "activations": 40, "line": 5},
   {"name": "body[0]", "kind": "pointwise",
    "in": [2, 4, 5], "ins": [[2, 4, 5]], "out": [4, 4, 5],
    "params": 8, "macs": 160, "activations": 80, "line": 8},
   {"name": "body[1]", "kind": "pointwise",
    "in": [4, 4, 5], "ins": [[4, 4, 5]], "out": [4, 4, 5],
    "params": 16, "macs": 320, "activations": 80, "line": 8}],
  "groups": [
   {"name": "stem", "layers": 1,
    "in": [3, 4, 5], "ins": [[3, 4, 5]], "out": [2, 4, 5],
    "params": 6, "macs": 120, "activations": 40},
   {"name": "body", "layers": 2,
    "in": [2, 4, 5], "ins": [[2, 4, 5]], "out": [4, 4, 5],
    "params": 24, "macs": 480, "activations": 160}]}],
"problems": []
}"""
VARIED = """{
"schema": "convcost.eval/1",
"convention": "papers",
"networks": [
 {"name": "blocks", "path": "blocks.yaml", "input": [3, 4, 5],
  "inputs": [{"name": "input", "shape": [3, 4, 5], "dtype": "float32"}],
  "params": 30, "macs": 600, "activations": 200, "vars": {"m": 2}},
 {"name": "blocks", "path": "blocks.yaml", "input": [3, 4, 5],
  "inputs": [{"name": "input", "shape": [3, 4, 5], "dtype": "float32"}],
  "params": 37, "macs": 740, "activations": 220, "vars": {"m": 3}}],
"problems": []
}"""
VARIED_CSV = """\
network,path,input,params,macs,activations,convention,status,vars
blocks,blocks.yaml,3x4x5,30,600,200,papers,,m=2
blocks,blocks.yaml,3x4x5,37,740,220,papers,,m=3
"""
# Two bytes for each param.
SET = """{
"schema": "convcost.eval/1",
"convention": "papers",
"networks": [
 {"name": "blocks", "path": "blocks.yaml", "input": [3, 4, 5],
  "inputs": [{"name": "input", "shape": [3, 4, 5], "dtype": "float32"}],
  "setting": {"weights": "fp16"},
  "params": 30, "macs": 600, "activations": 200, "weight_bytes": 60}],
"problems": []
}"""
SET_CSV = """\
network,path,input,params,macs,activations,convention,status,weight_bytes
blocks,blocks.yaml,3x4x5,30,600,200,papers,,60
"""
THIN = """\
input: 3x4x5
layers:
  - {kind: pointwise, m: 2, bits: {weights: 1, activations: 4}, density: 0.5, name: a}
  - {kind: linear, m: 1, bits: 8, density: {weights: 0.25, structured: 0.5}, name: head}
"""
# a      params 6, 3 not zero       MACs 120 x 1 x 4 = 480 BOPs         60 effective, 120 dense
# head   params 40, 10 not zero     MACs 40 x 8 x 8 = 2560 BOPs         10 effective, 20 dense
OPERANDS = """{
"schema": "convcost.eval/1",
"convention": "papers",
"networks": [
 {"name": "thin", "path": "thin.yaml", "input": [3, 4, 5],
  "inputs": [{"name": "input", "shape": [3, 4, 5], "dtype": "float32"}],
  "params": 46, "macs": 160, "activations": 41,
  "bops": 3040, "nonzero_params": 13, "effective_macs": 70, "dense_macs": 140,
  "layers": [
   {"name": "a", "kind": "pointwise",
    "in": [3, 4, 5], "ins": [[3, 4, 5]], "out": [2, 4, 5],
    "params": 6, "macs": 120, "activations": 40,
    "bops": 480, "nonzero_params": 3, "effective_macs": 60, "dense_macs": 120,
    "bits": {"weights": 1, "activations": 4}, "density": 0.5, "line": 3},
   {"name": "head", "kind": "linear",
    "in": [2, 4, 5], "ins": [[2, 4, 5]], "out": [1],
    "params": 40, "macs": 40, "activations": 1,
    "bops": 2560, "nonzero_params": 10, "effective_macs": 10, "dense_macs": 20,
    "bits": 8, "density": {"weights": 0.25, "structured": 0.5}, "line": 4}]}],
"problems": []
}"""
OPERANDS_CSV = """\
network,path,layer,kind,in,out,params,macs,activations,line,convention,status,\
bops,nonzero_params,effective_macs,dense_macs
thin,thin.yaml,a,pointwise,3x4x5,2x4x5,6,120,40,3,papers,,480,3,60,120
thin,thin.yaml,head,linear,2x4x5,1,40,40,1,4,papers,,2560,10,10,20
"""
DOCUMENTS = (LAYERS, SUMMARY, STAGES, CONVENTION, NOTED, GROUPS, VARIED, SET, OPERANDS)
BOTH = ("fork.yaml", "alone.yaml")
WEIGHED = ("blocks.yaml", "--summary", "--dtype", "weights=fp16", "--metrics", "weight-bytes")

ZEROS = ("thin.yaml", "--metrics", "bops,nonzero-params,effective-macs,dense-macs")


@pytest.fixture(autouse=True)
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write({"fork.yaml": FORK, "alone.yaml": ALONE, "tip.yaml": TIP})
    write({"broken.yaml": BROKEN, "split.yaml": SPLIT, "blocks.yaml": BLOCKS})
    write({"thin.yaml": THIN})
    write({"last.yaml": "input: 9x9x3\nlayers: [{kind: pointwise, m: 4}]\n"})


def test_layers_and_problems(convcost: Runner) -> None:
    bad = ("broken.yaml", "split.yaml", "elsewhere-unknown.yaml", "torch:module:net")
    outcome = convcost("eval", *BOTH, *bad, "--format", "json")
    assert outcome.code == 2
    assert entries(outcome.out) == entries(LAYERS)


@pytest.mark.parametrize(
    ("args", "document"),
    [
        ((*BOTH, "--summary"), SUMMARY),
        (("tip.yaml", "--stages"), STAGES),
        (("fork.yaml", "--summary", "--convention", "torchinfo"), CONVENTION),
        (("last.yaml", "--summary"), NOTED),
        (("blocks.yaml", "--depth", "1", "--sort", "params", "--top", "1"), GROUPS),
        (("blocks.yaml", "--summary", "--vary", "m=2,3"), VARIED),
        (WEIGHED, SET),
        (ZEROS, OPERANDS),
    ],
)
def test_json(convcost: Runner, args: tuple[str, ...], document: str) -> None:
    outcome = convcost("eval", *args, "--format", "json")
    assert outcome.code == 0
    assert entries(outcome.out) == entries(document)


@pytest.mark.parametrize(
    ("args", "sheet"),
    [
        (BOTH, LAYERS_CSV),
        ((*BOTH, "--summary"), SUMMARY_CSV),
        (("tip.yaml", "--stages"), STAGES_CSV),
        (("fork.yaml", "--summary", "--convention", "torchinfo"), CONVENTION_CSV),
        (("blocks.yaml", "--summary", "--vary", "m=2,3"), VARIED_CSV),
        (WEIGHED, SET_CSV),
        (ZEROS, OPERANDS_CSV),
    ],
)
def test_csv(convcost: Runner, args: tuple[str, ...], sheet: str) -> None:
    outcome = convcost("eval", *args, "--format", "csv")
    assert outcome.code == 0
    assert outcome.out == sheet
