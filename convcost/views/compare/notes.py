"""What to know of a comparison besides its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from convcost.comparison import Comparison, Row, at_half, rank_of
from convcost.ops.conv import ChannelwiseConv
from convcost.views.figures import ratio

UNSAID = "MACs do not tell what moving data costs or how channels mix: docs/counting.md"
_AS_MANY = Fraction(995, 1000)
"""From this share of a standard convolution's parameters on, what people see is 1.00×."""


def by_stage(row: Row) -> str:
    """`27 + 12`, the parameters of a row's stages that have any; nothing for a single one."""
    parts = [int(stage.params) for stage in row.stages if stage.params]
    return " + ".join(f"{part:,}" for part in parts) if len(parts) > 1 else ""


def notes(comparison: Comparison) -> list[str]:
    """What a reader would otherwise miss: kinds that give other channels than were asked for,
    that save nothing and might, whose numbers nobody gave, and that cannot be built."""
    return [
        *_other_channels(comparison),
        *_saving_nothing(comparison),
        *_shared_kernels(comparison),
        *(f"{row.kind} cannot be built: {row.error}" for row in comparison.rows if row.error),
    ]


def on_device(comparison: Comparison, device: str) -> list[str]:
    """What times are on that device, if there is one."""
    if not device:
        return []
    bounds = [row.bound for row in comparison.rows if row.bound]
    alone = ", of computing alone, as its bandwidth is not known"
    of = alone * any(bound.memory is None for bound in bounds)
    said = f"Times are bounds of direct convolution on {device}{of}, and no forecast"
    return [f"{said}: docs/roofline.md"]


def _other_channels(comparison: Comparison) -> Iterator[str]:
    wanted = comparison.question.m
    for row in comparison.rows:
        if row.channels not in (None, wanted):
            given = f"{row.channels:,} channels, not {wanted:,}"
            yield f"{row.kind} gives {given}: it does not mix them"


def _saving_nothing(comparison: Comparison) -> Iterator[str]:
    for row in comparison.rows:
        rank = rank_of(row)
        if rank is None or not row.params_ratio or row.params_ratio < _AS_MANY:
            continue
        if len(row.stages) == 1:
            yield f"{row.kind} saves nothing: in one dim it is a standard convolution"
            continue
        said = f"{row.kind} saves nothing: {rank:,} channels in between make {by_stage(row)} params"
        if fewer := at_half(comparison.question, row):
            rank, params, share = fewer
            said = f"{said}; [rank={rank}] makes {params:,}, {ratio(share)}"
        yield said


def _shared_kernels(comparison: Comparison) -> Iterator[str]:
    """What the letters of channel-wise kinds stand for; they may all have the same."""
    ops = {
        stage.op: row.kind
        for row in reversed(comparison.rows)
        for stage in row.stages
        if isinstance(stage.op, ChannelwiseConv)
    }
    for op, kind in ops.items():
        kernels = f"{op.kernels:,} kernel{'s' * (op.kernels != 1)} (q)"
        yield f"{kind} shares {kernels} of {op.taps:,} taps (dc) along the channels"
