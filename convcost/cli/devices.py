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


def setting_of(batch: str, dtype: str | None) -> Setting:
    """How a network is run; UsageError for no batch, or no dtype."""
    return setting_in(dtype)._replace(batch=whole("--batch", batch))
