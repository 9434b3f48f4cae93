"""Blocks that are computed again in the backward pass rather than kept (Chen, Xu, Zhang, Guestrin
2016), as PyTorch's checkpoint does.

Of such a block what goes in is kept, and while it is computed again what it would have kept itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import accumulate, groupby

from convcost.cost import Report
from convcost.errors import UsageError
from convcost.text import is_like, listed, prefixes, quote

BLOCKS = "blocks"
"""In place of a pattern: all blocks, the outermost that has a number, or else the innermost."""
_NUMBERED = re.compile(r".*(\[\d+\]|\.\d+)")


def segments(report: Report) -> list[range]:
    """The layers, by their number, of each block that the setting has computed again; UsageError
    where it names none."""
    pattern = report.setting.checkpoint
    known = dict.fromkeys(each for layer in report.layers for each in prefixes(layer.name)[:-1])
    names = [_block(layer.name, pattern, known) for layer in report.layers]
    runs = [list(run) for name, run in groupby(range(len(names)), names.__getitem__) if name]
    if pattern and not runs:
        hint = f"the blocks are {listed(known)}" if known else "its layers stand in no blocks"
        raise UsageError(f'no block is called "{quote(pattern)}"', hint=hint)
    return [range(run[0], run[-1] + 1) for run in runs]


def _block(name: str, pattern: str, known: Collection[str]) -> str:
    """The one of the `known` blocks that a layer is computed again with, empty for none."""
    if pattern != BLOCKS:
        return next((each for each in prefixes(name) if is_like(each, pattern)), "")
    around = [each for each in prefixes(name) if each in known]
    numbered = (each for each in around if _NUMBERED.fullmatch(each))
    return next(numbered, around[-1] if around else "")


def peak(kept: Sequence[int], again: Sequence[int], blocks: Sequence[range]) -> list[int]:
    """Bytes of each layer when most is held: at the end of the forward pass, or while one of the
    `blocks` is computed again, when what comes behind it is not needed any more.

    `kept` are the bytes that each layer keeps until then, `again` those while it is.
    """
    upto = [0, *accumulate(kept)]
    held = {block: upto[block.stop] + sum(again[at] for at in block) for block in blocks}
    most = max(held, key=held.__getitem__, default=range(0))
    if held.get(most, 0) <= upto[-1]:
        return list(kept)
    during = [bytes_ if at < most.stop else 0 for at, bytes_ in enumerate(kept)]
    for at in most:
        during[at] += again[at]
    return during
