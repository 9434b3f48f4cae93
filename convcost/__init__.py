"""What a convolution, or a whole network, costs, and what it would cost built another way.

    >>> from convcost import compare, evaluate
    >>> evaluate("mobilenet_v1").macs  # doctest: +SKIP
    568740352

Names are imported when first used, so that `import convcost` itself costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers understand it; importing typing takes 6 ms
if TYPE_CHECKING:
    from typing import Any

    from convcost.budget import Budget, Change, Finding, Verdict
    from convcost.comparison import Choice, Comparison, Row
    from convcost.cost import LayerCost, Report, StageCost
    from convcost.count import Count, Factor
    from convcost.difference import Diff
    from convcost.errors import (
        CodeError,
        ConvcostError,
        LayerError,
        Place,
        Problem,
        SpecError,
        UsageError,
    )
    from convcost.functions.layers import all_kinds, compare, draw, explain
    from convcost.functions.networks import (
        check,
        diff,
        evaluate,
        fit,
        memory,
        prune,
        reach,
        reconcile,
        rewrite,
        roofline,
        suggest,
        training,
    )
    from convcost.functions.outside import (
        export_keras,
        export_pytorch,
        export_spec,
        log,
        measure,
        report,
        schema,
        zoo,
    )
    from convcost.functions.sources import patch
    from convcost.functions.watching import Seen, watch
    from convcost.network import Builder, Layer, Network
    from convcost.project.gate import check_project
    from convcost.project.init import InitOutcome, init_project
    from convcost.project.lock import LockOutcome, lock_project
    from convcost.rewriting import Replacement, Rewrite, Selection
    from convcost.sites import Recipe, Site, change_layers
    from convcost.sources import load
    from convcost.status import Status
    from convcost.suggestion import Suggestion
    from convcost.sweeping.base import Sweep, sweep

__version__ = "0.1.0"

_HOMES = {
    "budget": ("Budget", "Change", "Finding", "Verdict"),
    "comparison": ("Choice", "Comparison", "Row"),
    "cost": ("LayerCost", "Report", "StageCost"),
    "count": ("Count", "Factor"),
    "difference": ("Diff",),
    "errors": (
        "CodeError",
        "ConvcostError",
        "LayerError",
        "Place",
        "Problem",
        "SpecError",
        "UsageError",
    ),
    "functions.layers": ("all_kinds", "compare", "draw", "explain"),
    "functions.networks": (
        *("check", "diff", "evaluate", "fit", "memory", "prune", "reach", "reconcile", "rewrite"),
        *("roofline", "suggest", "training"),
    ),
    "functions.outside": (
        "export_keras",
        "export_pytorch",
        "export_spec",
        "log",
        "measure",
        "report",
        "schema",
        "zoo",
    ),
    "functions.sources": ("patch",),
    "functions.watching": ("Seen", "watch"),
    "network": ("Builder", "Layer", "Network"),
    "project.gate": ("check_project",),
    "project.init": ("InitOutcome", "init_project"),
    "project.lock": ("LockOutcome", "lock_project"),
    "rewriting": ("Replacement", "Rewrite", "Selection"),
    "sites": ("Recipe", "Site", "change_layers"),
    "sources": ("load",),
    "status": ("Status",),
    "suggestion": ("Suggestion",),
    "sweeping.base": ("Sweep", "sweep"),
}
_ROOMS = ("plugins", "torch")
"""Modules that are there without being imported."""
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
    "Seen",
    "Selection",
    "Site",
    "SpecError",
    "StageCost",
    "Status",
    "Suggestion",
    "Sweep",
    "UsageError",
    "Verdict",
    "all_kinds",
    "change_layers",
    "check",
    "check_project",
    "compare",
    "diff",
    "draw",
    "evaluate",
    "explain",
    "export_keras",
    "export_pytorch",
    "export_spec",
    "fit",
    "init_project",
    "load",
    "lock_project",
    "log",
    "measure",
    "memory",
    "patch",
    "prune",
    "reach",
    "reconcile",
    "report",
    "rewrite",
    "roofline",
    "schema",
    "suggest",
    "sweep",
    "training",
    "watch",
    "zoo",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _ROOMS:
        return import_module(f"convcost.{name}")
    if name not in _HOME_OF:
        raise AttributeError(f"module 'convcost' has no attribute {name!r}")
    # No module is called as what it offers: importing it would put it in that name's place.
    value = getattr(import_module(f"convcost.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
