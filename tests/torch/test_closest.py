"""The closest weights: at full rank nothing changes, below it the error is what is said."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from convcost.errors import LayerError, UsageError
from convcost.torch import errors, replace

N, M, K = 4, 6, 3
FULL = {
    "low-rank": f"rank={M}",
    "tucker": f"r3={N},r4={M}",
    "cp": f"rank={N * K * K}",
    "spatial-separable": f"rank={N * K}",
    "depthwise-separable": f"multiplier={M}",
}
SOME = {
    "low-rank": "rank=2",
    "tucker": "r3=2,r4=3",
    "cp": "rank=3",
    "spatial-separable": "rank=3",
    "depthwise-separable": "multiplier=1",
    "depthwise-spatial-separable": "",
    "bsconv-u": "",
    "bsconv-s": "middle=2",
    "group": "groups=2",
}
KERNELS: dict[str, list[Any]] = {
    "plain": [{"padding": 1}],
    "strided": [{"padding": 1, "stride": 2, "bias": False}],
    "dilated": [{"padding": (1, 2), "dilation": 2}],
}


def kernel(module: nn.Module, inputs: int, sizes: tuple[int, ...]) -> torch.Tensor:
    """What a module without padding makes of each input that is 1 at one place: its kernel."""
    places = torch.eye(inputs * torch.tensor(sizes).prod()).reshape(-1, inputs, *sizes)
    with torch.no_grad():
        return (module(places) - module(torch.zeros(1, inputs, *sizes))).flatten(1)


def net(conv: nn.Module) -> nn.Module:
    torch.manual_seed(1)
    for each in conv.parameters():
        nn.init.normal_(each)
    return conv


def closest(conv: nn.Module, kind: str, options: str, size: tuple[int, ...]) -> Any:
    old = "transposed" if isinstance(conv, nn.ConvTranspose2d) else "standard"
    new = f"{kind}[{options}]" if options else kind
    return replace(conv, old, new, input_size=size, weights="closest", first=True, classifier=True)


@pytest.mark.parametrize("said", KERNELS.values(), ids=KERNELS)
@pytest.mark.parametrize("kind", FULL)
def test_at_full_rank_the_output_is_the_same(kind: str, said: list[dict[str, Any]]) -> None:
    conv = net(nn.Conv2d(N, M, K, **said[0]))
    found = closest(conv, kind, FULL[kind], (1, N, 9, 8))
    image = torch.randn(2, N, 9, 8)
    torch.testing.assert_close(found(image), conv(image), rtol=1e-4, atol=1e-4)
    assert errors(found)[""] < 1e-6


@pytest.mark.parametrize("kind", SOME)
def test_the_error_is_that_of_the_kernel(kind: str) -> None:
    conv = net(nn.Conv2d(N, M, K))
    found = closest(conv, kind, SOME[kind], (1, N, 9, 8))
    wanted, got = (kernel(each, N, (K, K)) for each in (conv, found))
    error = float((wanted - got).norm() / wanted.norm())
    assert errors(found)[""] == pytest.approx(error, rel=1e-3)
    assert 0.01 < error < 1


@pytest.mark.parametrize("kind", sorted(set(SOME) - {"group"}))
def test_a_kernel_that_is_of_the_kind_is_found_again(kind: str) -> None:
    torch.manual_seed(2)
    size = (1, N, 9, 8)
    conv = nn.Conv2d(N, M, K, bias=False)
    new = f"{kind}[{SOME[kind]}]" if SOME[kind] else kind
    made = replace(conv, "standard", new, input_size=size, first=True, classifier=True)
    conv.weight.data = kernel(made, N, (K, K)).T.reshape(M, N, K, K).detach()
    found = closest(conv, kind, SOME[kind], size)
    assert errors(found)[""] < 1e-2
    image = torch.randn(size)
    torch.testing.assert_close(found(image), conv(image), rtol=5e-2, atol=5e-3)


@pytest.mark.parametrize("groups", [1, 2])
def test_a_transposed_convolution_as_well(groups: int) -> None:
    conv = net(nn.ConvTranspose2d(N, M, K, stride=2, padding=1, groups=groups))
    filters, mixing = torch.randn(N, 1, K, K), torch.randn(N, M // groups, 1, 1)
    conv.weight.data = filters * mixing
    found = closest(conv, "depthwise-separable-transposed", "", (1, N, 5, 5))
    image = torch.randn(1, N, 5, 5)
    torch.testing.assert_close(found(image), conv(image), rtol=1e-4, atol=1e-4)
    conv.weight.data += 0.1 * torch.randn_like(conv.weight)
    found = closest(conv, "depthwise-separable-transposed", "", (1, N, 5, 5))
    assert 0.01 < errors(found)[""] < 0.3


def test_groups_stay_groups() -> None:
    conv = net(nn.Conv2d(N, M, K, groups=2, padding=1))
    size = (1, N, 6, 6)
    new = f"depthwise-separable[multiplier={M}]"
    said: Any = {"input_size": size, "weights": "closest", "first": True, "classifier": True}
    image = torch.randn(size)
    for kind in (new, "standard[groups=1]"):
        found = replace(conv, "group", kind, **said)
        torch.testing.assert_close(found(image), conv(image), rtol=1e-4, atol=1e-4)


def test_one_dim_and_three() -> None:
    for conv, size in (
        (nn.Conv1d(N, M, K), (1, N, 9)),
        (nn.Conv3d(2, 3, (3, 2, 3)), (1, 2, 5, 5, 5)),
    ):
        image = torch.randn(size)
        for kind, rank in (("spatial-separable", "rank=36"), ("cp", "rank=36")):
            found = closest(net(conv), kind, rank, size)
            torch.testing.assert_close(found(image), conv(image), rtol=1e-3, atol=1e-3)


def test_only_what_was_approximated_has_an_error() -> None:
    torch.manual_seed(0)
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3), nn.Conv2d(4, 4, 1))
    said: Any = {"input_size": (1, 3, 9, 9)}
    assert errors(replace(module, "standard", "bsconv-u", **said)) == {}
    assert list(errors(replace(module, "standard", "bsconv-u", weights="closest", **said))) == ["1"]


@pytest.mark.parametrize(
    ("kind", "inner", "reason"),
    [
        ("ghost", False, "more than convolutions in a row"),
        ("bottleneck", False, "there is no closest bottleneck"),
        ("pointwise", False, "there is no closest pointwise"),
        ("depthwise-separable", True, "more than convolutions in a row"),
    ],
)
def test_what_is_no_matter_of_weights_is_refused(kind: str, inner: bool, reason: str) -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3, padding=1), nn.ReLU())
    module.append(nn.Conv2d(4, 4, 1))
    said: Any = {"input_size": (1, 3, 9, 9), "weights": "closest", "inner": inner}
    with pytest.raises(LayerError, match=f"layer 1 cannot be replaced: .*{reason}"):
        replace(module, "standard", kind, **said)


def test_weights_without_values_are_refused() -> None:
    with torch.device("meta"):
        module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 4, 3), nn.Conv2d(4, 4, 1))
    with pytest.raises(LayerError, match="no values"):
        replace(module, "standard", "bsconv-u", input_size=(1, 3, 9, 9), weights="closest")
    wrong: Any = "best"
    with pytest.raises(UsageError, match="weights has no"):
        replace(module, "standard", "bsconv-u", input_size=(1, 3, 9, 9), weights=wrong)
