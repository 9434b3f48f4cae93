"""Which layers widen a receptive field, and by how much."""

from __future__ import annotations

from collections.abc import Sequence

from convcost.cost import Report
from convcost.metrics.flow import Flow, flow_of
from convcost.metrics.sight import Sight, sights

_MOST_NAMED = 6


def widening(flow: Flow, found: Sequence[Sight], tensor: int) -> list[tuple[int, int]]:
    """How many positions each layer adds to what a tensor sees along the axis of which it sees
    most, from the last one on, following the input that sees most. With the one that is there at
    first they add up to its size, which is not 0."""
    makers = {step.out: step for step in flow.steps}
    sizes = [axis.size for axis in found[tensor].axes]
    added: list[tuple[int, int]] = []
    axis = sizes.index(max(sizes))

    def size(each: int) -> int:
        return found[each].axes[axis].size if found[each].axes else 0

    while (step := makers.get(tensor)) and step.ins:
        source = max(step.ins, key=size)
        if more := size(tensor) - size(source):
            added.append((step.layer, more))
        tensor = source
    return added


def terms(report: Report) -> str:
    """`1 + 2 of stem + 2 of pool`: what each layer adds along the way to the widest view."""
    flow = flow_of(report)
    found = sights(flow)
    widest = max(flow.outs, key=lambda tensor: found[tensor].size, default=None)
    if widest is None or not found[widest].size:
        return ""
    more: dict[str, int] = {}
    for layer, added in reversed(widening(flow, found, widest)):
        name = report.layers[layer].name
        more[name] = more.get(name, 0) + added
    named = [f"{added:,} of {name}" for name, added in more.items()]
    left = sum([*more.values()][_MOST_NAMED:])
    rest = [f"{left:,} of {len(named) - _MOST_NAMED} more"] * (len(named) > _MOST_NAMED)
    return " + ".join(["1", *named[:_MOST_NAMED], *rest])
