"""A live module with other convolutions: what `rewrite` says of it comes true, or is refused."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from functools import partial

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations

import convcost
from convcost.errors import CodeError, ConvcostError, LayerError, UsageError
from convcost.kinds import REGISTRY
from convcost.torch import replace
from tests.torch.nets import Classifier, Separable

SIZE = (1, 3, 16, 16)
IMAGE = torch.zeros(SIZE)
OPTIONS = {
    "group": "[groups=4]",
    "channel-wise": "[dc=9]",
    "depthwise-separable-channel-wise": "[dc=9]",
    "shufflenet": "[groups=2]",
    "pointwise-group": "[groups=2]",
}
EVEN = ("mixed-depthwise", "partial", "shufflenet-v2")
"""Kinds that keep their channels."""
NEVER = ("convolutional-classification",)
"""What no convolution of a network can become with the shape that it has."""
CONVOLUTIONS = [name for name, each in REGISTRY.items() if each.group == "convolution"]


class Two(nn.Module):
    """A convolution, norm and activation twice, the second as the test has it."""

    def __init__(self, second: nn.Module, n: int = 8) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, n, 3, padding=1)
        self.norm = nn.BatchNorm2d(n)
        self.second = second
        self.last = nn.Conv2d(n, n, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.second(torch.relu(self.norm(self.first(x)))).relu())


def counts(module: nn.Module, size: tuple[int, ...] = SIZE) -> tuple[int, int, int]:
    report = convcost.evaluate(module, torch.zeros(size))
    return report.params, report.macs, report.activations


def step(module: nn.Module, size: tuple[int, ...] = SIZE) -> None:
    """One step of training: every parameter has a gradient, and it lowers the loss."""
    module.train()
    optimizer = torch.optim.SGD(module.parameters(), 1e-3)
    given = torch.randn(4, *size[1:])
    before = module(given).square().mean()
    before.backward()
    assert all(each.grad is not None for each in module.parameters())
    optimizer.step()
    assert module(given).square().mean() < before


@pytest.mark.parametrize("inner", [False, True])
@pytest.mark.parametrize("kind", [name for name in CONVOLUTIONS if name not in NEVER])
def test_every_kind_costs_what_the_rewrite_says_and_learns(kind: str, inner: bool) -> None:
    torch.manual_seed(0)
    module = Two(nn.Conv2d(8, 8, 3, padding=1), 8) if kind in EVEN else Classifier(8)
    new = kind + OPTIONS.get(kind, "")
    made = convcost.rewrite(convcost.load(module, IMAGE), f"standard={new}", inner=inner)
    assert made.replaced
    found = replace(module, "standard", new, input_size=SIZE, inner=inner)
    after = made.cost_after
    assert counts(found) == (after.params, after.macs, after.activations)
    step(found)


def test_all_else_stays_as_it_was() -> None:
    module = Classifier(8)
    before = copy.deepcopy(module.state_dict())
    found = replace(module, "standard", "depthwise-separable", input_size=SIZE).state_dict()
    replaced = {"features.3.weight", "features.6.weight", "features.9.weight"}
    assert before.keys() - found.keys() == replaced
    for name in before.keys() - replaced:
        assert torch.equal(found[name], before[name])
    assert {name for name in found.keys() - before.keys() if name.startswith("features.3.")} == {
        "features.3.depthwise.weight",
        "features.3.pointwise.weight",
    }
    for name, tensor in module.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_with_inner_norms_stand_between() -> None:
    found = replace(Classifier(8), "standard", "depthwise-separable", input_size=SIZE, inner=True)
    assert [type(each).__name__ for each in found.features[3].children()] == [
        *("Conv2d", "BatchNorm2d", "ReLU", "Conv2d")
    ]
    assert [type(each).__name__ for each in found.features[4:6]] == ["BatchNorm2d", "ReLU"]


def test_the_type_and_the_mode_of_the_old_are_those_of_the_new() -> None:
    module = Classifier(8).double().eval()
    found = replace(module, "standard", "ghost", input_size=SIZE)
    assert {each.dtype for each in found.parameters()} == {torch.float64}
    assert not any(each.training for each in found.modules())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_it_can_be_copied_saved_and_compiled_to_torchscript() -> None:
    found = replace(Classifier(8), "standard", "ghost", input_size=SIZE).eval()
    wanted = found(IMAGE)
    saved = pickle.loads(pickle.dumps(found))  # noqa: S301, our own
    for again in (copy.deepcopy(found), saved, torch.jit.script(found)):
        assert torch.equal(again(IMAGE), wanted)


def test_a_suggestion_is_carried_out() -> None:
    module = Classifier(8)
    said = convcost.suggest(convcost.load(module, IMAGE), {"params": "10k"})
    assert 0 < len(said.chosen) < 3
    found = replace(module, suggestion=said)
    assert counts(found) == (said.after.params, said.after.macs, said.after.activations)


def test_so_is_a_rewrite_of_several_kinds() -> None:
    up = nn.ConvTranspose2d(8, 8, 4, stride=2, padding=1)
    module = Two(nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.ReLU(), up))
    replacements = ("standard=low-rank[rank=3]", "transposed=depthwise-separable-transposed")
    made = convcost.rewrite(convcost.load(module, IMAGE), *replacements)
    assert len(made.replaced) == 2
    assert counts(replace(module, suggestion=made)) == made.cost_after[3:6]


def test_a_suggestion_for_another_network_is_none() -> None:
    said = convcost.suggest(convcost.load(Classifier(16), IMAGE), {"params": "10k"})
    with pytest.raises(UsageError, match="another network"):
        replace(Classifier(8), suggestion=said)
    with pytest.raises(UsageError, match="says itself"):
        replace(Classifier(16), "standard", "ghost", suggestion=said)


def test_a_module_that_runs_twice_is_replaced_once() -> None:
    conv = nn.Conv2d(8, 8, 3, padding=1)
    module = Two(nn.Sequential(conv, nn.ReLU(), conv))
    found = replace(module, "standard", "depthwise-separable", input_size=SIZE)
    assert found.second[0] is found.second[2]
    assert sum(each.numel() for each in found.second.parameters()) == 8 * 9 + 8 + 8 * 8 + 8


def test_a_module_that_is_replaced_in_one_of_two_places_is_refused() -> None:
    conv = nn.Conv2d(8, 8, 3, padding=1)
    module = Two(nn.Sequential(conv, nn.ReLU(), conv))
    with pytest.raises(LayerError, match=r"layer second.0 .* is layer second.0_1 as well"):
        replace(module, "standard", "ghost", input_size=SIZE, only=["second.0"])


def test_a_convolution_alone_gives_way_to_another() -> None:
    found = replace(nn.Conv1d(8, 8, 3), "standard", "ghost", input_size=(1, 8, 9), first=True)
    assert found(torch.zeros(1, 8, 9)).shape == (1, 8, 7)


class Named(nn.Conv2d):
    """One that does nothing of its own."""


@pytest.mark.parametrize(
    "second",
    [
        partial(nn.Conv2d, 8, 8, 3, padding=1, groups=2),
        partial(nn.Conv2d, 8, 8, 3, padding=2, dilation=2),
        partial(nn.Conv2d, 8, 8, 3, padding="same", bias=False),
        partial(nn.Conv2d, 8, 8, (3, 1), stride=(2, 1)),
        partial(nn.Conv2d, 8, 8, 4, padding=1),
        partial(nn.Conv2d, 8, 24, 5, padding=(1, 3), stride=3),
        partial(nn.ConvTranspose2d, 8, 8, 3, stride=2, padding=1, output_padding=1),
        partial(Named, 8, 8, 3),
    ],
)
def test_whatever_a_convolution_is_said_to_do_is_kept(second: Callable[[], nn.Module]) -> None:
    module = Two(second())
    module.last = nn.Conv2d(module.second.out_channels, 8, 1)
    kind = "transposed" if module.second.__class__ is nn.ConvTranspose2d else "standard"
    kind = "group" if module.second.groups > 1 else kind
    new = "depthwise-separable" + "-transposed" * (kind == "transposed")
    made = convcost.rewrite(convcost.load(module, IMAGE), f"{kind}={new}")
    assert len(made.replaced) == 1
    found = replace(module, kind, new, input_size=SIZE)
    assert counts(found) == made.cost_after[3:6]
    assert found(IMAGE).shape == module(IMAGE).shape


class Padding(nn.Conv2d):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(nn.functional.pad(x, (1, 1, 1, 1)))


def _hooked() -> nn.Module:
    conv = nn.Conv2d(8, 8, 3, padding=1)
    conv.register_forward_hook(lambda module, given, made: made + 1)
    return conv


class Tied(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = nn.Conv2d(8, 8, 3, padding=1), nn.Conv2d(8, 8, 3, padding=1)
        self.two.weight = self.one.weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.two(self.one(x))


class Functional(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.conv2d(x, self.conv.weight, self.conv.bias)


REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "second": (partial(Padding, 8, 8, 3), "Padding has a forward of its own"),
    "padding mode": (
        partial(nn.Conv2d, 8, 8, 3, padding=1, padding_mode="reflect"),
        "layer second_1 cannot be replaced: it pads by reflect",
    ),
    "hooks": (_hooked, "has hooks"),
    "norm of weights": (
        lambda: parametrizations.weight_norm(nn.Conv2d(8, 8, 3)),
        "ParametrizedConv2d",
    ),
    "tied": (Tied, r"layer second.one cannot be replaced: it shares its weights with second.two"),
    "functional": (Functional, "Functional does it, which is no convolution of PyTorch's"),
}


@pytest.mark.parametrize(("second", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_does_more_than_the_layer_is_refused(
    second: Callable[[], nn.Module], reason: str
) -> None:
    with pytest.raises(LayerError, match=reason):
        replace(Two(second()), "standard", "depthwise-separable", input_size=SIZE)


def test_several_modules_that_are_one_layer_are_refused() -> None:
    module = Two(Separable(8, 8))
    with pytest.raises(LayerError, match=r"layer second cannot be .*: it is several modules"):
        replace(module, "depthwise-separable", "standard", input_size=SIZE)


def test_a_module_whose_code_asks_for_more_than_a_call_is_refused() -> None:
    class Asking(Two):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return super().forward(x.to(self.second.weight.dtype))

    with pytest.raises(CodeError, match="no attribute 'weight'"):
        replace(Asking(nn.Conv2d(8, 8, 3)), "standard", "ghost", input_size=SIZE)

    class Keeping(Two):
        def __init__(self, second: nn.Module) -> None:
            super().__init__(second)
            self.kept = [second]

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.last(self.kept[0](self.first(x)))

    with pytest.raises(ConvcostError, match="more with what is to be replaced"):
        replace(Keeping(nn.Conv2d(8, 8, 3)), "standard", "ghost", input_size=SIZE)


def test_what_is_left_alone_is_told_where_that_is_all() -> None:
    module = nn.Sequential(nn.Conv2d(3, 8, 3))
    with pytest.raises(UsageError, match="no layer is replaced") as caught:
        replace(module, "standard", "ghost", input_size=SIZE)
    assert caught.value.problems[0].hint == "left alone: 0 (the first layer)"


def test_which_layers_are_meant_is_said_as_for_rewrite() -> None:
    found = replace(
        Classifier(8),
        "standard",
        "ghost",
        input_data=IMAGE,
        only=["features.*"],
        excluding=["features.6"],
        where="m > 16",
    )
    kinds = [type(found.features[at]).__name__ for at in (0, 3, 6, 9)]
    assert kinds == ["Conv2d", "Conv2d", "Conv2d", "Ghost"]
