"""What a convention is, and a report counted by one."""

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from math import ceil
from types import MappingProxyType
from typing import NamedTuple

from convcost.conventions.classes import CALLED_TRAITS, MULTIPLY_ADDS
from convcost.cost import NO_MORE, LayerCost, Report, StageCost
from convcost.count import Count, Factor, product, total
from convcost.errors import Place, UsageError
from convcost.metrics import measured
from convcost.ops.base import Op, Shape, Weighted
from convcost.quantity import check_counts
from convcost.text import quote

Weight = int | Fraction
Weights = Mapping[str, Weight]
Counted = tuple[tuple[StageCost, ...], int, int]
"""Ops with their counts, and the params and multiply-adds that they come to."""
NOTHING: Weights = MappingProxyType({})


class Convention(NamedTuple):
    """Which work counts as how much, as data.

    `weights` are by class of work (convcost/conventions/classes.py), 0 where not named; `params`
    by class of op, 1 where not named. `tool` is the tool and the version that they were measured
    on, which prints `each` for a multiply-add and calls it a `unit`. `mistakes` are those of the
    tool that its numbers show.
    """

    name: str
    summary: str
    weights: Weights
    params: Weights = NOTHING
    tool: str = ""
    each: int = 1
    unit: str = "MACs"
    mistakes: tuple[str, ...] = ()

    def weight(self, work: str, traits: tuple[str, ...] = ()) -> Weight:
        """What one of the class `work` counts, in an op of these traits; the first decides."""
        return _told(self.weights, work, traits, 0)

    def of_params(self, work: str, traits: tuple[str, ...] = ()) -> Weight:
        """What a parameter of such an op counts."""
        return _told(self.params, work, traits, 1)


def _told(weights: Weights, work: str, traits: tuple[str, ...], otherwise: Weight) -> Weight:
    for trait in traits:
        for key in (f"{work} {trait}", trait):
            if key in weights:
                return weights[key]
    return weights.get(work, otherwise)


class Share(NamedTuple):
    """What one class of work comes to in one op: all `done` of it, each counted `weight` times."""

    work: str
    weight: Weight
    done: Count

    @property
    def amount(self) -> Count:
        """`done` times `weight`; where that is no whole number, rounded up to one."""
        return _times(self.weight, self.done)


def shares(stage: StageCost, convention: Convention, traits: tuple[str, ...] = ()) -> list[Share]:
    """Everything that `convention` counts in an op that has these `traits` by its layer."""
    traits = (*traits, *stage.op.traits())
    found = work_of(stage).items()
    weighed = (Share(name, convention.weight(name, traits), done) for name, done in found)
    return [share for share in weighed if share.weight]


def work_of(stage: StageCost) -> Mapping[str, Count]:
    """All that any convention counts in an op, by class of work."""
    return _work(stage.op, stage.ins)


# One network is counted by many conventions.
@lru_cache(maxsize=1024)
def _work(op: Op, ins: tuple[Shape, ...]) -> Mapping[str, Count]:
    found = {op.work_class: op.macs(*ins)} if op.work_class in MULTIPLY_ADDS else {}
    noted = op.other(*ins) | op.other_tools_counts(*ins)
    # An imported network may have operations of any name, which cannot pass for multiply-adds.
    return found | {name: done for name, done in noted.items() if name not in MULTIPLY_ADDS}


def apply(report: Report, convention: Convention) -> Report:
    """`report` counted by `convention`: `macs` and `params` of its ops, layers and totals.

    `macs` are then what the convention counts in the place of multiply-adds. Layers still add up
    to the totals, and ops to their layers; activations stay, and what else it was measured by is
    measured anew. Whatever the report was counted by before makes no difference. UsageError for one
    that does not tell what is inside its layers, as saved reports do not.
    """
    if report.is_saved:
        raise UsageError(
            f"{quote(report.name)} cannot be counted by {convention.name}: "
            "the report does not tell what is inside its layers",
            hint="evaluate the network that it was made from",
        )
    known: dict[tuple[int, str, str], Counted] = {}
    layers = []
    for layer in report.layers:
        key = id(layer.stages), layer.kind, layer.called
        stages, params, macs = known.get(key) or known.setdefault(key, _layer(layer, convention))
        layers.append(layer._replace(stages=stages, params=params, macs=macs))
    params, macs = sum(layer.params for layer in layers), sum(layer.macs for layer in layers)
    place = Place(report.path) if report.path else None
    check_counts(f"by {convention.name}: ", place, params=params, MACs=macs)
    counted = report._replace(
        layers=tuple(layers), params=params, macs=macs, convention=convention.name, more=NO_MORE
    )
    return measured(counted, report.more)


def stages_with_traits(layer: LayerCost) -> list[tuple[StageCost, tuple[str, ...]]]:
    """Its ops, and the traits that each has by how the layer is called: by that are meant those
    with weights that multiply, where it has any; what comes behind them is a layer object."""
    traits = CALLED_TRAITS[layer.called]
    if layer.kind == "attention":
        traits = (*traits, "fused")
    if not traits:
        return [(stage, ()) for stage in layer.stages]
    weighted = [isinstance(stage.op, Weighted) for stage in layer.stages]
    meant = weighted if any(weighted) else [True] * len(weighted)
    return [(stage, traits * is_meant) for stage, is_meant in zip(layer.stages, meant, strict=True)]


def _layer(layer: LayerCost, convention: Convention) -> Counted:
    stages = tuple(
        stage._replace(
            macs=total(share.amount for share in shares(stage, convention, traits)),
            params=_times(
                convention.of_params(stage.op.work_class, (*traits, *stage.op.traits())),
                stage.op.params(),
            ),
        )
        for stage, traits in stages_with_traits(layer)
    )
    params = sum(int(stage.params) for stage in stages)
    return stages, params, sum(int(stage.macs) for stage in stages)


def _times(weight: Weight, count: Count) -> Count:
    if weight == 1 or not count:
        return count
    if not weight:
        return Count()
    if isinstance(weight, int) or weight.denominator == 1:
        return product((Factor(str(weight), int(weight)),)) * count
    whole = ceil(weight * int(count))
    return product((Factor(f"({weight} of {count.formula})", whole),))
