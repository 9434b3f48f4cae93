"""A case: what is laid out in an empty folder, and the command lines that run there, in order.

Text of a case may hold `OUTSIDE`: the absolute path of a folder beside the case's own, which no
command has a reason to read or write.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

OUTSIDE = "@OUTSIDE@"
SECRET = "SECRET-7f3a9c"  # noqa: S105 (a mark)
"""Stands in every file of the folder outside: output that holds it has read what it should not."""
CANARY = "fuzz_canary"
"""The module that no case may import, and the file that it leaves behind."""


class Write(NamedTuple):
    """A file; folders are made as needed."""

    path: str
    data: bytes


class Symlink(NamedTuple):
    """A symbolic link, dangling or not."""

    path: str
    target: str


class Fifo(NamedTuple):
    """A named pipe that nobody writes to."""

    path: str


class Git(NamedTuple):
    """A git command that must succeed."""

    args: tuple[str, ...]


class Lose(NamedTuple):
    """The object that git has under this name goes missing from the repository."""

    name: str


class Call(NamedTuple):
    """A command line of convcost, and what is known about its end.

    Calls of one `figure` are about one network: those that end well say the same params and MACs,
    and none is refused after another was not. `counts` are these two by other means. A code
    in `never` is a fault, as `because` says, where no earlier call of the case was refused. A call
    that `needs` a file is left out where no earlier one made it.
    """

    args: tuple[str, ...]
    figure: str = ""
    counts: tuple[int, int] | None = None
    never: tuple[int, ...] = ()
    because: str = ""
    env: tuple[tuple[str, str], ...] = ()
    needs: str = ""


class Together(NamedTuple):
    """Calls that run at the same time, each in a process of its own; only exit codes are seen.

    Each must leave `traces` in the file `path`.
    """

    calls: tuple[Call, ...]
    path: str
    traces: tuple[str, ...]


Step: TypeAlias = Write | Symlink | Fifo | Git | Lose | Call | Together


class Case(NamedTuple):
    """One input: the family that drew it, and its steps."""

    family: str
    steps: tuple[Step, ...]


class Outcome(NamedTuple):
    """How a call ended: its exit code (None where it did not end by itself), what it printed.

    `written` holds the files that it made or changed, `seconds` are the processor's, `megabytes`
    the peak beyond what the process had before; `raised` says what left it, or stopped it.
    """

    code: int | None
    out: str = ""
    err: str = ""
    seconds: float = 0.0
    megabytes: float = 0.0
    raised: str = ""
    written: tuple[tuple[str, bytes], ...] = ()


class Fault(NamedTuple):
    """What an oracle found: its name, and the kind of fault, equal for equal causes."""

    oracle: str
    detail: str

    def __str__(self) -> str:
        return f"{self.oracle}: {self.detail}"
