"""ONNX models that a program holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost import evaluate, load
from convcost.errors import SpecError
from tests.onnx.models import model, node, saved, weight

NODES = [node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1])]


def test_a_model_is_what_its_file_is(tmp_path: Path) -> None:
    held = model(NODES, [weight("w", 4, 3, 3, 3)])
    file = load(Path(saved(tmp_path, held)))
    assert load(held).layers == file.layers
    assert evaluate(held).macs == 4 * 27 * 64
    assert load(held).path.endswith(".onnx")


def test_an_open_file_of_onnx_is_read_as_one(tmp_path: Path) -> None:
    path = Path(saved(tmp_path, model(NODES, [weight("w", 4, 3, 3, 3)])))
    with path.open("rb") as file:
        assert load(file).layers == load(path).layers


def test_open_inputs_are_given(tmp_path: Path) -> None:
    held = model(NODES, [weight("w", 4, 3, 3, 3)], (1, 3, None, None))
    assert evaluate(held, input="3x8x8").macs == 4 * 27 * 64
    with pytest.raises(SpecError, match="input"):
        load(held)
