"""Options about what figures in bytes are under."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.errors import UsageError
from convcost.setting import FP32, Setting

Dtype = Annotated[
    str | None,
    typer.Option(
        "--dtype",
        metavar="DTYPE",
        help="What bytes are counted in: fp32, fp16, bf16, int8, int4...; or apart: weights=int8.",
    ),
]

InPlace = Annotated[
    str | None,
    typer.Option(
        "--in-place",
        metavar="OP,...",
        help="Write these over an input, too: add, depthwise, accumulate.",
    ),
]
Align = Annotated[
    str | None, typer.Option("--align", metavar="BYTES", help="Buffers start at multiples of that.")
]
Order = Annotated[
    str | None,
    typer.Option(
        "--order", metavar="written|best", help="As written, or in the order of the lowest peak."
    ),
]


def setting_in(
    dtype: str | None,
    in_place: str | None = None,
    align: str | None = None,
    order: str | None = None,
    made: Setting = FP32,
) -> Setting:
    """The setting that these options ask for, else as it is `made`; UsageError for what none can
    have."""
    given = {"dtype": dtype, "in-place": in_place, "align": align, "order": order}
    for key, text in given.items():
        if text is not None:
            try:
                made = made.with_word(key, text)
            except UsageError as error:
                raise UsageError(*error.at(None, f"--{key}: ")) from None
    return made
