"""`convcost fit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from convcost.cli.devices import Device
from convcost.cli.exits import FINE, OVER_BUDGET
from convcost.cli.network import Asked, about_network
from convcost.cli.problems import refuse
from convcost.cli.setting import Align, Dtype, InPlace, Order, setting_in
from convcost.errors import Problem

if TYPE_CHECKING:
    from convcost.metrics.fit import Part


@about_network("fit")
def fit(
    asked: Asked,
    device: Device,
    dtype: Dtype = None,
    in_place: InPlace = None,
    align: Align = None,
    order: Order = None,
) -> None:
    """Whether a network fits a device: weights against flash, activations against SRAM.

    \b
      convcost fit mlperf_tiny_vww --device stm32f746 --dtype int8
      convcost fit mobilenet_v2 --device ./board.yaml --dtype int8 --in-place depthwise

    The exit code is 0 if it fits, 1 if it does not, and 2 if that cannot be told.
    """
    from convcost.metrics.fit import fit as fitted
    from convcost.sources.devices import find_device

    setting, chosen = setting_in(dtype, in_place, align, order), find_device(device)
    made = fitted(asked.report().under(setting), chosen)
    asked.answer(made.report, made)
    if made.fits is None:
        open_parts = [part for part in made.parts if part.fits is None]
        found = dict.fromkeys(_undecided(part, chosen.name) for part in open_parts)
        refuse([*found], asked.color)
    raise typer.Exit(FINE if made.fits else OVER_BUDGET)


def _undecided(part: Part, device: str) -> Problem:
    said = "it cannot be told whether it fits"
    if part.there is None:
        hint = f"a file of your own can: --device ./board.yaml with memory: {{{part.memory}: 1MiB}}"
        return Problem(f"{said}: {device} does not say its {part.memory}", hint=hint)
    is_unknown = part.status.state == "at least"
    hint = "--with can say what it costs; in a spec macs, activations and counted do"
    return Problem(f"{said}: {part.status.why}", hint=hint if is_unknown else "")
