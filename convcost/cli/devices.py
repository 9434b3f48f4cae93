"""Options about what a network runs on, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.setting import setting_in
from convcost.cli.values import whole

if TYPE_CHECKING:
    from convcost.setting import Setting

Device = Annotated[
    str, typer.Option("--device", metavar="NAME|FILE", help="What it runs on: h100-sxm, stm32f746.")
]
MaybeDevice = Annotated[
    str | None,
    typer.Option("--device", metavar="NAME|FILE", help="What it takes there at least, too."),
]
Batch = Annotated[str, typer.Option("--batch", metavar="N", help="Inputs at once.")]
MaybeBatch = Annotated[str | None, typer.Option("--batch", metavar="N", help="Inputs at once.")]
RunOn = Annotated[
    str | None,
    typer.Option("--device", metavar="NAME|FILE", help="What least_time is on: h100-sxm, t4."),
]
Dram = Annotated[
    bool, typer.Option("--dram", help="Energy is also that of all bytes moved, from DRAM.")
]


def setting_of(batch: str, dtype: str | None, device: str | None = None) -> Setting:
    """How a network is run, and on what; UsageError for no batch, no dtype, or no device."""
    made = setting_in(dtype)._replace(batch=whole("--batch", batch))
    if device is None:
        return made
    from convcost.sources.devices import find_device

    return made._replace(device=find_device(device))
