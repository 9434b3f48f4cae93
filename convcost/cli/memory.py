"""`convcost memory`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.network import Asked, about_network
from convcost.cli.setting import Align, Dtype, InPlace, Order, setting_in
from convcost.cli.values import per_dim
from convcost.errors import UsageError


@about_network("memory")
def memory(
    asked: Asked,
    dtype: Dtype = None,
    in_place: InPlace = None,
    align: Align = None,
    order: Order = None,
    patches: Annotated[
        str | None,
        typer.Option("--patches", metavar="RxC", help="The first layers in patches: 3x3."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="LAYER", help="The last one in patches; else the best."),
    ] = None,
) -> None:
    """Activations in memory: what is alive at each step, and where it lies.

    \b
      convcost memory mobilenet_v2 --dtype int8 --in-place depthwise
      convcost memory unet --order best --format csv
      convcost memory mobilenet_v2 --dtype int8 --patches 4x4 --until 'stage3[0].project'

    Norms and element-wise activations are written over their input. Weights are not counted, nor
    is what kernels need besides. With patches, the first layers run on a part of the input at a
    time, and what overlaps is computed again.
    """
    if until is not None and patches is None:
        raise UsageError("--until goes with --patches", hint="say how many: --patches 3x3")
    from convcost.metrics.memory import plan
    from convcost.metrics.patches import patched

    setting = setting_in(dtype, in_place, align, order)
    grid = None if patches is None else per_dim("--patches", patches)
    report = asked.report().under(setting)
    asked.answer(report, plan(report) if grid is None else patched(report, grid, until or ""))
