"""Somebody with PyTorch code of their own: what does my model cost, and what if?"""

from __future__ import annotations

import importlib
import sys

import pytest

from tests.hours.desk import Desk

torch = pytest.importorskip("torch")

NETS = """\
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(x + self.bn2(self.conv2(y)))


class Net(nn.Module):
    def __init__(self, width=16):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, padding=1)
        self.blocks = nn.ModuleList([Block(width) for _ in range(3)])
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x.mean((2, 3)))


class Broken(Net):
    def forward(self, x):
        return self.head(self.stem(x).flatten(1))
"""


def test_an_hour(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.write("own_nets.py", NETS)
    monkeypatch.delitem(sys.modules, "own_nets", raising=False)

    # First, as in a script: no shape, and a name that is nearly right.
    assert "a PyTorch module needs the shape of its input" in desk.types(
        "convcost eval torch:own_nets:Net", code=2
    )
    wrong = desk.types("convcost eval torch:own_nets:Nett --input 3x32x32", code=2)
    assert 'did you mean "Net"?' in wrong
    assert "Traceback" not in wrong

    # Then it counts what PyTorch itself counts.
    table = desk.types("convcost eval torch:own_nets:Net --input 3x32x32")
    monkeypatch.syspath_prepend(desk.folder)
    nets = importlib.import_module("own_nets")
    params = sum(each.numel() for each in nets.Net().parameters())
    assert f"{params:,} params" in table
    assert "stem" in table
    blocks = desk.types("convcost eval torch:own_nets:Net --input 3x32x32 --depth 2")
    assert "  blocks.2" in blocks

    # A wider one, and both side by side.
    wide = desk.types("convcost eval torch:own_nets:Net --input 3x32x32 --arg width=32 --summary")
    assert f"{sum(each.numel() for each in nets.Net(32).parameters()):,}" in wide
    both = desk.types("convcost eval torch:own_nets:Net --input 3x32x32 --vary 'width=16,32'")
    assert f"{params:,}" in both.line("params ")

    # As a spec it costs the same, and can be rewritten; so can the code.
    desk.types("convcost import torch torch:own_nets:Net --input 3x32x32 -o net.yaml")
    assert f"{params:,} params" in desk.types("convcost eval net.yaml")
    assert "no differences" in desk.types(
        "convcost diff torch:own_nets:Net net.yaml --input 3x32x32"
    )
    new = "convcost rewrite net.yaml --replace standard=depthwise-separable"
    assert "%" in desk.types(new)
    code = desk.pipes(f"{new} --emit pytorch")
    assert "nn.Module" in code
    compile(code, "new.py", "exec")

    # In CI it must not grow, and what fails is the user's own line.
    desk.types("convcost check torch:own_nets:Net --input 3x32x32 --max-params 20k")
    desk.types("convcost check torch:own_nets:Net --input 3x32x32 --max-params 10k", code=1)
    broken = desk.types("convcost eval torch:own_nets:Broken --input 3x32x32", code=2)
    assert "own_nets.py" in broken
