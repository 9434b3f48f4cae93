"""Where a verdict goes: stdout, files, and what GitHub's runner reads besides."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from convcost.cli.outfile import append, deliver
from convcost.cli.output import screen
from convcost.cli.terminal import ColorChoice, flush, write, write_error
from convcost.errors import ConvcostError, Problem, UsageError
from convcost.text import shown
from convcost.views.formats import FORMATS, view
from convcost.views.language import Language
from convcost.views.screen import PLAIN, Screen

if TYPE_CHECKING:
    from convcost.budget import Verdict

Files = Annotated[
    list[str] | None,
    typer.Option(
        "--output",
        metavar="FORMAT=FILE",
        help="Write a format to a file as well; again for more: junit=report.xml.",
    ),
]
FOR_PEOPLE = ("table", "concise", "total")
LARGEST_SUMMARY = 2**20

Render = Callable[["Verdict", Screen], Language]


class _File(NamedTuple):
    path: str
    render: Render


def publisher(
    format_name: str,
    files: Sequence[str],
    color: ColorChoice,
    environ: Mapping[str, str] = os.environ,
) -> Callable[[Verdict], list[Problem]]:
    """A function that sends a verdict everywhere it is to go and returns what went wrong.

    UsageError at once for an unknown format and for files that cannot be meant.
    """
    render = view("check", format_name)
    wanted = _files(files)
    is_github = environ.get("GITHUB_ACTIONS") == "true"

    def publish(verdict: Verdict) -> list[Problem]:
        problems: list[Problem] = []
        for file in wanted:
            _try(problems, partial(_save, file, verdict))
        if is_github:
            path = environ.get("GITHUB_STEP_SUMMARY", "")
            _try(problems, partial(_summarize, verdict, path))
        _try(problems, partial(_show, verdict, format_name, render, color))
        if is_github and format_name != "github":
            _try(problems, partial(_annotate, verdict, format_name))
        return problems

    return publish


def _files(texts: Sequence[str]) -> list[_File]:
    files: dict[str, _File] = {}
    for text in texts:
        name, equals, path = text.partition("=")
        if not equals or not path:
            raise UsageError(
                f'--output cannot read "{shown(text)}"',
                hint=f"write FORMAT=FILE; the formats are {', '.join(FORMATS['check'])}",
            )
        if path in files:
            raise UsageError(
                f'--output would write "{shown(path)}" twice', hint="give each format its own file"
            )
        files[path] = _File(path, view("check", name))
    return list(files.values())


def _try(problems: list[Problem], act: Callable[[], None]) -> None:
    try:
        act()
    except BrokenPipeError:
        problems.append(
            Problem("the reader of the output went away", hint="nobody has read the verdict")
        )
    except ConvcostError as error:
        problems += error.problems


def _save(file: _File, verdict: Verdict) -> None:
    deliver(file.render(verdict, PLAIN), file.path)


def _show(verdict: Verdict, format_name: str, render: Render, color: ColorChoice) -> None:
    # People read what could not be checked on stderr.
    if format_name in FOR_PEOPLE and not (verdict.findings or verdict.changes):
        return
    write(render(verdict, screen(color)))
    flush()


def _annotate(verdict: Verdict, format_name: str) -> None:
    text = view("check", "github")(verdict, PLAIN)
    if format_name in FOR_PEOPLE:
        write(text)
        flush()
    else:
        write_error(text)  # which GitHub reads as well, and leaves stdout to the format


def _summarize(verdict: Verdict, path: str) -> None:
    """Add to the job's summary, which holds no more than `LARGEST_SUMMARY` bytes."""
    if not path:
        return
    from convcost.views.check.markdown import headline, render
    from convcost.views.markdown import blocks

    text = render(verdict) or blocks([headline(verdict)])
    if len(text.encode("utf-8", "backslashreplace")) > LARGEST_SUMMARY // 2:
        text = blocks([headline(verdict), "Too much to show here; the log has all of it."])
    append(text, path)
