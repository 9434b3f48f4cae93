"""What a network costs: one frozen report, from which every table and file is drawn."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from convcost.count import Count, total
from convcost.errors import Place
from convcost.kinds.registry import Stages
from convcost.operands import PLAIN, Operands
from convcost.ops.base import Op, Shape
from convcost.quantity import LARGEST, check_counts
from convcost.setting import FP32, Setting
from convcost.shown import Shown, brief
from convcost.status import ALL_COMPLETE, Statuses, merged
from convcost.text import quote

if TYPE_CHECKING:  # a comparison of single layers has no use for networks
    from convcost.network import Input, Layer, Network
    from convcost.schedule import Schedule


NO_MORE: Mapping[str, int] = MappingProxyType({})


@brief
class StageCost(NamedTuple):
    """One primitive op of a layer: shapes, and each count with its explanation.

    `macs` are multiply-adds; `other` is the rest of its work by class (bias, batch-norm, relu,
    ...), which the default rule does not count. `activations` are the output elements of
    convolutions and linear layers, 0 for other ops. `sources` are where its inputs come from, as
    in `convcost.kinds.stages.Stage`.
    """

    op: Op
    ins: tuple[Shape, ...]
    out: Shape
    params: Count
    macs: Count
    activations: int
    sources: tuple[int, ...] = ()

    @property
    def other(self) -> dict[str, Count]:
        """Work that is not multiply-adds, by class; counted when it is asked for."""
        return self.op.other(*self.ins)

    @property
    def work(self) -> dict[str, Count]:
        """All of its work by class, multiply-adds among it, whatever the convention."""
        macs = self.op.macs(*self.ins)
        return ({self.op.work_class: macs} if macs else {}) | self.other


@brief
class LayerCost(NamedTuple):
    """A layer as the user wrote it; shapes are (channels, *spatial), numbers are exact.

    `status` tells of each metric that is not complete how far it is to be believed; `more` has the
    figures of other metrics, as far as they were asked for (`convcost.metrics.measured`).
    `sources` are where its inputs come from, as in `convcost.network.Layer`; one that stands on its
    own has none. `called` and `operands` are as of that layer.
    """

    name: str
    kind: str
    ins: tuple[Shape, ...]
    out: Shape
    stages: tuple[StageCost, ...]
    params: int
    macs: int
    activations: int
    line: int = 0
    status: Statuses = ALL_COMPLETE
    more: Mapping[str, int] = NO_MORE
    sources: tuple[int, ...] = ()
    called: str = ""
    operands: Operands = PLAIN

    def figure(self, metric: str) -> int:
        """Its figure in any metric that it was measured by."""
        found: int = self.more[metric] if metric in self.more else getattr(self, metric)
        return found

    @property
    def explained_params(self) -> Count:
        """`params` as a sum of products."""
        return total(stage.params for stage in self.stages)

    @property
    def explained_macs(self) -> Count:
        """`macs` as a sum of products."""
        return total(stage.macs for stage in self.stages)

    @property
    def work(self) -> dict[str, Count]:
        """Its work by class: multiply-adds by op, bias, norms, activations, pooling, ..."""
        found: dict[str, Count] = {}
        for stage in self.stages:
            for name, count in stage.work.items():
                found[name] = found[name] + count if name in found else count
        return found


class _Report(NamedTuple):
    name: str
    input: Shape | None
    layers: tuple[LayerCost, ...]
    params: int
    macs: int
    activations: int
    path: str = ""
    convention: str = "papers"
    status: Statuses = ALL_COMPLETE
    more: Mapping[str, int] = NO_MORE
    inputs: "tuple[Input, ...]" = ()
    notes: tuple[str, ...] = ()
    setting: Setting = FP32
    schedule: "Schedule | None" = None


class Report(Shown, _Report, view="eval"):
    """A network's cost: its layers in order, and totals that are their sums.

    `params` counts every learnable number, `macs` the multiply-adds of convolutions, linear
    layers and matrix products for one input, `activations` their output elements. `convention`
    names the rule that `params` and `macs` are counted by, where it is another; `status`, that of
    its layers taken together, is always the default rule's. `more` is as of its layers; `inputs`,
    `notes` and `schedule` are as of the network, with a name for an input that has none. `setting`
    is what metrics besides these counts depend on.
    """

    __slots__ = ()

    def figure(self, metric: str) -> int:
        """Its figure in any metric that it was measured by."""
        found: int = self.more[metric] if metric in self.more else getattr(self, metric)
        return found

    @property
    def is_saved(self) -> bool:
        """Whether it does not tell what is inside its layers, as reports that were saved do not."""
        return not all(layer.stages for layer in self.layers)

    @property
    def is_run_as_is(self) -> bool:
        """Whether what is in memory is a file's own tensors: it has a schedule, and its setting
        says nothing of the dtype of activations, of what is in place and of the order."""
        return self.schedule is not None and self.setting.of_memory == FP32.of_memory

    def under(self, setting: Setting) -> "Report":
        """The same under another setting, but for one that was saved, which has its own."""
        return self if self.is_saved else self._replace(setting=setting)

    def top(self, metric: str, most: int = 3) -> tuple[LayerCost, ...]:
        """The layers that cost most in `metric`."""
        figures = [layer.figure(metric) for layer in self.layers]
        costly = sorted(range(len(figures)), key=figures.__getitem__, reverse=True)[:most]
        return tuple(self.layers[at] for at in costly if figures[at])


def evaluate(network: "Network") -> Report:
    """The cost of every layer of `network` and their totals, by the default counting rule
    (docs/counting.md): exact integers, batch 1, multiply-adds rather than FLOPs. SpecError, at
    its line, for a layer whose counts are not below `quantity.LARGEST`."""
    outs: list[Shape] = []
    layers: list[LayerCost] = []
    known: dict[tuple[int, tuple[Shape, ...]], LayerCost] = {}
    for layer in network.layers:
        ins = network.inputs_of(layer, outs)
        key = (id(layer.stages), ins)
        like = known.get(key)
        if like is None:
            like = known[key] = _layer_cost(layer.stages, ins)
            _check(like, network.path, layer)
        outs.append(like.out)
        layers.append(
            LayerCost(
                layer.name,
                layer.kind,
                ins,
                like.out,
                like.stages,
                like.params,
                like.macs,
                like.activations,
                layer.line,
                like.status,
                NO_MORE,
                layer.inputs,
                layer.called,
                layer.operands,
            )
        )
    params = sum([layer.params for layer in layers])
    macs = sum([layer.macs for layer in layers])
    activations = sum([layer.activations for layer in layers])
    status = merged([layer.status for layer in layers if layer.status])
    report = Report(
        network.name,
        network.input,
        tuple(layers),
        params,
        macs,
        activations,
        network.path,
        status=status,
        inputs=network.all_inputs,
        notes=network.notes,
        schedule=network.schedule,
    )
    _check(report, network.path)
    return report


def stage_costs(stages: Stages, inputs: tuple[Shape, ...]) -> tuple[StageCost, ...]:
    """The cost of each op of a layer on these inputs; LayerError if a shape does not fit."""
    outs: list[Shape] = []
    costs = []
    for op, sources in stages:
        ins = tuple([outs[source] if source >= 0 else inputs[-source - 1] for source in sources])
        out = op.out(*ins)
        outs.append(out)
        costs.append(
            StageCost(
                op,
                ins,
                out,
                op.params(),
                op.macs(*ins),
                op.activations(out),
                sources,
            )
        )
    return tuple(costs)


def _layer_cost(stages: Stages, inputs: tuple[Shape, ...]) -> LayerCost:
    costs = stage_costs(stages, inputs)
    params = sum([cost.params.value for cost in costs])
    macs = sum([cost.macs.value for cost in costs])
    activations = sum([cost.activations for cost in costs])
    status = merged([cost.op.status() for cost in costs])
    return LayerCost("", "", inputs, costs[-1].out, costs, params, macs, activations, status=status)


def _check(cost: LayerCost | Report, path: str, layer: "Layer | None" = None) -> None:
    """SpecError if a count of `layer`, or else of all, is not below `quantity.LARGEST`."""
    if cost.params >= LARGEST or cost.macs >= LARGEST or cost.activations >= LARGEST:
        whose = f"layer {quote(layer.name)} ({layer.kind})" if layer else "all layers"
        place = Place(path, layer.line if layer else 0) if path else None
        counts = {"params": cost.params, "MACs": cost.macs, "activations": cost.activations}
        check_counts(f"{whose}: ", place, **counts)
