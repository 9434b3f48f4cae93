"""Modules that compute their weights, or spell a layer as their authors did."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - everyone calls it so


class Weights(nn.Module):
    """A module of a function `work(self, x)`, learned tensors and fixed ones by their shapes, and
    modules by what makes them."""

    def __init__(self, work, fixed=None, modules=None, **learned):
        super().__init__()
        self.work = work
        for name, make in (modules or {}).items():
            setattr(self, name, make())
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


class MultiHead(nn.Module):
    """PyTorch's own attention, called as `call` does."""

    def __init__(self, call, **settings):
        super().__init__()
        self.call = call
        self.attention = nn.MultiheadAttention(16, 4, batch_first=True, **settings)

    def forward(self, x):
        return self.call(self.attention, x)


class Decoder(nn.Module):
    """Learned queries that look at the input."""

    def __init__(self):
        super().__init__()
        self.queries = nn.Parameter(torch.zeros(1, 7, 16))
        self.layer = nn.TransformerDecoderLayer(16, 4, 32, batch_first=True)

    def forward(self, x):
        return self.layer(self.queries, x)


class Positions(nn.Module):
    """A bias for each pair of positions: learned in a table, or made by a small network (Swin)."""

    def __init__(self, computed=False):
        super().__init__()
        self.qkv = nn.Linear(16, 48)
        self.register_buffer("index", torch.zeros(25, 25, dtype=torch.long))
        self.register_buffer("places", torch.zeros(81, 2))
        if computed:
            self.table = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 4))
        else:
            self.table = nn.Parameter(torch.zeros(81, 4))

    def forward(self, x):
        q, k, v = self.qkv(x).view(1, 25, 3, 4, 4).permute(2, 0, 3, 1, 4).unbind(0)
        table = self.table if isinstance(self.table, nn.Parameter) else self.table(self.places)
        bias = table[self.index.view(-1)].view(25, 25, 4).permute(2, 0, 1)[None]
        return F.scaled_dot_product_attention(q, k, v, attn_mask=bias)


class Fused(nn.Module):
    """A transformer's layer as the one operation that PyTorch has for it."""

    def __init__(self, norm_first=False):
        super().__init__()
        self.norm_first = norm_first
        self.layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)

    def forward(self, x):
        layer, mine = self.layer, self.layer.self_attn
        return torch._transformer_encoder_layer_fwd(
            x,
            16,
            4,
            mine.in_proj_weight,
            mine.in_proj_bias,
            mine.out_proj.weight,
            mine.out_proj.bias,
            False,
            self.norm_first,
            1e-5,
            layer.norm1.weight,
            layer.norm1.bias,
            layer.norm2.weight,
            layer.norm2.bias,
            layer.linear1.weight,
            layer.linear1.bias,
            layer.linear2.weight,
            layer.linear2.bias,
        )


class DeformConv2d(nn.Module):
    """A deformable convolution as torchvision has it; `call` is its operation."""

    def __init__(self, n, m, k, stride=1, padding=1, dilation=1, groups=1, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(m, n // groups, k, k))
        self.bias = nn.Parameter(torch.zeros(m)) if bias else None
        self.settings = (stride, stride, padding, padding, dilation, dilation, groups)

    def forward(self, x, offset, mask=None):
        bias = torch.zeros(len(self.weight), device=x.device) if self.bias is None else self.bias
        weighed = mask is not None
        mask = torch.zeros((len(x), 0), device=x.device) if mask is None else mask
        groups = offset.shape[1] // (2 * self.weight.shape[2] * self.weight.shape[3])
        call = torch.ops.torchvision.deform_conv2d
        return call(x, self.weight, offset, mask, bias, *self.settings, groups, weighed)


class Deformed(nn.Module):
    """Offsets, and masks if it is `modulated`, by a convolution beside it."""

    def __init__(self, n=8, m=12, k=3, offset_groups=1, modulated=False, **settings):
        super().__init__()
        taps = offset_groups * k * k
        rest = {key: settings[key] for key in ("stride", "dilation") if key in settings}
        padding = settings.setdefault("padding", k // 2)
        self.offsets = nn.Conv2d(n, (3 if modulated else 2) * taps, k, padding=padding, **rest)
        self.taps = taps
        self.modulated = modulated
        self.conv = DeformConv2d(n, m, k, **settings)

    def forward(self, x):
        made = self.offsets(x)
        if not self.modulated:
            return self.conv(x, made)
        return self.conv(x, made[:, : 2 * self.taps], torch.sigmoid(made[:, 2 * self.taps :]))
