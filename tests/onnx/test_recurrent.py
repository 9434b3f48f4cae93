"""ONNX's recurrent layers, built node by node and as PyTorch exports them."""

from __future__ import annotations

import contextlib
import io
import warnings
from pathlib import Path
from typing import Any

import pytest
from onnx import TensorProto, helper

from convcost.cost import Report, evaluate
from convcost.gaps import gaps
from convcost.network import Network
from convcost.sources import SpecFile, code
from tests.onnx.models import RUNTIME, model, node, saved, weight

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
STEPS, N, M = 10, 8, 6
SIDES = (("w", N), ("r", M))


def read(folder: Path, made: Any) -> Network:
    return code.read_code(SpecFile(saved(folder, made)))


def weights_of(op: str, ways: int = 1, bias: bool = True) -> list[Any]:
    rows = GATES[op] * M
    shapes: dict[str, tuple[int, ...]] = {"w": (ways, rows, N), "r": (ways, rows, M)}
    shapes |= {"b": (ways, 2 * rows)} if bias else {}
    return [weight(name, *shape) for name, shape in shapes.items()]


def recurrent(op: str, inputs: list[str], more: list[Any], **attributes: Any) -> Any:
    """A model of one recurrent node on 10 steps of 8 features, batch second; its output is y."""
    made = node(op, ["x", "w", "r", "b", *inputs], ["y"], hidden_size=M, **attributes)
    ways = 2 if attributes.get("direction") == "bidirectional" else 1
    return model([made], [*weights_of(op, ways), *more], (STEPS, 1, N))


def zeros(name: str, *shape: int) -> Any:
    size = 4
    for each in shape:
        size *= each
    return helper.make_tensor(name, TensorProto.FLOAT, shape, bytes(size), raw=True)


def costs(report: Report) -> tuple[int, int]:
    return report.params, report.macs


@pytest.mark.parametrize("op", GATES)
@pytest.mark.parametrize("direction", ["forward", "reverse", "bidirectional"])
def test_weights_at_every_step(tmp_path: Path, op: str, direction: str) -> None:
    report = evaluate(read(tmp_path, recurrent(op, [], [], direction=direction)))

    each = GATES[op] * M * (N + M) * (2 if direction == "bidirectional" else 1)
    biases = 2 * GATES[op] * M * (2 if direction == "bidirectional" else 1)
    assert costs(report) == (each + biases, STEPS * each)
    assert not report.status


@pytest.mark.parametrize("layout", [0, 1])
def test_several_sequences_stand_side_by_side(tmp_path: Path, layout: int) -> None:
    made = node("GRU", ["x", "w", "r"], ["y"], hidden_size=M, layout=layout)
    weights = weights_of("GRU", bias=False)
    network = read(tmp_path, model([made], weights, (5, STEPS, N)))

    (layer,) = (each for each in evaluate(network).layers if each.kind == "gru")
    assert layer.ins[0] == ((N, 5, STEPS) if layout else (N, STEPS, 5))
    assert costs(evaluate(network)) == (3 * M * (N + M), 5 * STEPS * 3 * M * (N + M))


def test_a_layer_in_the_middle_of_others(tmp_path: Path) -> None:
    nodes = [
        node("LSTM", ["x", "w", "r", "b"], ["", "h"], hidden_size=M, direction="bidirectional"),
        node("Relu", ["h"], ["y"]),
    ]
    network = read(tmp_path, model(nodes, weights_of("LSTM", 2), (STEPS, 1, N)))

    assert [layer.kind for layer in network.layers][-3:] == ["lstm", "gather", "relu"]
    assert evaluate(network).layers[-1].out == (2, 1, M)


def test_the_state_behind_the_last_step(tmp_path: Path) -> None:
    nodes = [
        node("RNN", ["x", "w", "r"], ["", "h"], hidden_size=M, activations=["Relu"]),
        node("Relu", ["h"], ["y"]),
    ]
    network = read(tmp_path, model(nodes, weights_of("RNN", bias=False), (STEPS, 1, N)))

    kinds = [layer.kind for layer in network.layers if layer.kind not in ("reshape", "permute")]
    assert kinds == ["rnn", "slice", "relu"]
    (layer,) = (layer for layer in network.layers if layer.kind == "rnn")
    assert dict(layer.fields) == {"m": M, "nonlinearity": "relu"}


@pytest.mark.parametrize(
    ("state", "learned"),
    [
        (zeros("s", 1, 1, M), 0),
        (helper.make_tensor("s", TensorProto.FLOAT, (1, 1, M), [0.0] * M), 0),
        (helper.make_tensor("s", TensorProto.FLOAT, (1, 1, M), [0.5] * M), 0),
        (helper.make_tensor("s", TensorProto.FLOAT, (1, 1, M), [*range(M)]), M),
        (weight("s", 1, 1, M), M),
    ],
)
def test_a_state_to_start_from_is_learned_unless_all_of_it_is_equal(
    tmp_path: Path, state: Any, learned: int
) -> None:
    report = evaluate(read(tmp_path, recurrent("LSTM", ["", "s", "s"], [state])))
    assert report.params == 4 * M * (N + M + 2) + learned
    assert report.macs == STEPS * 4 * M * (N + M)


def test_the_zeros_of_a_wide_layer_are_zeros_too(tmp_path: Path) -> None:
    wide = 2000
    nodes = [node("RNN", ["x", "w", "r", "", "", "s"], ["y"], hidden_size=wide)]
    weights = [weight("w", 1, wide, N), weight("r", 1, wide, wide), zeros("s", 1, 1, wide)]
    report = evaluate(read(tmp_path, model(nodes, weights, (STEPS, 1, N))))
    assert report.params == wide * (N + wide)


def test_peepholes_are_parameters(tmp_path: Path) -> None:
    made = recurrent("LSTM", ["", "", "", "p"], [weight("p", 1, 3 * M)])
    report = evaluate(read(tmp_path, made))
    assert costs(report) == (4 * M * (N + M + 2) + 3 * M, STEPS * 4 * M * (N + M))


def test_peepholes_may_stand_in_a_node(tmp_path: Path) -> None:
    nodes = [
        node("Constant", [], ["p"], value=weight("p", 1, 3 * M)),
        node("LSTM", ["x", "w", "r", "b", "", "", "", "p"], ["y"], hidden_size=M),
    ]
    report = evaluate(read(tmp_path, model(nodes, weights_of("LSTM"), (STEPS, 1, N))))
    assert costs(report) == (4 * M * (N + M + 2) + 3 * M, STEPS * 4 * M * (N + M))
    assert not report.status


def test_a_bias_may_stand_in_a_node(tmp_path: Path) -> None:
    nodes = [
        node("Constant", [], ["b"], value=weight("b", 1, 6 * M)),
        node("GRU", ["x", "w", "r", "b"], ["y"], hidden_size=M),
    ]
    report = evaluate(read(tmp_path, model(nodes, weights_of("GRU", bias=False), (STEPS, 1, N))))
    assert costs(report) == (3 * M * (N + M + 2), STEPS * 3 * M * (N + M))
    assert not report.status


def test_weights_that_two_layers_share_are_counted_once(tmp_path: Path) -> None:
    nodes = [
        node("RNN", ["x", "w", "r"], ["a"], hidden_size=N),
        node("Squeeze", ["a", "at"], ["s"]),
        node("RNN", ["s", "w", "r"], ["y"], hidden_size=N),
    ]
    weights = [weight("w", 1, N, N), weight("r", 1, N, N)]
    weights.append(helper.make_tensor("at", TensorProto.INT64, [1], [1]))
    report = evaluate(read(tmp_path, model(nodes, weights, (STEPS, 1, N))))
    assert costs(report) == (2 * N * N, 2 * STEPS * 2 * N * N)


@pytest.mark.parametrize("dynamo", [False, True])
@pytest.mark.parametrize("sort", ["LSTM", "GRU"])
def test_what_pytorch_exports_costs_what_pytorch_counts(
    tmp_path: Path, sort: str, dynamo: bool
) -> None:
    torch = pytest.importorskip("torch")
    if dynamo:
        pytest.importorskip("onnxscript")
    net = pytest.importorskip("tests.torch.nets").Stacked(sort, N, M).eval()
    path = tmp_path / "net.onnx"
    quiet = contextlib.redirect_stdout(io.StringIO())
    with warnings.catch_warnings(), quiet, contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        torch.onnx.export(net, (torch.zeros(1, STEPS, N),), str(path), dynamo=dynamo)
    network = code.read_code(SpecFile(str(path)))

    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        net.to("meta")(torch.zeros(1, STEPS, N, device="meta"))
    report = evaluate(network)
    params = sum(param.numel() for param in net.parameters())
    assert costs(report) == (params, counter.get_total_flops() // 2)
    assert not gaps(report)
    kinds = [layer.kind for layer in network.layers]
    assert kinds == ["permute", sort.lower(), sort.lower(), "permute", "relu"]


@pytest.mark.parametrize("ways", [1, 2])
def test_weights_that_the_runtime_has_quantised_and_turned(ways: int, tmp_path: Path) -> None:
    given = ["x", "w", "r", "b", "", "", "", "", "scale", "zero", "scale", "zero"]
    quantised = node("DynamicQuantizeLSTM", given, ["", "h"], hidden_size=M, domain=RUNTIME)
    tensors = [
        *(TensorProto(name=name, data_type=3, dims=(ways, side, 4 * M)) for name, side in SIDES),
        *(weight("b", ways, 8 * M), weight("scale", ways)),
        TensorProto(name="zero", data_type=3, dims=(ways,)),
    ]
    made = model([quantised, node("Relu", ["h"], ["y"])], tensors, (STEPS, 1, N))
    made.opset_import.add(domain=RUNTIME, version=1)

    report = evaluate(read(tmp_path, made))

    each = ways * 4 * M * (N + M)
    assert costs(report) == (each + ways * 8 * M, STEPS * each)
    assert not report.status
