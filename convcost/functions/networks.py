"""Functions about whole networks: each takes whatever names one, or its report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Unpack

from convcost.cost import Report
from convcost.cost import evaluate as evaluate_network
from convcost.functions.given import (
    Limits,
    Run,
    Source,
    Under,
    budgets_of,
    device_of,
    network_of,
    replacements_of,
    report_of,
    setting_of,
)
from convcost.metrics import measured
from convcost.rewriting import Replacement, Rewrite, Selection
from convcost.setting import FP32
from convcost.sources.counting import counted, other_convention
from convcost.sources.inputs import Inputs

if TYPE_CHECKING:
    from convcost.budget import Findings
    from convcost.conventions.reconcile import Reconciliation
    from convcost.device import Device
    from convcost.difference import Diff
    from convcost.metrics.fit import Fit
    from convcost.metrics.memory import Plan
    from convcost.metrics.patches import Patched
    from convcost.metrics.reach import Reach
    from convcost.metrics.roofline import Roofline
    from convcost.metrics.training import Training
    from convcost.ops.base import Sizes
    from convcost.status import Statuses
    from convcost.suggestion import Suggestion

USUAL = "papers"


def evaluate(
    source: Source,
    overrides: Mapping[str, Any] | object = None,
    *,
    input: Inputs | None = None,  # noqa: A002 - what specs and the command line call it
    convention: str = USUAL,
    metrics: Sequence[str] = (),
    **under: Unpack[Under],
) -> Report:
    """The cost of every layer of a network and their totals, by the default counting rule
    (docs/counting.md) or another `convention`: exact integers, batch 1, multiply-adds rather than
    FLOPs.

    `source`, `overrides` and `input` are as for `load`; a report is counted and measured anew.
    `metrics` besides the counts depend on what it is `under`: dtype, batch, device, ... The errors
    are those of `load`, and UsageError for a convention, a metric or a setting that there is not.
    """
    if isinstance(source, Report):
        report = report_of(source, under)
    else:
        report = evaluate_network(network_of(source, overrides, input))
        report = report.under(setting_of(under, report.setting))
    return measured(counted(report, other_convention(convention)), metrics)


def check(
    source: Source,
    limits: Limits,
    before: Mapping[str, int] | None = None,
    *,
    status_before: Statuses | None = None,
    lenient: bool = False,
    **under: Unpack[Under],
) -> Findings:
    """Every limit held against a network, passed ones included, in the order given.

    A limit on layers gives a finding for each layer that is over it, or else one for the layer
    that comes closest; and one more for those of which that cannot be told. `before` are the
    totals that growth is measured from, with their statuses; without them limits on growth are
    left out. What was not understood leaves a finding undecided, unless `lenient`. UsageError for
    a limit on what is no metric, or on growth of what `before` lacks.
    """
    from convcost.budget import Findings
    from convcost.checking import check as held

    report, budgets = report_of(source, under), budgets_of(limits)
    found = held(report, budgets, before, status_before=status_before or {}, lenient=lenient)
    return Findings(found)


def diff(
    before: Source, after: Source, *, metrics: Sequence[str] = (), **under: Unpack[Under]
) -> Diff:
    """What changed from one network to another, as `convcost.difference.diff` finds it. A name may
    also be that of a saved report, `base.json`, or of a file in git, `git:main:net.yaml`."""
    from convcost.difference import diff as compared

    return compared(*(measured(report_of(each, under), metrics) for each in (before, after)))


def rewrite(
    source: Source,
    *replacements: str | Replacement,
    selection: Selection | None = None,
    inner: bool = False,
    where: str | None = None,
    only: Sequence[str] = (),
    excluding: Sequence[str] = (),
    first: bool = False,
    classifier: bool = False,
) -> Rewrite:
    """A network with the layers of some kinds replaced, as `convcost.rewriting.rewrite` does it.

    A replacement may be a text, `standard=group[groups=4]`. Which layers are meant is said by a
    `Selection`, or by its parts, with a condition as text: `where="k > 1 and n >= 32"`.
    """
    from convcost.rewriting import rewrite as rewritten

    chosen = selection or selected(where, only, excluding, first, classifier)
    wanted = replacements_of(replacements)
    return rewritten(network_of(source), *wanted, selection=chosen, inner=inner)


def selected(
    where: str | None = None,
    only: Sequence[str] = (),
    excluding: Sequence[str] = (),
    first: bool = False,
    classifier: bool = False,
) -> Selection:
    """Which layers are meant; UsageError for a condition that is none."""
    from convcost.sources.formulas import condition

    test = None if where is None else condition(where)
    return Selection(test, tuple(only), tuple(excluding), first, classifier)


def prune(
    source: Source, shares: Mapping[str, float | Fraction], *, classifier: bool = False
) -> Rewrite:
    """A network with fewer channels, as `convcost.pruning.prune` does it: `{"layer3*": 0.5}`."""
    from convcost.pruning import prune as pruned

    left = {name: Fraction(str(share)) for name, share in shares.items()}
    return pruned(network_of(source), left, classifier=classifier)


def suggest(
    source: Source,
    limits: Limits,
    replacements: Sequence[str | Replacement] = (),
    *,
    selection: Selection | None = None,
    inner: bool = False,
    **under: Unpack[Under],
) -> Suggestion:
    """The smallest set of replacements that brings a network under `limits`, if any does, as
    `convcost.suggestion.suggest` finds it: `suggest("vgg16", {"macs": "5G"})`."""
    from convcost.suggestion import USUAL as TRIED
    from convcost.suggestion import suggest as suggested

    return suggested(
        network_of(source),
        budgets_of(limits),
        tuple(replacements_of(replacements)) or TRIED,
        selection=selection or Selection(),
        inner=inner,
        setting=setting_of(under, FP32),
    )


def reconcile(
    source: Source,
    *,
    conventions: Sequence[str] = (),
    explain: str | None = None,
    number: str | None = None,
) -> Reconciliation:
    """What each tool says of a network: those that ship, and `conventions` besides. One is taken
    apart with `explain`; with a `number`, who may have printed it."""
    from convcost.conventions.reconcile import Reconciliation, known
    from convcost.conventions.reconcile import explain as explained
    from convcost.conventions.reconcile import reconcile as compared
    from convcost.conventions.search import parse_figure, search
    from convcost.sources.counting import convention_of

    report = report_of(source)
    chosen = None if explain is None else convention_of(explain)
    figure = None if number is None else parse_figure(number)
    shown = known([*map(convention_of, conventions), *([chosen] if chosen else [])])
    return Reconciliation(
        report,
        compared(report, shown),
        chosen and explained(report, chosen),
        figure and search(report, figure, shown),
    )


def memory(
    source: Source, *, patches: Sizes | None = None, until: str = "", **under: Unpack[Under]
) -> Plan | Patched:
    """Activations in memory: what is alive at each step, and where it lies; with `patches`, (3, 3),
    the first layers `until` that one run on a part of the input at a time."""
    from convcost.metrics.memory import plan
    from convcost.metrics.patches import patched

    report = report_of(source, under)
    return plan(report) if patches is None else patched(report, patches, until)


def reach(source: Source, at: str = "", position: Sequence[int] | None = None) -> Reach:
    """Receptive fields: how much of its input each layer of a network sees; or what the output of
    one layer `at` a position sees."""
    from convcost.metrics.reach import reach as reached

    return reached(report_of(source), at, position)


def fit(source: Source, device: str | Device, **under: Unpack[Run]) -> Fit:
    """Whether a network fits a device: weights against flash, activations against SRAM."""
    from convcost.metrics.fit import fit as fitted

    return fitted(report_of(source, under), device_of(device))


def roofline(
    source: Source, device: str | Device, *, winograd: int = 0, **under: Unpack[Run]
) -> Roofline:
    """What computing and moving take at least on a device, and which of both binds."""
    from convcost.metrics.roofline import roofline as bounded

    report = report_of(source, under)
    return bounded(report, device_of(device), report.setting, winograd)


def training(source: Source, **under: Unpack[Under]) -> Training:
    """What a step of training multiplies, and the memory that it holds, part by part."""
    from convcost.metrics.training import training as trained

    return trained(report_of(source, under))
