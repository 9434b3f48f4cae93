"""Networks in plain PyTorch, written out, as users bring them along."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - everyone calls it so


class Separable(nn.Module):
    """Program A: a depthwise convolution, then a pointwise one."""

    def __init__(
        self, in_channels, out_channels, kernel_size=3, stride=1, padding=1, dilation=1, bias=False
    ):
        super().__init__()
        self.depthwise = nn.Conv2d(
            in_channels, in_channels, kernel_size, stride, padding, dilation, in_channels, bias
        )
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=bias)

    def forward(self, x):
        return self.pointwise(self.depthwise(x))


class Classifier(nn.Module):
    """Program B: a stem and three stages, standard or separable."""

    def __init__(self, f=32, separable=False):
        super().__init__()
        layers = [nn.Conv2d(3, f, 3, padding=1, bias=False), nn.BatchNorm2d(f), nn.ReLU()]
        for n, m in ((f, 2 * f), (2 * f, 4 * f), (4 * f, 8 * f)):
            if separable:
                layers.append(Separable(n, m))
            else:
                layers.append(nn.Conv2d(n, m, 3, padding=1, bias=False))
            layers += [nn.BatchNorm2d(m), nn.ReLU()]
        self.features = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(8 * f, 10)

    def forward(self, x):
        return self.fc(torch.flatten(self.pool(self.features(x)), 1))


class Bottleneck(nn.Module):
    def __init__(self, n, width, m, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(n, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, m, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(m)
        self.shortcut = None
        if stride > 1 or n != m:
            self.shortcut = nn.Sequential(nn.Conv2d(n, m, 1, stride, bias=False), nn.BatchNorm2d(m))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        y += x if self.shortcut is None else self.shortcut(x)
        return F.relu(y)


class Residual(nn.Module):
    """A small ResNet with functional activations."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 7, 2, 3)
        self.blocks = nn.Sequential(
            Bottleneck(16, 8, 32),
            Bottleneck(32, 8, 32),
            Bottleneck(32, 8, 32),
            Bottleneck(32, 16, 64, 2),
        )
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.stem(x)), 3, 2, 1)
        return self.fc(self.blocks(x).mean([2, 3]))


class SqueezeExcite(nn.Module):
    """Channels weighed by what all of them say, and a channel shuffle."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(8, 24, 3, groups=4)
        self.down, self.up = nn.Conv2d(24, 6, 1), nn.Conv2d(6, 24, 1)

    def forward(self, x):
        x = self.conv(x)
        b, c, h, w = x.shape
        x = x.view(b, 4, c // 4, h, w).transpose(1, 2).reshape(b, c, h, w)
        gate = torch.sigmoid(self.up(F.silu(self.down(F.adaptive_avg_pool2d(x, 1)))))
        left, right = (x * gate).chunk(2, dim=1)
        return torch.cat([left, F.max_pool2d(right, 3, 1, 1), x[:, 3:7]], 1)


class Attention(nn.Module):
    """Patches, a class token and one transformer block."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, 32, 4, 4)
        self.token = nn.Parameter(torch.zeros(1, 1, 32))
        self.position = nn.Parameter(torch.zeros(1, 17, 32))
        self.norm = nn.LayerNorm(32)
        self.qkv, self.out = nn.Linear(32, 96), nn.Linear(32, 32)
        self.head = nn.Linear(32, 10)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.position
        qkv = self.qkv(self.norm(x)).reshape(x.shape[0], 17, 3, 4, 8).permute(2, 0, 3, 1, 4)
        q, k, v = qkv.unbind(0)
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(x.shape)
        return self.head((x + self.out(y))[:, 0])


class Volumes(nn.Module):
    """Three dims: dilated, transposed, resized, padded."""

    def __init__(self):
        super().__init__()
        self.down = nn.Conv3d(2, 4, 3, stride=2, padding=2, dilation=2)
        self.norm = nn.InstanceNorm3d(4, affine=True)
        self.up = nn.ConvTranspose3d(4, 2, 3, stride=2, padding=1, output_padding=1, bias=False)
        self.act = nn.PReLU(2)

    def forward(self, x):
        x = F.pad(self.act(self.up(self.norm(self.down(x)))), (0, 1, 0, 1, 0, 1))
        return F.interpolate(x, scale_factor=2)


class Sequence(nn.Module):
    """One dim, linear layers over the last dim, an einsum and weights used twice."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(4, 8, 5, padding=2)
        self.mix = nn.Linear(16, 16)
        self.unused = nn.Linear(3, 3)
        self.register_buffer("blur", torch.ones(8, 1, 3))

    def forward(self, x):
        x = F.conv1d(self.conv(x), self.blur, padding=1, groups=8)
        x = self.mix(F.gelu(self.mix(x)))
        return torch.einsum("bcl,bdl->bcd", x, x)


class Reader(nn.Module):
    """Two recurrent layers on a sequence, one stacked and in both directions; the last state of
    the other is classified, the first starts from a learned one."""

    def __init__(self):
        super().__init__()
        self.start = nn.Parameter(torch.zeros(4, 1, 3))
        self.words = nn.LSTM(6, 5, num_layers=2, bidirectional=True, proj_size=3, batch_first=True)
        self.whole = nn.GRU(6, 7, batch_first=True)
        self.head = nn.Linear(7, 4)

    def forward(self, x):
        y, _ = self.words(x, (self.start, x.new_zeros(4, 1, 5)))
        _, last = self.whole(y)
        return self.head(last[-1])


class Loop(nn.Module):
    """Cells, step by step, and what an LSTM keeps for itself."""

    def __init__(self):
        super().__init__()
        self.lower, self.upper = nn.LSTMCell(6, 5), nn.RNNCell(5, 4, nonlinearity="relu")

    def forward(self, x):
        h, c, up = x.new_zeros(1, 5), x.new_zeros(1, 5), x.new_zeros(1, 4)
        for step in range(3):
            h, c = self.lower(x[:, step], (h, c))
            up = self.upper(h, up)
        return torch.cat([up, c], 1)


class Rows(nn.Module):
    """Each row of an image as a sequence."""

    def __init__(self):
        super().__init__()
        self.across = nn.RNN(3, 8, bidirectional=True, batch_first=True, bias=False)

    def forward(self, x):
        b, c, h, w = x.shape
        y, _ = self.across(x.permute(0, 2, 3, 1).reshape(b * h, w, c))
        return y.reshape(b, h, w, 16).permute(0, 3, 1, 2)


class Stacked(nn.Module):
    """Two recurrent layers in both directions, and what comes out of all steps."""

    def __init__(self, sort, n, m):
        super().__init__()
        self.inner = getattr(nn, sort)(n, m, 2, bidirectional=True, batch_first=True)

    def forward(self, x):
        return self.inner(x)[0].relu()


def fails():
    """A factory with a bug."""
    raise ValueError("the builder's own mistake")


def undecided():
    """A module whose control flow depends on values."""

    class Undecided(nn.Module):
        def forward(self, x):
            return x if x.sum() > 0 else -x

    return Undecided()


def spectral():
    """A module with operations that convcost does not know."""

    class Spectral(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 4, 1)

        def forward(self, x):
            return torch.fft.fft2(self.conv(x)).real

    return Spectral()


class OptionA(nn.Module):
    """A residual whose shortcut has no weights: every second position, and channels of zeros."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 8, 3, stride=2, padding=1)

    def forward(self, x):
        return self.conv(x) + F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 2, 2))


NOT_A_MODULE = 3
SAMPLE = {
    "Residual": (3, 64, 64),
    "SqueezeExcite": (8, 12, 10),
    "Attention": (3, 16, 16),
    "Volumes": (2, 8, 8, 8),
    "Sequence": (4, 16),
    "Reader": (9, 6),
    "Loop": (3, 6),
    "Rows": (3, 5, 7),
    "OptionA": (4, 8, 8),
}


class Picky(nn.Module):
    """How much comes out depends on what goes in."""

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)

    def forward(self, x):
        y = self.fc(x)
        return y[y > 0]


def compiled():
    """A function that TorchScript would compile between two layers."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        double = torch.jit.script(_doubled)

    class Doubled(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            return double(self.fc(x))

    return Doubled()


def _doubled(x):
    return x @ x.T * 2
