"""`convcost watch`."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.counting import DEFAULT, Counted
from convcost.cli.devices import Batch, MaybeDevice, setting_of
from convcost.cli.given import ALL_LEFT_OUT, Imported
from convcost.cli.inputs import Spec, read_told, tell
from convcost.cli.metrics import Metrics, metrics_in
from convcost.cli.options import Color
from convcost.cli.setting import Dtype
from convcost.cli.signatures import grouped
from convcost.cli.specs import Overrides
from convcost.cli.values import assignments, whole
from convcost.cli.watched import put, show, standing
from convcost.errors import UsageError
from convcost.metrics import measured

if TYPE_CHECKING:
    from convcost.cli.serving import Pages
    from convcost.cost import Report

Serve = Annotated[
    bool, typer.Option("--serve", help="Have the report in a browser, too, on this machine alone.")
]
Port = Annotated[
    str | None, typer.Option("--port", metavar="N", help="Where --serve has it, not anywhere free.")
]

_LARGEST_PORT = 65535


@grouped
def watch(
    path: Spec,
    serve: Serve = False,
    port: Port = None,
    overrides: Overrides = None,
    imported: Imported = ALL_LEFT_OUT,
    convention: Counted = DEFAULT,
    metrics: Metrics = None,
    dtype: Dtype = None,
    batch: Batch = "1",
    device: MaybeDevice = None,
    color: Color = "auto",
) -> None:
    """What a network costs while its file is written: anew at each save, until Ctrl-C.

    \b
      convcost watch net.yaml
      convcost watch net.yaml --set alpha=0.5 --metrics peak-memory
      convcost watch net.yaml --serve

    Below the table of eval stands what the last save changed. What is wrong in the file is said,
    and waited for. With --serve a browser shows the page of report, which follows.
    """
    from convcost.cost import evaluate
    from convcost.functions.watching import followed
    from convcost.sources import target_of
    from convcost.sources.counting import counted, other_convention
    from convcost.sources.given import share

    served = _served(path, serve, port)
    target, values = target_of(path), assignments("--set", overrides or ())
    given = share(imported.given(), [target]).of(target)
    chosen, setting = other_convention(convention), setting_of(batch, dtype, device)
    asked = metrics_in(metrics)
    on_page = _on_page(device) if serve else ()

    def read() -> Report:
        report = evaluate(read_told(target, values, given).network)
        return measured(counted(report, chosen).under(setting), (*asked, *on_page))

    follow = followed(target, read)
    with served as pages:
        for seen in follow:
            if pages:
                put(seen, pages)
            show(seen, asked, color)
            tell(standing(path, pages))


def _on_page(device: str | None) -> tuple[str, ...]:
    from convcost.views.report import metrics_on

    return metrics_on(bool(device))


def _served(path: str, serve: bool, port: str | None) -> AbstractContextManager[Pages | None]:
    if port is not None and not serve:
        raise UsageError("--port says where --serve is, which is not given")
    if not serve:
        return nullcontext()
    from convcost.cli.serving import serving
    from convcost.views.report.watched import frame

    number = 0 if port is None else whole("--port", port)
    if number > _LARGEST_PORT:
        raise UsageError(f"--port is at most {_LARGEST_PORT}")
    return serving(frame(path), number)
