"""Networks timed by ONNX Runtime, or by what stands in for it where that is not installed."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from convcost.runtime.base import Subject
from convcost.runtime.measurement import RUNTIMES
from convcost.runtime.onnx import fastest, times
from convcost.runtime.timing import Timing
from tests.cli.runner import Runner

SPEC = """\
name: tiny
input: 3x8x8
layers:
  - {kind: standard, m: 8, k: 3, act: relu, name: stem}
  - {kind: linear, m: 5, name: fc}
"""
ASKED = ("--runtime", "onnxruntime", "--on", "cpu")


class Session:
    """A stand-in for a session of ONNX Runtime, which keeps what it is given."""

    shape: Sequence[object] = ("batch", 3, 8, 8)
    type = "tensor(float)"
    given: ClassVar[Mapping[str, Any]] = {}
    models: ClassVar[list[str | bytes]] = []

    def __init__(self, model: str | bytes, providers: Sequence[str]) -> None:
        assert list(providers) == ["CPUExecutionProvider"]
        self.models.append(model)

    def get_inputs(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(name="x", shape=self.shape, type=self.type)]

    def run(self, names: None, given: Mapping[str, Any]) -> None:
        Session.given = given


def stand_in(monkeypatch: pytest.MonkeyPatch, **more: object) -> None:
    class Asked(Session):
        pass

    for name, value in more.items():
        setattr(Asked, name, value)
    monkeypatch.setattr(Session, "models", [])
    module = SimpleNamespace(
        __version__="0",
        InferenceSession=Asked,
        get_available_providers=lambda: ["CPUExecutionProvider"],
    )
    monkeypatch.setitem(sys.modules, "onnxruntime", module)


@pytest.fixture
def convcost(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Runner:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(SPEC, encoding="utf-8")
    weights = numpy_helper.from_array(np.zeros((8, 3, 3, 3), np.float32), "w")
    node = helper.make_node("Conv", ["x", "w"], ["y"])
    ends = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)]
        for name, shape in (("x", (1, 3, 8, 8)), ("y", (1, 8, 6, 6)))
    ]
    graph = helper.make_graph([node], "tiny", *ends, [weights])
    opset = helper.make_opsetid("", 17)
    onnx.save(helper.make_model(graph, opset_imports=[opset], ir_version=8), "tiny.onnx")
    return Runner(capsys)


def test_a_file_runs_as_it_is_and_layers_as_pytorch_exports_them(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch)
    code, out, err = convcost("measure", "tiny.onnx", *ASKED, "--format", "json")
    assert (code, err) == (0, "")
    document = json.loads(out)
    assert document["machine"]["framework"] == "onnxruntime 0"
    assert all(each["seconds"] > 0 for each in document["layers"])
    whole, *layers = Session.models
    assert whole == "tiny.onnx"
    assert layers
    assert all(isinstance(each, bytes) for each in layers)


def test_what_it_runs_has_the_batch_and_the_dtype(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, type="tensor(float16)", shape=(5, "C", None, 8))
    subject = Subject("", (3, 8, 8), "net.onnx")
    (timing,) = times([subject], 5, "fp16", "cpu")
    assert isinstance(timing, Timing)
    (given,) = Session.given.values()
    assert given.shape == (5, 3, 8, 8)
    assert str(given.dtype) == "float16"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--batch", "2"), "the file takes 1x3x8x8, and not a batch of 2\nhint: take the batch "),
        (("--dtype", "fp16"), "the file takes tensor(float), and not fp16"),
        (("--dtype", "bf16"), "ONNX Runtime is not timed in bf16\nhint: the dtypes are fp32, fp16"),
        (("--on", "cuda"), "ONNX Runtime sees no CUDA device here"),
    ],
)
def test_what_a_file_does_not_take(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], message: str
) -> None:
    stand_in(monkeypatch, shape=(1, 3, 8, 8))
    code, out, err = convcost("measure", "tiny.onnx", *ASKED, *options)
    assert (code, out) == (2, "")
    assert message in err


def test_why_it_does_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("no kernel\nfor that")

    stand_in(monkeypatch, run=fail)
    subject = Subject("", (3, 8, 8), "net.onnx")
    (error,) = times([subject], 1, "fp32", "cpu")
    assert str(error) == "ONNX Runtime does not run it: no kernel"
    assert fastest() == "cpu"


def test_without_a_framework(convcost: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    hint = "hint: pip install onnxruntime\n"
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    code, out, err = convcost("measure", "tiny.yaml", "--runtime", "onnxruntime")
    assert (code, out) == (2, "")
    assert err == f"error: measuring so needs ONNX Runtime, which is not installed\n{hint}"
    stand_in(monkeypatch)
    monkeypatch.setitem(sys.modules, "torch", None)
    code, _, err = convcost("measure", "tiny.yaml", *ASKED)
    assert code == 2
    assert "what is no ONNX file is exported by PyTorch, which is not installed" in err
    assert err.endswith("hint: pip install torch\n")


def test_a_framework_that_there_is_not(convcost: Runner) -> None:
    code, _, err = convcost("measure", "tiny.yaml", "--runtime", "onxruntime")
    assert code == 2
    assert err.endswith('hint: did you mean "onnxruntime"?\n')
    assert [each.name for each in RUNTIMES.values()] == ["PyTorch", "ONNX Runtime"]


def test_in_earnest(convcost: Runner) -> None:
    pytest.importorskip("onnxruntime")
    code, _, err = convcost("measure", "tiny.yaml", *ASKED, "--output", "json=mine.json")
    assert (code, err) == (0, "")
    assert convcost("roofline", "tiny.yaml", "--device", "mine.json").code == 0
    code, out, err = convcost("measure", "tiny.onnx", *ASKED)
    assert (code, err) == (0, "")
    assert "the network takes" in out
