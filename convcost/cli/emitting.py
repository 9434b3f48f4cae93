"""What `convcost rewrite` writes: a spec, code, or a change to the user's own source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.inputs import tell
from convcost.cli.progress import waiting
from convcost.cli.values import assignments
from convcost.emit.rewritten import EMITTED, text_of
from convcost.errors import UsageError
from convcost.spelling import did_you_mean
from convcost.text import quote

if TYPE_CHECKING:
    from convcost.rewriting import Rewrite
    from convcost.sources.code import Watched
    from convcost.sources.given import Given

Emit = Annotated[
    str | None,
    typer.Option(
        "--emit",
        metavar="WHAT",
        help="spec, or pytorch for code: to the file of -o, else in place of the table.",
    ),
]
Patch = Annotated[
    bool,
    typer.Option(
        "--patch",
        help="A diff of the PyTorch source: to the file of -o, else in place of the table.",
    ),
]
Unroll = Annotated[
    bool,
    typer.Option("--unroll", help="Write it anew, without the comments and blocks of the old."),
]


def refuse_mistyped(emit: str | None) -> None:
    """UsageError for what there is not to be emitted."""
    if emit not in (None, *EMITTED):
        hint = did_you_mean(str(emit), EMITTED) or f"it is {' or '.join(EMITTED)}"
        raise UsageError(f'--emit cannot be "{quote(str(emit))}"', hint=hint)


def refuse_mixed(patch: bool, emit: object, unroll: object, prune: object) -> None:
    """UsageError for options beside --patch that say what else is to be written, or done."""
    for flag, value in (("--emit", emit), ("--unroll", unroll), ("--prune", prune)):
        if patch and value:
            hint = "--patch writes a diff of source code, in which layers are replaced"
            raise UsageError(f"{flag} does not go with --patch", hint=hint)


def read(spec: str, overrides: Sequence[str] | None, given: Given) -> Watched:
    """The network whose source is to be changed, once people know how its inputs were read."""
    from convcost.gaps import said_of
    from convcost.sources.code import read_watched

    with waiting(f"reading {spec}"):
        source = read_watched(spec, assignments("--set", overrides or ()), given)
    tell(said_of(source.network))
    return source


def patch_text(made: Rewrite, inner: bool, source: Watched) -> str:
    """The diff; ConvcostError where that is not sure to be right."""
    from convcost.emit import patch

    with waiting("reading what is to be written"):
        return patch.patch_text(made, inner, source)


def written(
    made: Rewrite, emit: str | None, overrides: Sequence[str] | None, spec: str, unroll: bool
) -> str:
    """The new network as what is to be emitted."""
    from convcost.sources import target_of

    return text_of(made, emit, assignments("--set", overrides or ()), target_of(spec), unroll)
