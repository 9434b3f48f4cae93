"""What of a network is not understood, as values: operations without a rule, figures in doubt; and
how it was."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from convcost.cost import Report
from convcost.status import Status

if TYPE_CHECKING:
    from convcost.network import Network


class UnknownOps(NamedTuple):
    """Operations of one sort that have no rule and are counted as nothing: `times` of all `ops`."""

    network: str
    sort: str
    times: int
    ops: int


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

    ops = [stage.op for layer in report.layers for stage in layer.stages]
    counts = Counter(op.sort for op in ops if isinstance(op, Unknown) and op.is_open)
    unknown = (UnknownOps(report.name, *pair, len(ops)) for pair in counts.most_common())
    doubts = (
        Doubt(report.name, metric, status)
        for metric, status in report.status.items()
        if status.state != "at least"
    )
    return (*unknown, *doubts)


def said_of(network: Network | Report) -> tuple[str, ...]:
    """What to know of how a network was understood, with its name in front."""
    return tuple(f"{network.name}: {note}" for note in network.notes)
