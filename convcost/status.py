"""How far a figure is to be believed: what is not understood is never zero, and never a pass.

A status belongs to one metric of a layer, or of a network, as the default rule counts it. Metrics
that are complete have none.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

State = Literal["complete", "at least", "about", "unknown"]
STATES: tuple[State, ...] = get_args(State)
"""From exact to nothing known: `at least` is a lower bound, `about` may be off either way."""
_MOST_REASONS = 3


class Status(NamedTuple):
    """The state of a figure, and why it is not complete."""

    state: State = "complete"
    why: str = ""

    def exceeds(self, actual: int, limit: int) -> bool | None:
        """Whether a figure of this status, `actual`, is over `limit`; None if that is open."""
        if self.state == "complete" or (self.state == "at least" and actual > limit):
            return actual > limit
        return None


Statuses = Mapping[str, Status]
"""By metric; one that is not named is complete."""

COMPLETE = Status()
ALL_COMPLETE: Statuses = MappingProxyType({})


def status_of(statuses: Statuses, metric: str) -> Status:
    """The status of one metric."""
    return statuses.get(metric, COMPLETE)


def merged(parts: Iterable[Statuses]) -> Statuses:
    """What a sum over `parts` is: by metric the least sure state, and every reason once."""
    found: dict[str, list[Status]] = {}
    for part in parts:
        for metric, status in part.items():
            if status.state != "complete":
                found.setdefault(metric, []).append(status)
    if not found:
        return ALL_COMPLETE
    return {metric: _least_sure(statuses) for metric, statuses in found.items()}


def _least_sure(statuses: list[Status]) -> Status:
    state = max((status.state for status in statuses), key=STATES.index)
    reasons = list(dict.fromkeys(status.why for status in statuses if status.why))
    said = "; ".join(reasons[:_MOST_REASONS])
    if len(reasons) > _MOST_REASONS:
        said += f"; and {len(reasons) - _MOST_REASONS} more"
    return Status(state, said)
