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
DOCUMENTS = (LOCKED, BY_A_TOOL)


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
