"""What a layer would cost built another way: the kinds side by side, for the costliest layers; for
any other the command that says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from convcost.comparison import Question, compare
from convcost.cost import LayerCost, Report
from convcost.errors import LayerError
from convcost.ops.base import Sizes, Weighted
from convcost.ops.conv import SAME_TF, ChannelwiseConv, Conv, same_pads, window
from convcost.text import command_line
from convcost.views.compare import flags
from convcost.views.compare import result as compared
from convcost.views.html import Html
from convcost.views.page import blocks
from convcost.views.report.writer import Blocks
from convcost.views.screen import PLAIN

MOST = 50
"""Different layers whose kinds stand side by side."""


class WhatIf:
    """The kinds side by side for the layers of a report that are convolutions."""

    def __init__(self, report: Report) -> None:
        costly = sorted(report.layers, key=lambda layer: -layer.macs)
        asked = (question_of(layer) for layer in costly)
        self._shown = set(list(dict.fromkeys(each for each in asked if each))[:MOST])

    def told(self, layer: LayerCost) -> Iterator[Html]:
        """The comparison, and the command that makes it; nothing for what is no convolution."""
        question = question_of(layer)
        if question is None:
            return
        yield Html.of("<h3>Built another way</h3>")
        yield Html.of("<p>As a layer of its own, without norm and activation:</p>")
        if question in self._shown:
            with suppress(LayerError):
                parts = compared(compare(**question._asdict())).parts(PLAIN)
                yield from blocks(parts, Blocks("The kinds side by side"))
        line = command_line(("convcost", "compare", *flags(question)))
        yield Html.of("<p><code>{}</code></p>", line)


def question_of(layer: LayerCost) -> Question | None:
    """The layer as `compare` asks about it; None for what is no plain convolution."""
    weighted = [stage.op for stage in layer.stages if isinstance(stage.op, Weighted)]
    convs = [op for op in weighted if isinstance(op, Conv)]
    if not convs or not all(isinstance(op, Conv | ChannelwiseConv) for op in weighted):
        return None
    (n, *size), (m, *out) = layer.ins[0], layer.out
    kernel, stride, dilation = (
        tuple(map(max, *sides, sides[0]))
        for sides in zip(*((op.kernel, op.stride, op.dilation) for op in convs), strict=True)
    )
    padding = _padding(convs)
    if padding is None or not all(size):
        return None
    pads = same_pads(kernel, dilation) if padding == "same" else convs[0].padding
    if window(tuple(size), kernel, stride, pads, dilation) != tuple(out):
        return None
    groups = convs[0].groups if len(convs) == 1 and 1 < convs[0].groups < n else None
    bias = any(op.bias for op in convs)
    k, step, spread = map(_each, (kernel, stride, dilation))
    return Question(n, m, k, tuple(size), groups, step, padding, spread, bias)


def _each(sizes: Sizes) -> int | Sizes:
    """One number where all dims have the same."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def _padding(convs: Sequence[Conv]) -> str | Sizes | None:
    """The padding as it is written; None where no word or numbers say it."""
    if all(op.padding == same_pads(op.kernel, op.dilation) for op in convs):
        return "same"
    first = convs[0].padding
    if len(convs) > 1 or first == SAME_TF:
        return SAME_TF if all(op.padding == SAME_TF for op in convs) else None
    pads = tuple(before for before, _ in first)
    if any(before != after for before, after in first):
        return None
    return pads if any(pads) else "valid"
