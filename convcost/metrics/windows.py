"""Along one axis: which positions of its input an op reads, and which window of the network's input
that comes to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple, Protocol

from convcost.status import COMPLETE, Status

MOST_PHASES = 1024
"""Windows that a pattern of positions may have before it repeats: a product of upsamplings."""
Window = tuple[int, int]
"""First and last position."""
_LOST = Status("about", "positions cannot be followed through all of it")


class Taps(Protocol):
    """What an op reads along an axis: `per` positions of its output move by `step` in its input."""

    @property
    def step(self) -> int: ...
    @property
    def per(self) -> int: ...

    def at(self, position: int) -> Sequence[int]:
        """Positions of the input that one of the output reads, some of them perhaps beside it."""


class Slide(NamedTuple):
    """A window that slides: a convolution, a pool, a pad, a crop."""

    step: int
    before: int
    dilation: int = 1
    taps: int = 1
    per: int = 1

    def at(self, position: int) -> Sequence[int]:
        start = position * self.step - self.before
        return range(start, start + self.dilation * self.taps, self.dilation)


_STAY = Slide(1, 0)


class Spread(NamedTuple):
    """A transposed convolution: every input position is spread over so many `taps`."""

    per: int
    before: int
    dilation: int
    taps: int
    step: int = 1

    def at(self, position: int) -> Sequence[int]:
        start, common = position + self.before, gcd(self.dilation, self.per)
        if start % common:
            return ()
        # Every so many taps, the first of which is where start - dilation * tap is divided by per.
        every, spread = self.per // common, self.dilation // common
        first = start // common * pow(spread, -1, every) % every
        many = max(0, -(-(self.taps - first) // every))
        source = (start - self.dilation * first) // self.per
        return range(source, source - spread * many, -spread)


class Bins(NamedTuple):
    """Adaptive pooling of `step` positions to `per`."""

    step: int
    per: int

    def at(self, position: int) -> Sequence[int]:
        last = -(-(position + 1) * self.step // self.per)
        return range(position * self.step // self.per, last)


class Sample(NamedTuple):
    """Resizing of `step` positions to `per`: the nearest, or `around` neighbours on both sides."""

    step: int
    per: int
    around: int = 0

    def at(self, position: int) -> Sequence[int]:
        if not self.around:
            return (position * self.step // self.per,)
        nearest = ((2 * position + 1) * self.step - self.per) // (2 * self.per)
        return range(nearest - self.around + 1, nearest + self.around + 1)


class Axis(NamedTuple):
    """What positions of a tensor see of one axis of the network's input, as if that had no rim.

    The position u sees `windows[u % len(windows)]`, moved by `step` for each time that all of them
    went by; None sees nothing. The axis is `aligned` while all ways to a position have the same
    centre. Where the `whole` of it is seen, by global pooling or a linear layer, the windows are
    those of what was pooled. `doubt` is how far the windows are to be believed.
    """

    step: int = 1
    windows: tuple[Window | None, ...] = ((0, 0),)
    aligned: bool = True
    whole: bool = False
    doubt: Status = COMPLETE

    @property
    def stride(self) -> Fraction:
        """How far a position moves the window."""
        return Fraction(self.step, len(self.windows))

    @property
    def size(self) -> int:
        """Of the largest window."""
        return max((each[1] - each[0] + 1 for each in self.windows if each), default=0)

    def at(self, position: int) -> Window | None:
        """What one position sees."""
        times, phase = divmod(position, len(self.windows))
        window = self.windows[phase]
        return window and (window[0] + times * self.step, window[1] + times * self.step)

    def through(self, taps: Taps) -> Axis:
        """What the positions behind an op see."""
        if self.whole or self.is_lost or taps == _STAY:
            return self
        phases = len(self.windows)
        rounds = phases // gcd(phases, taps.step)
        if rounds * taps.per > MOST_PHASES:
            return self.lost()
        read = (self._read(taps.at(position)) for position in range(rounds * taps.per))
        step = self.step * (rounds * taps.step // phases)
        return self._replace(step=step, windows=_shortest(step, tuple(map(_hull, read))))

    def _read(self, positions: Sequence[int]) -> Iterable[Window | None]:
        # Windows go up from one turn to the next: the ends are enough, however large a kernel.
        turn = len(self.windows)
        ends = (*positions[:turn], *positions[-turn:]) if len(positions) > 2 * turn else positions
        return map(self.at, ends)

    @property
    def is_lost(self) -> bool:
        """Whether positions are not those of the input any more."""
        return self.doubt is _LOST

    def lost(self) -> Axis:
        """The same for positions that were mixed up."""
        return self._replace(doubt=_LOST)


def joined(axes: Sequence[Axis]) -> Axis:
    """What a sum, product or concatenation sees; what sees the whole must not hide the rest."""
    if some := [axis for axis in axes if not axis.whole]:
        axes = some
    first = axes[0]
    doubts = [axis.doubt for axis in axes if axis.doubt != COMPLETE]
    doubt = _LOST if _LOST in doubts else next(iter(doubts), COMPLETE)
    if all(axis == first for axis in axes):
        return first
    if any(axis.stride != first.stride for axis in axes):
        # Windows drift apart from one position to the next: those of the first are told.
        window = _hull([axis.at(0) for axis in axes])
        return Axis(max(1, int(first.stride)), (window,), aligned=False).lost()
    phases = lcm(*(len(axis.windows) for axis in axes))
    if phases > MOST_PHASES:
        return first.lost()
    lifted = [[axis.at(position) for axis in axes] for position in range(phases)]
    centres = ({each[0] + each[1] for each in seen if each} for seen in lifted)
    aligned = all(axis.aligned for axis in axes) and all(len(each) < 2 for each in centres)
    step = int(first.stride * phases)
    return Axis(step, _shortest(step, tuple(map(_hull, lifted))), aligned, first.whole, doubt)


def inside(places: Sequence[int], size: int) -> Sequence[int]:
    """Those of `places` that are from 0 to below `size`; of a range without going through it."""
    if not isinstance(places, range):
        return [each for each in places if 0 <= each < size]
    up = places if places.step > 0 else places[::-1]
    return up[max(0, -(up.start // up.step)) : max(0, (size - 1 - up.start) // up.step + 1)]


def _hull(windows: Iterable[Window | None]) -> Window | None:
    """From the first to the last position of all."""
    seen = [each for each in windows if each]
    return (min(each[0] for each in seen), max(each[1] for each in seen)) if seen else None


def _shortest(step: int, windows: tuple[Window | None, ...]) -> tuple[Window | None, ...]:
    """One window, where the others are that one moved by equal steps; else all of them."""
    each, rest = divmod(step, len(windows))
    first = windows[0]
    if len(windows) == 1 or rest or first is None:
        return windows
    moved = tuple((first[0] + at * each, first[1] + at * each) for at in range(len(windows)))
    return windows[:1] if windows == moved else windows
