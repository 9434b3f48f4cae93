"""All that `convcost kinds` prints for programs, of three kinds that have something of each key."""

from __future__ import annotations

import json

from tests.cli.documents.reading import entries
from tests.cli.runner import Runner

KINDS = """{
"schema": "convcost.kinds/1",
"kinds": [
 {"kind": "octave", "group": "convolution",
  "summary": "Dense k x k convolutions between channels at full size and channels at half of it.",
  "params_formula": "n·m·k²", "macs_formula": "n·m·k²·A·(1 - 3·alpha·(2 - alpha)/4)",
  "ratio_formula": "1",
  "mixing": "all channels",
  "gives_up": "detail: a share alpha of the channels lives at half the size",
  "source": "Chen et al. 2019",
  "fields": [
   {"name": "n", "sort": "count",
    "doc": "input channels; taken from the layer before where left out",
    "required": true, "default": null, "words": []},
   {"name": "m", "sort": "count", "doc": "output channels",
    "required": true, "default": null, "words": []},
   {"name": "k", "sort": "sizes", "doc": "kernel size: 3, or one number per dim as in 3x1",
    "required": true, "default": null, "words": []},
   {"name": "dilation", "sort": "sizes", "doc": "spacing of the kernel's taps",
    "required": false, "default": 1, "words": []},
   {"name": "alpha", "sort": "share", "doc": "share of channels at half the size",
    "required": false, "default": 0.5, "words": []},
   {"name": "norm", "sort": "word", "doc": "norm after the layer",
    "required": false, "default": "none",
    "words": ["none", "batch", "layer", "group", "instance"]},
   {"name": "act", "sort": "word", "doc": "activation after the layer",
    "required": false, "default": "none",
    "words": ["none", "relu", "relu6", "leaky-relu", "prelu", "elu", "selu", "gelu", "silu",
     "mish", "sigmoid", "hard-sigmoid", "hard-swish", "tanh", "softplus", "softmax"]},
   {"name": "weights_per", "sort": "word", "doc": "what a prelu has a weight for",
    "required": false, "default": "channel", "words": ["channel", "layer", "element"]}]},
 {"kind": "shuffle", "group": "layer",
  "summary": "Channel shuffle between grouped convolutions.",
  "params_formula": null, "macs_formula": null, "ratio_formula": null,
  "mixing": null, "gives_up": null, "source": "ShuffleNet, Zhang et al. 2018",
  "fields": [
   {"name": "groups", "sort": "count", "doc": "groups to mix",
    "required": true, "default": null, "words": []}]},
 {"kind": "max-pool", "group": "layer",
  "summary": "The maximum of a sliding k x k window.",
  "params_formula": null, "macs_formula": null, "ratio_formula": null,
  "mixing": null, "gives_up": null, "source": null,
  "fields": [
   {"name": "k", "sort": "sizes", "doc": "kernel size: 3, or one number per dim as in 3x1",
    "required": true, "default": null, "words": []},
   {"name": "stride", "sort": "sizes", "doc": "stride; default: the kernel size",
    "required": false, "default": null, "words": []},
   {"name": "padding", "sort": "padding",
    "doc": "zeros around the input: same, same-tf, valid, a number, or one per dim",
    "required": false, "default": "valid", "words": []},
   {"name": "ceil", "sort": "flag", "doc": "whether a last, partial window counts",
    "required": false, "default": false, "words": []},
   {"name": "functional", "sort": "flag",
    "doc": "whether its activations and pools are called as functions, which some tools miss; \
method where that is x.relu() or torch.relu(x)",
    "required": false, "default": false, "words": ["method"]}]}]
}"""
SHEET = """\
kind,group,summary,params_formula,macs_formula,ratio_formula,mixing,gives_up,source
octave,convolution,\
Dense k x k convolutions between channels at full size and channels at half of it.,\
n·m·k²,n·m·k²·A·(1 - 3·alpha·(2 - alpha)/4),1,all channels,\
detail: a share alpha of the channels lives at half the size,Chen et al. 2019
shuffle,layer,Channel shuffle between grouped convolutions.,,,,,,"ShuffleNet, Zhang et al. 2018"
max-pool,layer,The maximum of a sliding k x k window.,,,,,,
"""
NAMES = ("octave", "shuffle", "max-pool")
DOCUMENTS = (KINDS,)


def test_json(convcost: Runner) -> None:
    document = json.loads(convcost("kinds", "--format", "json").out)
    document["kinds"] = [kind for kind in document["kinds"] if kind["kind"] in NAMES]
    assert entries(json.dumps(document)) == entries(KINDS)


def test_csv(convcost: Runner) -> None:
    rows = convcost("kinds", "--format", "csv").out.splitlines(keepends=True)
    chosen = [row for row in rows if row.split(",")[0] in ("kind", *NAMES)]
    assert "".join(chosen) == SHEET
