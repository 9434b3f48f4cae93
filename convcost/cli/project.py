"""The options that name a project's files, which `check` and `lock` take."""

from __future__ import annotations

from typing import Annotated

import typer

BaseOption = Annotated[
    str | None,
    typer.Option(
        "--base",
        metavar="FILE|[git:]REF|none",
        help="What to measure growth from; else as the settings say, or convcost.lock if there.",
    ),
]
ConfigFile = Annotated[
    str | None,
    typer.Option(
        "--config",
        metavar="FILE",
        help="Settings; else the nearest convcost.toml, or pyproject.toml with [tool.convcost].",
    ),
]
SomePaths = Annotated[
    list[str] | None,
    typer.Argument(metavar="[SPEC...]", help="Spec files, or folders; else those in the settings."),
]
Cache = Annotated[
    str | None,
    typer.Option(
        "--cache",
        metavar="DIR|none",
        help="Where to keep what code came to; else the user's cache, and nowhere if CI is set.",
    ),
]
RunCode = Annotated[
    bool, typer.Option("--run-code", help="Run the code that the settings name, too.")
]
OtherConvention = Annotated[
    str | None,
    typer.Option(
        "--convention", metavar="NAME|FILE", help="How to count; else as the settings say: papers."
    ),
]
