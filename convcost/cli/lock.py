"""`convcost lock`."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from convcost.cli.devices import MaybeBatch, RunOn
from convcost.cli.exits import FINE, OVER_BUDGET
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, tell
from convcost.cli.options import Color
from convcost.cli.output import format_option, printer
from convcost.cli.plugged import rules_in
from convcost.cli.problems import refuse
from convcost.cli.progress import tracked
from convcost.cli.project import Cache, ConfigFile, OtherConvention, RunCode, SomePaths
from convcost.cli.setting import Dtype
from convcost.cli.specs import tell_gaps
from convcost.cli.values import assignments

Prune = Annotated[bool, typer.Option("--prune", help="Take out entries that no spec answers to.")]
Resolve = Annotated[bool, typer.Option("--resolve", help="Mend a merge conflict in the lock file.")]
LockFile = Annotated[
    str | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="The lock file; else that of the settings."
    ),
]


def lock(
    paths: SomePaths = None,
    update: Annotated[bool, typer.Option("--update", help="Take totals that are smaller.")] = False,
    loosen: Annotated[bool, typer.Option("--loosen", help="Take totals that are larger.")] = False,
    prune: Prune = False,
    resolve: Resolve = False,
    output: LockFile = None,
    config: ConfigFile = None,
    convention: OtherConvention = None,
    dtype: Dtype = None,
    batch: MaybeBatch = None,
    device: RunOn = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    run_code: RunCode = False,
    cache: Cache = None,
    output_format: Annotated[str, format_option("lock")] = "table",
    color: Color = "auto",
) -> None:
    """Record today's totals as the baseline of check.

    \b
      convcost lock
      convcost lock --update
      convcost lock --loosen specs/net.yaml
      convcost lock --prune
      convcost lock --resolve

    Networks without an entry get one; an entry that is there stays as it is unless told otherwise.
    The exit code is 1 where a network has grown and its entry stayed.
    """
    from convcost.project.lock import lock_project

    show = printer("lock", output_format, color)
    made = lock_project(
        paths=paths or (),
        update=update,
        loosen=loosen,
        prune=prune,
        resolve=resolve,
        output=output,
        config=config,
        convention=convention,
        metrics={"dtype": dtype, "batch": batch, "device": device},
        input_shape=input_shape,
        arguments=assignments("--arg", arguments or ()),
        inputs_from=inputs_from,
        rules=rules_in(rules),
        run_code=run_code,
        cache=cache or True,
        track=partial(tracked, what="reading", color=color),
    )
    refuse(made.problems, color)
    show(made.updates, made.pruned, made.path)
    tell(made.notes)
    tell_gaps(made.gaps, color)
    raise typer.Exit(OVER_BUDGET if made.grown else FINE)
