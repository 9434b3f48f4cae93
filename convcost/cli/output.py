"""How results leave the program: in a format chosen by name, to a stream and to files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from convcost.cli.pictures import Render, refuse_pixels, renderer
from convcost.cli.problems import refuse
from convcost.cli.streams import write
from convcost.cli.terminal import ColorChoice, is_plain, wants_color, width
from convcost.errors import Problem, UsageError, collected
from convcost.text import quote
from convcost.views.formats import formats_of
from convcost.views.language import Language
from convcost.views.screen import PLAIN, Screen
from convcost.views.source import Source

Files = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        metavar="FORMAT=FILE",
        help="Write a format to a file as well; again for more: json=result.json.",
    ),
]
OutFile = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE, not to stdout.")
]
Force = Annotated[
    bool, typer.Option("--force", help="Replace FILE also where convcost did not write it.")
]


def format_option(result: str) -> Any:
    """The `--format` of the command of that name, with its formats in the help."""
    names = formats_of(result)
    return typer.Option(
        "--format", metavar="FORMAT", help=f"{', '.join(names[:-1])} or {names[-1]}."
    )


def printer(
    result: str, format_name: str, color: ColorChoice, outputs: Sequence[str] | None = None
) -> Callable[..., None]:
    """A function that writes a `result` to the files of `outputs` and to stdout.

    UsageError at once for an unknown format, and for files that cannot be meant. A file that
    cannot be written keeps nothing from stdout: that it could not is said after it.
    """
    render = renderer(result, format_name)
    wanted = files(result, outputs or ())
    refuse_pixels(format_name)

    def show(*args: Any, **options: Any) -> None:
        problems: list[Problem] = []
        for path, each in wanted.items():
            with collected(problems):
                write_output(each(*args, PLAIN, **options), path)
        write(render(*args, screen(color), **options))
        refuse(problems, color)

    return show


def files(
    result: str, texts: Sequence[str], find: Callable[[str, str], Render] = renderer
) -> dict[str, Render]:
    """What renders each file that `FORMAT=FILE` asks for; UsageError for what cannot be meant."""
    found: dict[str, Render] = {}
    for text in texts:
        name, equals, path = text.partition("=")
        if not equals or not path:
            raise UsageError(
                f'--output cannot read "{quote(text)}"',
                hint=f"write FORMAT=FILE; the formats are {', '.join(formats_of(result))}",
            )
        if path in found:
            raise UsageError(
                f'--output would write "{quote(path)}" twice', hint="give each format its own file"
            )
        found[path] = find(result, name)
    return found


def screen(color: ColorChoice) -> Screen:
    """What stdout is to be drawn on."""
    columns, is_colored = width(sys.stdout), wants_color(sys.stdout, color)
    if is_plain():
        return Screen(None, is_colored, plain=True, heard=columns is not None)
    return Screen(columns, is_colored)


def write_output(text: str | bytes, path: str | None) -> None:
    """Write `text` to the file `path`, whole, or to stdout where there is none.

    What is no text of an output language is a `Source` there. UsageError if it cannot be written.
    """
    if path is None:
        write(text if isinstance(text, (Language, bytes)) else Source(text))
        return
    from convcost.sources.outfile import write_file

    write_file(text, path)


def write_own(text: str, path: str | None, command: str, force: bool) -> None:
    """As `write_output`, with a mark in a file; UsageError for one that is there without, unless by
    `force`."""
    from convcost.emit.marks import is_marked, marked
    from convcost.sources.outfile import beginning

    there = beginning(path) if path and not force else ""
    if there and not is_marked(there):
        message = f"{quote(path or '', 4096)} is there, and convcost did not write it"
        raise UsageError(message, hint="--force replaces it, another name keeps it")
    write_output(marked(text, command) if path else text, path)
