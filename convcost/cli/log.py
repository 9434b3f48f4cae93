"""`convcost log`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.counting import DEFAULT, Counted
from convcost.cli.devices import Batch, RunOn, setting_of
from convcost.cli.given import ALL_LEFT_OUT, Imported
from convcost.cli.inputs import tell
from convcost.cli.metrics import Metrics, metrics_in
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.progress import tracked
from convcost.cli.setting import Dtype
from convcost.cli.signatures import grouped
from convcost.cli.specs import Overrides
from convcost.cli.values import assignments

if TYPE_CHECKING:
    from convcost.cost import Report

Spec = Annotated[str, typer.Argument(metavar="SPEC", help="A spec, or an ONNX file, in git.")]
Since = Annotated[
    str | None,
    typer.Option("--since", metavar="REF", help="The commit to start from; else the first."),
]


@grouped
def log(
    spec: Spec,
    since: Since = None,
    overrides: Overrides = None,
    imported: Imported = ALL_LEFT_OUT,
    convention: Counted = DEFAULT,
    metrics: Metrics = None,
    dtype: Dtype = None,
    batch: Batch = "1",
    device: RunOn = None,
    output_format: Annotated[str, format_option("log")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """What a network cost along git's history, a row a commit that changed it.

    \b
      convcost log specs/net.yaml
      convcost log specs/net.yaml --since v1.0
      convcost log specs/net.yaml --since HEAD~20 --output csv=growth.csv

    Everything is read from git: what is not committed is not there. Of what was merged the merge
    is told, and a file that was renamed begins with its name.
    """
    from convcost.project.growth import growth
    from convcost.sources import target_of
    from convcost.sources.counting import counted, other_convention
    from convcost.sources.given import share

    show = printer("log", output_format, color, outputs)
    chosen, setting = other_convention(convention), setting_of(batch, dtype, device)
    target = target_of(spec)
    shared = share(imported.given(), [target])

    def count(report: Report) -> Report:
        return counted(report, chosen).under(setting)

    made = growth(
        target,
        since or "",
        count=count,
        metrics=metrics_in(metrics),
        values=assignments("--set", overrides or ()),
        given=shared.of(target),
        track=partial(tracked, what="reading commits", color=color),
    )
    tell(shared.notes)
    show(made)
