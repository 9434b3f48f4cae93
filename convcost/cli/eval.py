"""`convcost eval`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.counting import DEFAULT, Counted
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, tell
from convcost.cli.metrics import Dtype, Metrics, metrics_in, setting_in
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.problems import refuse
from convcost.cli.specs import Overrides, Paths, Strict, read_all, tell_unknown
from convcost.errors import UsageError
from convcost.metrics import measured

if TYPE_CHECKING:
    from convcost.views.eval import Detail


def evaluate(
    paths: Paths,
    summary: Annotated[bool, typer.Option("--summary", help="Only the totals.")] = False,
    stages: Annotated[bool, typer.Option("--stages", help="The ops inside layers, too.")] = False,
    overrides: Overrides = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    strict: Strict = False,
    convention: Counted = DEFAULT,
    metrics: Metrics = None,
    dtype: Dtype = None,
    output_format: Annotated[str, format_option("eval")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """What networks cost: a table of layers and totals for each spec.

    \b
      convcost eval specs/mobilenet_v1.yaml
      convcost eval specs --summary
      convcost eval specs/mobilenet_v1.yaml --set alpha=0.5 --format json
      convcost eval torch:torchvision.models:resnet50 --input 3x224x224
      convcost eval model.onnx
      convcost eval resnet50 --convention fvcore

    Specs that cannot be read are reported at the end, after the results of the others.
    """
    from convcost.sources.counting import counted, other_convention

    show = printer("eval", output_format, color, outputs)
    if summary and stages:
        raise UsageError("--summary and --stages cannot both be had")
    detail: Detail = "summary" if summary else "stages" if stages else "layers"
    chosen, more = other_convention(convention), metrics_in(metrics)
    setting = setting_in(dtype)
    given = given_in(input_shape, arguments, inputs_from, rules)
    batch = read_all(paths, overrides, color, given)
    reports = [counted(each, chosen).under(setting) for each in batch.reports]
    if reports:
        wanted = [measured(report, more) for report in reports]
        show(wanted, detail=detail, problems=batch.problems, metrics=more)
    tell(batch.notes)
    refuse(batch.problems, color)
    tell_unknown(reports, color, strict)
