"""What of a network is not understood, as values: operations without a rule, figures in doubt; and
how it was."""

from __future__ import annotations

from collections import Counter
from math import isqrt, prod
from typing import TYPE_CHECKING, NamedTuple

from convcost.cost import Report, StageCost
from convcost.status import Status

if TYPE_CHECKING:
    from convcost.network import Network


class UnknownOps(NamedTuple):
    """Operations of one sort that have no rule and are counted as nothing: `times` of all `ops`.

    `share` is theirs of the network's multiply-adds, from 0 to 1, by what their tensors let expect.
    """

    network: str
    sort: str
    times: int
    ops: int
    share: float


class Doubt(NamedTuple):
    """A metric that is off for another reason than unknown operations."""

    network: str
    metric: str
    status: Status


Gap = UnknownOps | Doubt


def gaps(report: Report) -> tuple[Gap, ...]:
    """What `report` is unsure of: unknown operations, the most frequent first, then doubts."""
    if not report.status:
        return ()
    from convcost.ops.tensors import Unknown  # what is understood does not wait for it

    stages = [stage for layer in report.layers for stage in layer.stages]
    counts, work = Counter[str](), Counter[str]()
    for stage in stages:
        if isinstance(stage.op, Unknown) and stage.op.is_open:
            counts[stage.op.sort] += 1
            work[stage.op.sort] += int(stage.macs) or likely_work(stage)
    whole = report.macs + work.total()
    unknown = (
        UnknownOps(report.name, sort, times, len(stages), work[sort] / whole)
        for sort, times in counts.most_common()
    )
    doubts = (
        Doubt(report.name, metric, status)
        for metric, status in report.status.items()
        if status.state != "at least"
    )
    return (*unknown, *doubts)


def likely_work(stage: StageCost) -> int:
    """The multiply-adds that an operation without a rule may well have, by its tensors alone.

    A product of matrices A and B has as many as the root of the elements of A, of B and of what
    comes out, multiplied, and a convolution more; what leaves tensors their shape has one for each
    element, as has what takes one tensor.
    """
    *_, left, right = (0, 0, *sorted(map(prod, stage.ins)))
    out = prod(stage.out)
    return (
        isqrt(left * right * out) if left and len({*stage.ins, stage.out}) > 1 else max(right, out)
    )


def said_of(network: Network | Report) -> tuple[str, ...]:
    """What to know of how a network was understood, with its name in front."""
    return tuple(f"{network.name}: {note}" for note in network.notes)
