"""Weights that are shared, fixed, computed from others, or made by the network for each input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - everyone calls it so
from torch.nn.utils import parametrizations

from convcost.cost import evaluate
from convcost.emit.pytorch import pytorch_text
from convcost.emit.spec import spec_text
from convcost.gaps import gaps
from convcost.sources.spec.reading import parse_spec
from tests.torch.counted import cost_of, counted, module_of, network_of, said
from tests.torch.works import CondConv, Lora, Modulated, Weights


def standardised(self: Any, x: Any) -> Any:
    weight = self.w - self.w.mean((1, 2, 3), keepdim=True)
    return F.conv2d(x, weight / self.w.std((1, 2, 3), keepdim=True), self.b)


def kernel_of(self: Any, x: Any) -> Any:
    shares = F.linear(x.mean((2, 3)), self.fc, self.fcb).softmax(1)
    return F.conv2d(x, torch.einsum("k,kmnij->mnij", shares[0], self.w), padding=1)


def twice(make: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    """One module in two places."""

    def made() -> nn.Module:
        layer = make()
        return nn.Sequential(layer, nn.ReLU(), layer)

    return made


def with_one(name: str, make: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    """Two modules that have one tensor in common."""

    def made() -> nn.Module:
        first, second = make(), make()
        setattr(second, name, getattr(first, name))
        return nn.Sequential(first, second)

    return made


MODULES: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "experts": (CondConv, (16, 14, 14)),
    "experts in groups": (lambda: CondConv(4), (16, 14, 14)),
    "a modulated convolution": (lambda: Modulated(False), (8, 6, 6)),
    "a modulated transposed convolution": (lambda: Modulated(True), (8, 6, 6)),
    "dynamic convolution": (
        lambda: Weights(kernel_of, w=(4, 32, 16, 3, 3), fc=(4, 16), fcb=4),
        (16, 14, 14),
    ),
    "low rank updates": (Lora, (5, 8)),
    "a low-rank product": (
        lambda: Weights(lambda self, x: F.linear(x, self.u @ self.v), u=(8, 4), v=(4, 8)),
        (8,),
    ),
    "a product for a kernel": (
        lambda: Weights(
            lambda self, x: F.conv1d(x, (self.u @ self.v).view(6, 4, 3), self.b, padding=1),
            u=(6, 2),
            v=(2, 12),
            b=6,
        ),
        (4, 9),
    ),
    "weight standardisation": (lambda: Weights(standardised, w=(4, 3, 3, 3), b=4), (3, 8, 8)),
    "weight norm": (lambda: parametrizations.weight_norm(nn.Conv2d(3, 4, 3)), (3, 8, 8)),
    "spectral norm": (lambda: parametrizations.spectral_norm(nn.Conv2d(3, 4, 3)), (3, 8, 8)),
    "a sum of two": (
        lambda: Weights(lambda self, x: F.linear(x, self.u + self.v), u=(8, 8), v=(8, 8)),
        (8,),
    ),
    "parts behind each other": (
        lambda: Weights(
            lambda self, x: F.linear(x, torch.cat([self.u, self.v])), u=(6, 8), v=(2, 8)
        ),
        (8,),
    ),
    "a slice": (lambda: Weights(lambda self, x: F.linear(x, self.w[:4]), w=(8, 8)), (8,)),
    "one for all": (
        lambda: Weights(lambda self, x: F.linear(x, self.w.expand(8, 8)), w=8),
        (8,),
    ),
    "a learned bias on fixed weights": (
        lambda: Weights(lambda self, x: F.linear(x, self.k, self.b), {"k": (800, 8)}, b=800),
        (8,),
    ),
    "a fixed bias on learned weights": (
        lambda: Weights(lambda self, x: F.conv2d(x, self.k, self.b), {"b": 4}, k=(4, 3, 3, 3)),
        (3, 8, 8),
    ),
    "one bias for two": (
        lambda: Weights(
            lambda self, x: F.linear(F.linear(x, self.u, self.b), self.v, self.b),
            u=(8, 8),
            v=(8, 8),
            b=8,
        ),
        (8,),
    ),
    "one weight with two biases": (
        lambda: Weights(
            lambda self, x: F.conv1d(F.conv1d(x, self.w, self.a), self.w, self.b),
            w=(4, 4, 3),
            a=4,
            b=4,
        ),
        (4, 9),
    ),
    "a kernel that is transposed": (
        lambda: Weights(lambda self, x: F.linear(F.linear(x, self.w), self.w.t()), w=(3, 8)),
        (8,),
    ),
    "one layer twice": (twice(lambda: nn.Conv2d(4, 4, 3, padding=1)), (4, 8, 8)),
    "one norm twice": (twice(lambda: nn.BatchNorm2d(4)), (4, 8, 8)),
    "one weight of two layers": (with_one("weight", lambda: nn.Linear(8, 8)), (8,)),
    "one bias of two layers": (with_one("bias", lambda: nn.Linear(8, 8)), (8,)),
    "one weight of two norms": (with_one("weight", lambda: nn.BatchNorm2d(4)), (4, 8, 8)),
    "one bias of two norms": (with_one("bias", lambda: nn.LayerNorm(8)), (4, 8)),
    "a convolution of windows": (
        lambda: Weights(
            lambda self, x: F.conv2d(
                x.view(4, 2, 6, 6), (x.mean() * self.w).view(3, 2, 3, 3), self.b
            ),
            w=54,
            b=3,
        ),
        (8, 6, 6),
    ),
}


@pytest.mark.parametrize("name", MODULES)
def test_whatever_a_weight_is_made_of(name: str) -> None:
    make, shape = MODULES[name]
    report = cost_of(make, *shape)

    assert report.macs == counted(make(), shape)[1]
    assert not gaps(report)


@pytest.mark.parametrize(
    ("name", "params", "macs"),
    [
        # the router, the kernel out of four, and 32 x 16 x 9 at 14 x 14 positions
        ("dynamic convolution", 18_500, 64 + 4 * 4_608 + 4_608 * 196),
        ("a learned bias on fixed weights", 800, 6_400),
        ("a low-rank product", 64, 8 * 8 * 4 + 64),
    ],
)
def test_by_arithmetic(name: str, params: int, macs: int) -> None:
    make, shape = MODULES[name]
    report = cost_of(make, *shape)

    assert (report.params, report.macs) == (params, macs)


@pytest.mark.parametrize("name", MODULES)
def test_what_is_imported_can_be_written(name: str) -> None:
    make, shape = MODULES[name]
    network = network_of(make, *shape)
    report = evaluate(network)

    assert said(evaluate(parse_spec(spec_text(network)).network)) == said(report)
    if name != "a convolution of windows":  # PyTorch has none of so many dims
        _, made = module_of(pytorch_text(network))
        assert counted(made(), shape)[:2] == (report.params, report.macs)


@pytest.mark.parametrize("weight", [lambda self, x: self.w, lambda self, x: x[0, 0] * self.w])
def test_one_number_comes_out(weight: Any) -> None:
    report = cost_of(lambda: Weights(lambda self, x: F.linear(x, weight(self, x)), w=8), 5, 8)

    assert (report.params, report.macs) == (8, 5 * 8)
