"""Where a verdict goes: stdout, files, and what GitHub's runner reads besides."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from convcost.cli.output import files, screen, write_output
from convcost.cli.pictures import Render
from convcost.cli.streams import flush, write, write_error
from convcost.cli.terminal import ColorChoice
from convcost.errors import ConvcostError, Problem
from convcost.views.formats import TABLE, view
from convcost.views.screen import PLAIN

if TYPE_CHECKING:
    from convcost.budget import Verdict

FOR_PEOPLE = ("table", "concise", "total")
LARGEST_SUMMARY = 2**20


def publisher(
    format_name: str,
    outputs: Sequence[str],
    color: ColorChoice,
    verbose: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Callable[[Verdict], list[Problem]]:
    """A function that sends a verdict everywhere it is to go and returns what went wrong.

    UsageError at once for an unknown format and for files that cannot be meant.
    """
    render = _view("check", format_name, verbose)
    wanted = files("check", outputs, partial(_view, verbose=verbose))
    is_github = environ.get("GITHUB_ACTIONS") == "true"

    def publish(verdict: Verdict) -> list[Problem]:
        problems: list[Problem] = []
        for path, each in wanted.items():
            _try(problems, partial(_save, each, path, verdict))
        if is_github:
            summary = environ.get("GITHUB_STEP_SUMMARY", "")
            _try(problems, partial(_summarize, verdict, summary))
        _try(problems, partial(_show, verdict, format_name, render, color))
        if is_github and format_name != "github":
            _try(problems, partial(_annotate, verdict, format_name))
        return problems

    return publish


def _view(result: str, name: str, verbose: bool) -> Render:
    """What renders that format; the table alone leaves out what is not asked for."""
    found = view(result, name)
    return partial(found, verbose=True) if verbose and name == TABLE else found


def _try(problems: list[Problem], act: Callable[[], None]) -> None:
    try:
        act()
    except BrokenPipeError:
        problems.append(
            Problem("the reader of the output went away", hint="nobody has read the verdict")
        )
    except ConvcostError as error:
        problems += error.problems


def _save(render: Render, path: str, verdict: Verdict) -> None:
    write_output(render(verdict, PLAIN), path)


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
    from convcost.sources.outfile import append_to_file
    from convcost.views.check.comment import headline
    from convcost.views.markdown import blocks, bold

    text = view("check", "markdown")(verdict) or blocks([bold(headline(verdict))])
    if len(text.encode("utf-8", "backslashreplace")) > LARGEST_SUMMARY // 2:
        left_out = "Too much to show here; the log has all of it."
        text = blocks([bold(headline(verdict)), left_out])
    append_to_file(text, path)
