"""`convcost import` and `convcost export` on the command line; tests/torch imports for real."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from convcost.cli.run import run


@pytest.fixture
def without_frameworks(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment in which neither torch nor onnx can be imported."""
    original = builtins.__import__

    def refusing(name: str, *args: Any, **named: Any) -> Any:
        if name.partition(".")[0] in ("torch", "onnx"):
            raise ImportError(f"No module named {name}")
        return original(name, *args, **named)

    monkeypatch.setattr(builtins, "__import__", refusing)


@pytest.mark.usefixtures("without_frameworks")
def test_without_pytorch_it_says_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "torch", "pkg:net", "--input", "3x8x8"]) == 2
    assert "pip install torch" in capsys.readouterr().err


@pytest.mark.usefixtures("without_frameworks")
def test_without_onnx_it_says_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["eval", "model.onnx"]) == 2
    assert "pip install onnx" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("word", "file", "told", "other"),
    [
        ("tflite", "net.onnx", "net.onnx is an ONNX file by its name", "onnx"),
        ("onnx", "net.h5", "net.h5 is a Keras file by its name", "keras"),
        ("keras", "net.tflite", "net.tflite is a TensorFlow Lite file by its name", "tflite"),
    ],
)
def test_a_file_of_another_framework_is_refused(
    word: str, file: str, told: str, other: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", word, file]) == 2
    said = capsys.readouterr().err
    assert told in said
    assert f"hint: convcost import {other} reads those" in said


def test_an_exported_module_goes_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "net.py"

    assert run(["export", "pytorch", "mobilenet_v1", "--set", "alpha=0.5", "-o", str(path)]) == 0

    source = path.read_text()
    assert '"""1,331,592 parameters, 149,497,088 multiply-adds for an input of 3x224x224.' in source


def test_unknown_operations_in_a_spec_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        "input: 3x4x4\nlayers:\n  - {kind: unknown, op: fft, shape: 3x4x4}\n"
        "  - {kind: pointwise, m: 2}\n"
    )
    message = "spec: fft, 1 of 2 operations (about 33.3 % of the work, by its tensors), is unknown "
    message += "and counted as nothing; "
    message += "--with can say what it costs, and macs in a spec"

    assert run(["eval", str(path)]) == 0
    assert f"note: {message}" in capsys.readouterr().err
    assert run(["eval", str(path), "--strict"]) == 2
    assert f"error: {message}" in capsys.readouterr().err
