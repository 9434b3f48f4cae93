"""Rewrites: a network before and after, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from convcost.cost import LayerCost, Report
from convcost.metrics import METRICS, USUAL
from convcost.rewriting import Outcome, Replacement, Rewrite
from convcost.status import ALL_COMPLETE, Statuses, merged, status_of
from convcost.views import totals
from convcost.views.figures import marked, ratio
from convcost.views.screen import BOLD, DIM, GREEN, RED, Screen
from convcost.views.sheet import Column, Listing, Part, Sheet, Text
from convcost.views.standing import cell, entry, standing

MOST_NAMED = 8
NAMES = {name: METRICS[name].title for name in USUAL}
"""The usual metrics as people read them."""


class Pair(NamedTuple):
    """A layer before and after, or what several layers cost together, and how sure that is."""

    name: str
    becomes: str
    before: Mapping[str, int]
    after: Mapping[str, int]
    statuses: tuple[Statuses, Statuses] = (ALL_COMPLETE, ALL_COMPLETE)


class _Layer(NamedTuple):
    """A layer of both networks, and what became of it."""

    rewrite: Rewrite
    before: LayerCost
    after: LayerCost
    outcome: Outcome | None

    @property
    def reason(self) -> str | None:
        """Why it was left alone, if it was of a kind to be replaced."""
        return (self.outcome and self.outcome.reason) or None

    @property
    def statuses(self) -> tuple[Statuses, Statuses]:
        """How far its figures are to be believed, before and after."""
        reports = self.rewrite.cost_before, self.rewrite.cost_after
        return standing(reports[0], self.before), standing(reports[1], self.after)


def _side(metric: str, side: str) -> Column[_Layer]:
    return Column(f"{metric}_{side}", lambda each: getattr(each, side).figure(metric), only=_CSV)


_CSV, _JSON = ("csv",), ("json",)
LAYERS: Sequence[Column[_Layer]] = (
    Column("network", lambda each: each.rewrite.before.name, only=_CSV),
    Column("path", lambda each: each.rewrite.before.path, only=_CSV),
    Column("layer", lambda each: each.before.name, only=_CSV),
    Column("name", lambda each: each.before.name, only=_JSON),
    Column("line", lambda each: each.before.line or None),
    Column("kind_before", lambda each: each.before.kind, only=_CSV),
    Column("kind_after", lambda each: each.after.kind, only=_CSV),
    *(_side(metric, side) for metric in NAMES for side in ("before", "after")),
    Column("replaced", lambda each: bool(each.outcome and each.outcome.replaced), only=_JSON),
    Column("reason", lambda each: each.reason),
    Column("before", lambda each: _record(each.before, each.statuses[0]), only=_JSON),
    Column("after", lambda each: _record(each.after, each.statuses[1]), only=_JSON),
    Column("status", lambda each: cell(*each.statuses), only=_CSV),
)


class _Rewritten(NamedTuple):
    rewrite: Rewrite
    schema: str = "rewrite/1"
    depth: int = 1

    def body(self) -> Mapping[str, Any]:
        """Totals before and after, and every layer."""
        made = self.rewrite
        replacements = {
            f"{each.replacement.old}={each.replacement.label}" for each in made.outcomes
        }
        return {
            "network": made.before.name,
            "path": made.before.path or None,
            "convention": made.cost_before.convention,
            "replacements": sorted(replacements),
            "before": _counts(made.cost_before, standing(made.cost_before)),
            "after": _counts(made.cost_after, standing(made.cost_after)),
            "layers": self.flat(),
        }

    def flat(self) -> Sheet[_Layer]:
        made = self.rewrite
        outcomes = {outcome.place: outcome for outcome in made.outcomes}
        pairs = zip(made.cost_before.layers, made.cost_after.layers, strict=True)
        return Sheet(
            LAYERS,
            [_Layer(made, *pair, outcomes.get(place)) for place, pair in enumerate(pairs)],
        )

    def parts(self, screen: Screen) -> Sequence[Part]:
        """A row a layer that was replaced, one for the others, totals, and what was left alone
        and why; a narrow screen costs the kinds, then the ratios."""
        made = self.rewrite
        said = headlines(made)
        before, after = made.cost_before, made.cost_after
        table = Sheet(_columns(by_kind=len(said) > 1), rows(made), total=total(made))
        return [
            Text(said, BOLD, "bold"),
            table.changed(only="" if made.replaced else "markdown"),
            Text(list(totals.lines(before, after, screen)), folds=False, only="table"),
            Listing("left alone:", left_alone(made), mark="  ", style=DIM),
            Text(totals.reasons(before, after), markdown="bullets", only="markdown"),
        ]


result = _Rewritten


def _columns(by_kind: bool) -> list[Column[Pair]]:
    """What people see. What all layers become stands in the headline."""
    becomes = Column[Pair]("", lambda pair: pair.becomes, "becomes", goes=1)
    return [
        Column("", lambda pair: pair.name, "layer"),
        becomes if by_kind else becomes.changed(only=("markdown",)),
        *_metric("params", goes=2),
        *_metric("macs", goes=3),
        Column("", _share, "change", right=True, only=("markdown",)),
    ]


def _metric(metric: str, goes: int) -> list[Column[Pair]]:
    def shown(side: int) -> Callable[[Pair], str]:
        def figure(pair: Pair) -> str:
            counts = (pair.before, pair.after)[side]
            return marked(counts[metric], status_of(pair.statuses[side], metric))

        return figure

    def share(pair: Pair) -> str:
        before, after = pair.before[metric], pair.after[metric]
        return "" if before == after else ratio(Fraction(after, before) if before else None)

    def style(pair: Pair) -> str:
        return GREEN if pair.after[metric] < pair.before[metric] else RED

    title, table = NAMES[metric], ("table",)
    return [
        Column("", shown(0), title, right=True),
        Column("", shown(1), "now", right=True, only=table),
        Column("", shown(1), f"{title} now", right=True, only=("markdown",)),
        Column("", share, "", style=style, right=True, gap=1, goes=goes, only=table),
    ]


def _share(pair: Pair) -> str:
    before, after = pair.before["macs"], pair.after["macs"]
    return totals.share(before, after) if before != after else ""


def _record(layer: LayerCost, statuses: Statuses) -> dict[str, Any]:
    return {"kind": layer.kind, **_counts(layer, statuses)}


def _counts(cost: Report | LayerCost, statuses: Statuses) -> dict[str, Any]:
    return {**{name: cost.figure(name) for name in NAMES}, **entry(statuses)}


def headlines(rewrite: Rewrite) -> list[str]:
    """`vgg-16: 12 of 13 standard layers become depthwise-separable`, a line a replacement."""
    name = rewrite.before.name
    lines = []
    for each in _replacements(rewrite):
        outcomes = [
            outcome for outcome in rewrite.outcomes if _key(outcome.replacement) == _key(each)
        ]
        replaced = sum(outcome.replaced for outcome in outcomes)
        become = "becomes" if len(outcomes) == 1 else "become"
        layers = "layer" if len(outcomes) == 1 else "layers"
        lines.append(
            f"{name}: {replaced} of {len(outcomes)} {each.old} {layers} {become} {each.label}"
        )
    return lines


def rows(rewrite: Rewrite) -> list[Pair]:
    """A row for each layer that was replaced or costs something else since, and one for all
    others together."""
    before, after = rewrite.cost_before.layers, rewrite.cost_after.layers
    replaced = {outcome.place: outcome.replacement for outcome in rewrite.replaced}
    changed = [
        place
        for place, pair in enumerate(zip(before, after, strict=True))
        if place in replaced or _amounts(pair[:1]) != _amounts(pair[1:])
    ]
    found = [
        Pair(
            before[place].name,
            replaced[place].label if place in replaced else "",
            _amounts([before[place]]),
            _amounts([after[place]]),
            (before[place].status, after[place].status),
        )
        for place in changed
    ]
    others = [layer for place, layer in enumerate(before) if place not in changed]
    if others:
        name = f"{len(others)} {'other' if found else 'unchanged'} layer{'s' * (len(others) != 1)}"
        status = merged(standing(rewrite.cost_before, layer) for layer in others)
        found.append(Pair(name, "", _amounts(others), _amounts(others), (status, status)))
    return found


def total(rewrite: Rewrite) -> Pair:
    """The whole network before and after."""
    before, after = rewrite.cost_before, rewrite.cost_after
    statuses = (standing(before), standing(after))
    return Pair("total", "", _amounts([before]), _amounts([after]), statuses)


def left_alone(rewrite: Rewrite) -> list[str]:
    """`the first layer: stage1.conv[0]`, a line a reason with the layers that it holds for."""
    names: dict[str, list[str]] = {}
    for outcome in rewrite.left_alone:
        layer = rewrite.before.layers[outcome.place]
        names.setdefault(outcome.reason, []).append(layer.name)
    return [f"{reason}: {_listed(layers)}" for reason, layers in names.items()]


def _amounts(costs: Sequence[Report | LayerCost]) -> dict[str, int]:
    return {name: sum(cost.figure(name) for cost in costs) for name in NAMES}


def _replacements(rewrite: Rewrite) -> list[Replacement]:
    """The replacements that some layer was meant for, in the order of those layers."""
    made = (outcome.replacement for outcome in rewrite.outcomes)
    return list({_key(replacement): replacement for replacement in made}.values())


def _key(replacement: Replacement) -> tuple[str, str]:
    return replacement.old, replacement.label


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
