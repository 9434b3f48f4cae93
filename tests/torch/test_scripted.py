"""TorchScript, compiled or traced, at hand or from a file: it costs what its module costs."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - everyone calls it so

from convcost import evaluate, load
from convcost.conventions import apply, find
from convcost.errors import CodeError, UsageError
from convcost.network import Network
from convcost.sources.code import read_code
from convcost.sources.targets import CodeTarget

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
IMAGE = torch.zeros(1, 3, 8, 8)


class Block(nn.Module):
    """Layers, functions, and sizes that are computed."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8)
        self.mix = nn.Sequential(nn.Linear(8, 8), nn.ReLU())
        self.register_buffer("scale", torch.ones(8))

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.norm(self.conv(x)))
        b, c, h, w = x.shape
        x = x.reshape(b, c, h * w).transpose(1, 2) * self.scale
        return self.mix(x).mean(1)


class Steps(nn.Module):
    """A recurrent layer, and one that runs on its last step."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.LSTM(24, 5, batch_first=True)
        self.head = nn.Linear(5, 4)

    def forward(self, x: Tensor) -> Tensor:
        steps, _ = self.layer(x.transpose(1, 2).flatten(2))
        return self.head(steps[:, -1])


class Tied(nn.Module):
    """One weight in two layers, one layer twice, and one that never runs."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(8, 8), nn.Linear(8, 8)
        self.second.weight = self.first.weight
        self.again = self.first
        self.aux = nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.again(self.second(self.first(x)))


class Branches(nn.Module):
    """Loops, lists and choices that hang on sizes: compiled code keeps them."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv2d(3, 3, 3), nn.Conv2d(3, 3, 1)])
        self.wide = nn.Conv2d(3, 9, 1)

    def forward(self, x: Tensor, add: Tensor | None = None) -> Tensor:
        found: list[Tensor] = []
        for layer in self.layers:
            x = layer(x)
            found.append(F.adaptive_avg_pool2d(x, 2))
        while x.size(-1) > 5:
            x = x[..., :-1]
        sizes = [2] * 1 + [2]
        if x.dim() == 4 and add is None:
            x = self.wide(x).to(torch.float32)
        return torch.cat([F.adaptive_avg_pool2d(x, sizes)] + found[1:], 1)  # noqa: RUF005


class Kept(nn.Module):
    """It changes what it holds."""

    def __init__(self) -> None:
        super().__init__()
        self.turns = 0

    def forward(self, x: Tensor) -> Tensor:
        self.turns += 1
        return x * self.turns


MODULES = [Block, Steps, Tied, Branches]


def scripted(module: nn.Module) -> Any:
    return torch.jit.script(module.eval())


def traced(module: nn.Module) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of sizes that it takes for granted
        return torch.jit.trace(module.eval(), IMAGE, check_trace=False)


def costs(network: Network) -> list[tuple[str, int, int, int]]:
    """What each layer with weights costs, and all of it."""
    report = evaluate(network)
    assert not report.status
    layers = [(each.name, each.params, each.macs, each.activations) for each in report.layers]
    total = ("total", report.params, report.macs, report.activations)
    return [*(each for each in layers if each[1]), total]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("made", [scripted, traced])
def test_layer_by_layer_a_script_costs_what_its_module_costs(
    made: Callable[[nn.Module], Any], module: Callable[[], nn.Module], tmp_path: Path
) -> None:
    script, wanted = made(module()), costs(load(module(), IMAGE))
    torch.jit.save(script, tmp_path / "net.pt")
    assert costs(load(script, IMAGE)) == wanted
    assert costs(load(torch.jit.load(tmp_path / "net.pt"), IMAGE)) == wanted


def test_so_does_a_module_that_has_one_inside() -> None:
    plain, mixed = Block(), Block()
    mixed.mix = scripted(mixed.mix)
    assert costs(load(mixed, IMAGE)) == costs(load(plain, IMAGE))
    assert isinstance(mixed.mix, torch.jit.ScriptModule)  # which stays as it is


def test_weights_that_were_frozen_are_weights() -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
    frozen = torch.jit.freeze(scripted(module))  # which folds the norm into the convolution
    report = evaluate(load(frozen, IMAGE))
    assert (report.params, report.macs, dict(report.status)) == (112, 108 * 36, {})


def test_a_file_is_named_as_code_is(tmp_path: Path) -> None:
    torch.jit.save(scripted(Block()), tmp_path / "small-net.pt")
    network = read_code(CodeTarget(str(tmp_path / "small-net.pt")), "3x8x8")
    assert network.name == "small-net"
    assert costs(network) == costs(load(Block(), IMAGE))


def test_inputs_have_the_names_that_it_has(tmp_path: Path) -> None:
    torch.jit.save(scripted(Branches()), tmp_path / "net.pt")
    target = CodeTarget(str(tmp_path / "net.pt"))
    assert evaluate(read_code(target, "3x8x8")).params == 84 + 12 + 36
    network = read_code(target, ["3x8x8", "add=3x8x8"])
    assert [each.name for each in network.inputs] == ["x", "add"]
    assert evaluate(network).macs == 36 * 81 + 36 * 9  # `wide` only runs where nothing is added


def test_of_how_its_code_was_written_nothing_is_known() -> None:
    convention = find("thop")
    plain, script = (evaluate(load(each, IMAGE)) for each in (Block(), scripted(Block())))
    assert apply(script, convention).macs == apply(plain, convention).macs


def test_what_it_cannot_do_is_said() -> None:
    with pytest.raises(CodeError, match="prim::SetAttr of TorchScript"):
        load(scripted(Kept()), IMAGE)


def test_weights_are_no_module(tmp_path: Path) -> None:
    torch.save(Block().state_dict(), tmp_path / "net.pt")
    (tmp_path / "net.ts").write_text("export {}")
    for name in ("net.pt", "net.ts"):
        with pytest.raises(UsageError, match="is no TorchScript: weights do not say"):
            read_code(CodeTarget(str(tmp_path / name)), "3x8x8")


def test_a_script_needs_an_input(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs the shape of its input"):
        read_code(CodeTarget(str(tmp_path / "net.pt")))
