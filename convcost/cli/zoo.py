"""`convcost zoo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from convcost.cli.options import Color
from convcost.cli.output import Files, format_option, printer


def zoo(
    output_format: Annotated[str, format_option("zoo")] = "table",
    outputs: Files = None,
    color: Color = "auto",
) -> None:
    """The networks that ship: input, params, MACs, paper.

    \b
      convcost zoo
      convcost eval mobilenet_v1 --set alpha=0.5

    The other commands take their names wherever they take a spec.
    """
    show = printer("zoo", output_format, color, outputs)
    from convcost.cost import evaluate
    from convcost.sources import SpecFile, read
    from convcost.sources.zoo import paper, shipped
    from convcost.views.zoo import Exhibit

    exhibits = []
    for name, path in shipped().items():
        spec = read(SpecFile(path))
        text = Path(path).read_text(encoding="utf-8")
        exhibits.append(Exhibit(name, evaluate(spec.network), *paper(text), spec.vars))
    show(exhibits)
