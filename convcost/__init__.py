"""What a convolution, or a whole network, costs, and what it would cost built another way.

    >>> from convcost import compare, evaluate, load
    >>> evaluate(load("specs/mobilenet_v1.yaml")).macs  # doctest: +SKIP
    568740352

Names are imported when first used, so that `import convcost` itself costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers understand it; importing typing takes 6 ms
if TYPE_CHECKING:
    from typing import Any

    from convcost.budget import Budget, Change, Finding, Verdict
    from convcost.checking import check
    from convcost.comparison import Choice, Comparison, Row, compare
    from convcost.cost import LayerCost, Report, StageCost, evaluate
    from convcost.count import Count, Factor
    from convcost.difference import Diff, diff
    from convcost.errors import (
        CodeError,
        ConvcostError,
        LayerError,
        Place,
        Problem,
        SpecError,
        UsageError,
    )
    from convcost.network import Builder, Layer, Network
    from convcost.project.gate import check_project
    from convcost.project.init import InitOutcome, init_project
    from convcost.project.lock import LockOutcome, lock_project
    from convcost.rewriting import Replacement, Rewrite, Selection, rewrite
    from convcost.sites import Recipe, Site, change_layers
    from convcost.sources import load
    from convcost.status import Status
    from convcost.suggestion import Suggestion, suggest
    from convcost.sweeping.base import Sweep, sweep

__version__ = "0.1.0"

_HOMES = {
    "budget": ("Budget", "Change", "Finding", "Verdict"),
    "checking": ("check",),
    "comparison": ("Choice", "Comparison", "Row", "compare"),
    "cost": ("LayerCost", "Report", "StageCost", "evaluate"),
    "count": ("Count", "Factor"),
    "difference": ("Diff", "diff"),
    "errors": (
        "CodeError",
        "ConvcostError",
        "LayerError",
        "Place",
        "Problem",
        "SpecError",
        "UsageError",
    ),
    "network": ("Builder", "Layer", "Network"),
    "project.gate": ("check_project",),
    "project.init": ("InitOutcome", "init_project"),
    "project.lock": ("LockOutcome", "lock_project"),
    "rewriting": ("Replacement", "Rewrite", "Selection", "rewrite"),
    "sites": ("Recipe", "Site", "change_layers"),
    "sources": ("load",),
    "status": ("Status",),
    "suggestion": ("Suggestion", "suggest"),
    "sweeping.base": ("Sweep", "sweep"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Budget",
    "Builder",
    "Change",
    "Choice",
    "CodeError",
    "Comparison",
    "ConvcostError",
    "Count",
    "Diff",
    "Factor",
    "Finding",
    "InitOutcome",
    "Layer",
    "LayerCost",
    "LayerError",
    "LockOutcome",
    "Network",
    "Place",
    "Problem",
    "Recipe",
    "Replacement",
    "Report",
    "Rewrite",
    "Row",
    "Selection",
    "Site",
    "SpecError",
    "StageCost",
    "Status",
    "Suggestion",
    "Sweep",
    "UsageError",
    "Verdict",
    "change_layers",
    "check",
    "check_project",
    "compare",
    "diff",
    "evaluate",
    "init_project",
    "load",
    "lock_project",
    "rewrite",
    "suggest",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'convcost' has no attribute {name!r}")
    from importlib import import_module

    # No module is called as what it offers: importing it would put it in that name's place.
    value = getattr(import_module(f"convcost.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
