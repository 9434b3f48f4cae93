"""What Python's operators do to tensors is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

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


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_an_operator_is_seen(name: str) -> None:
    _, made = module_of(MODULE)
    report = evaluate(load(made(ELEMENTWISE[name]), torch.zeros(1, 3, 5, 5)))
    assert (report.params, report.macs) == (12, 300)
    assert not report.status
    assert "elementwise" in {layer.kind for layer in report.layers}
