"""Commands that read specs, given a file of another sort."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.runner import Runner


@pytest.mark.parametrize(
    "command",
    [
        ["eval"],
        ["check"],
        ["suggest", "--max-macs", "1k"],
        ["rewrite", "--replace", "standard=depthwise-separable"],
        ["diff", "resnet18"],
        ["reconcile"],
        ["export", "pytorch"],
        ["lock"],
    ],
    ids=lambda command: command[0],
)
def test_every_command_says_so(
    command: list[str], convcost: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.pt").write_bytes(b"PK\x03\x04\x14\0")
    code, out, err = convcost(*command, "net.pt")
    assert (code, out) == (2, "")
    assert err.count("error: ") == 1
    assert "this is a PyTorch file" in err


@pytest.mark.parametrize(
    "typed",
    [
        "eval {}",
        "memory {}",
        "fit {} --device stm32f746",
        "import keras {}",
        "import tflite {}",
        "diff alexnet {}",
    ],
)
def test_every_command_names_it_with_the_remedy(
    typed: str, tmp_path: Path, convcost: Runner
) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01\x12\0")
    code, _, err = convcost(*typed.format(tmp_path).split())
    assert code == 2
    assert f"{tmp_path}: error: this is a SavedModel of TensorFlow, not a spec" in err
    assert "tf.lite.TFLiteConverter.from_saved_model" in err
