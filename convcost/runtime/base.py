"""What runs networks: frameworks, each asked for the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from convcost.errors import ConvcostError
from convcost.ops.base import Shape
from convcost.runtime.timing import Timing


class Subject(NamedTuple):
    """What is timed: the source of a Python module whose last class is it, and its input; or the
    ONNX `file` that it is in."""

    source: str
    shape: Shape
    file: str = ""


class Machine(NamedTuple):
    """What ran it: the processor, the framework and its version, threads of a CPU, and the bytes
    of a last cache where they are known."""

    processor: str
    framework: str
    threads: int | None
    cache: int | None


class Runtime(NamedTuple):
    """A framework that runs networks: its `dtypes` by ours; the `machine` that "cpu" or "cuda" is;
    which of the two is the `fastest`; and how long a forward of each subject takes, in order, or
    why one does not run: `times(subjects, batch, dtype, where)`. UsageError where it is not
    installed, or has no such machine."""

    name: str
    dtypes: Mapping[str, str]
    machine: Callable[[str], Machine]
    fastest: Callable[[], str]
    times: Callable[[Sequence[Subject], int, str, str], Iterator[Timing | ConvcostError]]


def processor() -> str:
    """The name of this CPU, as far as the system tells it."""
    import platform
    from pathlib import Path

    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def first_line(error: Exception) -> str:
    """What went wrong, without where in a framework that was."""
    return str(error).partition("\n")[0]
