"""`convcost init`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli.exits import FINE, OVER_BUDGET
from convcost.cli.inputs import Arguments, Input, notes
from convcost.cli.options import Color
from convcost.cli.output import screen
from convcost.cli.problems import refuse
from convcost.cli.streams import write, write_error
from convcost.cli.values import assignments
from convcost.views.formats import view
from convcost.views.pasted import lines_for_ci
from convcost.views.text import Printable

Margin = Annotated[
    str | None,
    typer.Option(
        "--margin",
        metavar="SHARE",
        help="Budgets with that much room; 5% where there is no lock file.",
    ),
]
Lock = Annotated[
    bool, typer.Option("--lock", help="Record what networks cost, and let nothing grow from that.")
]
Install = Annotated[
    str,
    typer.Option(
        "--install", metavar="PATH|URL", help="Where CI gets convcost from, for the printed lines."
    ),
]


def init(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SPEC...]", help="Spec files, or folders; else all below here."),
    ] = None,
    lock: Lock = False,
    input_shape: Input = None,
    arguments: Arguments = None,
    margin: Margin = None,
    install: Install = "",
    color: Color = "auto",
) -> None:
    """Write convcost.toml with limits for the specs there are.

    \b
      convcost init --lock
      convcost init specs --margin 10%
      convcost init torch:nets:build --input 3x32x32

    With --lock the limits are what networks cost today, which is recorded in convcost.lock. Without
    it, and where there is no lock file, they are budgets of that and a margin, rounded up to three
    digits. What to paste into CI is printed; --install says where it gets convcost from.
    """
    from convcost.project.init import MARGIN, init_project

    made = init_project(
        paths=paths or (),
        margin=margin,
        lock=lock,
        input_shape=input_shape,
        arguments=assignments("--arg", arguments or ()),
    )
    said = [f"left out: {problem}" for problem in made.left_out]
    said += (
        f"{spec}: no budget of {metric}, of which not all is known: {status.why}"
        for spec, metric, status in made.doubts
    )
    said += (f"{each} is code: check and lock run it with --run-code alone" for each in made.code)
    write_error(notes(said))
    refuse(made.problems, color)
    if made.lock:
        write(view("lock", "table")(made.lock.updates, (), made.lock.path, screen(color)))
    what = f"budgets, {margin or MARGIN} above today" if made.budgets else "held to the lock file"
    plural = "s" * (made.specs != 1)
    done = f"{made.path}: {made.specs} network{plural}, {what}"
    write(Printable.of("{}\n{}", done, lines_for_ci(install)))
    raise typer.Exit(OVER_BUDGET if made.lock and made.lock.grown else FINE)
