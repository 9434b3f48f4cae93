"""`--convention`: by which convention a command counts."""

from __future__ import annotations

from typing import Annotated

import typer

DEFAULT = "papers"  # that of convcost.sources.counting, whose import the help does not wait for
Counted = Annotated[
    str,
    typer.Option(
        "--convention",
        metavar="NAME|FILE",
        help="How to count: papers, torch, torchvision, fvcore, thop, ptflops, torchinfo, "
        "torchprofile, or a YAML file of your own.",
    ),
]
