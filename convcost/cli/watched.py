"""What a person sees of a network that is watched: at the terminal, and in a browser."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from convcost.cli import streams
from convcost.cli.failures import failure
from convcost.cli.inputs import tell
from convcost.cli.output import printer
from convcost.cli.problems import problem_text
from convcost.cli.specs import tell_unknown
from convcost.cli.terminal import ColorChoice, can_clear
from convcost.gaps import said_of
from convcost.views.text import Printable

if TYPE_CHECKING:
    from convcost.cli.serving import Pages
    from convcost.functions.watching import Seen

_CLEARED, _APART = Printable.of("\x1b[H\x1b[2J"), Printable.of("\n")


def show(seen: Seen, asked: Sequence[str], color: ColorChoice) -> None:
    """What a person at the terminal sees: a screen full of it, or why it is not to be had."""
    if seen.error:
        failed = failure(seen.error)
        text = problem_text(failed.problems, color)
        streams.write_error(Printable().join((text, failed.trace)))
    elif seen.report:
        streams.write(_CLEARED if can_clear(sys.stdout) else _APART if seen.diff else Printable())
        printer("eval", "table", color)([seen.report], metrics=asked)
        if seen.diff:
            streams.write(_APART)
            printer("diff", "table", color)(seen.diff, metrics=asked)
        streams.flush()
        tell(said_of(seen.report))
        tell_unknown([seen.report], color)


def put(seen: Seen, pages: Pages) -> None:
    """The same for a browser, which keeps what was there where there is nothing to be had."""
    from convcost.views.report import Shown, render

    if seen.error:
        below = ["below is what it was before"] if seen.report else []
        pages.show(None, "\n".join([*map(str, seen.error.problems), *below]), is_wrong=True)
    elif seen.report:
        pages.show(render([Shown(seen.report, seen.diff)]), f"as it was at {_now()}")


def standing(path: str, pages: Pages | None) -> Sequence[str]:
    """Where everything is, and how it ends."""
    served = [f"the report is at {pages.address}"] if pages else []
    return [*served, f"watching {path}, as it was at {_now()}; Ctrl-C ends"]


def _now() -> str:
    return f"{datetime.now():%H:%M:%S}"
