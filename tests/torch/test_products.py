"""Products of tensors in every spelling, against PyTorch's own counter and arithmetic."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from convcost.cost import Report
from convcost.gaps import gaps
from tests.torch.counted import cost_of, counted
from tests.torch.works import Weights

SIZES = dict(zip("abcde", (1, 2, 3, 4, 5), strict=True))
LETTERS = st.lists(st.sampled_from("abcde"), min_size=1, max_size=4).map("".join)
SPELLINGS: dict[str, tuple[Any, dict[str, Any], tuple[int, ...], int]] = {
    "tensordot over two dims": (
        lambda self, x: torch.tensordot(x, self.w, dims=([1, 2], [1, 2])),
        {"w": (8, 3, 4)},
        (3, 4),
        96,
    ),
    "tensordot over the last ones": (
        lambda self, x: torch.tensordot(x, self.w, dims=2),
        {"w": (3, 4, 5)},
        (3, 4),
        60,
    ),
    "tensordot over none": (
        lambda self, x: torch.tensordot(x, self.w, dims=0),
        {"w": (2, 5)},
        (3, 4),
        3 * 4 * 2 * 5,
    ),
    "an ellipsis": (
        lambda self, x: torch.einsum("...chw,oc->...ohw", x, self.w),
        {"w": (8, 4)},
        (4, 8, 8),
        2_048,
    ),
    "three tensors": (
        lambda self, x: torch.einsum("bti,ij,jk->btk", x, self.u, self.v),
        {"u": (8, 2), "v": (2, 6)},
        (5, 8),
        5 * 8 * 2 + 5 * 2 * 6,
    ),
    "no arrow": (
        lambda self, x: torch.einsum("bij,jk", x, self.w),
        {"w": (4, 6)},
        (3, 4),
        72,
    ),
    "lists of dims": (
        lambda self, x: torch.einsum(x, [0, 1, 2], self.w, [2, 3], [0, 1, 3]),
        {"w": (4, 6)},
        (3, 4),
        72,
    ),
    "a trace": (
        lambda self, x: torch.einsum("bii,ij->bj", x, self.w),
        {"w": (4, 6)},
        (4, 4),
        24,
    ),
    "an outer product": (
        lambda self, x: torch.einsum("bi,j->bij", x, self.w),
        {"w": 6},
        (4,),
        0,
    ),
    "one tensor": (lambda self, x: torch.einsum("bij->bj", x), {}, (3, 4), 0),
    "inner": (lambda self, x: torch.inner(x, self.w), {"w": (8, 4)}, (3, 4), 96),
    "outer": (lambda self, x: torch.outer(x[0], self.w), {"w": 5}, (4,), 0),
    "kron": (lambda self, x: torch.kron(x, self.w), {"w": (2, 3)}, (3, 4), 0),
    "vecdot": (lambda self, x: torch.linalg.vecdot(x, self.w), {"w": (3, 4)}, (3, 4), 0),
    "a chain, the cheap end first": (
        lambda self, x: torch.chain_matmul(x[0], self.u, self.v),
        {"u": (4, 8), "v": (8, 1)},
        (3, 4),
        4 * 8 + 3 * 4,
    ),
    "a longer chain": (
        lambda self, x: torch.linalg.multi_dot([x[0], self.u, self.v, self.w, self.z]),
        {"u": (10, 2), "v": (2, 9), "w": (9, 3), "z": 3},
        (7, 10),
        9 * 3 + 2 * 9 + 10 * 2 + 7 * 10,
    ),
    "addmm": (
        lambda self, x: torch.addmm(self.b, x[0], self.w),
        {"w": (4, 6), "b": 6},
        (3, 4),
        72,
    ),
    "addmm that adds a matrix": (
        lambda self, x: torch.addmm(self.b, x[0], self.w),
        {"w": (4, 6), "b": (3, 6)},
        (3, 4),
        72,
    ),
    "addmm with the weight first": (
        lambda self, x: torch.addmm(self.b, self.w, x[0]),
        {"w": (6, 3), "b": 4},
        (3, 4),
        72,
    ),
    "baddbmm": (
        lambda self, x: torch.baddbmm(self.b, x, self.w),
        {"w": (1, 4, 6), "b": (3, 6)},
        (3, 4),
        72,
    ),
    "a weight for every head": (
        lambda self, x: x.unsqueeze(1) @ self.w,
        {"w": (2, 4, 6)},
        (3, 4),
        144,
    ),
    "two weights": (lambda self, x: x @ (self.u @ self.v), {"u": (4, 2), "v": (2, 6)}, (3, 4), 120),
}
UNCOUNTED: dict[str, tuple[Any, dict[str, Any], tuple[int, ...], int]] = {
    "a bilinear layer": (
        lambda self, x: nn.functional.bilinear(x, x[..., :3], self.w, self.b),
        {"w": (6, 4, 3), "b": 6},
        (5, 4),
        5 * 6 * 4 * 3,
    ),
    "addbmm": (
        lambda self, x: torch.addbmm(self.b, x.view(2, 3, 4), self.w),
        {"w": (2, 4, 6), "b": (3, 6)},
        (6, 4),
        2 * 3 * 4 * 6,
    ),
    "experts that rows are sent to": (
        lambda self, x: torch._grouped_mm(x[0], self.w, offs=x[0, :3, 0].int()),
        {"w": (3, 4, 6)},
        (5, 4),
        5 * 4 * 6,
    ),
    "dot": (lambda self, x: torch.dot(x.flatten(), self.w), {"w": 12}, (3, 4), 12),
    "vdot": (lambda self, x: torch.vdot(x.flatten(), self.w), {"w": 12}, (3, 4), 12),
    "mv": (lambda self, x: torch.mv(x[0], self.w), {"w": 4}, (3, 4), 12),
    "addmv": (lambda self, x: torch.addmv(self.b, x[0], self.w), {"w": 4, "b": 3}, (3, 4), 12),
}
"""What PyTorch's counter does not see."""


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_product_costs_what_pytorch_counts(name: str) -> None:
    work, learned, shape, macs = SPELLINGS[name]
    report = report_of(work, learned, shape)

    assert report.macs == counted(Weights(work, **learned), shape)[1] == macs


@pytest.mark.parametrize("name", UNCOUNTED)
def test_a_product_costs_what_arithmetic_says(name: str) -> None:
    work, learned, shape, macs = UNCOUNTED[name]

    assert report_of(work, learned, shape).macs == macs


def report_of(work: Any, learned: dict[str, Any], shape: tuple[int, ...]) -> Report:
    report = cost_of(lambda: Weights(work, **learned), *shape)
    assert not gaps(report)
    return report


@given(st.lists(LETTERS, min_size=1, max_size=4), st.data())
@settings(max_examples=60)
def test_any_sum_of_products(terms: list[str], data: st.DataObject) -> None:
    letters = sorted(set("".join(terms)))
    kept = data.draw(st.permutations(letters).flatmap(lambda all_: st.sampled_from(prefixes(all_))))
    equation = f"{','.join(terms)}->{''.join(kept)}"
    first, *others = ([SIZES[letter] for letter in term] for term in terms)

    def work(self: Any, x: Any) -> Any:
        weights = [getattr(self, f"w{place}") for place in range(len(others))]
        return torch.einsum(equation, torch.relu(x).view(first), *weights)

    learned = {f"w{place}": shape for place, shape in enumerate(others)}
    shape = (torch.Size(first).numel(),)
    assert report_of(work, learned, shape).macs == counted(Weights(work, **learned), shape)[1]


def prefixes(letters: list[str]) -> list[list[str]]:
    return [letters[:size] for size in range(len(letters) + 1)]


def test_what_has_no_rule_is_said() -> None:
    report = cost_of(
        lambda: Weights(lambda self, x: torch.linalg.matrix_exp(x) @ self.w, w=(4, 4)), 4, 4
    )

    assert report.status["macs"].state == "at least"
