"""A network whose file is being written: evaluated anew whenever it is saved."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from convcost.cost import Report
from convcost.errors import ConvcostError, UsageError
from convcost.frozen import Frozen
from convcost.functions.given import Under
from convcost.sources import SpecFile, Target
from convcost.sources.inputs import Inputs

if TYPE_CHECKING:
    from convcost.difference import Diff


class Seen(Frozen):
    """A network after a save: its `report`, None as long as its file could not be read, and the
    `diff` from what it was before the last save that changed a figure, None before there was one.
    With an `error` the file cannot be read as it now is, and the report is what it last was."""

    report: Report | None = None
    diff: Diff | None = None
    error: ConvcostError | None = None


def watch(
    path: str | os.PathLike[str],
    overrides: Mapping[str, Any] | None = None,
    *,
    input: Inputs | None = None,  # noqa: A002 - what specs and the command line call it
    convention: str = "papers",
    metrics: Sequence[str] = (),
    **under: Unpack[Under],
) -> Iterator[Seen]:
    """The network in the file `path` as it is now, and again after each save of the file, without
    end. The rest is as for `evaluate`; what is wrong in the file is the `error` of what is seen.
    SpecError if there is no such file in the beginning."""
    from convcost.functions.networks import evaluate

    file = Path(path)

    def read() -> Report:
        return evaluate(
            file, overrides, input=input, convention=convention, metrics=metrics, **under
        )

    return followed(SpecFile(os.fspath(path)), read)


def followed(target: Target, read: Callable[[], Report]) -> Iterator[Seen]:
    """What `read` gives of `target` now, and after each save of its file.

    UsageError for a target that is no file, SpecError for a file that is not there or is none.
    """
    from convcost.sources.saves import saves
    from convcost.sources.yaml.files import opened
    from convcost.sources.zoo import refuse_missing

    if not isinstance(target, SpecFile):
        raise UsageError(
            f"{target} is no file, and files alone can be followed",
            hint='"convcost import" writes code as a spec',
        )
    refuse_missing(target.path)
    opened(target.path).close()
    return _seen(saves([target.path]), read)


def _seen(saves: Iterable[None], read: Callable[[], Report]) -> Iterator[Seen]:
    last = Seen()
    for _ in saves:
        try:
            last = _after(last, read())
        except ConvcostError as error:
            last = last.changed(error=error)
        yield last


def _after(last: Seen, now: Report) -> Seen:
    """What is seen of `now`, which changes what was seen last, or nothing that counts."""
    from convcost.difference import diff
    from convcost.metrics import USUAL

    if last.report is None:
        return Seen(now)
    found = diff(last.report, now)
    is_other = found.changes or any(map(found.delta, (*USUAL, *now.more)))
    return Seen(now, found if is_other else last.diff)
