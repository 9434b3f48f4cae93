"""The options that describe one layer, which `compare` and `explain` take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from convcost.cli.inputs import tell

if TYPE_CHECKING:
    from convcost.comparison import Question

In = Annotated[str, typer.Option("--in", "-n", metavar="N", help="Input channels, n.")]
Out = Annotated[str, typer.Option("--out", "-m", metavar="M", help="Output channels, m.")]
Kernel = Annotated[str, typer.Option("--kernel", "-k", metavar="K", help="Kernel: 3, or 3x1.")]
Size = Annotated[
    str | None, typer.Option("--size", metavar="HxW", help="Input size: 224x224, or 1000 for 1-D.")
]
Height = Annotated[str | None, typer.Option("-H", metavar="H", help="Input height, with -W.")]
Width = Annotated[str | None, typer.Option("-W", metavar="W", help="Input width, with -H.")]
Groups = Annotated[
    str | None, typer.Option("--groups", "-g", metavar="G", help="Groups, for kinds made of them.")
]
Stride = Annotated[str, typer.Option("--stride", metavar="S", help="Stride: 2, or 2x1.")]
Padding = Annotated[
    str, typer.Option("--padding", metavar="P", help="same, same-tf, valid, a number, or 1x0.")
]
Dilation = Annotated[str, typer.Option("--dilation", metavar="D", help="Dilation: 2, or 2x1.")]
Bias = Annotated[bool, typer.Option("--bias", help="Add a bias to every convolution.")]


def tell_sizes(question: Question) -> None:
    """Say on stderr what to know of how --size was understood."""
    from convcost.kinds.sizes import sizes_note

    note = sizes_note(question.size or (), "--size ")
    tell([note] if note else [])
