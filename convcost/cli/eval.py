"""`convcost eval`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.counting import DEFAULT, Counted
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, tell
from convcost.cli.metrics import Metrics, metric_in, metrics_in
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.problems import refuse
from convcost.cli.specs import Overrides, Paths, Strict, read_all, tell_unknown
from convcost.cli.values import whole
from convcost.errors import UsageError
from convcost.metrics import measured

if TYPE_CHECKING:
    from convcost.views.eval import Detail
    from convcost.views.eval.picked import Wanted

Summary = Annotated[bool, typer.Option("--summary", help="Only the totals.")]
Stages = Annotated[bool, typer.Option("--stages", help="The ops inside layers, too.")]
Depth = Annotated[
    str | None,
    typer.Option(
        "--depth", metavar="N", help="Add layers up by block: 1 for layer1, 2 for layer1.0."
    ),
]
Sort = Annotated[
    str | None,
    typer.Option("--sort", metavar="METRIC", help="The most first: macs, params, activations..."),
]
Top = Annotated[
    str | None,
    typer.Option("--top", metavar="N", help="Only the N first, by --sort or MACs; others as one."),
]
Everything = Annotated[
    bool, typer.Option("--all", help="Every layer, also on a terminal, which leaves out some.")
]


def evaluate(
    paths: Paths,
    summary: Summary = False,
    stages: Stages = False,
    depth: Depth = None,
    sort: Sort = None,
    top: Top = None,
    everything: Everything = False,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    strict: Strict = False,
    convention: Counted = DEFAULT,
    metrics: Metrics = None,
    output_format: Annotated[str, format_option("eval")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """What networks cost: a table of layers and totals for each spec.

    \b
      convcost eval specs/mobilenet_v1.yaml
      convcost eval specs --summary
      convcost eval resnet50 --depth 1
      convcost eval resnet50 --top 5 --sort params
      convcost eval specs/mobilenet_v1.yaml --set alpha=0.5 --format json
      convcost eval torch:torchvision.models:resnet50 --input 3x224x224
      convcost eval model.onnx
      convcost eval resnet50 --convention fvcore

    On a terminal, layers that cost nothing are left out and long tables are rolled up by block,
    unless --all is given. JSON and CSV hold every layer, whatever tables show. Specs that cannot
    be read are reported at the end, after the results of the others.
    """
    from convcost.sources.counting import counted, other_convention

    show = printer("eval", output_format, color, outputs)
    _refuse_two({"--summary": summary, "--stages": stages, "--depth": depth})
    _refuse_two({"--summary": summary, "--top": top})
    detail: Detail = "summary" if summary else "stages" if stages else "layers"
    wanted = _wanted(depth, sort, top, everything)
    chosen, more = other_convention(convention), metrics_in(f"{metrics or ''},{wanted.sort}")
    given = given_in(input_shape, arguments, inputs_from, rules)
    batch = read_all(paths, overrides, color, given)
    reports = [counted(report, chosen) for report in batch.reports]
    if reports:
        found = [measured(report, more) for report in reports]
        show(found, detail=detail, problems=batch.problems, metrics=more, wanted=wanted)
    tell(batch.notes)
    refuse(batch.problems, color)
    tell_unknown(reports, color, strict)


def _refuse_two(options: Mapping[str, object]) -> None:
    """UsageError where more than one of these is given."""
    given = [name for name, value in options.items() if value]
    if len(given) > 1:
        raise UsageError(f"{given[0]} and {given[1]} cannot both be had")


def _wanted(depth: str | None, sort: str | None, top: str | None, everything: bool) -> Wanted:
    from convcost.views.eval.picked import Wanted

    return Wanted(
        None if depth is None else whole("--depth", depth),
        "" if sort is None else metric_in("--sort", sort),
        None if top is None else whole("--top", top),
        everything,
    )
