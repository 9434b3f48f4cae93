"""Options that say what to replace by what, shared by the commands that ask what if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.errors import UsageError

if TYPE_CHECKING:
    from convcost.rewriting import Replacement, Rewrite, Selection

Spec = Annotated[str, typer.Argument(metavar="SPEC", help="A spec file, or a network that ships.")]
Replace = Annotated[
    list[str] | None,
    typer.Option(
        "--replace", metavar="OLD=NEW", help="A kind and the one to have instead; again for more."
    ),
]
Prune = Annotated[
    list[str] | None,
    typer.Option(
        "--prune",
        metavar="LAYER=SHARE",
        help="Leave that share of the output channels of layers of that name, or in that block; "
        "again for more.",
    ),
]
Where = Annotated[
    str | None,
    typer.Option("--where", metavar="CONDITION", help='Only layers such as "k > 1 and n >= 32".'),
]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="LAYER", help="Only layers of that name; * is any text."),
]
Except = Annotated[
    list[str] | None, typer.Option("--except", metavar="LAYER", help="No layers of that name.")
]
First = Annotated[bool, typer.Option("--first", help="The first layer, too.")]
Classifier = Annotated[bool, typer.Option("--classifier", help="The classifier, too.")]
Inner = Annotated[
    bool, typer.Option("--inner", help="Norm and activation behind each stage, as in MobileNet.")
]


def typed(options: Mapping[str, Sequence[str] | str | bool | None]) -> list[str]:
    """Options as they were typed, to be typed again."""
    found: list[str] = []
    for name, value in options.items():
        if isinstance(value, bool):
            found += [name] * value
        else:
            values = [value] if isinstance(value, str) else value or ()
            found += (word for each in values for word in (name, each))
    return found


def selection(
    where: str | None,
    only: Sequence[str] | None,
    excluding: Sequence[str] | None,
    first: bool,
    classifier: bool,
) -> Selection:
    """Which layers the options mean; UsageError for a condition that is none."""
    from convcost.rewriting import Selection
    from convcost.sources.formulas import condition

    test = None if where is None else condition(where)
    return Selection(test, tuple(only or ()), tuple(excluding or ()), first, classifier)


def refuse_mixed(prune: object, replace: object, *others: object) -> None:
    """UsageError unless layers are either to be pruned or replaced, and for options of the latter
    where they are pruned: those are named there."""
    if not prune and not replace:
        hint = "such as --replace standard=depthwise-separable, or --prune 'conv*=0.5'"
        raise UsageError("--replace is missing", hint=hint)
    flags = ("--replace", "--where", "--only", "--except", "--first", "--inner")
    for flag, value in zip(flags, (replace, *others), strict=True):
        if prune and value:
            hint = "--prune names its layers; replace others in the spec that it writes"
            raise UsageError(f"{flag} does not go with --prune", hint=hint)


def refuse_nothing(made: Rewrite, wanted: Sequence[Replacement]) -> None:
    """UsageError if the network had no layer of what was to be replaced."""
    if not made.outcomes:
        network = made.before
        kinds = dict.fromkeys(layer.kind for layer in network.layers)
        raise UsageError(
            f"{network.name} has no layer of the kind {' or '.join(each.old for each in wanted)}",
            hint=f"its layers are {', '.join(kinds)}",
        )
