"""What is said of a rewrite, in every human format."""

from __future__ import annotations

from typing import NamedTuple

from convcost.cost import LayerCost
from convcost.rewriting import Replacement, Rewrite
from convcost.status import ALL_COMPLETE, Statuses, merged, status_of
from convcost.views.figures import marked
from convcost.views.standing import standing
from convcost.views.text import Figure

MOST_NAMED = 8


class Pair(NamedTuple):
    """A layer before and after, or what several layers cost together, and how sure that is."""

    name: str
    becomes: str
    params: tuple[int, int]
    macs: tuple[int, int]
    statuses: tuple[Statuses, Statuses] = (ALL_COMPLETE, ALL_COMPLETE)

    def figures(self, metric: str) -> tuple[Figure, Figure]:
        """Its `params` or `macs`, before and after."""
        before, after = getattr(self, metric)
        return (
            marked(before, status_of(self.statuses[0], metric)),
            marked(after, status_of(self.statuses[1], metric)),
        )


def headlines(rewrite: Rewrite) -> list[str]:
    """`vgg-16: 12 of 13 standard layers become depthwise-separable`, a line a replacement."""
    name = rewrite.before.name
    lines = []
    for each in _replacements(rewrite):
        outcomes = [outcome for outcome in rewrite.outcomes if outcome.replacement == each]
        replaced = sum(outcome.replaced for outcome in outcomes)
        become = "becomes" if len(outcomes) == 1 else "become"
        layers = "layer" if len(outcomes) == 1 else "layers"
        lines.append(
            f"{name}: {replaced} of {len(outcomes)} {each.old} {layers} {become} {each.label}"
        )
    return lines


def rows(rewrite: Rewrite) -> list[Pair]:
    """A row for each layer that was replaced, and one for all others together."""
    before, after = rewrite.cost_before.layers, rewrite.cost_after.layers
    replaced = {outcome.place: outcome.replacement for outcome in rewrite.replaced}
    found = [
        _pair(before[place], after[place], replacement.label)
        for place, replacement in replaced.items()
    ]
    others = [layer for place, layer in enumerate(before) if place not in replaced]
    if others:
        params, macs = (
            sum(getattr(layer, name) for layer in others) for name in ("params", "macs")
        )
        name = f"{len(others)} {'other' if found else 'unchanged'} layer{'s' * (len(others) != 1)}"
        status = merged(standing(rewrite.cost_before, layer) for layer in others)
        found.append(Pair(name, "", (params, params), (macs, macs), (status, status)))
    return found


def total(rewrite: Rewrite) -> Pair:
    """The whole network before and after."""
    before, after = rewrite.cost_before, rewrite.cost_after
    statuses = (standing(before), standing(after))
    return Pair("total", "", (before.params, after.params), (before.macs, after.macs), statuses)


def left_alone(rewrite: Rewrite) -> list[str]:
    """`the first layer: stage1.conv[0]`, a line a reason with the layers that it holds for."""
    names: dict[str, list[str]] = {}
    for outcome in rewrite.left_alone:
        layer = rewrite.before.layers[outcome.place]
        names.setdefault(outcome.reason, []).append(layer.name)
    return [f"{reason}: {_listed(layers)}" for reason, layers in names.items()]


def _replacements(rewrite: Rewrite) -> list[Replacement]:
    """The replacements that some layer was meant for, in the order of those layers."""
    return list(
        {outcome.replacement.old: outcome.replacement for outcome in rewrite.outcomes}.values()
    )


def _pair(before: LayerCost, after: LayerCost, becomes: str) -> Pair:
    return Pair(
        before.name,
        becomes,
        (before.params, after.params),
        (before.macs, after.macs),
        (before.status, after.status),
    )


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
