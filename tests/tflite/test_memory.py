"""The memory of a file's own tensors, by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from convcost import evaluate
from convcost.metrics.memory import plan
from tests.cli.runner import Runner
from tests.tflite.models import (
    INT8,
    Graph,
    Operator,
    Tensor,
    conv,
    model,
    read,
    saved,
    varied,
)


def network() -> bytes:
    """Two convolutions in int8 whose sum is taken, 8 x 8 positions each, and a softmax.

    Its tensors: x of 3 channels is 192 bytes, a and b of 4 are 256, y of 4 is 256, z is 256; the
    variable and the weights are none of them.
    """
    shape = (1, 8, 8, 4)
    tensors = [
        Tensor("x", (1, 8, 8, 3), INT8, scale=0.1),
        *(Tensor(name, shape, INT8, scale=0.1) for name in ("a/Relu;a/Bias", "b", "y", "z")),
        varied("w", 4, 3, 3, 3, type=INT8, scale=0.1),
        varied("v", 4, 1, 1, 4, type=INT8, scale=0.1),
        Tensor("state", (1, 100), is_variable=True),
    ]
    operators = [
        conv(["x", "w"], "a/Relu;a/Bias", FusedActivationFunction=1),
        conv(["a/Relu;a/Bias", "v"], "b"),
        Operator("ADD", ["a/Relu;a/Bias", "b"], ["y"], {}, "AddOptions"),
        Operator("SOFTMAX", ["y"], ["z"]),
    ]
    return model(Graph(tensors, operators, ["x"], ["z"]))


def test_each_lives_from_what_makes_it_to_what_takes_it_last(tmp_path: Path) -> None:
    made = plan(evaluate(read(tmp_path, network())))

    named = zip(made.made_by, made.buffers, strict=True)
    assert [(name, *each[:3]) for (name, _), each in named] == [
        ("input", 192, 0, 0),
        ("a.Relu", 256, 0, 2),
        ("b", 256, 1, 2),
        ("y", 256, 2, 3),
        ("z", 256, 3, 3),
    ]
    assert made.live == (448, 512, 768, 512)
    assert made.arena == 768
    # the softmax stands with the sum, in one layer
    assert [made.layer_at(at).name for at in range(4)] == ["a.Relu", "b", "y", "y"]


def test_operations_that_are_one_layer_share_it(tmp_path: Path) -> None:
    """A depthwise and a pointwise convolution are separable, and a relu stands with it."""
    shape = (1, 8, 8, 3)
    operators = [
        conv(["x", "w"], "n/d", "DEPTHWISE_CONV_2D", "DepthwiseConv2DOptions"),
        conv(["n/d", "v"], "n/p"),
        Operator("RELU", ["n/p"], ["y"]),
    ]
    tensors = [Tensor(name, shape) for name in ("x", "n/d", "n/p", "y")]
    weights = [varied("w", 1, 3, 3, 3), varied("v", 3, 1, 1, 3)]
    network = read(tmp_path, model(Graph([*tensors, *weights], operators, ["x"], ["y"])))

    assert [layer.kind for layer in network.layers] == ["depthwise-separable"]
    assert network.schedule is not None
    assert network.schedule.layers == (0, 0, 0)
    assert plan(evaluate(network)).peak == 2 * 4 * 192


def test_it_is_said_what_is_planned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, convcost = saved(tmp_path, network()), Runner(capsys)

    assert "The tensors of the file as they are" in convcost("memory", path).out
    assert "activations int8" in convcost("memory", path, "--dtype", "int8").out
    told = json.loads(convcost("memory", path, "--format", "json").out)
    assert told["setting"] == {"activations": "as in the file"}
    assert "activations as in the file" in convcost("fit", path, "--device", "stm32f746").out
