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
