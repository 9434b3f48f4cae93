"""One variant of a sweep as a spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from convcost.cli.output import write_own
from convcost.cli.values import whole
from convcost.errors import UsageError

if TYPE_CHECKING:
    from convcost.cli.groups import Destination
    from convcost.sweeping.outcome import Row
    from convcost.sweeping.space import Space

BEST = "best"


def row_in(text: str, space: Space) -> dict[str, Any]:
    """The values of the row that `--emit` names; UsageError if there is none."""
    number = 0 if text.strip() == "0" else whole("--emit", text)
    if number >= space.size:
        raise UsageError(f"there is no row {number:,}", hint=f"the last is {space.size - 1:,}")
    return space.row(number)


def first_of(rows: Sequence[Row]) -> Mapping[str, Any]:
    """The values of the best row; UsageError if there is none, or it was refused."""
    if not rows or rows[0].note.refused:
        raise UsageError("there is no variant to emit", hint="no row passes; ask for less")
    return rows[0].values


def write_row(values: Mapping[str, Any], asked: Mapping[str, Any], to: Destination) -> None:
    """Write a variant of what is `asked` for as a spec, to a file or to stdout."""
    from convcost.emit.setting import spec_with
    from convcost.sweeping.space import NETWORK

    targets, choices = asked["targets"], asked["choices"]
    target, skipped = targets[0], {*choices}
    if len(targets) > 1:
        target = next(each for each in targets if str(each) == values[NETWORK])
        skipped.add(NETWORK)
    own = {name: value for name, value in values.items() if name not in skipped} | asked["fixed"]
    kinds = {name: of[values[name]] for name, of in choices.items()}
    write_own(spec_with(target, own, kinds), to.output, "sweep", to.force)
