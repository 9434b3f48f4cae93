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


COMMANDS: Mapping[str, Command] = {
    "compare": Command("convcost.cli.compare:compare", "The kinds side by side for one layer."),
    "explain": Command(
        "convcost.cli.explain:explain",
        "One kind: its formula, the numbers put in, stage by stage.",
    ),
    "kinds": Command("convcost.cli.kinds:kinds", "Every kind: formula, one line, source."),
    "eval": Command(
        "convcost.cli.eval:evaluate",
        "What networks cost: a table of layers and totals for each spec.",
    ),
    "check": Command("convcost.cli.check:check", "Hold networks to their budgets; for CI."),
    "zoo": Command("convcost.cli.zoo:zoo", "The networks that ship: input, params, MACs, paper."),
    "schema": Command(
        "convcost.cli.schema:schema", "JSON Schema of the spec language, for editors."
    ),
}
