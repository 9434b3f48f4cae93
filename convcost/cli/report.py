"""`convcost report`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.counting import DEFAULT, Counted
from convcost.cli.devices import Batch, MaybeDevice, setting_of
from convcost.cli.given import ALL_LEFT_OUT, Imported
from convcost.cli.inputs import tell
from convcost.cli.metrics import Metrics, metrics_in
from convcost.cli.options import Color
from convcost.cli.output import OutFile, write_output
from convcost.cli.problems import refuse
from convcost.cli.progress import waiting
from convcost.cli.setting import Dtype
from convcost.cli.signatures import grouped
from convcost.cli.specs import Overrides, Paths, read_all, tell_unknown
from convcost.metrics import measured

if TYPE_CHECKING:
    from convcost.cost import Report
    from convcost.sources.given import Given

Against = Annotated[
    str | None,
    typer.Option("--against", metavar="OTHER", help="What it was: a spec, or as diff takes it."),
]


@grouped
def report(
    paths: Paths,
    against: Against = None,
    overrides: Overrides = None,
    imported: Imported = ALL_LEFT_OUT,
    convention: Counted = DEFAULT,
    metrics: Metrics = None,
    dtype: Dtype = None,
    batch: Batch = "1",
    device: MaybeDevice = None,
    output: OutFile = None,
    color: Color = "auto",
) -> None:
    """Networks on a page to look at: one HTML file that fetches nothing.

    \b
      convcost report resnet50 -o report.html
      convcost report mobilenet_v2 --device raspberry-pi-5 --dtype int8 -o report.html
      convcost report net.yaml --against git:main:net.yaml -o report.html
      convcost report resnet18 resnet50 -o report.html

    Figures, pictures and tables are there without a script; with it, layers are sorted, searched
    and explained. With a device there is what binds each layer.
    """
    from convcost.sources.counting import counted, other_convention
    from convcost.views.report import Shown, metrics_on, render

    chosen, setting = other_convention(convention), setting_of(batch, dtype, device)
    asked = metrics_in(metrics)
    shown = dict.fromkeys((*metrics_on(bool(device)), *asked))
    given = imported.given()
    found = read_all(paths, overrides, color, given)

    def count(each: Report) -> Report:
        under = counted(each, chosen).under(setting)
        return measured(under, asked if each.is_saved else shown)

    reports = [count(each) for each in found.reports]
    if reports:
        networks = [Shown(each) for each in reports]
        if against:
            from convcost.difference import diff

            before = count(_other(against, paths, given))
            networks = [Shown(each, diff(before, each)) for each in reports]
        write_output(render(networks, found.problems), output)
    tell(found.notes)
    refuse(found.problems, color)
    tell_unknown(reports, color)


def _other(text: str, paths: list[str], given: Given) -> Report:
    """What the networks are held against; what is given is for it as far as it takes any."""
    from convcost.sources import find_specs
    from convcost.sources.given import share
    from convcost.sources.sides import read_report, side_of

    side = side_of(text)
    with waiting(f"reading {text}"):
        return read_report(text, None, share(given, [*find_specs(paths), side]).of(side))
