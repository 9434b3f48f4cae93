"""`--convention`: by which convention a command counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from convcost.cli.specs import Batch
    from convcost.conventions import Convention

DEFAULT = "papers"
Counted = Annotated[
    str,
    typer.Option(
        "--convention",
        metavar="NAME|FILE",
        help="How to count: papers, torch, torchvision, fvcore, thop, ptflops, torchinfo, "
        "torchprofile, or a YAML file of your own.",
    ),
]


def convention_of(text: str, root: str = "") -> Convention:
    """The convention that ships by that name, or the one in that file, below `root` if given.

    UsageError for neither, SpecError for a file that holds none.
    """
    from convcost.project.config import is_convention_file

    if is_convention_file(text):
        from convcost.sources.conventions import read_convention

        return read_convention(text, root)
    from convcost.conventions import find

    return find(text)


def other_convention(text: str, root: str = "") -> Convention | None:
    """The convention to count by, None for the default, by which everything is counted already."""
    return None if text == DEFAULT else convention_of(text, root)


def counted(batch: Batch, convention: Convention | None) -> Batch:
    """The same specs counted by `convention`, or as they are."""
    if convention is None:
        return batch
    from convcost.conventions import apply

    specs = tuple(spec._replace(report=apply(spec.report, convention)) for spec in batch.specs)
    return batch._replace(specs=specs)
