"""The options of `convcost sweep`, and what comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.values import whole
from convcost.errors import UsageError

if TYPE_CHECKING:
    from convcost.sweeping.selection import Wanted
    from convcost.sweeping.space import Space


Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="NAME=VALUES",
        help="A var's values: alpha=0.5,0.75,1.0, width=32..128:32; again for more.",
    ),
]
Rows = Annotated[
    str | None,
    typer.Option("--rows", metavar="FILE", help="A CSV of vars: each row, with all --vary gives."),
]
Random = Annotated[
    str | None, typer.Option("--random", metavar="N", help="Only N of all variants, drawn.")
]
Seed = Annotated[str, typer.Option("--seed", metavar="N", help="Other draws; the same for it.")]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="CONDITION",
        help="Only those for which it holds: 'params <= 3.5M', 'alpha * size < 200'; again for "
        "more.",
    ),
]
Pareto = Annotated[
    str | None,
    typer.Option("--pareto", metavar="NAME,...", help="Only those that no other beats in these."),
]
Sort = Annotated[
    str | None,
    typer.Option("--sort", metavar="NAME,...", help="The least first; of -size the most."),
]
Top = Annotated[str | None, typer.Option("--top", metavar="N", help="Only the N first of them.")]
Emit = Annotated[
    str | None,
    typer.Option("--emit", metavar="ROW|best", help="Write that variant as a spec, to -o."),
]
Output = Annotated[
    str | None,
    typer.Option(
        "-o",
        metavar="FILE",
        help="The spec of --emit, or all rows that pass: .csv, .jsonl, .parquet, or FOLDER/.",
    ),
]
Workers = Annotated[str | None, typer.Option("--workers", metavar="N", help="So many processes.")]
Shard = Annotated[
    str | None, typer.Option("--shard", metavar="I/N", help="One of N shares of the parts: 2/8.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the parts that a folder has.")]


def space_in(vary: Sequence[str] | None, rows: str | None) -> Space:
    """What is swept; UsageError for values that are none, SpecError for a file of rows."""
    from convcost.sources.columns import read_columns
    from convcost.sources.variants import parse_values
    from convcost.sweeping.extras import need
    from convcost.sweeping.space import MOST_VALUES, space_of

    need("numpy")
    if not vary and not rows:
        raise UsageError("--vary is missing", hint="such as --vary alpha=0.5..1.0:0.05")
    return space_of(parse_values(vary or (), MOST_VALUES), read_columns(rows) if rows else {})


def wanted_in(
    where: Sequence[str] | None,
    pareto: str | None,
    sort: str | None,
    top: str | None,
    names: Sequence[str],
) -> Wanted:
    """Which rows are wanted; UsageError for what there is not."""
    from convcost.sweeping.conditions import parse_conditions
    from convcost.sweeping.selection import Wanted, objectives

    front = objectives("--pareto", pareto or "", names)
    return Wanted(
        parse_conditions(where or (), names),
        front,
        objectives("--sort", sort or "", names) or front,
        whole("--top", top) if top else None,
    )


def seed_in(text: str) -> int:
    """The seed that `--seed` says."""
    return 0 if text.strip() == "0" else whole("--seed", text)
