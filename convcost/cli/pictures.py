"""How pictures leave the program: as SVG, or as PNG."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.output import write_output
from convcost.cli.streams import named_failure
from convcost.errors import UsageError
from convcost.spelling import did_you_mean
from convcost.text import quote

if TYPE_CHECKING:
    from convcost.views.pictures.svg import Svg

PICTURES = ("svg", "png")
PictureFormat = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="FORMAT", help="svg or png; default: what FILE ends with, or svg."
    ),
]


def write_picture(picture: Svg, format_name: str | None, path: str | None) -> None:
    """Write a picture to the file `path`, or to stdout: in the format of that name, or in that
    which `path` ends with, or as SVG. UsageError for another, and for PNG on a terminal."""
    name = format_name or ("png" if (path or "").lower().endswith(".png") else "svg")
    if name not in PICTURES:
        raise UsageError(
            f'pictures have no format "{quote(name)}"',
            hint=did_you_mean(name, PICTURES) or f"the formats are {' and '.join(PICTURES)}",
        )
    if name == "svg":
        write_output(picture, path)
        return
    if path is None and sys.stdout.isatty():
        raise UsageError("a terminal shows no PNG", hint="-o FILE writes it to a file")
    from convcost.views.pictures.png import png

    data = png(picture)
    if path is None:
        with named_failure():
            sys.stdout.buffer.write(data)
        return
    from convcost.sources.outfile import write_file

    write_file(data, path)
