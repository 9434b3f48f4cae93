"""`convcost eval`."""

from __future__ import annotations

from typing import Annotated

from convcost.cli import rows
from convcost.cli.counting import DEFAULT, Counted
from convcost.cli.devices import Batch, Dram, RunOn, setting_of
from convcost.cli.inputs import Arguments, Input, InputsFrom, Rules, given_in, tell
from convcost.cli.metrics import Metrics, metrics_in
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.problems import refuse
from convcost.cli.setting import Dtype
from convcost.cli.specs import Overrides, Paths, Strict, read_all, tell_unknown
from convcost.cli.varied import Vary
from convcost.metrics import measured


def evaluate(
    paths: Paths,
    summary: rows.Summary = False,
    stages: rows.Stages = False,
    depth: rows.Depth = None,
    sort: rows.Sort = None,
    top: rows.Top = None,
    everything: rows.Everything = False,
    overrides: Overrides = None,
    vary: Vary = None,
    input_shape: Input = None,
    arguments: Arguments = None,
    inputs_from: InputsFrom = None,
    rules: Rules = None,
    strict: Strict = False,
    convention: Counted = DEFAULT,
    metrics: Metrics = None,
    dtype: Dtype = None,
    batch: Batch = "1",
    device: RunOn = None,
    dram: Dram = False,
    output_format: Annotated[str, format_option("eval")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """What networks cost: a table of layers and totals for each spec.

    \b
      convcost eval specs/mobilenet_v1.yaml
      convcost eval specs --summary
      convcost eval resnet50 --depth 1 --sort params
      convcost eval mobilenet_v1 --set alpha=0.5 --format json
      convcost eval torch:torchvision.models:resnet50 --input 3x224x224
      convcost eval model.onnx
      convcost eval resnet50 --convention fvcore
      convcost eval mobilenet_v1 --vary 'alpha=0.5,0.75,1.0'

    On a terminal, layers that cost nothing are left out and long tables are rolled up by block,
    unless --all is given. JSON and CSV hold every layer, whatever tables show. Specs that cannot
    be read are reported at the end, after the results of the others.
    """
    from convcost.sources.counting import counted, other_convention

    show = printer("eval", output_format, color, outputs)
    detail = rows.detail_of(summary, stages)
    wanted = rows.wanted(summary, stages, depth, sort, top, everything, vary)
    chosen, more = other_convention(convention), metrics_in(f"{metrics or ''},{wanted.sort}")
    setting = setting_of(batch, dtype, device)._replace(dram=dram)
    given = given_in(input_shape, arguments, inputs_from, rules)
    found = read_all(paths, overrides, color, given, vary or ())
    reports = [counted(each, chosen).under(setting) for each in found.reports]
    if reports:
        asked = {"detail": detail, "metrics": more, "wanted": wanted}
        measured_by = [measured(report, more) for report in reports]
        show(measured_by, problems=found.problems, variants=found.variants, **asked)
    tell(found.notes)
    refuse(found.problems, color)
    tell_unknown(reports, color, strict)
