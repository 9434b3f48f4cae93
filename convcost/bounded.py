"""A comparison on a device: what each kind takes there at least, and what binds it."""

from __future__ import annotations

from convcost.comparison import Comparison, Row
from convcost.cost import Report, evaluate
from convcost.device import Device
from convcost.errors import UsageError
from convcost.metrics.roofline import network_bound, roof
from convcost.network import Builder
from convcost.ops.base import Shape
from convcost.setting import Setting


def on_device(comparison: Comparison, device: Device, setting: Setting) -> Comparison:
    """The same rows with what each takes at least on `device`, run as `setting` says: its
    operations, or its input and output and what else cannot stay on the chip.

    UsageError without a size, and where the device bounds nothing.
    """
    question = comparison.question
    if question.size is None:
        message = "what a layer takes on a device depends on its size"
        raise UsageError(message, hint="give the size of its input: --size 56x56")
    shape = (question.n, *question.size)
    found = roof(device, setting)
    rows = (
        row if row.error else row._replace(bound=network_bound(_alone(row, shape), setting, found))
        for row in comparison.rows
    )
    return comparison._replace(rows=tuple(rows), device=device.name)


def _alone(row: Row, shape: Shape) -> Report:
    """The layer of a row as a network of its own."""
    builder = Builder(row.kind, shape)
    builder.add(row.kind.partition("[")[0], row.fields)
    return evaluate(builder.network())
