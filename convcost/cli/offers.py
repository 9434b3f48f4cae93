"""What may stand for a value on a command line: kinds, networks, formats and other names.

Each takes Typer's context and what is typed so far, which it need not look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from convcost.cli.commands import COMMANDS
from convcost.cli.nearby import Item, networks, vars_of

Offer = Callable[[Any, str], Iterable[Item]]


def _kinds(ctx: Any, typed: str) -> Iterable[Item]:
    from convcost.kinds import REGISTRY

    return [Item(each.name, each.summary) for each in REGISTRY.values()]


def _replacements(ctx: Any, typed: str) -> Iterable[Item]:
    old, equals, _ = typed.partition("=")
    return [
        each._replace(value=f"{old}={each.value}" if equals else f"{each.value}=")
        for each in _kinds(ctx, typed)
    ]


def _formats(ctx: Any, typed: str) -> Iterable[Item]:
    from convcost.views.formats import formats_of

    return map(Item, formats_of(ctx.info_name))


def _outputs(ctx: Any, typed: str) -> Iterable[Item]:
    return [each._replace(value=f"{each.value}=") for each in _formats(ctx, typed)]


def _conventions(ctx: Any, typed: str) -> Iterable[Item]:
    from convcost.conventions import CONVENTIONS

    return [Item(each.name, each.summary) for each in CONVENTIONS.values()]


def _metrics(ctx: Any, typed: str) -> Iterable[Item]:
    from convcost.metrics import METRICS

    return [Item(each.name, each.doc) for each in METRICS.values()]


def _several_metrics(ctx: Any, typed: str) -> Iterable[Item]:
    before, comma, _ = typed.rpartition(",")
    return [each._replace(value=f"{before}{comma}{each.value}") for each in _metrics(ctx, typed)]


def _devices(ctx: Any, typed: str) -> Iterable[Item]:
    from convcost.sources.devices import shipped_devices

    return map(Item, shipped_devices())


def _commands(ctx: Any, typed: str) -> Iterable[Item]:
    return [Item(name, each.help) for name, each in COMMANDS.items()]


def _colors(ctx: Any, typed: str) -> Iterable[Item]:
    from convcost.cli.terminal import COLOR_CHOICES

    return map(Item, COLOR_CHOICES)


OFFERS: Mapping[str, Offer] = {
    "KIND": _kinds,
    "OLD=NEW": _replacements,
    **dict.fromkeys(("SPEC", "SPEC...", "[SPEC...]", "A", "[B]"), networks),
    "FORMAT": _formats,
    "FORMAT=FILE": _outputs,
    **dict.fromkeys(("--convention", "--explain"), _conventions),
    **dict.fromkeys(("--set", "--vary"), vars_of),
    "--device": _devices,
    "--metrics": _several_metrics,
    "METRIC": _metrics,
    "COMMAND": _commands,
    "auto|always|never": _colors,
}
"""What is offered for a parameter, by its name or by how its value is called in the help."""
