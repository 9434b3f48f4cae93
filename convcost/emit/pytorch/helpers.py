"""Definitions that a generated module needs where it uses their names."""

from __future__ import annotations

HELPERS = {
    "ChannelwiseConv": '''class ChannelwiseConv(nn.Module):
    """Shared 1-D kernels that slide along the channels at every position."""

    def __init__(self, in_channels, out_channels, kernels, taps, step, bias=False):
        super().__init__()
        self.out_channels = out_channels
        self.pad = nn.ZeroPad2d((0, 0, (taps - 1) // 2, taps // 2))
        self.conv = nn.Conv2d(1, kernels, (taps, 1), stride=(step, 1), bias=False)
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None

    def forward(self, x):
        rows = self.conv(self.pad(x.flatten(2).unsqueeze(1)))
        y = rows.flatten(1, 2).reshape(-1, self.out_channels, *x.shape[2:])
        if self.bias is None:
            return y
        return y + self.bias.reshape(-1, *[1] * (y.dim() - 2))
''',
    "DeformableConv2d": '''class DeformableConv2d(nn.Module):
    """A convolution whose taps `offsets` move, (y, x) for each, and `masks` weigh."""

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        dilation=1,
        groups=1,
        offset_groups=1,
        bias=True,
    ):
        super().__init__()
        pairs = [
            each if isinstance(each, tuple) else (each, each)
            for each in (kernel_size, stride, padding, dilation)
        ]
        self.sides = list(zip(*pairs))
        self.offset_groups = offset_groups
        taps = self.sides[0][0] * self.sides[1][0]
        inside = in_channels * taps
        self.conv = nn.Conv2d(inside, out_channels, 1, groups=groups, bias=bias)

    def forward(self, x, offsets, masks=None):
        batch, channels = x.shape[:2]
        sizes = offsets.shape[2:]
        taps = self.sides[0][0] * self.sides[1][0]
        moved = offsets.reshape(batch, self.offset_groups, taps, 2, *sizes)
        places = []
        for axis, (side, step, zeros, spread) in enumerate(self.sides):
            across = [-1 if axis == 0 else 1, 1 if axis == 0 else -1]
            tap = spread * torch.arange(side, device=x.device).reshape(across)
            tap = tap.expand(self.sides[0][0], self.sides[1][0]).reshape(taps, 1, 1)
            start = step * torch.arange(sizes[axis], device=x.device).reshape(across)
            place = moved[:, :, :, axis] + tap + start - zeros
            places.append(2 * place / max(x.shape[2 + axis] - 1, 1) - 1)
        grid = torch.stack(places[::-1], -1).reshape(-1, taps * sizes[0], sizes[1], 2)
        parts = x.reshape(grid.shape[0], -1, *x.shape[2:])
        read = nn.functional.grid_sample(parts, grid, align_corners=True)
        read = read.reshape(batch, self.offset_groups, -1, taps, *sizes)
        if masks is not None:
            read = read * masks.reshape(batch, self.offset_groups, 1, taps, *sizes)
        return self.conv(read.reshape(batch, channels * taps, *sizes))
''',
    "LenientGroupNorm": '''class LenientGroupNorm(nn.GroupNorm):
    """Takes groups of a single value too, which PyTorch's own refuses for a single input."""

    def forward(self, x):
        return torch.group_norm(x, self.num_groups, self.weight, self.bias, self.eps)
''',
    "stand_in": '''def stand_in(x, shape):
    """Has the shape of an operation that is known by its name alone: write it here."""
    first = x.flatten(1)[:, :1]
    return first.expand(-1, math.prod(shape)).reshape(-1, *shape)
''',
    "one_bias": '''def one_bias(module):
    """A recurrent module with one bias for each gate, where PyTorch's own have two."""
    for name, bias in list(module.named_parameters()):
        if name.startswith("bias_hh"):
            delattr(module, name)
            module.register_buffer(name, torch.zeros_like(bias))
    return module
''',
    "fixed": '''def fixed(module):
    """`module` with weights that are constants, not learned."""
    for part in module.modules():
        for name, weight in list(part.named_parameters(recurse=False)):
            delattr(part, name)
            part.register_buffer(name, weight.detach())
    return module
''',
}
"""Each by the name that is used."""
