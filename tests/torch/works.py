"""Modules that compute their weights, or spell a layer as their authors did."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - everyone calls it so


class Weights(nn.Module):
    """A module of a function `work(self, x)`, learned tensors and fixed ones, by their shapes."""

    def __init__(self, work, fixed=None, **learned):
        super().__init__()
        self.work = work
        for name, shape in learned.items():
            setattr(self, name, nn.Parameter(torch.zeros(shape)))
        for name, shape in (fixed or {}).items():
            self.register_buffer(name, torch.zeros(shape))

    def forward(self, x):
        return self.work(self, x)


class CondConv(nn.Module):
    """A kernel out of four experts, by a router (Yang et al. 2019), as timm has it."""

    def __init__(self, groups=1):
        super().__init__()
        self.groups = groups
        self.experts = nn.Parameter(torch.zeros(4, 32 * (16 // groups) * 9))
        self.biases = nn.Parameter(torch.zeros(4, 32))
        self.route = nn.Linear(16, 4)

    def forward(self, x):
        routing = torch.sigmoid(self.route(F.adaptive_avg_pool2d(x, 1).flatten(1)))
        weight = torch.matmul(routing, self.experts)
        weight = weight.view(x.shape[0] * 32, 16 // self.groups, 3, 3)
        bias = torch.matmul(routing, self.biases).view(x.shape[0] * 32)
        x = x.reshape(1, -1, *x.shape[2:])
        return F.conv2d(x, weight, bias, padding=1, groups=self.groups)


class Modulated(nn.Module):
    """A convolution that a style modulates, transposed and not (StyleGAN2)."""

    def __init__(self, up):
        super().__init__()
        self.up = up
        self.weight = nn.Parameter(torch.zeros(1, 12, 8, 3, 3))
        self.style = nn.Linear(8, 8)

    def forward(self, x):
        style = self.style(x.mean((2, 3))).view(1, 1, 8, 1, 1)
        weight = self.weight * style
        weight = weight * torch.rsqrt(weight.pow(2).sum((2, 3, 4), keepdim=True) + 1e-8)
        if self.up:
            return F.conv_transpose2d(x, weight[0].transpose(0, 1), stride=2, padding=1)
        return F.conv2d(x, weight[0], padding=1)


class Lora(nn.Module):
    """W + B A, all square, so that no size tells which is which (Hu et al. 2022)."""

    def __init__(self):
        super().__init__()
        self.base = nn.Linear(8, 8)
        self.a, self.b = nn.Parameter(torch.zeros(8, 8)), nn.Parameter(torch.zeros(8, 8))

    def forward(self, x):
        return F.linear(x, self.base.weight + 2 * (self.b @ self.a), self.base.bias)
