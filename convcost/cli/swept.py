"""The options of `convcost sweep`, in groups."""

from __future__ import annotations

import re
from typing import Annotated, NamedTuple

import typer

from convcost.cli.output import Force
from convcost.errors import UsageError
from convcost.text import quote

_SHARD = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")

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


class Varied(NamedTuple):
    """What is swept."""

    vary: Vary = None
    rows: Rows = None
    random: Random = None
    seed: Seed = "0"


class Choice(NamedTuple):
    """Which of the variants are wanted."""

    where: Where = None
    pareto: Pareto = None
    sort: Sort = None
    top: Top = None


class Destination(NamedTuple):
    """Where it goes: one variant as a spec, or a file of all rows that pass, or, with / behind its
    name, a folder of them; how many processes work; which shard it is, `2/8`; whether what a folder
    has is to stay."""

    emit: Emit = None
    output: Output = None
    force: Force = False
    workers: Workers = None
    shard: Shard = None
    resume: Resume = False

    @property
    def rows(self) -> str:
        """The file or folder of rows, if there is to be one."""
        return (not self.emit and self.output) or ""

    @property
    def folder(self) -> str:
        """The folder, if it is one."""
        return self.rows if self.rows.endswith("/") else ""

    @property
    def file(self) -> str:
        """The file, if it is one."""
        return "" if self.folder else self.rows

    @property
    def parts(self) -> tuple[int, int]:
        """The shard, and of how many; UsageError for what is none."""
        found = _SHARD.fullmatch(self.shard or "1/1")
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise UsageError(
                f'--shard cannot be "{quote(self.shard or "")}"', hint="write 2/8, the 2nd of 8"
            )
        return int(found[1]), int(found[2])
