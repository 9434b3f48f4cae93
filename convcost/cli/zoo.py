"""`convcost zoo`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer


def zoo(
    words: Annotated[
        str, typer.Option("--search", metavar="WORDS", help="Those that have all of these words.")
    ] = "",
    output_format: Annotated[str, format_option("zoo")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """The networks that ship: input, params, MACs, paper.

    \b
      convcost zoo
      convcost zoo --search 'keyword spotting'
      convcost eval mobilenet_v1 --set alpha=0.5

    The other commands take their names wherever they take a spec. A search goes through names,
    papers with their years, tasks and building blocks.
    """
    show = printer("zoo", output_format, color, outputs)
    from convcost.sources.exhibits import exhibits, search

    show(search(exhibits(), words))
