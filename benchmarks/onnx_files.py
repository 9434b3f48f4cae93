"""ONNX files of PyTorch's exporters against the modules that they were made of.

    pip install torch==2.13.0 onnx onnxscript
    python benchmarks/onnx_files.py [--new] [MODULE...]

Each module below is exported by both of PyTorch's exporters, with what they fold and without, and
read back. Parameters must be those of the module, and multiply-adds half of what
torch.utils.flop_counter finds for one input. Prints `equal`, or how the file differs; ends with
exit code 1 if a file differs for another reason than that its exporter has folded it.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import warnings
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from convcost import evaluate, load
from convcost.errors import ConvcostError


class Residual(nn.Module):
    """A body, and what goes past it."""

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = body

    def forward(self, x: Tensor) -> Tensor:
        return functional.relu(x + self.body(x))


class Squeeze(nn.Module):
    """Squeeze and excitation."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.down, self.up = nn.Conv2d(n, n // 4, 1), nn.Conv2d(n // 4, n, 1)

    def forward(self, x: Tensor) -> Tensor:
        weights = self.up(functional.relu(self.down(x.mean((2, 3), keepdim=True))))
        return x * weights.sigmoid()


class Shuffle(nn.Module):
    """A shuffle of channels, by the sizes that arrive."""

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        return x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


class Next(nn.Module):
    """A block of ConvNeXt, with a scale for each channel that is new."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.mix = nn.Conv2d(n, n, 7, padding=3, groups=n)
        self.norm = nn.LayerNorm(n)
        self.wide, self.back = nn.Linear(n, 4 * n), nn.Linear(4 * n, n)
        self.gamma = nn.Parameter(torch.full((n,), 1e-6))

    def forward(self, x: Tensor) -> Tensor:
        inner = self.norm(self.mix(x).permute(0, 2, 3, 1))
        inner = self.gamma * self.back(functional.gelu(self.wide(inner)))
        return x + inner.permute(0, 3, 1, 2)


class Vision(nn.Module):
    """A vision transformer: patches, a class token, positions, two blocks."""

    def __init__(self, n: int = 32) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, n, 8, 8)
        self.token = nn.Parameter(torch.zeros(1, 1, n))
        self.places = nn.Parameter(torch.randn(1, 17, n) * 0.02)
        layer = nn.TransformerEncoderLayer(n, 4, 2 * n, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(n, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.places
        return self.head(self.blocks(x)[:, 0])


class Causal(nn.Module):
    """Attention written by hand, with a mask that is a buffer."""

    mask: Tensor

    def __init__(self, n: int = 32, heads: int = 4, tokens: int = 12) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(n, 3 * n), nn.Linear(n, n)
        self.register_buffer("mask", torch.full((tokens, tokens), float("-inf")).triu(1))

    def forward(self, x: Tensor) -> Tensor:
        n, tokens, width = x.shape
        q, k, v = self.qkv(x).view(n, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-2, -1) / (width // self.heads) ** 0.5 + self.mask
        made = (scores.softmax(-1) @ v).transpose(1, 2).reshape(n, tokens, width)
        return self.out(made)


class Pyramid(nn.Module):
    """Down and up again, to the sizes that were there."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.down = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 16, 3, 2, 1)
        self.lower, self.last = nn.Conv2d(16, 8, 1), nn.Conv2d(16, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        first = self.first(x)
        low = self.lower(self.down(first))
        low = functional.interpolate(low, first.shape[2:], mode="bilinear")
        return self.last(torch.cat([first, low], 1))


class Text(nn.Module):
    """Embeddings of words and places."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(100, 16), nn.Embedding(12, 16)
        self.norm, self.out = nn.LayerNorm(16), nn.Linear(16, 100, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        places = torch.arange(ids.shape[1], device=ids.device)
        return self.out(self.norm(self.words(ids) + self.places(places)))


class Standardised(nn.Conv2d):
    """A convolution whose weights are standardised first."""

    def forward(self, x: Tensor) -> Tensor:
        mean = self.weight.mean((1, 2, 3), keepdim=True)
        scale = self.weight.std((1, 2, 3), keepdim=True) + 1e-5
        return functional.conv2d(x, (self.weight - mean) / scale, self.bias, padding=1)


class Contracted(nn.Module):
    """A sum of Einstein's over a parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 8, 16))
        self.scale = nn.Parameter(torch.ones(1))

    def forward(self, x: Tensor) -> Tensor:
        return self.scale * torch.einsum("btn,hnm->bhtm", x, self.weight)


def block(n: int, norm: Callable[[int], nn.Module]) -> nn.Module:
    """Convolutions and norms with a way past them."""
    conv = nn.Conv2d(n, n, 3, padding=1, bias=False)
    return nn.Sequential(nn.Conv2d(3, n, 3, padding=1), Residual(nn.Sequential(conv, norm(n))))


IMAGE, TOKENS = (1, 3, 32, 32), (1, 12, 32)
MODULES: Mapping[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "batch norms": (lambda: block(8, nn.BatchNorm2d), IMAGE),
    "group norms": (lambda: block(8, lambda n: nn.GroupNorm(2, n)), IMAGE),
    "instance norms": (lambda: block(8, nn.InstanceNorm2d), IMAGE),
    "instance norms with weights": (
        lambda: block(8, lambda n: nn.InstanceNorm2d(n, affine=True)),
        IMAGE,
    ),
    "squeeze, shuffle, prelu": (
        lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.PReLU(8), Squeeze(8), Shuffle()),
        IMAGE,
    ),
    "convnext": (lambda: nn.Sequential(nn.Conv2d(3, 8, 4, 4), Next(8)), IMAGE),
    "vision transformer": (Vision, IMAGE),
    "causal attention": (Causal, TOKENS),
    "resized to what was there": (Pyramid, IMAGE),
    "upsampled and transposed": (
        lambda: nn.Sequential(
            nn.Upsample(scale_factor=2), nn.Conv2d(3, 8, 3), nn.ConvTranspose2d(8, 4, 4, 2, 1)
        ),
        IMAGE,
    ),
    "embeddings": (Text, (1, 12)),
    "standardised weights": (lambda: nn.Sequential(Standardised(3, 8, 3)), IMAGE),
    "weight norm": (
        lambda: nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Conv2d(3, 8, 3))),
        IMAGE,
    ),
    "einsum": (Contracted, (1, 5, 8)),
    "pixels shuffled": (
        lambda: nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.PixelShuffle(2)),
        IMAGE,
    ),
}
WAYS: Mapping[str, Mapping[str, Any]] = {
    "dynamo": {"dynamo": True},
    "dynamo, not optimised": {"dynamo": True, "optimize": False},
    "script": {"dynamo": False},
    "script, nothing folded": {
        "dynamo": False,
        "do_constant_folding": False,
        "training": torch.onnx.TrainingMode.PRESERVE,
        "keep_initializers_as_inputs": True,
        "opset_version": 16,
    },
}


def main() -> None:
    """Export, read and compare what the command line names, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--new", action="store_true", help="parameters as a new module has them")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    said: list[str] = []
    for name in given.modules or list(MODULES):
        for way in WAYS:
            said.append(compared(name, way, given.new))
            print(f"{name:28} {way:23} {said[-1]}", flush=True)
    print(f"{said.count('equal')} of {len(said)} equal")
    sys.exit(any(not each.startswith(("equal", "folded", "no file")) for each in said))


def compared(name: str, way: str, is_new: bool = False) -> str:
    """How what a file holds stands to what its module has: `equal`, or the difference."""
    torch.manual_seed(0)
    build, shape = MODULES[name]
    module = build().eval() if is_new else as_trained(build().eval())
    example = torch.randint(0, 9, shape) if len(shape) == 2 else torch.randn(shape)
    own = sum(each.numel() for each in module.parameters()), multiplied(module, example)
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "model.onnx"))
        try:
            torch.onnx.export(module, (example,), path, verbose=False, **WAYS[way])
        except Exception as error:  # what an exporter raises is its own affair
            return f"no file: {type(error).__name__}"
        try:
            report = evaluate(load(path))
        except ConvcostError as error:
            return f"refused: {error.problems[0].message}"
        ops = {node.op_type for node in onnx.load(path, load_external_data=False).graph.node}
    found = report.params, report.macs
    doubt = "".join(f"; {metric} {each.state}" for metric, each in report.status.items())
    if found == own and not doubt:
        return "equal"
    if found[1] == own[1] and folded(module, way, ops):
        return f"folded by the exporter: {found[0]:,} params, not {own[0]:,}"
    return f"{found[0]:,}; {found[1]:,}, not {own[0]:,}; {own[1]:,}{doubt}"


def folded(module: nn.Module, way: str, ops: Collection[str]) -> bool:
    """Whether an exporter has put a norm into its convolution, or one of weights into these."""
    modules = list(module.modules())
    has_norms = any(isinstance(each, nn.BatchNorm2d) for each in modules)
    is_normed = any(nn.utils.parametrize.is_parametrized(each) for each in modules)
    return (has_norms and "BatchNormalization" not in ops) or (is_normed and way == "dynamo")


def as_trained(module: nn.Module) -> nn.Module:
    """The module with parameters of which no two are alike: of those, exporters keep one."""
    for each in module.parameters():
        each.data += 0.01 * torch.randn_like(each)
    return module


def multiplied(module: nn.Module, example: Tensor) -> int:
    """The multiply-adds of a module for an example, by PyTorch."""
    torch.backends.mha.set_fastpath_enabled(False)  # whose work is not counted
    products = sdpa_kernel(SDPBackend.MATH)  # as is that of fused attention
    with FlopCounterMode(display=False) as counter, torch.no_grad(), products:
        module(example)
    return int(counter.get_total_flops()) // 2


if __name__ == "__main__":
    main()
