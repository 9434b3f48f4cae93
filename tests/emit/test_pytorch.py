"""Generated PyTorch source as text; tests/torch runs it."""

from __future__ import annotations

import contextlib
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from convcost import load
from convcost.comparison import Choice, compare
from convcost.emit.pytorch import pytorch_text
from convcost.emit.pytorch.layout import statement
from convcost.emit.pytorch.lines import Lines
from convcost.emit.pytorch.steps import Step
from convcost.errors import ConvcostError, LayerError
from convcost.network import Builder, Network
from convcost.sources.spec.reading import parse_spec
from convcost.views.formats import view
from convcost.views.screen import PLAIN
from tests.random_networks import random_network

SPECS = sorted(Path("specs").glob("*.yaml"))


def one(kind: str, shape: tuple[int, ...] = (6, 9, 9), **fields: Any) -> Network:
    builder = Builder("net", shape)
    builder.add(kind, fields)
    return builder.network()


def test_the_separable_module() -> None:
    source = pytorch_text(one("depthwise-separable", m=10, k=3, stride=2, bias=True))

    assert (
        source
        == '''\
from torch import nn


class DepthwiseSeparable(nn.Module):
    """A depthwise k x k convolution, then a pointwise one (in groups, if asked for). It
    costs 130 parameters and 2,850 multiply-adds.
    """

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size=3,
        stride=1,
        padding=1,
        dilation=1,
        bias=False,
    ):
        super().__init__()
        self.depthwise = nn.Conv2d(
            in_channels,
            in_channels,
            kernel_size,
            stride=stride,
            padding=padding,
            dilation=dilation,
            groups=in_channels,
            bias=bias,
        )
        self.pointwise = nn.Conv2d(in_channels, out_channels, 1, bias=bias)

    def forward(self, x):
        x = self.depthwise(x)
        return self.pointwise(x)


class Net(nn.Module):
    """130 parameters, 2,850 multiply-adds for an input of 6x9x9."""

    def __init__(self):
        super().__init__()
        self.layers = DepthwiseSeparable(6, 10, stride=2, bias=True)

    def forward(self, x):
        return self.layers(x)
'''
    )


def test_a_kernel_may_be_a_list_of_sides() -> None:
    fields = {"m": 8, "groups": 2, "norm": "batch", "act": "relu"}
    made = [pytorch_text(one("group", (2, 32), k=kernel, **fields)) for kernel in (5, (5,), [5])]
    assert made[0] == made[1] == made[2]
    assert "GroupNormReLU(8, kernel_size=5, padding=2)" in made[0]


def test_a_block_that_repeats_is_one_class() -> None:
    source = pytorch_text(load("resnet50"))

    assert "*(Residual2(1024, 256) for _ in range(5))," in source
    assert "return self.act(self.body(x) + self.shortcut(x))" in source
    assert source.count("class ") == 6


def test_it_is_laid_out_as_formatters_do(tmp_path: Path) -> None:
    if importlib.util.find_spec("ruff") is None:
        pytest.skip("ruff is not installed")
    for path in SPECS:
        (tmp_path / f"{path.stem}.py").write_text(pytorch_text(load(path)))
    for seed in range(100):
        # What has more dims than PyTorch has layers for is no code.
        with contextlib.suppress(LayerError):
            (tmp_path / f"{seed}.py").write_text(pytorch_text(random_network(seed)), "utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.stdout == ""
    assert run.returncode == 0
    assert len(list(tmp_path.iterdir())) > len(SPECS) + 90


def test_branches_that_are_no_chains_are_one_class_too() -> None:
    source = pytorch_text(load("vit_b_16"))

    assert "self.qkv = nn.Linear(768, 2304)" in source
    assert [source.count(f"self.encoder_{at}_attention = Residual2()") for at in (0, 11)] == [1, 1]
    assert source.count("class ") == 8


@pytest.mark.parametrize(
    ("line", "laid_out"),
    [
        (
            f"x = torch.conv1d(x, y.reshape(1, 2, 1), {'stride=(1,), ' * 4}groups=1)",
            """\
        x = torch.conv1d(
            x,
            y.reshape(1, 2, 1),
            stride=(1,),
            stride=(1,),
            stride=(1,),
            stride=(1,),
            groups=1,
        )""",
        ),
        (
            f"return self.{'name' * 15}.expand(x.shape[0], -1, -1)",
            f"""\
        return self.{"name" * 15}.expand(
            x.shape[0], -1, -1
        )""",
        ),
    ],
)
def test_a_long_line_is_broken_at_its_outermost_call(line: str, laid_out: str) -> None:
    assert statement(line) == laid_out


def test_what_is_known_by_name_alone_is_named() -> None:
    network = parse_spec(
        """
        name: net
        input: 4x8x8
        layers:
          - {name: a, kind: gather, op: roll, shape: 4x8x8}
          - {kind: unknown, op: 'aten::fft\"""', shape: 4x8x8}
          - {kind: elementwise, op: atan2, from: [a, a]}
          - {kind: elementwise, op: sub, from: [a, a]}
          - {kind: reduce, sort: amax, dims: [0]}
        """
    ).network

    assert """\
    \"""At least 0 parameters, at least 0 multiply-adds for an input of 4x8x8. Known by
    name alone, and left to write: amax, atan2, aten_fft_, roll.
    \"""
""" in pytorch_text(network)


def test_a_list_of_unrelated_layers_is_no_module() -> None:
    builder = Builder("list")
    builder.add("pointwise", {"n": 4, "m": 8, "size": (7, 5)})

    with pytest.raises(ConvcostError, match="unrelated layers"):
        pytorch_text(builder.network())


def test_what_pytorch_has_not() -> None:
    with pytest.raises(LayerError, match="no layers of 4 spatial dims"):
        pytorch_text(one("standard", (2, 3, 3, 3, 3), m=2, k=1))


def test_what_pytorch_has_not_is_said_with_its_layer() -> None:
    spec = parse_spec("""\
input: 2x3x3
layers:
  - {name: wide, kind: reshape, shape: 2x3x3x1x1}
  - {name: four, kind: pointwise, m: 2, weights: shared}
""")

    with pytest.raises(LayerError, match=r"layer four \(pointwise\): PyTorch has no") as caught:
        pytorch_text(spec.network)
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert problem.place.line == 4
    assert "three" in problem.hint


def test_a_comparison_is_a_module_for_each_kind() -> None:
    kinds: list[str | Choice] = ["standard", "channel-wise", Choice("group", {"\x1b[31m": "\n"})]
    source = view("compare", "pytorch")(compare(8, 16, 3, size=(9, 9), kinds=kinds), PLAIN)

    compile(source, "comparison", "exec")
    assert '"""One dense k x k convolution. It costs 1,152 parameters and 93,312' in source
    assert "class ChannelWise(nn.Module):" in source
    assert source.splitlines()[-1] == ("# group[\\x1b[31m=\\n]: group takes no \\x1b[31m")


def test_every_end_is_returned_but_not_parameters_that_nothing_uses() -> None:
    builder = Builder("heads", (3, 8, 8))
    builder.add("parameter", {"shape": (2, 2)})
    stem = builder.add("standard", {"m": 4, "k": 3}, inputs=(-1,))
    builder.add("linear", {"m": 10}, inputs=(stem,))
    builder.add("relu", {}, inputs=(stem,))
    source = pytorch_text(builder.network())

    assert source.endswith(
        """\
        y = self.weight.expand(x.shape[0], -1, -1)
        x = self.conv(x)
        y = self.flatten(x)
        y = self.linear(y)
        x = self.act(x)
        return y, x
"""
    )


def test_a_layer_of_shared_weights_is_the_module_before_it_once_more() -> None:
    builder = Builder("net", (4, 8, 8))
    for fields in ({}, {"weights": "shared"}, {"weights": "shared", "bias": False}):
        builder.add("standard", {"m": 4, "k": 3, "bias": True, "act": "relu", **fields})
    source = pytorch_text(builder.network())

    assert source.endswith(
        """\
        x = self.conv1(x)
        x = self.conv1(x)
        return self.conv2(x)
"""
    )


@pytest.mark.parametrize("kind", ["add", "multiply", "concat"])
def test_a_joint_of_very_many_inputs_is_python_too(kind: str) -> None:
    builder = Builder("net", (1, 2))
    builder.add("relu", {})
    builder.add(kind, {}, inputs=(0, -1) * 3000)

    assert pytorch_text(builder.network()).count("x") > 3000


def test_variables_are_reused_as_soon_as_nothing_needs_them() -> None:
    lines = Lines(start=-1)
    for index, sources in enumerate([(-1,), (-1,), (0, 1), (2,), (0, 3)]):
        text = " + ".join(["{}"] * len(sources))
        lines.add(index, [Step(f"f({text})")], sources)

    assert lines.fragment((4, 1)).lines == (
        "y = f(x)",
        "x = f(x)",
        "z = f(y + x)",
        "z = f(z)",
        "y = f(y + z)",
        "return y, x",
    )
