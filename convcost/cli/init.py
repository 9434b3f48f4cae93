"""`convcost init`."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

import typer

from convcost import __version__
from convcost.cli.options import Color
from convcost.cli.outfile import deliver
from convcost.cli.specs import notes
from convcost.cli.terminal import write, write_error
from convcost.errors import SpecError, UsageError
from convcost.quantity import LARGEST
from convcost.sources.project.globs import find
from convcost.views.text import Printable, lined

if TYPE_CHECKING:
    from convcost.sources import Target

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
    from convcost.quantity import parse_share
    from convcost.sources.project.config import OWN, find_config

    share = parse_share(margin)
    if os.path.lexists(OWN) or find_config(os.curdir):
        raise UsageError(
            f"there are settings already: {find_config(os.curdir) or OWN}",
            hint='edit them, and see what "convcost check" says',
        )
    rows, unlimited = _rows(paths or [], share)
    write_error(notes(unlimited))
    if not rows:
        raise UsageError("no figure of any spec here is complete", hint='try "convcost lock"')
    deliver(_settings(rows, share), OWN)
    plural = "s" * (len(rows) != 1)
    said = f"{OWN}: budgets of {len(rows)} network{plural}, {margin} above today"
    write(Printable.of("{}\n{}", said, lined(_PASTE.split("\n"))))


def _rows(paths: list[str], share: Fraction) -> tuple[dict[str, dict[str, str]], list[str]]:
    """For each spec, the text of each limit; and why figures that are not complete get none."""
    from convcost.cli.project import key_of
    from convcost.cost import evaluate
    from convcost.metrics import USUAL
    from convcost.quantity import written
    from convcost.sources import find_specs, read
    from convcost.sources.project.config import leads_out

    found = find_specs(paths) if paths else _likely(find_specs([os.curdir]))
    if not found:
        raise UsageError("there are no specs here", hint="name them, or the folder they are in")
    rows: dict[str, dict[str, str]] = {}
    unlimited = []
    for target in found:
        key = key_of(target, os.getcwd()).removeprefix("./")
        if leads_out(key):
            raise UsageError(
                f"{target} does not lie below this folder", hint="go to a folder above"
            )
        report = evaluate(read(target).network)
        amounts = {name: report.figure(name) for name in USUAL if name not in report.status}
        limits = {
            metric: written(_rounded_up(amount + amount * share))
            for metric, amount in amounts.items()
        }
        rows |= {key: limits} if limits else {}
        unlimited += [
            f"{key}: no budget of {metric}, of which not all is known: {status.why}"
            for metric, status in report.status.items()
        ]
    return dict(sorted(rows.items())), unlimited


def _likely(targets: list[Target]) -> list[Target]:
    """Those that might be meant as specs; what cannot be looked at is said."""
    from convcost.sources import SpecFile
    from convcost.sources.locate import looks_like_spec

    found: list[Target] = []
    for target in targets:
        try:
            if isinstance(target, SpecFile) and looks_like_spec(target):
                found.append(target)
        except SpecError as error:
            write_error(Printable.of("note: left out: {}", str(error.problems[0])))
    return found


def _rounded_up(amount: Fraction) -> int:
    """The next whole number with three significant digits, or the largest limit there may be."""
    whole = -(-amount.numerator // amount.denominator)
    step: int = 10 ** max(0, len(str(whole)) - 3)
    return min(-(-whole // step) * step, LARGEST - 1)


def _settings(rows: dict[str, dict[str, str]], share: Fraction) -> str:
    lines = [
        f"# What networks may cost: {float(100 * share):g}% above what they did when this was",
        '# written. "convcost check" holds them to it; edit as you like.',
        "specs = [",
        *(f"  {_quoted(pattern)}," for pattern in patterns(list(rows))),
        "]",
    ]
    for path, limits in rows.items():
        lines += ["", f"[budgets.{_quoted(path)}]"]
        lines += [f"{metric} = {_quoted(limit)}" for metric, limit in limits.items()]
    return "\n".join([*lines, ""])


def patterns(paths: list[str]) -> list[str]:
    """Patterns for just these specs: a folder's, so that a new spec in it is guarded too, unless
    it also has YAML files that are no specs."""
    found: dict[str, None] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        pattern = f"{folder}/*{os.path.splitext(name)[1]}".lstrip("/")
        inside = find(pattern, os.curdir, os.curdir)
        found[pattern if folder and set(inside) <= set(paths) else path] = None
    return list(found)


def _quoted(text: str) -> str:
    r"""A TOML string; what a path may hold and a string may not is escaped (a path is printable,
    see `leads_out`)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


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
