"""Networks timed by PyTorch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from convcost.cost import evaluate
from convcost.emit.pytorch import pytorch_text
from convcost.errors import UsageError
from convcost.network import Builder
from convcost.runtime.measurement import distinct, measure
from convcost.setting import FP32, Setting
from convcost.sources.devices import find_device
from tests.cli.runner import Runner

SPEC = """\
name: tiny
input: 3x8x8
layers:
  - {kind: standard, m: 8, k: 3, norm: batch, act: relu, name: stem}
  - repeat: 3
    layers:
      - residual:
          - {kind: standard, m: 8, k: 3, name: conv}
  - {kind: linear, m: 5, name: fc}
"""


@pytest.fixture
def convcost(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Runner:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(SPEC, encoding="utf-8")
    return Runner(capsys)


def test_distinct_layers_are_timed_once_and_told_how_often_they_stand_there(
    convcost: Runner,
) -> None:
    options = ("--batch", "2", "--on", "cpu", "--device", "t4", "--output", "json=mine.json")
    code, out, err = convcost("measure", "tiny.yaml", *options)
    assert (code, err) == (0, "")
    assert "the network takes" in out
    document = json.loads(Path("mine.json").read_text(encoding="utf-8"))
    assert document["machine"]["framework"] == f"torch {torch.__version__}"
    layers = {each["name"]: each for each in document["layers"]}
    assert {name: each["times"] for name, each in layers.items()} == {
        "stem": 1,
        "2[0].conv": 3,
        "2[0]": 3,
        "fc": 1,
    }
    joint = layers.pop("2[0]")
    assert (joint["seconds"], joint["why"]) == (None, "several inputs")
    assert all(
        0 < each["low_seconds"] <= each["seconds"] <= each["high_seconds"]
        for each in layers.values()
    )
    assert document["seconds"] > document["least_seconds"] > 0
    code, out, err = convcost("roofline", "tiny.yaml", "--device", "mine.json")
    assert (code, err) == (0, "")


def test_what_it_runs_has_the_batch_and_the_dtype(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[object, torch.dtype]] = []
    builder = Builder("net", (3, 4, 4))
    builder.add("relu", {})
    network = builder.network()
    was = torch.nn.ReLU.forward

    def forward(self: torch.nn.ReLU, given: torch.Tensor) -> torch.Tensor:
        seen.append((tuple(given.shape), given.dtype))
        return was(self, given)

    monkeypatch.setattr(torch.nn.ReLU, "forward", forward)
    run = Setting("bf16", "bf16", batch=5)
    made = measure(network, evaluate(network), pytorch_text, run, "cpu")
    assert set(seen) == {((5, 3, 4, 4), torch.bfloat16)}
    assert made.timing.samples >= 9


def test_equal_layers_on_other_shapes_are_others() -> None:
    builder = Builder("net", (8, 8, 8))
    for kind in ("relu", "relu", "max-pool", "relu"):
        builder.add(kind, {"k": 2} if kind == "max-pool" else {})
    network = builder.network()
    assert dict(distinct(network, evaluate(network))) == {0: 2, 2: 1, 3: 1}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--dtype", "int8"), "error: PyTorch is not timed in int8\nhint: the dtypes are fp32, "),
        (("--dtype", "fp31"), 'error: --dtype: unknown dtype "fp31"\nhint: did you mean "fp32"?'),
        (("--batch", "0"), 'error: --batch must be a whole number of at least 1, not "0"'),
        (("--on", "gpu"), 'error: --on takes cpu or cuda, not "gpu"'),
        (("--device", "coral-edge-tpu"), "error: Coral Edge TPU has no peak for fp32"),
    ],
)
def test_what_cannot_be_measured(convcost: Runner, options: tuple[str, ...], message: str) -> None:
    code, out, err = convcost("measure", "tiny.yaml", *options)
    assert (code, out) == (2, "")
    assert err.startswith(message)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_without_a_cuda_device() -> None:
    builder = Builder("net", (3, 4, 4))
    builder.add("relu", {})
    network = builder.network()
    with pytest.raises(UsageError, match="PyTorch sees no CUDA device here"):
        measure(network, evaluate(network), pytorch_text, FP32, "cuda", find_device("t4"))
