"""Norms however they arrive: as modules, calls or by hand, with weights of any kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - everyone calls it so

from convcost.gaps import gaps
from tests.torch.counted import cost_of, counted
from tests.torch.works import Weights

IMAGE = (4, 6, 6)
STATISTICS = {"m": 4, "v": 4}
Case = tuple[Callable[[], nn.Module], tuple[int, ...]]


def batch(work: Any = lambda self, x: (self.w, self.b), view: Any = None, **tensors: Any) -> Case:
    """F.batch_norm with the weight and bias that `work` gives."""

    def norm(self: Any, x: Any) -> Any:
        x = x if view is None else x.view(view)
        return F.batch_norm(x, self.m, self.v, *work(self, x))

    fixed = STATISTICS | dict.fromkeys(tensors.pop("fixed", ""), 4)
    learned = tensors or {name: 4 for name in "wb" if name not in fixed}
    return lambda: Weights(norm, fixed, **learned), IMAGE


def norm(work: Any, shape: tuple[int, ...] = IMAGE, fixed: Any = None, **learned: Any) -> Case:
    return lambda: Weights(work, fixed, **learned), shape


def rms_by_hand(self: Any, x: Any) -> Any:
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.w


def layer_by_hand(self: Any, x: Any) -> Any:
    mean, variance = x.mean(-1, keepdim=True), x.var(-1, keepdim=True, unbiased=False)
    return (x - mean) / torch.sqrt(variance + 1e-5) * self.w + self.b


def of_channels_by_hand(self: Any, x: Any) -> Any:
    mean = x.mean(1, keepdim=True)
    x = (x - mean) / torch.sqrt((x - mean).pow(2).mean(1, keepdim=True) + 1e-6)
    return self.w[:, None, None] * x + self.b[:, None, None]


def adaptive(self: Any, x: Any) -> Any:
    scale, shift = F.linear(x.mean((2, 3)), self.w).chunk(2, 1)
    return F.instance_norm(x) * scale[:, :, None, None] + shift[:, :, None, None]


def layer_norms(self: Any, x: Any) -> Any:
    return F.layer_norm(F.layer_norm(x, (6,), self.w, self.b), (6,), self.w, self.c)


CASES: dict[str, Case] = {
    "batch norm": (lambda: nn.BatchNorm2d(4), IMAGE),
    "batch norm in 3-D": (lambda: nn.BatchNorm3d(4), (4, 2, 3, 3)),
    "batch norm of windows": batch(view=(9, 4, 4)),
    "batch norm of tokens": batch(view=(36, 4)),
    "frozen batch norm": batch(fixed="wb"),
    "batch norm with a fixed weight": batch(fixed="w"),
    "batch norm with a fixed bias": batch(fixed="b"),
    "batch norm with computed weights": batch(lambda self, x: (self.w.sigmoid(), self.b * 2)),
    "batch norm with a weight by the input": batch(
        lambda self, x: (x.mean((0, 2, 3)) * self.w, self.b)
    ),
    "batch norm with a weight in two": batch(
        lambda self, x: (torch.cat([self.w, self.w]), self.b), w=2, b=4
    ),
    "batch norm without a bias": batch(lambda self, x: (self.w, None), w=4),
    "group norm": (lambda: nn.GroupNorm(2, 4), IMAGE),
    "group norm of a vector": (lambda: nn.GroupNorm(2, 4), (4,)),
    "group norm of windows": norm(
        lambda self, x: F.group_norm(x.view(9, 4, 4), 2, self.w, self.b), w=4, b=4
    ),
    "instance norm": (lambda: nn.InstanceNorm2d(4, affine=True), IMAGE),
    "instance norm without weights": (lambda: nn.InstanceNorm2d(4), IMAGE),
    "instance norm of windows": norm(
        lambda self, x: F.instance_norm(x.view(9, 4, 2, 2), weight=self.w, bias=self.b), w=4, b=4
    ),
    "instance norm with a weight alone": norm(
        lambda self, x: F.instance_norm(x, weight=self.w), w=4
    ),
    "adaptive instance norm": norm(adaptive, w=(8, 4)),
    "layer norm": (lambda: nn.LayerNorm(6), IMAGE),
    "layer norm over all": (lambda: nn.LayerNorm(IMAGE), IMAGE),
    "layer norm without bias": (lambda: nn.LayerNorm(6, bias=False), IMAGE),
    "layer norm without weights": (lambda: nn.LayerNorm(6, elementwise_affine=False), IMAGE),
    "layer norm with a bias alone": norm(lambda self, x: F.layer_norm(x, (6,), None, self.b), b=6),
    "layer norm with a fixed weight": norm(
        lambda self, x: F.layer_norm(x, (6,), self.w, self.b), fixed={"w": 6}, b=6
    ),
    "layer norm with a weight by the input": norm(
        lambda self, x: F.layer_norm(x, (6,), x.mean((0, 1, 2)) * self.w, self.b), w=6, b=6
    ),
    "layer norm with a bias by the input": norm(
        lambda self, x: F.layer_norm(x, (6,), 1 + self.w, x.mean((0, 1, 2)) * self.b), w=6, b=6
    ),
    "two layer norms of one weight": norm(layer_norms, w=6, b=6, c=6),
    "layer norm by hand": norm(layer_by_hand, w=6, b=6),
    "layer norm of channels by hand": norm(of_channels_by_hand, w=4, b=4),
    "rms norm": (lambda: nn.RMSNorm(6), IMAGE),
    "rms norm without weights": (lambda: nn.RMSNorm(6, elementwise_affine=False), IMAGE),
    "rms norm around one": norm(lambda self, x: F.rms_norm(x, (6,), 1 + self.w), w=6),
    "rms norm by hand": norm(rms_by_hand, w=6),
    "local response norm": (lambda: nn.LocalResponseNorm(3), IMAGE),
    "lengths of one": norm(lambda self, x: self.g * F.normalize(x, dim=1), g=()),
    "weights of length one": norm(
        lambda self, x: F.linear(F.normalize(x), F.normalize(self.w)), (8,), w=(7, 8)
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_norm_has_its_own_parameters(name: str) -> None:
    make, shape = CASES[name]
    report = cost_of(make, *shape)

    assert report.macs == counted(make(), shape)[1]
    assert not gaps(report)


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("batch norm of")])
def test_windows_are_normalised_where_they_stand(name: str) -> None:
    make, shape = CASES[name]
    work = [layer.work for layer in cost_of(make, *shape).layers]

    assert [int(each["batch-norm"]) for each in work if each] == [4 * 6 * 6]
