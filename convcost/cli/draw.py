"""`convcost draw`."""

from __future__ import annotations

from typing import Annotated

import typer

from convcost.cli import layer as flags
from convcost.cli import values
from convcost.cli.options import Color
from convcost.cli.output import OutFile, write_output
from convcost.cli.pictures import refuse_pixels, renderer
from convcost.views.formats import PNG

Format = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="FORMAT", help="svg or png; default: what FILE ends with, or svg."
    ),
]
KindName = Annotated[str, typer.Argument(metavar="KIND", help="The kind to draw.")]


def draw(
    kind: KindName,
    n: flags.In = "8",
    m: flags.Out = "8",
    kernel: flags.Kernel = "3",
    size: flags.Size = None,
    height: flags.Height = None,
    width: flags.Width = None,
    groups: flags.Groups = None,
    stride: flags.Stride = "1",
    padding: flags.Padding = "same",
    dilation: flags.Dilation = "1",
    bias: flags.Bias = False,
    output_format: Format = None,
    output: OutFile = None,
    color: Color = "auto",
) -> None:
    """How a kind connects: a picture of its stages and maps.

    \b
      convcost draw depthwise-separable --in 3 --out 4 -k 3 -o separable.svg
      convcost draw 'group[groups=4]' --size 56x56 --stride 2 -o group.png

    Each map is joined to those that it is made from, with the numbers of the layer; one output map
    is followed back to all that it is made from. PNG needs the extra "png".
    """
    from convcost.comparison import compare
    from convcost.kinds import find

    name = output_format or (PNG if (output or "").lower().endswith(f".{PNG}") else "svg")
    render = renderer("draw", name)
    if output is None:
        refuse_pixels(name, "-o FILE writes it to a file")
    chosen = values.choice(kind)
    found = find(chosen.kind, "convolution")
    layer = values.layer(n, m, kernel, size, height, width, groups, stride, padding, dilation, bias)
    answer = compare(**layer, kinds=[chosen])
    write_output(render(found, answer), output)
    flags.tell_sizes(answer.question)
