"""What of networks convcost does not know, in words."""

from __future__ import annotations

from collections.abc import Iterable

from convcost.gaps import Gap, UnknownOps


def unknown_lines(gaps: Iterable[Gap]) -> list[str]:
    """One line for each gap; of unknown operations how often they are there, and which share."""
    return list(map(_line, gaps))


def _line(gap: Gap) -> str:
    if isinstance(gap, UnknownOps):
        return (
            f"{gap.network}: {gap.sort}, {gap.times} of {gap.ops} operations "
            f"({100 * gap.times / gap.ops:.1f} %), is unknown and counted as nothing; "
            "--with can say what it costs, and macs in a spec"
        )
    return f"{gap.network}: {gap.metric} are {gap.status.state} what is shown: {gap.status.why}"
