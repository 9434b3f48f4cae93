"""What if: every layer of one kind replaced by another, and why some were left alone.

Other changes to networks are made with `convcost.sites.change_layers`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any, NamedTuple

from convcost.cost import Report, evaluate, stage_costs
from convcost.errors import LayerError, UsageError
from convcost.kinds import find
from convcost.kinds.fields import per_dim
from convcost.kinds.registry import Stages, shapes_of
from convcost.network import Network
from convcost.ops.base import Weighted, format_shape
from convcost.shown import Shown
from convcost.sites import Recipe, Site, sites, stages_for, with_changes
from convcost.spelling import did_you_mean
from convcost.text import quote


class Replacement(NamedTuple):
    """Every layer of the kind `old` becomes one of the kind `new`.

    A value among the `options` is one of the new kind's own, or a function of the `Site` that
    gives it.
    """

    old: str
    new: str
    options: Mapping[str, Any] = MappingProxyType({})

    @property
    def label(self) -> str:
        """The new kind with its options, `group[groups=4]`, as on the command line."""
        options = ",".join(f"{name}={_written(value)}" for name, value in self.options.items())
        return f"{self.new}[{options}]" if options else self.new


class Outcome(NamedTuple):
    """What became of the layer at `place` among the network's: replaced, unless there is a reason
    that it was left alone for."""

    place: int
    replacement: Replacement
    reason: str = ""

    @property
    def replaced(self) -> bool:
        """Whether the layer was replaced."""
        return not self.reason


class _Rewrite(NamedTuple):
    before: Network
    after: Network
    cost_before: Report
    cost_after: Report
    outcomes: tuple[Outcome, ...]


class Rewrite(Shown, _Rewrite, view="rewrite"):
    """A network and what it was made into, what both cost, and what became of each layer of the
    kinds to be replaced.

    Both have the same layers in the same order, with the same shapes between them.
    """

    __slots__ = ()

    @property
    def replaced(self) -> tuple[Outcome, ...]:
        """The outcomes of the layers that were replaced."""
        return tuple(outcome for outcome in self.outcomes if outcome.replaced)

    @property
    def left_alone(self) -> tuple[Outcome, ...]:
        """The outcomes of the others."""
        return tuple(outcome for outcome in self.outcomes if not outcome.replaced)


class Selection(NamedTuple):
    """Which layers of the right kind are meant: those for which `where` is true, with a name that
    one of the globs `only` matches (all without any), and none of `excluding`.

    The network's first layer and its classifier are not, unless asked for.
    """

    where: Callable[[Site], object] | None = None
    only: Sequence[str] = ()
    excluding: Sequence[str] = ()
    first: bool = False
    classifier: bool = False

    def names(self, network: Network) -> set[str]:
        """The names that are meant; UsageError for a glob that matches none."""
        names = [layer.name for layer in network.layers]
        chosen = matching(names, self.only) if self.only else set(names)
        return chosen - matching(names, self.excluding)

    def objection(self, site: Site) -> str:
        """Why a layer of the right kind and name is not meant; empty if it is."""
        if site.is_first and not self.first:
            return "the first layer"
        if site.is_classifier and not self.classifier:
            return "the classifier"
        if self.where is not None and not self.where(site):
            return "the condition does not hold"
        return ""


EVERY = Selection()


def rewrite(
    network: Network, *replacements: Replacement, selection: Selection = EVERY, inner: bool = False
) -> Rewrite:
    """`network` with the layers of some kinds replaced, each by the first that is meant for it.

    A layer that cannot be built as the new kind, or whose output would have another shape, is left
    alone. Norm and activation of a layer stand behind the whole of its replacement, with `inner`
    behind each stage of it as well.

    UsageError for a kind that is no convolution, or a glob that matches no layer's name.
    """
    meant: dict[str, Replacement] = {}
    for each in replacements:
        find(each.old, "convolution")
        find(each.new, "convolution")
        meant.setdefault(each.old, each)
    names = selection.names(network)
    cost_before = evaluate(network)
    changes: list[Recipe | None] = []
    outcomes = []
    # Layers that are alike where they stand become alike, and there may be very many of them.
    known: dict[tuple[object, ...], Recipe | str] = {}
    for place, site in enumerate(sites(network)):
        changes.append(None)
        if site.layer.kind not in meant:
            continue
        replacement = meant[site.layer.kind]
        reason = "not asked for" if site.layer.name not in names else selection.objection(site)
        if not reason:
            # By its text: a field may hold a list, and 1 is no True.
            key = (site.layer.kind, repr(site.layer.fields), site.ins, site.out)
            if key not in known:
                known[key] = _attempt(site, replacement, inner)
            made = known[key]
            changes[place], reason = (None, made) if isinstance(made, str) else (made, "")
        outcomes.append(Outcome(place, replacement, reason))
    after = with_changes(network, changes)
    return Rewrite(network, after, cost_before, evaluate(after), tuple(outcomes))


def assigned(
    network: Network, kinds: Mapping[str, Replacement]
) -> tuple[Network, tuple[Outcome, ...]]:
    """`network` with the layers that `kinds` names as those kinds, whatever they are now, and what
    became of each that is none yet; otherwise as `rewrite`."""
    changes: list[Recipe | None] = []
    outcomes = []
    for place, site in enumerate(sites(network)):
        made = attempt(site, kinds[site.layer.name]) if site.layer.name in kinds else None
        changes.append(made if isinstance(made, Recipe) else None)
        if made is not None:
            reason = made if isinstance(made, str) else ""
            outcomes.append(Outcome(place, kinds[site.layer.name], reason))
    return with_changes(network, changes), tuple(outcomes)


def refuse_left(network: Network, outcomes: Iterable[Outcome]) -> None:
    """LayerError for the first of its layers that was left alone."""
    for each in outcomes:
        if each.reason:
            raise refusal(network.layers[each.place].name, each.replacement, each.reason)


def refusal(name: str, kind: Replacement, reason: str) -> LayerError:
    """That a layer cannot be of a kind."""
    return LayerError(f"layer {quote(name)} as {kind.label}: {reason}")


def attempt(site: Site, replacement: Replacement, inner: bool = False) -> Recipe | str | None:
    """The layer as it is to be, or why it is better left alone; None where it is so already."""
    if site.layer.kind == replacement.new and not replacement.options:
        return None
    return _attempt(site, replacement, inner)


def matching(names: Sequence[str], globs: Iterable[str]) -> set[str]:
    """The names that match: brackets are those of names, `conv[0].*`, or a choice of characters if
    no name has such."""
    matched: set[str] = set()
    for glob in globs:
        found = _of(names, glob.replace("[", "[[]")) or _of(names, glob)
        if not found:
            hint = did_you_mean(glob, names) or '"*" stands for any text, as in layer3.*'
            raise UsageError(f'no layer is named "{quote(glob)}"', hint=hint)
        matched |= found
    return matched


def _of(names: Sequence[str], glob: str) -> set[str]:
    return {name for name in names if fnmatchcase(name, glob)}


def _attempt(site: Site, replacement: Replacement, inner: bool) -> Recipe | str:
    """The layer as it is to be, or why it is better left alone."""
    try:
        return _replaced(site, replacement, inner)
    except LayerError as error:
        return error.problems[0].message


def _replaced(site: Site, replacement: Replacement, inner: bool) -> Recipe:
    """The layer as it is to be; LayerError, with the reason, if it is better left alone."""
    options = {
        name: value(site) if callable(value) else value
        for name, value in replacement.options.items()
    }
    name, fields = site.become(replacement.new, inner=inner, **options)
    stages = stages_for(find(name), fields, site.ins)
    out = shapes_of(stages, site.ins)[-1]
    if out != site.out:
        raise LayerError(f"{name} would give {format_shape(out)}, not {format_shape(site.out)}")
    kernel = per_dim("k", fields.get("k") or 1, len(site.ins[0]) - 1)
    in_parts = sum(isinstance(op, Weighted) for op, _ in stages) > 1
    if site.k == max(kernel) == 1 and in_parts and not _saves(stages, site):
        raise LayerError(f"1x1 already, so {name} would save nothing")
    return Recipe(name, fields)


def _saves(stages: Stages, site: Site) -> bool:
    new, old = stage_costs(stages, site.ins), stage_costs(site.layer.stages, site.ins)
    return any(
        sum(int(getattr(cost, metric)) for cost in new)
        < sum(int(getattr(cost, metric)) for cost in old)
        for metric in ("params", "macs")
    )


def _written(value: object) -> str:
    """An option as the command line takes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)
