"""No line of a table is torn on a terminal of 60 columns or more, whatever the network."""

from __future__ import annotations

import pytest

from convcost.cli import output
from tests.cli.runner import Runner

LINES = (
    "compare --in 512 --out 2048 -k 5 --size 224x224 --stride 2 --bias",
    "explain spatial-separable[rank=16] --in 64 --out 128 -k 3x5 --size 28x28 --bias",
    "kinds",
    "eval resnet50 vgg16 --summary",
    "check resnet50 vgg16 --max-params 5M",
    "reconcile resnet50 --explain ptflops",
    "rewrite resnet50 --replace standard=depthwise-separable",
    "suggest resnet50 --max-macs 2G --max-params 10M",
    "diff resnet50 vgg16",
    "zoo",
)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("line", LINES)
def test_no_line_is_torn(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch, line: str, width: int
) -> None:
    monkeypatch.setattr(output, "width", lambda stream: width)
    code, out, _ = convcost(*line.split())
    assert code in (0, 1)
    # A command to copy is one line, however long.
    torn = [each for each in out.splitlines() if len(each) > width and "convcost " not in each]
    assert torn == []
