"""`convcost kinds`."""

from __future__ import annotations

from typing import Annotated

from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer


def kinds(
    output_format: Annotated[str, format_option("kinds")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """Every kind: formula, one line, source.

    \b
      convcost kinds
      convcost kinds --format json
    """
    from convcost.kinds import REGISTRY

    printer("kinds", output_format, color, outputs)(list(REGISTRY.values()))
