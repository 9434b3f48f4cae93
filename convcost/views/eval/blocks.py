"""Layers added up by block, as their names tell: `layer2.0` is `layer2.0.conv1` and so on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from convcost.cost import LayerCost, Report
from convcost.metrics import METRICS
from convcost.status import merged
from convcost.text import beginning, prefixes
from convcost.views.eval.lines import Line


def deepest(report: Report) -> int:
    """The depth at which every layer stands by itself."""
    return max((len(prefixes(layer.name)) for layer in report.layers), default=1)


def blocks(report: Report, depth: int) -> list[Line]:
    """A line for every block `depth` deep, which add up to the totals, in the order of their first
    layers; above several of them, one for the `whole` block that holds them."""
    found = [Line(report, layer) for layer in report.layers]
    return list(_blocks(found, 1, min(depth, deepest(report)), 0))


def leaves(report: Report, depth: int) -> list[Line]:
    """The same without those that hold others."""
    return [block for block in blocks(report, depth) if not block.whole]


def _blocks(layers: Sequence[Line], at: int, depth: int, level: int) -> Iterator[Line]:
    for name, held in by_block(layers, at).items():
        if len(held) == 1:
            yield held[0]._replace(level=level)
        elif at == depth:
            yield added_up(name, held)._replace(level=level)
        elif len(by_block(held, at + 1)) == 1:
            yield from _blocks(held, at + 1, depth, level)
        else:
            yield added_up(name, held)._replace(level=level, whole=True)
            yield from _blocks(held, at + 1, depth, level + 1)


def by_block(layers: Sequence[Line], depth: int) -> dict[str, list[Line]]:
    """The lines of layers by the first `depth` parts of their names."""
    found: dict[str, list[Line]] = {}
    for line in layers:
        found.setdefault(beginning(line.layer.name if line.layer else "", depth), []).append(line)
    return found


def added_up(name: str, held: Sequence[Line]) -> Line:
    """Several lines of layers as one, from the input of the first to the output of the last."""
    costs = [
        cost for line in held for cost in line.parts or [line.layer] * bool(line.layer) if cost
    ]
    report = held[0].report

    def total(metric: str) -> int:
        return METRICS[metric].of(report, costs)

    layers = len(costs)
    return Line(
        report,
        LayerCost(
            name,
            f"{layers} layers",
            costs[0].ins,
            costs[-1].out,
            (),
            total("params"),
            total("macs"),
            total("activations"),
            status=merged([cost.status for cost in costs if cost.status]),
            more={metric: total(metric) for metric in report.more},
        ),
        layers=layers,
        parts=tuple(costs),
    )
