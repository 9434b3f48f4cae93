"""`convcost explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli import layer as flags
from convcost.cli import values
from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer
from convcost.errors import UsageError

KindName = Annotated[str, typer.Argument(metavar="KIND", help="The kind to explain.")]
In = Annotated[str | None, typer.Option("--in", "-n", metavar="N", help="Input channels, n.")]
Out = Annotated[str | None, typer.Option("--out", "-m", metavar="M", help="Output channels, m.")]
Kernel = Annotated[
    str | None, typer.Option("--kernel", "-k", metavar="K", help="Kernel: 3, or 3x1.")
]


def explain(
    kind: KindName,
    n: In = None,
    m: Out = None,
    kernel: Kernel = None,
    size: flags.Size = None,
    height: flags.Height = None,
    width: flags.Width = None,
    groups: flags.Groups = None,
    stride: flags.Stride = "1",
    padding: flags.Padding = "same",
    dilation: flags.Dilation = "1",
    bias: flags.Bias = False,
    output_format: Annotated[str, format_option("explain")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """One kind: its formula, the numbers put in, stage by stage.

    \b
      convcost explain depthwise-separable
      convcost explain depthwise-separable --in 3 --out 4 -k 3 --size 5x5
      convcost explain 'spatial-separable[rank=16]' --in 64 --out 64 -k 3

    Without --in, --out and -k it tells what the kind is and which options it takes.
    """
    from convcost.functions.layers import explain as explained

    show = printer("explain", output_format, color, outputs)
    chosen = values.choice(kind)
    if n is None or m is None or kernel is None:
        if (n, m, kernel) != (None, None, None):
            raise UsageError("--in, --out and --kernel go together", hint="or leave all three out")
        show(*explained(chosen))
        return
    layer = values.layer(n, m, kernel, size, height, width, groups, stride, padding, dilation, bias)
    found = explained(chosen, **layer)
    show(*found)
    if found.answer:
        flags.tell_sizes(found.answer.question)
