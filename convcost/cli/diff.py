"""`convcost diff`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from convcost.cli import replacing
from convcost.cli.counting import DEFAULT, Counted
from convcost.cli.devices import Batch, RunOn, setting_of
from convcost.cli.given import ALL_LEFT_OUT, Imported
from convcost.cli.inputs import read_one, tell
from convcost.cli.metrics import Metrics, metrics_in
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.progress import waiting
from convcost.cli.setting import Dtype
from convcost.cli.signatures import grouped
from convcost.cli.specs import Overrides
from convcost.cli.varied import by_side
from convcost.errors import UsageError
from convcost.metrics import measured

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from convcost.conventions import Convention
    from convcost.cost import Report
    from convcost.network import Network
    from convcost.sources.given import Given

Before = Annotated[str, typer.Argument(metavar="A", help="The network as it was; see above.")]
After = Annotated[
    str | None, typer.Argument(metavar="[B]", help="As it is; or, in its place, give --replace.")
]


@grouped
def diff(
    before: Before,
    after: After = None,
    replace: replacing.Replace = None,
    inner: replacing.Inner = False,
    overrides: Overrides = None,
    imported: Imported = ALL_LEFT_OUT,
    convention: Counted = DEFAULT,
    metrics: Metrics = None,
    dtype: Dtype = None,
    batch: Batch = "1",
    device: RunOn = None,
    output_format: Annotated[str, format_option("diff")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """What changed between two networks, and what it costs.

    \b
      convcost diff git:main:net.yaml net.yaml
      convcost diff resnet18 resnet50
      convcost diff base.json specs/vgg16.yaml
      convcost diff net.yaml net.yaml --set a:alpha=1 --set b:alpha=0.5
      convcost diff vgg16 --replace standard=depthwise-separable

    A side is a spec, a network that ships, a report saved with "eval --format json" (with #NAME
    behind it if it holds several networks), or a file in a commit: git:REF:PATH. --set is for both
    sides, or for one that it names.
    """
    from convcost.difference import diff as compared
    from convcost.gaps import said_of
    from convcost.sources.counting import other_convention
    from convcost.sources.given import share
    from convcost.sources.sides import side_of

    show = printer("diff", output_format, color, outputs)
    values = by_side(overrides or (), [before, after] if after else [before])
    if (after is None) == (not replace):
        raise UsageError(
            "one other network is needed", hint="name it, or give --replace, and not both"
        )
    chosen, more = other_convention(convention), metrics_in(metrics)
    setting = setting_of(batch, dtype, device)
    given = imported.given()
    sides: Sequence[Report]
    if after is None:
        sides = _rewritten(read_one(before, overrides, given).network, replace or [], inner)
    else:
        named = [(each, side_of(each)) for each in (before, after)]
        shared = share(given, [side for _, side in named])
        pairs = zip(named, values, strict=True)
        sides = [_read(each, own, shared.of(side)) for (each, side), own in pairs]
        tell([*shared.notes, *(note for each in sides for note in said_of(each))])
    under = (_counted(each, chosen).under(setting) for each in sides)
    found = compared(*(measured(each, more) for each in under))
    show(found, metrics=more, **({"values": values} if after else {}))


def _read(text: str, values: Mapping[str, Any], given: Given) -> Report:
    from convcost.sources.sides import read_report

    with waiting(f"reading {text}"):
        return read_report(text, values, given)


def _rewritten(network: Network, replace: list[str], inner: bool) -> tuple[Report, Report]:
    from convcost.rewriting import rewrite
    from convcost.sources.formulas import replacements

    made = rewrite(network, *replacements(replace), inner=inner)
    return made.cost_before, made.cost_after


def _counted(report: Report, convention: Convention | None) -> Report:
    """The report by that convention; one that was saved stays as it was counted."""
    if convention is None or report.is_saved:
        return report
    from convcost.conventions import apply

    return apply(report, convention)
