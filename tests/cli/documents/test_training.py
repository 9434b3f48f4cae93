"""All that `convcost training` prints for programs, on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.documents.reading import entries
from tests.cli.runner import Runner

# conv: 4·3·9 = 108 weights at 20 positions, 2,160 MACs, twice in a step; fc: 80·5 = 400, thrice.
# A batch of 2 saves the inputs of both, 2·60 and 2·80 numbers of 2 bytes.
SPEC = """\
name: tiny
input: 3x4x5
layers:
  - {kind: standard, m: 4, k: 3, name: conv}
  - {kind: linear, m: 5, name: fc}
"""
TRAINING = """{
"schema": "convcost.training/1", "network": "tiny", "path": "tiny.yaml", "batch": 2,
"optimizer": "adam", "dtype": {"weights": "fp32", "activations": "fp16"}, "checkpoint": null,
"macs": 2560, "recomputed_macs": 0, "step_macs": 5520, "step_memory": 9704,
"parts": [
 {"part": "weights", "bytes": 2032, "doc": "parameters, in their dtype"},
 {"part": "cast_weights", "bytes": 1016,
  "doc": "parameters again, as they are computed with, where that is another dtype"},
 {"part": "master_weights", "bytes": 0,
  "doc": "parameters in fp32, where a copy is kept beside narrower ones"},
 {"part": "gradients", "bytes": 2032, "doc": "one for each parameter, in its dtype"},
 {"part": "optimizer_state", "bytes": 4064,
  "doc": "what the optimizer keeps, in fp32 with master weights"},
 {"part": "activations", "bytes": 560,
  "doc": "what the forward pass saves for the backward pass"}]
}"""
SHEET = """\
network,part,bytes,doc
tiny,weights,2032,"parameters, in their dtype"
tiny,cast_weights,1016,"parameters again, as they are computed with, where that is another dtype"
tiny,master_weights,0,"parameters in fp32, where a copy is kept beside narrower ones"
tiny,gradients,2032,"one for each parameter, in its dtype"
tiny,optimizer_state,4064,"what the optimizer keeps, in fp32 with master weights"
tiny,activations,560,what the forward pass saves for the backward pass
"""
DOCUMENTS = (TRAINING,)
OPTIONS = ("--batch", "2", "--optimizer", "adam", "--dtype", "weights=fp32,activations=fp16")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(SPEC, encoding="utf-8")


def test_json(convcost: Runner) -> None:
    code, out, err = convcost("training", "tiny.yaml", *OPTIONS, "--format", "json")
    assert (code, err) == (0, "")
    assert entries(out) == entries(TRAINING)


def test_csv(convcost: Runner) -> None:
    assert convcost("training", "tiny.yaml", *OPTIONS, "--format", "csv").out == SHEET


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--batch", "0"), 'error: --batch must be a whole number of at least 1, not "0"'),
        (("--optimizer", "lion"), 'error: optimizer cannot be "lion"'),
        (("--dtype", "int8"), "error: nothing is trained in int8"),
        (("--dtype", "fp31"), 'error: --dtype: unknown dtype "fp31"'),
    ],
)
def test_what_cannot_be_trained(convcost: Runner, options: tuple[str, ...], message: str) -> None:
    code, out, err = convcost("training", "tiny.yaml", *options)
    assert (code, out) == (2, "")
    assert err.startswith(message)
