"""Activations in memory: which bytes each buffer takes, from which step to which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from convcost.metrics.memory import Plan
from convcost.text import quote
from convcost.views.figures import short
from convcost.views.memory import notes, totals
from convcost.views.pictures.axes import Scale, along, room_for, up
from convcost.views.pictures.bars import legend
from convcost.views.pictures.page import WIDTH, Panel, page
from convcost.views.pictures.svg import (
    FONT,
    LINE,
    SHADES,
    STRAND,
    Point,
    Svg,
    area,
    line,
    rect,
    text,
    width_of,
)
from convcost.views.standing import reasons
from convcost.views.words import title, where_from

if TYPE_CHECKING:
    from convcost.metrics.patches import Patched

MOST_BUFFERS = 800
"""Of more, only how many bytes are alive is drawn."""
MOST_POINTS = 400
_HEIGHT = 220
_TOP = LINE + 8.0
_AT_PEAK, _OTHER = SHADES[1], SHADES[3]


def render(found: Plan | Patched) -> Svg:
    """The buffers of a network over its steps, or what is alive in a stage of patches."""
    if not isinstance(found, Plan):
        from convcost.views.pictures import patches  # a report of networks has none

        return patches.render(found)
    panels = _plan(found) if found.order else []
    said = [*totals(found), *notes(found), *reasons(found.report)]
    return page(title(found.report), where_from(found.report), panels, said)


def _plan(plan: Plan) -> list[Panel]:
    """Bytes by step, and what the marks stand for."""
    bottom = _TOP + _HEIGHT
    scale = Scale(0, max(plan.arena, plan.peak, 1), bottom, _TOP, is_binary=True)
    steps = Scale(1, len(plan.live) + 1, room_for(scale), WIDTH)
    together = -(-len(plan.live) // MOST_POINTS)
    alive = list(_alive(plan, steps, scale, together))
    marks = [
        *up(scale, steps.start, WIDTH),
        *along(steps, bottom, bottom),
        text(0, FONT - 2, "bytes", "dim"),
        text(WIDTH, bottom + 2 * LINE + 2, "step", "dim", "end"),
    ]
    if len(plan.buffers) <= MOST_BUFFERS:
        marks += [*_boxes(plan, steps, scale), line(alive), *_names(plan, steps, scale, alive)]
        key = legend(
            ["alive at the peak", "other buffers", "all alive"], [_AT_PEAK, _OTHER, STRAND]
        )
    else:
        marks.append(area([(steps.start, bottom), *alive, (WIDTH, bottom)], _OTHER))
        key = legend([f"alive, the most in {together:,} steps: too many for boxes"], [_OTHER])
    return [Panel(WIDTH, bottom + 2 * LINE + 4, [*marks, *_peak(plan, steps, scale)]), key]


def _boxes(plan: Plan, steps: Scale, scale: Scale) -> Iterator[Svg]:
    """A box for each buffer, as long as it is alive and as high as it is large."""
    at_peak = set(plan.alive(plan.peak_at))
    for at, buffer in enumerate(plan.buffers):
        x, y, width, height = _box(plan, at, steps, scale)
        lives = f"steps {buffer.first + 1} to {buffer.last + 1}, from byte {plan.offsets[at]:,}"
        told = f"{quote(plan.name_of(at))}, {lives}: {buffer.size:,} bytes"
        yield rect(x, y, width, max(height, 0.5), _AT_PEAK if at in at_peak else _OTHER, told)


def _box(plan: Plan, at: int, steps: Scale, scale: Scale) -> tuple[float, float, float, float]:
    """Its upper left corner, its width and its height."""
    buffer, offset = plan.buffers[at], plan.offsets[at]
    x, y = steps.at(buffer.first + 1), scale.at(offset + buffer.size)
    return x, y, steps.at(buffer.last + 2) - x, scale.at(offset) - y


def _names(plan: Plan, steps: Scale, scale: Scale, alive: Sequence[Point]) -> Iterator[Svg]:
    """The names of those whose boxes have room for them, off the line of what is alive."""
    for at in range(len(plan.buffers)):
        name = quote(plan.name_of(at))
        x, y, width, height = _box(plan, at, steps, scale)
        right = x + 4 + width_of(name)
        if right > x + width - 2 or height < LINE:
            continue
        for top in (y, y + height - LINE):
            if not any(_meets(step, x, right, top) for step in pairwise(alive)):
                yield text(x + 4, top + FONT, name, "on")
                break


def _meets(step: tuple[Point, Point], left: float, right: float, top: float) -> bool:
    """Whether a part of a line runs through a line of text."""
    (x1, y1), (x2, y2) = step
    low, high = sorted((y1, y2))
    return x1 <= right and x2 >= left and low <= top + LINE and high >= top


def _alive(plan: Plan, steps: Scale, scale: Scale, together: int) -> Iterator[Point]:
    """Along the bytes that are alive: a level for each step, or the most of several."""
    for start in range(0, len(plan.live), together):
        y = scale.at(max(plan.live[start : start + together]))
        yield steps.at(start + 1), y
        yield steps.at(min(start + together, len(plan.live)) + 1), y


def _peak(plan: Plan, steps: Scale, scale: Scale) -> Iterator[Svg]:
    """The step with the peak, and how large that is."""
    at = plan.peak_at + 1
    middle = (steps.at(at) + steps.at(at + 1)) / 2
    words = f"peak {short(plan.peak, 'bytes')}, step {at:,}"
    half = width_of(words) / 2
    yield line([(middle, scale.start), (middle, _TOP - 4)], "axis")
    yield text(
        min(max(middle, steps.start + half), WIDTH - half), _TOP - 8, words, "strong", "middle"
    )
