"""Options about what a network runs on, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.values import whole
from convcost.errors import UsageError

if TYPE_CHECKING:
    from convcost.metrics.traffic import Run

Device = Annotated[
    str, typer.Option("--device", metavar="NAME|FILE", help="What it runs on: h100-sxm, stm32f746.")
]
Dtype = Annotated[
    str, typer.Option("--dtype", metavar="NAME", help="What it computes in: fp32, fp16, int8.")
]
Batch = Annotated[str, typer.Option("--batch", metavar="N", help="Inputs at once.")]


def run_in(batch: str, dtype: str) -> Run:
    """How a network is run; UsageError for no batch, or no dtype."""
    from convcost.metrics.traffic import Run
    from convcost.setting import BITS
    from convcost.spelling import did_you_mean
    from convcost.text import quote

    if dtype not in BITS:
        hint = did_you_mean(dtype, BITS) or f"the dtypes are {', '.join(BITS)}"
        raise UsageError(f'unknown dtype "{quote(dtype)}"', hint=hint)
    return Run(whole("--batch", batch), dtype, dtype)
