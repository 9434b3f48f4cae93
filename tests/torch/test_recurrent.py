"""Recurrent layers: what PyTorch counts, in fused layers and unrolled, and what is imported."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import rnn
from torch.nn.utils.parametrizations import weight_norm

from convcost import load
from convcost.cost import Report, evaluate
from convcost.gaps import gaps
from convcost.network import Builder, Network
from tests.torch.counted import counted, network_of

OPTIONS: list[dict[str, Any]] = [
    {},
    {"bias": False},
    {"num_layers": 3},
    {"bidirectional": True},
    {"num_layers": 2, "bidirectional": True},
]
LAYERS = [
    *[(sort, options) for sort in ("LSTM", "GRU", "RNN") for options in OPTIONS],
    ("LSTM", {"proj_size": 3}),
    ("LSTM", {"proj_size": 3, "num_layers": 2, "bidirectional": True}),
    ("RNN", {"nonlinearity": "relu"}),
]
NAMES = {"hidden_size": "m", "num_layers": "layers", "proj_size": "projection"}


def imported(module: Any, shape: tuple[int, ...]) -> Network:
    """The network of a module."""
    return network_of(lambda: module, *shape)


class Whole(nn.Module):
    """A recurrent layer or cell, and something behind it."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Any) -> Any:
        made = self.inner(x)
        return functional.relu(made[0] if isinstance(made, tuple) else made)


def costs(report: Report) -> tuple[int, int]:
    return report.params, report.macs


@pytest.mark.parametrize(("sort", "options"), LAYERS)
@pytest.mark.parametrize("batch_first", [True, False])
def test_a_layer_costs_what_pytorch_counts(
    sort: str, options: dict[str, Any], batch_first: bool
) -> None:
    module = Whole(getattr(nn, sort)(8, 6, batch_first=batch_first, **options))
    network = imported(module, (10, 8))

    assert costs(evaluate(network)) == counted(module, (10, 8))[:2]
    assert not gaps(evaluate(network))
    (layer,) = (each for each in network.layers if each.kind == sort.lower())
    given = {NAMES.get(name, name): value for name, value in options.items() if value is not False}
    bias = {"bias": True} if options.get("bias", True) else {}
    assert dict(layer.fields) == {"m": 6, **bias, **given}


@pytest.mark.parametrize("sort", ["LSTM", "GRU", "RNN"])
@pytest.mark.parametrize("shape", [(8,), (3, 8)])
def test_a_cell_is_one_step(sort: str, shape: tuple[int, ...]) -> None:
    class Cell(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.cell = getattr(nn, f"{sort}Cell")(8, 6)

        def forward(self, x: Any) -> Any:
            made = self.cell(x.reshape(-1, 8))
            return functional.relu(made[0] if isinstance(made, tuple) else made)

    module = Cell()
    report = evaluate(imported(module, shape))
    assert costs(report) == counted(module, shape)[:2]
    assert sort.lower() in [layer.kind for layer in report.layers]


class Unrolled(nn.Module):
    """An LSTM with projections, written out gate by gate and step by step."""

    def __init__(self, n: int, m: int, p: int) -> None:
        super().__init__()
        self.inputs = nn.ModuleList(nn.Linear(n, m) for _ in range(4))
        self.states = nn.ModuleList(nn.Linear(p, m) for _ in range(4))
        self.project = nn.Linear(m, p, bias=False)

    def forward(self, x: Any) -> Any:
        h, c = x.new_zeros(1, self.project.out_features), x.new_zeros(1, 6)
        steps = []
        for step in range(x.shape[2]):
            each = zip(self.inputs, self.states, strict=True)
            i, f, g, o = (left(x[:, :, step]) + right(h) for left, right in each)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = self.project(o.sigmoid() * c.tanh())
            steps.append(h)
        return torch.stack(steps, 2)


def test_an_lstm_costs_what_it_does_written_out() -> None:
    builder = Builder("net", (8, 10))
    builder.add("lstm", {"m": 6, "projection": 3, "bias": True})
    report = evaluate(builder.network())

    assert (*costs(report), report.layers[0].out) == counted(Unrolled(8, 6, 3), (8, 10))
    fused = nn.LSTM(8, 6, proj_size=3)
    assert report.params == sum(param.numel() for param in fused.parameters())


class Twice(nn.Module):
    """One layer twice in a row, and of the second the state behind the last step."""

    def __init__(self) -> None:
        super().__init__()
        self.gru = nn.GRU(8, 8, batch_first=True)

    def forward(self, x: Any) -> Any:
        return self.gru(self.gru(x)[0])[1].relu()


def test_layers_in_a_row_need_no_turning_in_between() -> None:
    network = imported(Twice(), (10, 8))

    kinds = [layer.kind for layer in network.layers]
    assert kinds == ["permute", "gru", "gru", "slice", "reshape", "relu"]
    assert [dict(layer.fields) for layer in network.layers if layer.kind == "gru"] == [
        {"m": 8, "bias": True},
        {"m": 8, "bias": True, "weights": "shared"},
    ]


def test_weights_that_are_computed_are_counted_beside_the_layer() -> None:
    module = Whole(weight_norm(nn.LSTM(8, 6, batch_first=True), "weight_hh_l0"))
    report = evaluate(imported(module, (10, 8)))

    assert costs(report) == counted(module, (10, 8))[:2]
    assert report.params == 4 * 6 * (8 + 6 + 1 + 2)


def test_weights_that_are_not_learned() -> None:
    inner = nn.GRUCell(8, 6)
    for name, weight in list(inner.named_parameters()):
        delattr(inner, name)
        inner.register_buffer(name, weight.detach())
    report = evaluate(imported(Whole(inner), (8,)))
    assert costs(report) == (0, 3 * 6 * (8 + 6))


def test_weights_that_depend_on_the_input_are_unknown() -> None:
    class Hyper(nn.Module):
        def forward(self, x: Any) -> Any:
            weight = x.reshape(6, 8)
            return torch.rnn_tanh_cell(x[:, 0], x.new_zeros(1, 6), weight, weight[:, :6])

    report = evaluate(imported(Hyper(), (6, 8)))
    assert report.status["macs"].state == "at least"


def test_a_weight_for_input_and_state_is_counted_once() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.zeros(6, 6))

        def forward(self, x: Any) -> Any:
            return torch.rnn_tanh_cell(x, x.new_zeros(1, 6), self.weight, self.weight)

    report = evaluate(network_of(Tied, 6))
    assert costs(report) == (36, 72)


class Packed(nn.Module):
    """Sequences packed, run and padded again."""

    def __init__(self, inner: Any, features: int) -> None:
        super().__init__()
        self.inner, self.head = inner, nn.Linear(features, 3)

    def forward(self, x: Any, lengths: Any) -> Any:
        packed = rnn.pack_padded_sequence(x, lengths, self.inner.batch_first, enforce_sorted=False)
        made, _ = rnn.pad_packed_sequence(self.inner(packed)[0], self.inner.batch_first)
        return self.head(made)


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize(("sort", "options"), LAYERS)
def test_a_packed_sequence_costs_its_own_steps(
    sort: str, options: dict[str, Any], batch_first: bool
) -> None:
    plain, layer = (
        getattr(nn, sort)(8, 6, batch_first=first, **options) for first in (True, batch_first)
    )
    whole = evaluate(load(plain, torch.zeros(1, 15, 8)))
    features = (layer.proj_size or 6) * (1 + layer.bidirectional)

    x = torch.zeros((1, 20, 8) if batch_first else (20, 1, 8))
    example = {"x": x, "lengths": torch.tensor([15])}
    report = evaluate(load(Packed(layer, features), example))

    assert report.params == whole.params + 3 * features + 3
    assert report.macs == whole.macs + 15 * 3 * features
    assert not report.status
