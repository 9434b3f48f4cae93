"""What of a network convcost does not know, in words."""

from __future__ import annotations

from collections import Counter

from convcost.cost import Report


def unknown_lines(report: Report) -> list[str]:
    """One line for each unknown operation: how often it is there, and which share of all; and one
    for each metric that is off for another reason."""
    if not report.status:
        return []
    from convcost.ops.tensors import Unknown  # what is understood does not wait for it

    ops = [stage.op for layer in report.layers for stage in layer.stages]
    counts = Counter(op.sort for op in ops if isinstance(op, Unknown))
    lines = [
        f"{report.name}: {name}, {count} of {len(ops)} operations "
        f"({100 * count / len(ops):.1f} %), is unknown and counted as nothing"
        for name, count in counts.most_common()
    ]
    rest = [
        f"{report.name}: {metric} are {status.state} what is shown: {status.why}"
        for metric, status in report.status.items()
        if status.state != "at least"
    ]
    return lines + rest
