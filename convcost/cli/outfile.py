"""The `-o` of commands that make a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from convcost.cli.terminal import write

OutFile = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE, not to stdout.")
]


def deliver(text: str, path: str | None) -> None:
    """Write `text` to the file `path`, in UTF-8, or to stdout where there is none."""
    if path is None:
        write(text)
    else:
        Path(path).write_text(text, encoding="utf-8", newline="\n")
