"""Matrices and tensors as products of smaller ones; in PyTorch, and in double precision."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

Tensor = Any
_TURNS = 300
_SETTLED = 1e-12


def split(matrix: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """The best product of a matrix of `rank` columns and one of as many rows, of the same size
    each, for each of a batch; with zeros where the rank is more than there is."""
    import torch

    left, values, right = torch.linalg.svd(matrix, full_matrices=False)
    roots = values[..., :rank].sqrt()
    left, right = left[..., :rank] * roots.unsqueeze(-2), right[..., :rank, :] * roots.unsqueeze(-1)
    more = rank - roots.shape[-1]
    pad = torch.nn.functional.pad
    return (pad(left, (0, more)), pad(right, (0, 0, 0, more))) if more > 0 else (left, right)


def leading(matrix: Tensor, count: int) -> Tensor:
    """The first left singular vectors, as columns; zeros where there are no more."""
    import torch

    vectors = torch.linalg.svd(matrix, full_matrices=False)[0][:, :count]
    return torch.nn.functional.pad(vectors, (0, count - vectors.shape[1]))


def rank_one(tensors: Tensor) -> list[Tensor]:
    """The vectors whose outer product comes close to each of a batch of tensors, in turns from
    their leading ones; the first has the size."""
    dims = range(1, tensors.dim())
    vectors = []
    for dim in dims:
        flat = tensors.movedim(dim, 1).flatten(2)
        left, _ = split(flat, 1)
        vectors.append(_unit(left.squeeze(2)))
    for _ in range(_TURNS):
        before = vectors[0]
        for at in reversed(range(len(vectors))):
            vectors[at] = _contracted(tensors, vectors, at)
            if at:
                vectors[at] = _unit(vectors[at])
        if float((vectors[0] - before).norm()) <= _SETTLED * float(before.norm()):
            break
    return vectors


def _unit(vectors: Tensor) -> Tensor:
    return vectors / vectors.norm(dim=1, keepdim=True).clamp_min(1e-300)


def _contracted(tensors: Tensor, vectors: Sequence[Tensor], free: int) -> Tensor:
    """Each tensor, summed with all vectors but those of one dim."""
    left = tensors
    for at in reversed(range(len(vectors))):
        if at != free:
            moved = left.movedim(at + 1, -1)
            batch, *others, size = moved.shape
            flat = moved.reshape(batch, -1, size) @ vectors[at].unsqueeze(2)
            left = flat.reshape(batch, *others, 1).movedim(-1, at + 1)
    return left.reshape(left.shape[0], -1)


def outer_products(tensor: Tensor, rank: int) -> tuple[list[Tensor], Tensor]:
    """A sum of `rank` outer products, as a matrix of columns for each dim, and the tensor that it
    comes to: by alternating least squares, and exact where so many always suffice.

    Source: Carroll and Chang 1970; Kolda and Bader 2009.
    """
    import torch

    largest = max(range(tensor.dim()), key=lambda dim: tensor.shape[dim])
    if prod(tensor.shape) // tensor.shape[largest] <= rank:
        return _elements(tensor, largest, rank), tensor
    made = torch.Generator().manual_seed(0)
    columns = []
    for dim, size in enumerate(tensor.shape):
        found = leading(tensor.movedim(dim, 0).flatten(1), rank)
        drawn = torch.randn(size, rank, generator=made, dtype=torch.float64).to(tensor.device)
        columns.append(torch.where(found.norm(dim=0) > 0, found, drawn))
    error = float("inf")
    for _ in range(_TURNS):
        for dim in range(tensor.dim()):
            others = [each for at, each in enumerate(columns) if at != dim]
            products = _products(others)
            flat = tensor.movedim(dim, 0).flatten(1)
            columns[dim] = torch.linalg.lstsq(products, flat.T).solution.T
        found = (columns[0] @ _products(columns[1:]).T).reshape(tensor.shape)
        before, error = error, float((tensor - found).norm())
        if before - error <= 1e-9 * float(tensor.norm()):
            break
    return columns, found


def _products(columns: Sequence[Tensor]) -> Tensor:
    """The columns of several matrices multiplied with each other, the last dim fastest."""
    found = columns[0]
    for each in columns[1:]:
        found = (found.unsqueeze(1) * each.unsqueeze(0)).flatten(0, 1)
    return found


def _elements(tensor: Tensor, largest: int, rank: int) -> list[Tensor]:
    """An outer product for every line of the tensor along its largest dim."""
    import torch

    sizes = [size for dim, size in enumerate(tensor.shape) if dim != largest]
    places = torch.cartesian_prod(*map(torch.arange, sizes)).reshape(-1, len(sizes))
    lines = tensor.movedim(largest, 0).flatten(1)
    pad = torch.nn.functional.pad
    columns = []
    for at, size in enumerate(sizes):
        units = torch.eye(size, dtype=tensor.dtype)[places[:, at]].T.to(tensor.device)
        columns.append(pad(units, (0, rank - units.shape[1])))
    columns.insert(largest, pad(lines, (0, rank - lines.shape[1])))
    return columns
