"""Code that was written without us in mind is followed all the same.

Figures are those of arithmetic, written beside each module.
"""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - everyone calls it so

from convcost import load
from convcost.cost import Report, evaluate
from convcost.errors import CodeError
from convcost.gaps import gaps
from convcost.sources.imports.pytorch.making import made_without_weights
from convcost.views.unknown import unknown_lines
from tests.torch.counted import followed
from tests.torch.test_import import read_code


def counted(make: Callable[[], Any], *shape: int, dtype: str = "float32") -> Report:
    """The report of a module made and run without weights."""
    with made_without_weights():
        module = make().eval()
    return evaluate(followed(module, *shape, dtype=dtype))


class Net(nn.Module):
    """A module of one line."""

    def __init__(self, forward: Callable[..., Any], **parts: Any) -> None:
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
        self.line = forward

    def forward(self, x: Any) -> Any:
        return self.line(self, x)


def test_a_module_that_runs_twice_has_its_weights_once() -> None:
    # https://github.com/TylerYep/torchinfo/issues/397
    def twice() -> nn.Module:
        conv = nn.Conv2d(4, 4, 3, padding=1)
        return nn.Sequential(conv, nn.ReLU(), conv)

    report = counted(twice, 4, 8, 8)

    assert (report.params, report.macs) == (4 * 4 * 9 + 4, 2 * 4 * 4 * 9 * 64)


def test_a_parameter_under_two_names_is_one() -> None:
    # https://github.com/ultralytics/thop/issues/143
    def tied() -> nn.Module:
        first, second = nn.Linear(8, 8, bias=False), nn.Linear(8, 8, bias=False)
        second.weight = first.weight
        return nn.Sequential(first, second)

    report = counted(tied, 8)

    assert (report.params, report.macs) == (64, 128)


def test_whole_numbers_go_in() -> None:
    def embedded() -> nn.Module:
        table, head = nn.Embedding(100, 16), nn.Linear(16, 100, bias=False)
        head.weight = table.weight
        return nn.Sequential(table, head)

    report = counted(embedded, 7, dtype="int64")

    assert (report.params, report.macs) == (1600, 7 * 16 * 100)


def test_layers_that_learn_their_sizes_when_they_run() -> None:
    report = counted(
        lambda: nn.Sequential(nn.LazyConv2d(8, 3), nn.ReLU(), nn.Flatten(), nn.LazyLinear(10)),
        3,
        16,
        16,
    )

    macs = 8 * 3 * 9 * 14 * 14 + 8 * 14 * 14 * 10
    assert (report.params, report.macs) == (8 * 3 * 9 + 8 + 8 * 14 * 14 * 10 + 10, macs)


ORDINARY: dict[str, Callable[[Any, Any], Any]] = {
    "a tensor made without a device": lambda self, x: self.fc(x) + torch.arange(8.0),
    "a tensor of the input's device": lambda self, x: self.fc(x) * torch.ones(8, device=x.device),
    "a size asked of a constant": lambda self, x: self.fc(x)[:, : int(torch.tensor([4, 2]).prod())],
    "a mask of constants": lambda self, x: self.fc(x)[:, torch.tensor([True, False] * 4)],
    "a choice by a constant": lambda self, x: self.fc(x) if torch.ones(3).sum() > 2 else x,
    "in place": lambda self, x: self.fc(x).add_(1).relu_(),
    "part of it in place": lambda self, x: _set_half(self.fc(x)),
    "a list that picks": lambda self, x: self.fc(x)[..., [0, 3, 1]],
    "another type of number": lambda self, x: self.fc(x).half().float().to("cuda"),
    "reflected operators": lambda self, x: 2 ** (1 - self.fc(x) / 3) // 2,
    "splits and joins": lambda self, x: torch.cat(self.fc(x).split([3, 5], dim=1)[::-1], 1),
    "meshes": lambda self, x: (
        self.fc(x) + torch.meshgrid(*[torch.arange(8)] * 2, indexing="ij")[0][0]
    ),
    "rolled over several dims": lambda self, x: torch.roll(self.fc(x), (1, 2), (0, 1)),
    "numpy": lambda self, x: self.fc(x) * torch.from_numpy(torch.ones(8).numpy()),
    "operands in a list": lambda self, x: torch.einsum("bi,bi->bi", [self.fc(x), x.clone()]),
    "a copy": lambda self, x: self.fc(x) + copy.deepcopy(self.fc.bias),
    "a tensor anyway": lambda self, x: torch.as_tensor(self.fc(x), dtype=torch.float64),
    "sizes that are tensors": lambda self, x: F.pad(self.fc(x), [torch.tensor(1), torch.tensor(2)]),
    "in place behind a copy": lambda self, x: self.fc(x).view(1, 2, 4).mT.flatten(1).add_(1),
    "assertions": lambda self, x: torch._assert(x.shape[1] == 8, "eight") or self.fc(x),
}


def _set_half(x: Any) -> Any:
    x[:, :4] = 0
    x[:, 4:] = x[:, :4]
    return x


@pytest.mark.parametrize("line", ORDINARY.values(), ids=list(ORDINARY))
def test_ordinary_code(line: Callable[[Any, Any], Any]) -> None:
    report = counted(lambda: Net(line, fc=nn.Linear(8, 8)), 8)

    assert (report.params, report.macs) == (72, 64)
    assert not gaps(report)


class Swish(torch.autograd.Function):
    """A function with a gradient of its own."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        return x * torch.sigmoid(x)


def hidden(x: Any) -> Any:
    """As compiled code does it."""
    with torch._C.DisableTorchFunction():
        return x.sinh()


def test_functions_with_gradients_of_their_own() -> None:
    report = counted(lambda: Net(lambda self, x: self.fc(Swish.apply(x)), fc=nn.Linear(8, 8)), 8)

    assert [layer.kind for layer in report.layers] == ["sigmoid", "multiply", "linear"]


def test_what_runs_out_of_sight_is_unknown() -> None:
    report = counted(lambda: Net(lambda self, x: self.fc(hidden(x)), fc=nn.Linear(8, 8)), 8)

    assert (report.params, report.macs) == (72, 64)
    assert "code that cannot be followed" in unknown_lines(gaps(report))[0]


def test_what_torchscript_would_compile_is_followed() -> None:
    report = evaluate(read_code("torch:tests.torch.nets:compiled", (8,)))

    assert (report.params, report.macs) == (72, 64 + 8)
    assert not gaps(report)
    assert torch.jit._state._enabled  # for whoever wants it afterwards


def test_a_factory_that_runs_and_moves_what_it_makes() -> None:
    def made() -> nn.Module:
        net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten())
        nn.init.trunc_normal_(net[0].weight)
        features = net(torch.zeros(1, 3, 8, 8)).shape[1]
        return nn.Sequential(net, nn.Linear(features, 2)).to("cpu").half()

    report = counted(made, 3, 8, 8, dtype="float16")

    assert report.macs == 4 * 3 * 9 * 36 + 4 * 36 * 2


def test_a_parametrized_weight_is_computed_anew() -> None:
    report = counted(
        lambda: nn.Sequential(
            nn.utils.parametrizations.weight_norm(nn.Conv2d(4, 4, 3)),
            nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4)),
        ),
        4,
        3,
        6,
    )

    assert report.params == 4 * 4 * 9 + 4 + 4 + 4 * 4 + 4


def test_attention_of_pytorchs_own() -> None:
    report = counted(lambda: nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), 10, 16)

    assert report.macs == 10 * (3 * 16 * 16 + 16 * 16 + 2 * 16 * 32) + 2 * 10 * 10 * 16
    assert not gaps(report)


def test_functions_in_python_are_seen_into() -> None:
    def line(self: Any, x: Any) -> Any:
        x = F.interpolate(F.max_pool2d(self.conv(x), 2), scale_factor=2, mode="bilinear")
        return F.normalize(F.pad(x, (1, 1)).unflatten(1, (2, 2)).norm(dim=1), dim=1)

    report = counted(lambda: Net(line, conv=nn.Conv2d(3, 4, 3, padding=1)), 3, 8, 8)

    assert "upsample" in [layer.kind for layer in report.layers]
    assert not gaps(report)


def test_a_shape_that_depends_on_values_is_said_so() -> None:
    with pytest.raises(CodeError, match=r"cannot follow.*boolean mask") as caught:
        read_code("torch:tests.torch.nets:Picky", (8,))

    assert "depends on the values of the input" in caught.value.problems[0].hint


def test_what_runs_nowhere_else_is_not() -> None:
    with pytest.raises(CodeError, match="to_mkldnn") as caught:
        load(Net(lambda self, x: self.fc(x).to_mkldnn(), fc=nn.Linear(8, 8)), torch.zeros(1, 8))

    assert "depends on the values" not in caught.value.problems[0].hint


@pytest.mark.parametrize(
    "pick", [torch.nonzero, torch.unique, torch.bincount, lambda y: y.sum().item()]
)
def test_so_is_what_asks_for_them(pick: Callable[[Any], Any]) -> None:
    with pytest.raises(CodeError) as caught:
        load(Net(lambda self, x: pick(self.fc(x)[0].long()), fc=nn.Linear(8, 8)), torch.zeros(1, 8))

    assert "depends on the values of the input" in caught.value.problems[0].hint


def test_shapes_come_without_pytorchs_own_rules() -> None:
    script = """
import sys, torch
from tests.torch.nets import Classifier
from convcost.sources.imports.pytorch.empty import empty
from convcost.sources.imports.pytorch.making import made_without_weights
from convcost.sources.imports.pytorch.trace import network_of
before = set(sys.modules)
with made_without_weights():
    net = Classifier(separable=True).eval()
network_of(net, (empty((1, 3, 32, 32), torch.float32),), {}, "net")
print(len([name for name in set(sys.modules) - before if name.startswith("torch")]))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )

    assert (done.stdout, done.stderr) == ("0\n", "")
