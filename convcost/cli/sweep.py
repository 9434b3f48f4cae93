"""`convcost sweep`."""

from __future__ import annotations

from typing import Annotated

from convcost.cli import asked as ask
from convcost.cli import groups, variant
from convcost.cli.choosing import choices_in
from convcost.cli.devices import Batch, RunOn, setting_of
from convcost.cli.given import ALL_LEFT_OUT, Imported
from convcost.cli.lines import kept
from convcost.cli.metrics import Metrics
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.passing import settle
from convcost.cli.setting import Dtype
from convcost.cli.signatures import grouped
from convcost.cli.specs import Overrides, Paths
from convcost.cli.sweeping import chosen
from convcost.cli.values import assignments


@grouped
def sweep(
    paths: Paths,
    varied: groups.Varied,
    choice: groups.Choice,
    to: groups.Destination,
    overrides: Overrides = None,
    imported: Imported = ALL_LEFT_OUT,
    metrics: Metrics = None,
    dtype: Dtype = None,
    batch: Batch = "1",
    device: RunOn = None,
    output_format: Annotated[str, format_option("sweep")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """Every variant of a network: what each costs, and which are the best under limits.

    \b
      convcost sweep mobilenet_v2 --vary alpha=0.25..1.5:0.05 --vary size=128..256:32
      convcost sweep mobilenet_v2 --vary alpha=0.5..1:0.01 --where 'params <= 3M' --sort=-macs
      convcost sweep mobilenet_v1 mobilenet_v2 --vary size=96..256:32 --pareto 'macs,params'
      convcost sweep vgg16 --choose 'stage*=standard,ghost' --where 'macs < 4G' --sort params
      convcost sweep mobilenet_v2 --vary alpha=0.1..2:0.00001 --vary size=32..512 --minimize macs
      convcost sweep mobilenet_v2 --vary alpha=0.5..1:0.1 --emit 3 -o smaller.yaml
      convcost sweep mobilenet_v2 --vary alpha=0.5..1:0.001 --vary size=96..256 -o all.parquet

    A row is a variant, and its number stays the same whatever is asked of the rows. Variants that
    the spec refuses are counted, with the reason. A Pareto front is exact: the rows that no other
    beats in all that it names; of -size more is better. The exit code is 1 if no variant passes.
    """
    from convcost.sources import find_specs
    from convcost.sweeping.base import planned

    show = printer("sweep", output_format, color, outputs)
    targets, fixed = find_specs(paths), assignments("--set", overrides or ())
    given = imported.given()
    choices = choices_in(varied, targets, fixed, given)
    space = ask.space_in(varied, choices)
    wanted = ask.wanted_in(choice, space, targets)
    asked = ask.asked_in(targets, space, wanted, fixed, given, metrics)
    asked |= ask.draw_in(varied, choice, wanted)
    asked |= {"choices": choices, "setting": setting_of(batch, dtype, device)}
    plan = planned(**asked)
    if to.emit not in (None, variant.BEST):
        variant.write_row(variant.row_in(to.emit, plan.space), asked, to)
        return
    formats = [output_format, *(each.partition("=")[0] for each in outputs or ())]
    keep, summary = kept(formats, wanted, to), choice.summary
    found, total = chosen(
        plan, asked, wanted, to, keep=keep, formats=formats, summary=summary, color=color
    )
    if keep != 0:
        show(found, total)
    if to.emit is not None:
        variant.write_row(variant.first_of(found), asked, to)
    settle(total, plan, color)
