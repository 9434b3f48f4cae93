"""What can go wrong, as values: a message, the place it stands, and the remedy.

A `Problem` is shown to a person by the command line and by nothing else; until then it
travels inside a `ConvcostError`, which may carry several (every problem of a file at once).
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple


class Place(NamedTuple):
    """A span of the user's text. Lines and columns count from 1; 0 means unknown.

    `path` is the file as the user named it; `source` is the text of line `line`, so that a
    message can show it without reading the file again. `end_col` is one past the last column.
    """

    path: str
    line: int = 0
    col: int = 0
    end_line: int = 0
    end_col: int = 0
    source: str = ""

    def __str__(self) -> str:
        return ":".join([self.path, *(str(number) for number in (self.line, self.col) if number)])


class Problem(NamedTuple):
    """One thing that is wrong: `message`, `place` if it has one, `hint` for the remedy.

    `notes` name other places that matter, such as the line that used a block or the first of
    two duplicate keys.
    """

    message: str
    place: Place | None = None
    hint: str = ""
    notes: tuple[tuple[str, Place], ...] = ()

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return where + self.message + (f" ({self.hint})" if self.hint else "")


class ConvcostError(Exception):
    """Base of every error that convcost raises on purpose; holds one problem or more."""

    def __init__(
        self, *problems: Problem | str, place: Place | None = None, hint: str = ""
    ) -> None:
        self.problems = tuple(
            Problem(problem, place, hint) if isinstance(problem, str) else problem
            for problem in problems
        )
        super().__init__("\n".join(map(str, self.problems)))

    def at(
        self, place: Place | None, prefix: str = "", notes: Iterable[tuple[str, Place]] = ()
    ) -> tuple[Problem, ...]:
        """The same problems, put at `place` where they had none, each message behind `prefix`."""
        return tuple(
            problem._replace(
                message=prefix + problem.message,
                place=problem.place or place,
                notes=(*problem.notes, *notes),
            )
            for problem in self.problems
        )


class LayerError(ConvcostError):
    """A layer that cannot be built: groups that do not divide, a kernel larger than its input."""


class SpecError(ConvcostError):
    """A spec file that cannot be read or does not say what a spec must say."""


class UsageError(ConvcostError):
    """A command line or an API call that asks for something that is not there."""


class CodeError(ConvcostError):
    """The user's own Python code failed while it was imported; `trace` is its traceback."""

    def __init__(self, message: str, trace: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.trace = trace


@contextmanager
def collected(problems: list[Problem]) -> Iterator[None]:
    """Add what goes wrong inside to `problems`; only a `CodeError`, whose traceback is to be shown,
    is raised on."""
    try:
        yield
    except CodeError:
        raise
    except ConvcostError as error:
        problems += error.problems
