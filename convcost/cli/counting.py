"""`--convention`: by which convention a command counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from convcost.cli.specs import Batch
    from convcost.conventions import Convention

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


def counted(batch: Batch, convention: Convention | None) -> Batch:
    """The same specs counted by `convention`, or as they are."""
    if convention is None:
        return batch
    from convcost.conventions import apply

    specs = tuple(spec._replace(report=apply(spec.report, convention)) for spec in batch.specs)
    return batch._replace(specs=specs)
