"""What Python's operators do to tensors is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - everyone calls it so

from convcost import evaluate, load
from tests.torch.counted import module_of

MODULE = """
from torch import nn

class Module(nn.Module):
    def __init__(self, work):
        super().__init__()
        self.layer, self.work = nn.Conv2d(3, 4, 1, bias=False), work

    def forward(self, x):
        return self.work(self.layer(x))
"""
BAGS = """
from torch import nn

class Module(nn.Module):
    def __init__(self):
        super().__init__()
        self.bag, self.head = nn.EmbeddingBag(50, 16), nn.Linear(16, 4)

    def forward(self, words):
        return self.head(self.bag(words))
"""
ELEMENTWISE: dict[str, Callable[[Any], Any]] = {
    "==": lambda y: y == 0,
    "!=": lambda y: y != 0,
    "<": lambda y: y < 0,
    ">=": lambda y: y >= 0,
    "~": lambda y: ~(y > 0),
    "&": lambda y: (y > 0) & (y < 1),
    "|": lambda y: (y > 0) | (y < 1),
    "-y": lambda y: -y,
    "abs": abs,
    "**": lambda y: y**2,
    "2 **": lambda y: 2**y,
    "//": lambda y: y // 2,
    "2 //": lambda y: 2 // y,
    "%": lambda y: y % 2,
    "1 /": lambda y: 1 / y,
    "1 -": lambda y: 1 - y,
    "**=": lambda y: y.__ipow__(2),
    "*=": lambda y: y.__imul__(2),
}
WITHOUT_PRODUCTS: dict[str, Callable[[Any], Any]] = {
    "sort": lambda y: y.sort(1),
    "argsort": lambda y: y.argsort(1),
    "topk": lambda y: y.topk(2, 1),
    "cummax": lambda y: y.cummax(1),
    "argmin": lambda y: y.argmin(1),
    "aminmax": lambda y: y.aminmax(dim=1),
    "nanmean": lambda y: y.nanmean(1),
    "trace": lambda y: y[0, 0].trace(),
    "quantile": lambda y: y.quantile(0.5, 1),
    "diff": lambda y: y.diff(dim=1),
    "flipped": torch.fliplr,
    "one hot": lambda y: F.one_hot(y.long().clamp(0, 3), 4),
    "swapdims": lambda y: y.swapdims(1, 2),
    "moveaxis": lambda y: torch.moveaxis(y, 1, 2),
    "split by columns": lambda y: torch.hsplit(y, 2),
    "stacked by depth": lambda y: torch.dstack([y, y]),
    "at least 3d": torch.atleast_3d,
    "a mesh": lambda y: torch.meshgrid(y[0, 0, 0], y[0, 0, 1], indexing="ij"),
    "scatter": lambda y: torch.zeros_like(y).scatter(1, y.long(), y),
    "index_add": lambda y: torch.zeros_like(y).index_add(1, torch.arange(4), y),
    "take along": lambda y: torch.take_along_dim(y, y.long(), 1),
    "buckets": lambda y: torch.bucketize(y, torch.arange(5.0)),
    "xor": lambda y: (y > 0) ^ (y < 1),
    "clip": lambda y: y.clip(0, 1),
    "two of them": lambda y: torch.logaddexp(y, y),
    "complex numbers": lambda y: torch.polar(y, y).abs() + torch.complex(y, y).angle(),
    "pairs as complex": lambda y: torch.view_as_real(
        torch.view_as_complex(y.view(1, 4, 5, 5, 1, 1).expand(1, 4, 5, 5, 1, 2).contiguous())
    ),
    "distances": lambda y: F.pairwise_distance(y, y) + F.cosine_similarity(y, y, dim=3),
    "a cross product": lambda y: torch.cross(y[:, :3], y[:, 1:], dim=1),
    "by area": lambda y: F.interpolate(y, scale_factor=2, mode="area"),
    "smoothed": lambda y: F.interpolate(y, scale_factor=2, mode="bilinear", antialias=True),
    "unpooled": lambda y: F.max_unpool2d(*F.max_pool2d(y, 2, return_indices=True), 2),
    "where an affine map leads": lambda y: F.affine_grid(y[:, :2, 0, :3], [1, 3, 8, 8]),
}


@pytest.mark.parametrize("work", WITHOUT_PRODUCTS.values(), ids=list(WITHOUT_PRODUCTS))
def test_what_multiplies_nothing_is_known_to(work: Callable[[Any], Any]) -> None:
    _, made = module_of(MODULE)
    report = evaluate(load(made(work), torch.zeros(1, 3, 5, 5)))
    assert (report.params, report.macs) == (12, 300)
    assert not report.status


def test_bags_of_embeddings_cost_nothing() -> None:
    _, made = module_of(BAGS)
    report = evaluate(load(made(), torch.zeros(1, 7, dtype=torch.long)))
    assert (report.params, report.macs) == (50 * 16 + 16 * 4 + 4, 16 * 4)
    assert not report.status


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_an_operator_is_seen(name: str) -> None:
    _, made = module_of(MODULE)
    report = evaluate(load(made(ELEMENTWISE[name]), torch.zeros(1, 3, 5, 5)))
    assert (report.params, report.macs) == (12, 300)
    assert not report.status
    assert "elementwise" in {layer.kind for layer in report.layers}
