"""A kernel as a product of thinner ones: the weights with which a layer built another way comes
closest to a convolution, in the sense of least squares.

Kernels are tensors of PyTorch, outputs x inputs x sizes, in double precision. Each function gives
the weights of a kind's convolutions, in their order, and the kernel that they come to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from convcost.torch.decomposing import leading, outer_products, rank_one, split

Tensor = Any
Ops = Sequence[Any]
Made = tuple[list[Tensor], Tensor]


def _ones(kernel: Tensor) -> tuple[int, ...]:
    return (1,) * len(kernel.shape[2:])


def _low_rank(kernel: Tensor, ops: Ops) -> Made:
    """Source: Jaderberg et al. 2014; the best of its rank by Eckart and Young 1936."""
    left, right = split(kernel.flatten(1), ops[0].m)
    weights = [right.reshape(-1, *kernel.shape[1:]), left.reshape(*left.shape, *_ones(kernel))]
    return weights, (left @ right).reshape(kernel.shape)


def _depthwise_separable(kernel: Tensor, ops: Ops) -> Made:
    """The filters of each input channel as few of them, for each output times a number."""
    m, n, *sizes = kernel.shape
    left, right = split(kernel.transpose(0, 1).flatten(2), ops[0].m // n)
    mixing = left.transpose(0, 1).reshape(m, -1, *_ones(kernel))
    found = (left @ right).transpose(0, 1).reshape(kernel.shape)
    return [right.reshape(-1, 1, *sizes), mixing], found


def _blueprint(kernel: Tensor, _: Ops) -> Made:
    """Each filter as one, for each input channel times a number. Source: Haase and Amthor 2020."""
    m, n, *sizes = kernel.shape
    left, right = split(kernel.flatten(2), 1)
    weights = [left.reshape(m, n, *_ones(kernel)), right.reshape(m, 1, *sizes)]
    return weights, (left @ right).reshape(kernel.shape)


def _spatial_separable(kernel: Tensor, ops: Ops) -> Made:
    """One axis after the other, each by the best of its rank: a tensor train. Source: Oseledets
    2011; for two axes the best there is, Jaderberg et al. 2014."""
    from torch import tensordot

    m, n, *sizes = kernel.shape
    weights, width = [], n
    rest = kernel.movedim(0, -1).reshape(n * sizes[0], -1)
    found = None
    for axis, size in enumerate(sizes):
        if axis + 1 < len(sizes):
            left, right = split(rest, ops[axis].m)
            rest = right.reshape(ops[axis].m * sizes[axis + 1], -1)
        else:
            left = rest.reshape(width * size, m)
        core = left.reshape(width, size, -1)
        shape = [size if each == axis else 1 for each in range(len(sizes))]
        weights.append(core.movedim(-1, 0).reshape(core.shape[-1], width, *shape))
        found = core if found is None else tensordot(found, core, 1)
        width = core.shape[-1]
    assert found is not None
    return weights, found.movedim(-1, 0)


def _depthwise_spatial(kernel: Tensor, _: Ops) -> Made:
    """The filters of each input channel as an outer product; found by turns, from the leading
    vectors on."""
    m, n, *sizes = kernel.shape
    mixing, *along = rank_one(kernel.transpose(0, 1))
    weights = []
    for axis in reversed(range(len(sizes))):
        shape = [sizes[axis] if each == axis else 1 for each in range(len(sizes))]
        weights.append(along[axis].reshape(n, 1, *shape))
    weights.append(mixing.transpose(0, 1).reshape(m, n, *_ones(kernel)))
    found = mixing
    for vectors in along:
        found = found.unsqueeze(-1) * vectors.reshape(n, *[1] * (found.dim() - 1), -1)
    return weights, found.transpose(0, 1)


def _tucker(kernel: Tensor, ops: Ops) -> Made:
    """Source: Kim et al. 2016; by turns, De Lathauwer et al. 2000."""
    from torch import tensordot

    before, behind = ops[0].m, ops[1].m
    flat = kernel.flatten(2)
    inputs = leading(flat.transpose(0, 1).flatten(1), before)
    for _ in range(_TURNS):
        outputs = leading((flat.transpose(1, 2) @ inputs).flatten(1), behind)
        turned = (flat.permute(1, 2, 0) @ outputs).flatten(1)
        inputs = leading(turned, before)
    core = outputs.T @ (flat.movedim(1, -1) @ inputs).movedim(1, 0)
    core = core.permute(1, 2, 0).reshape(behind, before, *kernel.shape[2:])
    ones = _ones(kernel)
    found = tensordot(outputs, core, 1).movedim(1, -1).matmul(inputs.T).movedim(-1, 1)
    weights = [inputs.T.reshape(before, -1, *ones), core, outputs.reshape(-1, behind, *ones)]
    return weights, found


def _cp(kernel: Tensor, ops: Ops) -> Made:
    """Source: Lebedev et al. 2015."""
    m, n, *sizes = kernel.shape
    rank, ones = ops[0].m, _ones(kernel)
    (outputs, inputs, *along), found = outer_products(kernel, rank)
    weights = [inputs.T.reshape(rank, n, *ones)]
    for axis, vectors in enumerate(along):
        shape = [sizes[axis] if each == axis else 1 for each in range(len(sizes))]
        weights.append(vectors.T.reshape(rank, 1, *shape))
    return [*weights, outputs.reshape(m, rank, *ones)], found


def _blueprint_subspace(kernel: Tensor, ops: Ops) -> Made:
    """A blueprint whose mixing has a rank; by turns. Source: Haase and Amthor 2020."""
    m, n, *sizes = kernel.shape
    flat, ones = kernel.flatten(2), _ones(kernel)
    _, filters = split(flat, 1)
    for _ in range(_TURNS):
        filters = filters / filters.norm(dim=2, keepdim=True).clamp_min(_TINY)
        mixing = (flat @ filters.transpose(1, 2)).squeeze(2)
        left, right = split(mixing, ops[0].m)
        mixing = (left @ right).unsqueeze(1)
        filters = mixing @ flat / mixing.square().sum(2, keepdim=True).clamp_min(_TINY)
    found = (mixing.transpose(1, 2) @ filters).reshape(kernel.shape)
    weights = [right.reshape(-1, n, *ones), left.reshape(m, -1, *ones)]
    return [*weights, filters.reshape(m, 1, *sizes)], found


_TURNS = 20
_TINY = 1e-300
FACTORS: Mapping[str, Callable[[Tensor, Ops], Made]] = {
    "low-rank": _low_rank,
    "depthwise-separable": _depthwise_separable,
    "depthwise-separable-transposed": _depthwise_separable,
    "bsconv-u": _blueprint,
    "bsconv-s": _blueprint_subspace,
    "spatial-separable": _spatial_separable,
    "depthwise-spatial-separable": _depthwise_spatial,
    "tucker": _tucker,
    "cp": _cp,
}
"""By the kind that a convolution becomes."""
