"""How many variants of a sweep there are of which sort, and how the best was looked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convcost.sweeping.searching import Search
    from convcost.views.sweep import Total


def counted(total: Total, shown: int) -> list[str]:
    """How many variants pass, are shown and refused, and whether the best of them is proven."""
    proof = _proof(total.search, shown) if total.search else ""
    return [each for each in (_counted(total, shown), proof) if each]


def _counted(total: Total, shown: int) -> str:
    """`312 of 1,008,000 variants pass, shown: 20, refused: 12, without accuracy: 7`."""
    parts = []
    if total.passing < total.variants - total.refused:
        parts.append(f"{total.passing:,} of {total.variants:,} variants pass")
    if shown < total.passing:
        parts.append(f"shown: {shown:,}")
    if total.refused:
        parts.append(f"refused: {total.refused:,}")
    if total.without:
        parts.append(f"without {', '.join(total.joined)}: {total.without:,}")
    return ", ".join(parts)


def searched(search: Search) -> Mapping[str, Any]:
    """How the best was looked for, for machines."""
    proposed = {"trials": search.trials, "seed": search.seed}
    return {
        "minimize": str(search.by),
        "space": search.space,
        "method": "enumeration" if search.exact else "nsga-ii",
        **({"trials": None, "seed": None} if search.exact else proposed),
        "exact": search.exact,
    }


def _proof(search: Search, shown: int) -> str:
    """Whether the first row is known to be the best, and none to pass if there is none."""
    end = f"the {'most' if search.by.most else 'least'}" if shown else "none"
    if search.exact:
        return f"{search.by.name}: {end} of all variants, each of which was tried"
    return f"{search.by.name}: {end} found, not proven, of {search.space:,} variants"
