"""`convcost init`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost import __version__
from convcost.cli.inputs import notes
from convcost.cli.options import Color
from convcost.cli.problems import refuse
from convcost.cli.streams import write, write_error
from convcost.views.text import Printable, lined

Margin = Annotated[
    str, typer.Option("--margin", metavar="SHARE", help="How much more than today is allowed.")
]


def init(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SPEC...]", help="Spec files, or folders; else all below here."),
    ] = None,
    margin: Margin = "5%",
    color: Color = "auto",
) -> None:
    """Write convcost.toml with budgets for the specs there are.

    \b
      convcost init
      convcost init specs --margin 10%

    Budgets are what networks cost today and a margin, rounded up to three digits. What to paste
    into CI is printed.
    """
    from convcost.project.init import init_project

    made = init_project(paths=paths or (), margin=margin)
    said = [f"left out: {problem}" for problem in made.left_out]
    said += (
        f"{spec}: no budget of {metric}, of which not all is known: {status.why}"
        for spec, metric, status in made.doubts
    )
    write_error(notes(said))
    refuse(made.problems, color)
    plural = "s" * (len(made.budgets) != 1)
    done = f"{made.path}: budgets of {len(made.budgets)} network{plural}, {margin} above today"
    write(Printable.of("{}\n{}", done, lined(_PASTE.split("\n"))))


_PASTE = f"""
GitHub Actions, in a job:

    permissions:
      contents: read
    steps:
      - uses: actions/checkout@34e114876b0b11c390a56381ad16ebd13914f8d5 # v4.3.1
        with: {{fetch-depth: 0, persist-credentials: false}}
      - uses: actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0
        with: {{python-version: "3.13"}}
      - run: pip install convcost=={__version__}
      - run: convcost check

GitLab CI:

    convcost:
      image: python:3.13-slim
      script:
        - pip install convcost=={__version__}
        - convcost check --output gitlab=convcost.json --output junit=convcost.xml
      artifacts:
        when: always
        reports: {{codequality: convcost.json, junit: convcost.xml}}

.pre-commit-config.yaml:

    repos:
      - repo: local
        hooks:
          - id: convcost-check
            name: convcost check
            entry: convcost check
            language: python
            additional_dependencies: ["convcost=={__version__}"]
            pass_filenames: false
"""
