"""What a shell offers when Tab is pressed: commands, options, kinds, networks and other names.

Typer writes the scripts (`convcost --show-completion`), which call the program with a variable set
and no more; nothing of this is imported otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import typer
from typer.core import TyperGroup

from convcost.cli.app import PROGRAM, app_of
from convcost.cli.commands import COMMANDS
from convcost.cli.exits import BAD_INPUT
from convcost.cli.nearby import WORDS, Item
from convcost.cli.offers import OFFERS, Offer
from convcost.cli.program import listing

# Shells read what is offered as commands of theirs; a name that could be one is not offered.
_SAFE = re.compile(r"[\w./+@=,\[\]-]+")


def complete() -> int:
    """Print what may stand where the cursor is; nothing where that cannot be told."""
    try:
        listing(COMMANDS, _Commands)(args=[], prog_name=PROGRAM, standalone_mode=False)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else BAD_INPUT
    except Exception:  # a message would stand in the middle of what is being typed
        return BAD_INPUT
    return BAD_INPUT


class _Commands(TyperGroup):
    """The listed commands, of which the one that is named is loaded."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name = args[0]
        ctx.meta[WORDS] = args[1:]
        if name in COMMANDS:
            self.commands[name] = typer.main.get_command(app_of(COMMANDS[name]))
        if name in self.commands:
            _offer(self.commands[name])
        return super().resolve_command(ctx, args)


def _offer(command: Any) -> None:
    """Have the parameters of `command`, and of those within it, offer what they take."""
    for each in getattr(command, "commands", {}).values():
        _offer(each)
    for param in command.params:
        offers = [OFFERS[key] for key in (*param.opts, param.metavar) if key in OFFERS]
        if offers:
            param.shell_complete = partial(_items, offers[0])


def _items(offer: Offer, ctx: Any, typed: str) -> Sequence[Item]:
    found = offer(ctx, typed)
    return [each for each in found if each.value.startswith(typed) and _SAFE.fullmatch(each.value)]
