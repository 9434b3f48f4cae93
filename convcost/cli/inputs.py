"""The options that say what imported networks take, which all commands of networks have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from convcost.cli.plugged import rules_in
from convcost.cli.progress import waiting
from convcost.cli.streams import write_error
from convcost.cli.values import assignments
from convcost.views.text import Printable

if TYPE_CHECKING:
    from convcost.sources import Target
    from convcost.sources.given import Given
    from convcost.sources.spec import reading

Spec = Annotated[str, typer.Argument(metavar="SPEC", help="A spec, or a network that ships.")]
Input = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="[NAME=]CxHxW[:DTYPE]",
        help="Input shape, for what is imported: 3x224x224, ids=7:int64; again for more.",
    ),
]
Arguments = Annotated[
    list[str] | None,
    typer.Option("--arg", metavar="NAME=VALUE", help="An argument for the PyTorch factory."),
]
InputsFrom = Annotated[
    str | None,
    typer.Option(
        "--inputs-from",
        metavar="MODULE:FACTORY",
        help="Python code that makes the inputs of a PyTorch module, with a batch.",
    ),
]
Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--with",
        metavar="FILE",
        help="What unknown operations of imports cost, in YAML; or FILE.py, code of your own: "
        "kinds, metrics. Again for more.",
    ),
]


def given_in(
    inputs: Sequence[str] | None,
    arguments: Sequence[str] | None,
    inputs_from: str | None,
    rules: Sequence[str] | None,
) -> Given:
    """What the options say."""
    from convcost.sources.given import parse_given

    given = assignments("--arg", arguments or ())
    return parse_given(inputs, given, inputs_from, rules_in(rules))


def read_one(word: str, overrides: Sequence[str] | None, given: Given) -> reading.Spec:
    """What the one network that a command is about is, once people know how its inputs were
    understood."""
    from convcost.gaps import said_of
    from convcost.sources import target_of
    from convcost.sources.given import share

    values, target = assignments("--set", overrides or ()), target_of(word)
    spec = read_told(target, values, share(given, [target]).of(target))
    tell(said_of(spec.network))
    return spec


def read_told(target: Target, values: Mapping[str, Any], given: Given) -> reading.Spec:
    """What `target` holds; who waits for it sees its name."""
    from convcost.sources import read

    with waiting(f"reading {target}"):
        return read(target, values, given)


def tell(lines: Sequence[str]) -> None:
    """Say on stderr what to know of how inputs were understood."""
    write_error(notes(lines))


def notes(lines: Sequence[str]) -> Printable:
    """`lines` as notes for people."""
    return Printable().join(Printable.of("note: {}\n", line) for line in lines)
