"""The figures of every row of a space, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any

from convcost.errors import ConvcostError
from convcost.sweeping.bounds import Bounds
from convcost.sweeping.outcome import FINE, Found, Note
from convcost.sweeping.program import Program, program_of
from convcost.sweeping.space import Space
from convcost.sweeping.tracing import traced

if TYPE_CHECKING:
    from numpy import ndarray

GRID = (2**19, 2**16, 2**13)
"""Rows of a grid that are worked out at a time: in the end, earlier, and in the beginning."""
LISTED = (2**14, 2**11)
"""The same of rows that are no grid, where every step of a program has a number for each."""
BY_ROW = (2**6,)
"""The same where each row is evaluated by itself."""
_MOST_PROGRAMS = 256

Figures = Mapping[str, Any]
Build = Callable[[Mapping[str, Any]], tuple[Figures, Note]]
"""What gives the figures for some values of vars; ConvcostError for what is refused."""


class Runner:
    """Works out rows with `build`, traced once for all rows that take the same branches, or called
    for each row; `notes` are those of all rows so far. Traces have the vars of `words` as numbers
    that count these. `traced` is how many traces were made."""

    def __init__(
        self,
        build: Build,
        metrics: Sequence[str],
        by_row: bool = False,
        words: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self._build = build
        self._metrics = tuple(metrics)
        self.by_row = by_row
        self.words = {} if by_row else words or {}
        self._programs: list[Program] = []
        self.traced = 0
        self._bounds: Mapping[str, Bounds] = {}
        self.notes: list[Note] = [FINE]
        self._known: dict[Note, int] = {FINE: 0}

    def seconds(self, space: Space) -> float:
        """How long its first row takes."""
        start = perf_counter()
        with suppress(ConvcostError):
            self._build(space.row(0))
        return perf_counter() - start

    @property
    def traces(self) -> int:
        """How many of its traces are known: the fewer, the more rows take the same branches."""
        return len(self._programs)

    def blocks(self, space: Space, start: int = 0, whole: Space | None = None) -> Iterator[Found]:
        """The figures of a space in blocks, the first ones small. It may be a part, which starts at
        a row, of a `whole`."""
        bounds = {} if self.by_row else (whole or space).coded(self.words).bounds()
        if self._bounds != bounds:
            self._programs, self._bounds = [], bounds
        sizes = BY_ROW if self.by_row else GRID if len(space.axes) > 1 else LISTED
        for first, part in _growing(space, sizes):
            yield self._found(part, start + first)

    def _found(self, space: Space, first: int) -> Found:
        import numpy as np

        coded = space.coded(self.words)
        block = _Block(coded, self._metrics)
        with np.errstate(all="ignore"):
            used: dict[int, int] = {}
            for at, program in enumerate(self._programs):
                if block.is_full:
                    break
                used[at] = block.fill(program, self._number_of(program.note))
            while not block.is_full:
                program = self._traced(coded.row(block.next_row))
                count = block.fill(program, self._number_of(program.note))
                assert count, "a trace holds for the row that it was made of"
                used[len(self._programs)] = count
                self._programs.append(program)
        # Those that most rows are of are tried first.
        order = sorted(range(len(self._programs)), key=lambda at: -used.get(at, 0))
        most = 0 if self.by_row else _MOST_PROGRAMS
        self._programs = [self._programs[at] for at in order[:most]]
        figures = {name: column.ravel() for name, column in block.figures.items()}
        return Found(space, figures, block.which.ravel(), self.notes, first)

    def _traced(self, values: Mapping[str, Any]) -> Program:
        """The program of the rows that are like this one."""
        self.traced += 1
        trace, seen = traced(values, frozenset(self._bounds))
        fixed = {name: value for name, value in values.items() if name not in self._bounds}
        figures: Figures = {}
        try:
            figures, note = self._build(seen)
        except ConvcostError as error:
            note = Note(tuple(dict.fromkeys(map(str, error.problems))))
        program = program_of(trace, figures, note, fixed, self._bounds)
        trace.forget()
        return program

    def _number_of(self, note: Note) -> int:
        if note not in self._known:
            self._known[note] = len(self.notes)
            self.notes.append(note)
        return self._known[note]


def _growing(space: Space, sizes: Sequence[int]) -> Iterator[tuple[int, Space]]:
    """The blocks of a space, the first of which is itself in smaller ones."""
    for first, part in space.blocks(sizes[0]):
        if first or len(sizes) == 1:
            yield first, part
        else:
            yield from _growing(part, sizes[1:])


class _Block:
    """The figures of one block, filled program by program."""

    def __init__(self, space: Space, metrics: Sequence[str]) -> None:
        import numpy as np

        self._columns: Mapping[str, ndarray] = space.grid()
        self._box: tuple[Any, ...] = (slice(None),) * len(space.axes)
        self.figures: dict[str, ndarray] = {
            name: np.zeros(space.shape, dtype=np.int64) for name in metrics
        }
        self.which = np.zeros(space.shape, dtype=np.int32)
        self._left = np.ones(space.shape, dtype=bool)

    @property
    def is_full(self) -> bool:
        """Whether every row has what it comes to."""
        return not self._left.any()

    @property
    def next_row(self) -> int:
        """The first row that has not."""
        return int(self._left.argmax())

    def fill(self, program: Program, number: int) -> int:
        """Put in what a program, whose note has that number, gives for the rows it holds for; how
        many there are."""
        import numpy as np

        arrays: dict[int, Any] = {}
        mask = program.holds(self._columns, arrays)
        if not mask.any():
            return 0
        inner = _box(mask, self._left[self._box].shape)
        box = _inside(self._box, inner, self._left.shape)
        here = np.broadcast_to(mask, self._left[self._box].shape)[inner] & self._left[box]
        if not here.any():
            return 0
        self._left[box] &= ~here
        self.which[box] = np.where(here, number, self.which[box])
        parts = {at: _cut(arrays[at], inner) for at in program.needs}
        for name, value in program.figures(parts).items():
            put(self.figures, name, box, here, value)
        if here.ndim == 1 and not self.is_full:
            self._shrink()
        return int(here.sum())

    def _shrink(self) -> None:
        """Look at the rows alone that are left, where they are no grid."""
        inner = _box(self._left[self._box], self._left[self._box].shape)
        self._columns = {name: _cut(column, inner) for name, column in self._columns.items()}
        self._box = _inside(self._box, inner, self._left.shape)


def _box(mask: ndarray, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """The least part of the grid with all that `mask` is true of: an index for each axis."""
    import numpy as np

    found: list[Any] = []
    for axis in range(len(shape)):
        if mask.ndim and mask.shape[axis] > 1:
            others = tuple(each for each in range(mask.ndim) if each != axis)
            found.append(np.flatnonzero(mask.any(axis=others)))
        else:
            found.append(np.arange(shape[axis]))
    return _indices(found)


def _inside(
    outer: tuple[Any, ...], inner: tuple[Any, ...], shape: tuple[int, ...]
) -> tuple[Any, ...]:
    """The box `inner`, which lies in the box `outer`, as one of the whole grid."""
    import numpy as np

    return _indices(
        [
            np.arange(size)[_flat(out)][_flat(within)]
            for out, within, size in zip(outer, inner, shape, strict=True)
        ]
    )


def _flat(index: Any) -> Any:
    return index if isinstance(index, slice) else index.ravel()


def _indices(found: Sequence[Any]) -> tuple[Any, ...]:
    """Indices of each axis as those of a box, by slices where they can be."""
    import numpy as np

    if all(each[-1] - each[0] + 1 == len(each) for each in found):
        return tuple(slice(each[0], each[-1] + 1) for each in found)
    return tuple(np.ix_(*found))


def _cut(array: Any, box: tuple[Any, ...]) -> Any:
    """The part of an array that broadcasts to the grid which lies in the box."""
    for axis, index in enumerate(box):
        if getattr(array, "ndim", 0) and array.shape[axis] > 1:
            array = array[(slice(None),) * axis + (_flat(index),)]
    return array


def put(figures: dict[str, ndarray], name: str, box: Any, here: ndarray, value: Any) -> None:
    """Write figures into a column where they are meant, which holds Python's integers where int64
    is too small."""
    import numpy as np

    column, large = figures[name], np.dtype(object)
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        value = np.array(value, large)  # one for all of these rows
    new = np.where(here, value, column[box])
    if new.dtype == large and column.dtype != large:
        if all(-(2**63) <= each < 2**63 for each in new.ravel().tolist()):
            new = new.astype(np.int64)
        else:
            figures[name] = column = column.astype(object)
    column[box] = new
