"""What of networks convcost does not know, in words."""

from __future__ import annotations

from collections.abc import Iterable

from convcost.gaps import Gap, UnknownOps


def unknown_lines(gaps: Iterable[Gap]) -> list[str]:
    """One line for each gap; of unknown operations how many there are, and which share of the work
    they are likely to be."""
    return list(map(_line, gaps))


def _line(gap: Gap) -> str:
    if isinstance(gap, UnknownOps):
        return (
            f"{gap.network}: {gap.sort}, {gap.times} of {gap.ops} operations "
            f"(about {100 * gap.share:.1f} % of the work, by its tensors), is unknown and "
            "counted as nothing; --with can say what it costs, and macs in a spec"
        )
    return f"{gap.network}: {gap.metric} are {gap.status.state} what is shown: {gap.status.why}"
