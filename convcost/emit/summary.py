"""What code of any framework says of a network, and returns of it."""

from __future__ import annotations

import re

from convcost.cost import Report
from convcost.emit.pytorch.functional import known_by_name
from convcost.network import Network
from convcost.ops.base import format_shape
from convcost.status import status_of
from convcost.text import listed

_NO_WORD = re.compile(r"[^\w.]+", re.ASCII)


def described(network: Network, report: Report) -> str:
    """What the code of a network says of it."""
    doc = (
        f"{_amount(report, 'params')} parameters, {_amount(report, 'macs')} multiply-adds for an "
        f"input of {format_shape(network.input or ())}."
    )
    return doc[0].upper() + doc[1:] + _left_to_write(report)


def _left_to_write(report: Report) -> str:
    """The operations that are known by name alone, in whose place stands what has their shape."""
    found = {known_by_name(stage.op) for layer in report.layers for stage in layer.stages}
    # A name out of a file may hold what would end the docstring.
    names = sorted({_NO_WORD.sub("_", name) for name in found if name is not None})
    return f" Known by name alone, and left to write: {listed(names)}." if names else ""


def _amount(report: Report, metric: str) -> str:
    """`at least 1,280`, or the number alone where it is complete."""
    state = status_of(report.status, metric).state
    said = f"{getattr(report, metric):,}"
    return said if state == "complete" else f"{state} {said}"


def ends_of(network: Network) -> tuple[int, ...]:
    """The layers that none follows, but for parameters that nothing uses: what is returned."""
    followed = {source for layer in network.layers for source in layer.inputs}
    last = len(network.layers) - 1
    return tuple(
        at
        for at, layer in enumerate(network.layers)
        if at == last or (at not in followed and layer.kind not in ("parameter", "constant"))
    )
