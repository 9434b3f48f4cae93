"""The commands: name, where each lives, and its line in `convcost --help`.

Only the module of the command that is named is imported, so a command costs nothing to the
others' start-up. Its target is a function, or the `typer.Typer` of a group of commands made by
`convcost.cli.app.group`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Command(NamedTuple):
    """Where a command lives (`module:attribute`) and the first line of its docstring."""

    target: str
    help: str


COMMANDS: Mapping[str, Command] = {}
