"""`convcost compare`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli import layer as flags
from convcost.cli import values
from convcost.cli.devices import Batch, MaybeDevice, setting_of
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.cli.setting import Dtype

Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", metavar="KIND", help="A kind to show, again for more; see above."),
]


def compare(
    n: flags.In,
    m: flags.Out,
    kernel: flags.Kernel,
    size: flags.Size = None,
    height: flags.Height = None,
    width: flags.Width = None,
    groups: flags.Groups = None,
    stride: flags.Stride = "1",
    padding: flags.Padding = "same",
    dilation: flags.Dilation = "1",
    bias: flags.Bias = False,
    kind: Kinds = None,
    device: MaybeDevice = None,
    dtype: Dtype = None,
    batch: Batch = "1",
    output_format: Annotated[str, format_option("compare")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """The kinds side by side for one layer.

    \b
      convcost compare --in 3 --out 4 -k 3
      convcost compare --in 64 --out 128 -k 3 --size 56x56 --stride 2
      convcost compare --in 64 --out 64 -k 3 --kind 'group[groups=8]'
      convcost compare --in 64 --out 64 -k 3 --size 56x56 --device t4 --dtype fp16

    Without a size, multiply-adds are for one output position. "convcost kinds" lists the kinds;
    a kind's own options stand in brackets behind it. With a device there is what binds each.
    """
    show = printer("compare", output_format, color, outputs)
    choices = [values.choice(text) for text in kind or ()]
    layer = values.layer(n, m, kernel, size, height, width, groups, stride, padding, dilation, bias)
    from convcost.comparison import compare as compare_kinds

    comparison = compare_kinds(**layer, kinds=choices)
    if device is None:
        show(comparison)
    else:
        from convcost.bounded import on_device
        from convcost.sources.devices import find_device

        chosen = find_device(device)
        show(on_device(comparison, chosen, setting_of(batch, dtype)), device=chosen.name)
    flags.tell_sizes(comparison.question)
