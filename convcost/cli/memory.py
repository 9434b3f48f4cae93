"""`convcost memory`."""

from __future__ import annotations

from convcost.cli.network import Asked, about_network
from convcost.cli.setting import Align, Dtype, InPlace, Order, setting_in


@about_network("memory")
def memory(
    asked: Asked,
    dtype: Dtype = None,
    in_place: InPlace = None,
    align: Align = None,
    order: Order = None,
) -> None:
    """Activations in memory: what is alive at each step, and where it lies.

    \b
      convcost memory mobilenet_v2 --dtype int8 --in-place depthwise
      convcost memory unet --order best --format csv

    Norms and element-wise activations are written over their input. Weights are not counted, nor
    is what kernels need besides.
    """
    from convcost.metrics.memory import plan

    setting = setting_in(dtype, in_place, align, order)
    report = asked.report().under(setting)
    asked.answer(report, plan(report))
