"""All that `convcost zoo` prints for programs, of two networks that can be counted on paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from convcost.sources.zoo import shipped
from tests.cli.documents.reading import entries
from tests.cli.runner import Runner

# alexnet, with a bias everywhere:
#   params  96·3·121 + 96 = 34,944      at 55·55 = 3,025
#           256·48·25 + 256 = 307,456   at 27·27 = 729
#           384·256·9 + 384 = 885,120   at 13·13 = 169
#           384·192·9 + 384 = 663,936
#           256·192·9 + 256 = 442,624
#           9,216·4,096 + 4,096 = 37,752,832
#           4,096·4,096 + 4,096 = 16,781,312
#           4,096·1,000 + 1,000 = 4,097,000
#   MACs    34,848·3,025 + 307,200·729 + (884,736 + 663,552 + 442,368)·169
#           + 37,748,736 + 16,777,216 + 4,096,000
#   outputs 96·3,025 + 256·729 + (384 + 384 + 256)·169 + 4,096 + 4,096 + 1,000
# dcgan, transposed convolutions of 4·4 taps from 100 to 512, 256, 128, 64 and 3 channels:
#   params  16·(100·512 + 512·256 + 256·128 + 128·64 + 64·3) and norms 2·(512 + 256 + 128 + 64)
#   MACs    on inputs of 1, 16, 64, 256, 1,024 positions:
#           16·(100·512 + 512·256·16 + 256·128·64 + 128·64·256 + 64·3·1,024)
#   outputs 512·16 + 256·64 + 128·256 + 64·1,024 + 3·4,096
ZOO = """{
"schema": "convcost.zoo/1",
"networks": [
 {"name": "alexnet", "path": "specs/alexnet.yaml", "input": [3, 227, 227],
  "params": 60965224, "macs": 724406816, "activations": 659272,
  "paper": "Krizhevsky et al. 2012",
  "title": "ImageNet Classification with Deep Convolutional Neural Networks",
  "vars": {}, "task": "image classification", "blocks": ["standard", "group", "linear"]},
 {"name": "dcgan", "path": "specs/dcgan.yaml", "input": [100, 1, 1],
  "params": 3576704, "macs": 104628224, "activations": 135168,
  "paper": "Radford et al. 2016",
  "title": "Unsupervised Representation Learning with Deep Convolutional Generative \
Adversarial Networks",
  "vars": {"filters": 64}, "task": "image synthesis", "blocks": ["transposed"]}]
}"""
SHEET = """\
name,path,input,params,macs,activations,paper,title,vars,task,blocks
alexnet,specs/alexnet.yaml,3x227x227,60965224,724406816,659272,Krizhevsky et al. 2012,\
ImageNet Classification with Deep Convolutional Neural Networks,,\
image classification,standard group linear
dcgan,specs/dcgan.yaml,100x1x1,3576704,104628224,135168,Radford et al. 2016,\
Unsupervised Representation Learning with Deep Convolutional Generative Adversarial Networks,\
filters=64,image synthesis,transposed
"""
NAMES = ("alexnet", "dcgan")
DOCUMENTS = (ZOO,)


@pytest.fixture(autouse=True)
def above_the_specs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(shipped()["alexnet"]).resolve().parents[1])


def test_json(convcost: Runner) -> None:
    document = json.loads(convcost("zoo", "--format", "json").out)
    document["networks"] = [each for each in document["networks"] if each["name"] in NAMES]
    assert entries(json.dumps(document)) == entries(ZOO)


def test_csv(convcost: Runner) -> None:
    rows = convcost("zoo", "--format", "csv").out.splitlines(keepends=True)
    chosen = [row for row in rows if row.split(",")[0] in ("name", *NAMES)]
    assert "".join(chosen) == SHEET
