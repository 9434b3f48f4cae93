"""Keras models that are there already, or that code makes."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest
from keras import layers

from convcost.cost import evaluate
from convcost.errors import CodeError, ConvcostError, UsageError
from convcost.sources import load

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import keras

def build(width=8):
    given = keras.Input((8, 8, 3))
    return keras.Model(given, keras.layers.Conv2D(width, 3)(given))

net = build()
number = 3
def fails(): raise ImportError("no")
"""


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "keras_nets.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "keras_nets", raising=False)
    return "keras:keras_nets"


def test_a_model_is_read_and_stays_as_it_is() -> None:
    given = keras.Input((None, None, 3))
    model = keras.Model(given, layers.Conv2D(4, 3)(given))
    assert evaluate(load(model, input="3x8x8")).macs == 36 * 4 * 27
    assert model.count_params() == 112


def test_a_subclassed_model_is_refused() -> None:
    own = type("Own", (keras.Model,), {"call": lambda self, x: x})
    with pytest.raises(ConvcostError, match="Own is a class of its own"):
        load(own())


def test_code_that_is_named(code: str) -> None:
    assert evaluate(load(f"{code}:net")).params == 8 * 27 + 8
    made = load(f"{code}:build", arguments={"width": 4})
    assert (made.name, evaluate(made).params) == ("build", 112)


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("number", UsageError, "gives int, not a Keras model"),
        ("fails", CodeError, "failed: ImportError: no"),
        ("gone", UsageError, "has no gone"),
    ],
)
def test_code_that_gives_none(
    code: str, name: str, error: type[ConvcostError], message: str
) -> None:
    with pytest.raises(error, match=message):
        load(f"{code}:{name}")


@pytest.mark.parametrize("backend", ["numpy", "jax", "tensorflow", "torch"])
def test_a_model_of_any_backend(backend: str, code: str) -> None:
    """In a process of its own, as Keras has one backend in a process."""
    needed = "jax" if backend == "numpy" else backend  # which its backend of NumPy is made with
    if importlib.util.find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed")
    line = (sys.executable, "-m", "convcost", "eval", f"{code}:build", "--format", "json")
    here = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, env=here, capture_output=True, text=True, check=True)
    (network,) = json.loads(done.stdout)["networks"]
    assert (network["params"], network["macs"]) == (8 * 27 + 8, 8 * 27 * 36)


def test_an_example_of_its_input_is_for_pytorch(code: str) -> None:
    with pytest.raises(UsageError, match="--inputs-from is for PyTorch"):
        load(f"{code}:net", inputs_from=f"{code}:net".removeprefix("keras:"))
