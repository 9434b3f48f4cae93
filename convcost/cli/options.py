"""Options that several commands take, each spelled once."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.terminal import ColorChoice

Color = Annotated[
    ColorChoice,
    typer.Option("--color", help="Colour the output; auto: on a terminal, unless NO_COLOR is set."),
]
