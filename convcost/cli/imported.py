"""What the commands of `import` do with a network once it is read: print it, write it, hold a spec
against it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from convcost.cli.exits import FINE, OVER_BUDGET
from convcost.cli.inputs import Input, Rules, given_in, read_told, tell
from convcost.cli.output import printer, write_own
from convcost.cli.specs import tell_unknown
from convcost.cli.terminal import ColorChoice
from convcost.emit.marks import IMPORTED
from convcost.errors import UsageError
from convcost.text import quote, with_article
from convcost.views.text import Printable

if TYPE_CHECKING:
    from convcost.cost import Report
    from convcost.network import Network


def read_file(path: str, input_shape: Input, rules: Rules) -> Network:
    """The network in a file of a framework."""
    from convcost.sources import SpecFile

    return read_told(SpecFile(path), {}, given_in(input_shape, None, None, rules)).network


def refuse_other(path: str, framework: str) -> None:
    """UsageError for a file that is, by its name, of another framework."""
    from convcost.sources.frameworks import framework_of

    found = framework_of(path)
    if found and found.name != framework:
        told = f"{quote(path)} is {with_article(found.name)} file by its name"
        raise UsageError(told, hint=f"convcost import {found.word} reads those")


def deliver(
    network: Network,
    framework: str,
    target: str,
    output: str | None,
    force: bool,
    held: str | None,
    strict: bool,
    color: ColorChoice,
) -> None:
    """The spec of `network`, or what differs between the spec in the file `held` and that."""
    from convcost.emit.spec import proven_text
    from convcost.gaps import said_of

    if held and output:
        raise UsageError("--check and --output cannot both be had")
    text, again = proven_text(network, Printable(f"{IMPORTED} {framework}: {target}"), target)
    code = _compare(held, again, color) if held else FINE
    if not held:
        write_own(text, output, "import", force)
    tell(said_of(network))
    tell_unknown([again], color, strict)
    raise typer.Exit(code)


def _compare(path: str, imported: Report, color: ColorChoice) -> int:
    """The exit code, once people can read what differs."""
    from convcost import diff, evaluate, load

    found = diff(evaluate(load(Path(path))), imported)
    printer("diff", "table", color)(found)
    return OVER_BUDGET if found.changes else FINE
