"""Attention in every spelling, against PyTorch's own counter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - everyone calls it so

from convcost.emit.pytorch import pytorch_text
from convcost.gaps import gaps
from tests.torch.counted import cost_of, counted, module_of, network_of
from tests.torch.works import Decoder, Fused, MultiHead, Positions, Weights

TOKENS = (5, 16)
HEADS = (4, 5, 8)
ATTEND = F.scaled_dot_product_attention
Case = tuple[Callable[[], nn.Module], tuple[int, ...]]


def multi_head(
    call: Any = lambda attend, x: attend(x, x, x, need_weights=False)[0], **settings: Any
) -> Case:
    return lambda: MultiHead(call, **settings), TOKENS


def attend(work: Any, shape: tuple[int, ...] = HEADS, **learned: Any) -> Case:
    return lambda: Weights(work, **learned), shape


def encoder(**settings: Any) -> Case:
    def make() -> nn.Module:
        layer = nn.TransformerEncoderLayer(16, 4, 32, **settings)
        return nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)

    return make, TOKENS


def by_hand(self: Any, x: Any) -> Any:
    q, k, v = F.linear(x, self.w).chunk(3, -1)
    return (q @ k.transpose(-2, -1) / 4).softmax(-1) @ v


def linear_attention(self: Any, x: Any) -> Any:
    q, k, v = F.linear(x, self.w).chunk(3, -1)
    return q.softmax(-1) @ (k.softmax(-2).transpose(-2, -1) @ v)


def masked(**asked: Any) -> Any:
    def call(attention: Any, x: Any) -> Any:
        masks = {
            name: torch.zeros(shape, device=x.device, dtype=torch.bool)
            for name, shape in asked.items()
        }
        return attention(x, x, x, **masks, need_weights=False)[0]

    return call


CASES: dict[str, Case] = {
    "several heads": multi_head(),
    "with its weights": multi_head(lambda attend, x: attend(x, x, x)[0]),
    "with the weights of each head": multi_head(
        lambda attend, x: attend(x, x, x, average_attn_weights=False)[0], bias=False, dropout=0.1
    ),
    "one more key, learned": multi_head(add_bias_kv=True),
    "one more key of zeros": multi_head(add_zero_attn=True),
    "a mask": multi_head(masked(attn_mask=(5, 5))),
    "padding": multi_head(masked(key_padding_mask=(1, 5))),
    "keys and values of other sizes": multi_head(
        lambda attend, x: attend(x, x[..., :6], x[..., :10])[0], kdim=6, vdim=10
    ),
    "an encoder": encoder(batch_first=True),
    "an encoder with norms first": encoder(batch_first=True, norm_first=True, activation="gelu"),
    "an encoder with tokens first": encoder(),
    "an encoder without bias": encoder(batch_first=True, bias=False),
    "a decoder": (Decoder, TOKENS),
    "a transformer": (
        lambda: Weights(
            lambda self, x: self.both(x, x),
            modules={"both": lambda: nn.Transformer(16, 4, 1, 1, 32, batch_first=True)},
        ),
        TOKENS,
    ),
    "a table of positions": (Positions, (25, 16)),
    "positions by a network": (lambda: Positions(computed=True), (25, 16)),
    "by hand": attend(by_hand, TOKENS, w=(48, 16)),
    "linear attention": attend(linear_attention, TOKENS, w=(48, 16)),
    "one call": attend(lambda self, x: ATTEND(x, x, x)),
    "one call without heads": attend(lambda self, x: ATTEND(x, x, x, dropout_p=0.1), TOKENS),
    "causal": attend(lambda self, x: ATTEND(x, x, x, is_causal=True)),
    "other values": attend(lambda self, x: ATTEND(x, x[:, :, :3], x[:, :, :3, :6], scale=0.3)),
    "groups of heads": attend(lambda self, x: ATTEND(x, x[:, :2], x[:, :2], enable_gqa=True)),
    "one key for all heads": attend(lambda self, x: ATTEND(x, x[:, :1], x[:, :1])),
    "keys without heads": attend(lambda self, x: ATTEND(x, x[0], x[0])),
    "learned queries": attend(lambda self, x: ATTEND(self.q, x, x), q=(1, 1, 3, 8)),
    "a learned mask": attend(lambda self, x: ATTEND(x, x, x, attn_mask=self.m), m=(4, 5, 5)),
    "a learned mask for all": attend(lambda self, x: ATTEND(x, x, x, attn_mask=self.m), m=5),
    "a mask that the input makes": attend(
        lambda self, x: ATTEND(x, x, x, attn_mask=F.linear(x, self.w)), w=(5, 8)
    ),
    "one head, and a number for each row": attend(
        lambda self, x: (x @ x.transpose(-2, -1) + x.mean(-1, keepdim=True)).softmax(-1) @ x,
        (1, 5, 8),
    ),
    "windows": attend(lambda self, x: ATTEND(*[x.view(6, 4, 5, 8)] * 3), (24, 5, 8)),
}


@pytest.mark.parametrize("name", CASES)
def test_attention_costs_what_pytorch_counts(name: str) -> None:
    make, shape = CASES[name]
    report = cost_of(make, *shape)

    assert report.macs == counted(make(), shape)[1]
    assert not gaps(report)


@pytest.mark.parametrize("name", [name for name in CASES if "mask" in name or "position" in name])
def test_a_mask_is_a_part_of_the_network(name: str) -> None:
    make, shape = CASES[name]
    network = network_of(make, *shape)
    _, made = module_of(pytorch_text(network))

    assert counted(made(), shape) == counted(make(), shape)
    assert len(followed_by_none(network)) == 1


def followed_by_none(network: Any) -> set[int]:
    every = {source for layer in network.layers for source in layer.inputs}
    return set(range(len(network.layers))) - every


@pytest.mark.parametrize("norm_first", [False, True])
def test_a_fused_layer_costs_what_its_parts_cost(norm_first: bool) -> None:
    def parts() -> nn.Module:
        return nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, norm_first=norm_first)

    report = cost_of(lambda: Fused(norm_first), *TOKENS)

    assert report.macs == cost_of(parts, *TOKENS).macs == 11_040
    assert not gaps(report)


def fused(attend: Any, x: Any, keys: Any = None, need_weights: bool = False) -> Any:
    back = attend.out_proj
    weights = (attend.in_proj_weight, attend.in_proj_bias, back.weight, back.bias)
    keys = x if keys is None else keys
    made = torch._native_multi_head_attention(x, keys, x, 16, 4, *weights, None, need_weights)
    return made[:2] if need_weights else made[0]


@pytest.mark.parametrize("need_weights", [False, True])
def test_fused_attention_costs_what_its_parts_cost(need_weights: bool) -> None:
    call = partial(fused, need_weights=need_weights)
    report = cost_of(multi_head(call)[0], *TOKENS)

    assert report.macs == cost_of(multi_head()[0], *TOKENS).macs == 5_920


def test_fused_attention_of_several_inputs_is_unknown() -> None:
    report = cost_of(multi_head(lambda attend, x: fused(attend, x, x + 1, True))[0], *TOKENS)

    assert report.status["macs"].state == "at least"
