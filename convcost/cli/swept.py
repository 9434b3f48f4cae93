"""The options of `convcost sweep`."""

from __future__ import annotations

from typing import Annotated

import typer

Vary = Annotated[
    list[str] | None,
    typer.Option(
        "--vary",
        metavar="NAME=VALUES",
        help="A var's values: alpha=0.5,0.75,1.0, width=32..128:32; again for more.",
    ),
]
Choose = Annotated[
    list[str] | None,
    typer.Option(
        "--choose",
        metavar="LAYER=KINDS",
        help="Kinds for each layer of that name: 'stage*=standard,ghost'; again for more.",
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
Join = Annotated[
    str | None,
    typer.Option(
        "--join", metavar="FILE", help="A CSV of vars and figures of your own: alpha,size,accuracy."
    ),
]
Minimize = Annotated[
    str | None,
    typer.Option("--minimize", metavar="NAME", help="Look for the least of it; of -NAME the most."),
]
Trials = Annotated[
    str | None, typer.Option("--trials", metavar="N", help="Proposals of --minimize: 1000.")
]
Top = Annotated[str | None, typer.Option("--top", metavar="N", help="Only the N first of them.")]
Summary = Annotated[
    bool, typer.Option("--summary", help="What the variants that pass come to by values of vars.")
]
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
Dask = Annotated[
    str | None,
    typer.Option(
        "--dask", metavar="ADDRESS", help="Work on this Dask cluster: tcp://host:8786, or local."
    ),
]
Shard = Annotated[
    str | None, typer.Option("--shard", metavar="I/N", help="One of N shares of the parts: 2/8.")
]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with the parts that a folder has.")]
