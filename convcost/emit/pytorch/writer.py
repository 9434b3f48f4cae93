"""A network as the source of one Python module.

A layer of several ops becomes a class, as does a joint with its branches; a chain of modules
becomes an nn.Sequential. Whatever is no chain is written out in `forward`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convcost.cost import LayerCost, Report, evaluate
from convcost.emit.outline import Item, Joint, Leaf, Repeat, common_path, outline
from convcost.emit.pytorch.classes import Classes, Fragment
from convcost.emit.pytorch.expressions import Call
from convcost.emit.pytorch.layer import StageSteps, layer_call, plain_kind, stage_steps
from convcost.emit.pytorch.layout import module_text
from convcost.emit.pytorch.lines import Lines
from convcost.emit.pytorch.modules import steps
from convcost.emit.pytorch.names import attribute, class_name
from convcost.emit.pytorch.sharing import Owners, Sharing, indices, whose
from convcost.emit.pytorch.steps import MODULE, Step
from convcost.emit.summary import described, ends_of
from convcost.emit.writable import writable_input
from convcost.errors import LayerError, Place
from convcost.kinds import REGISTRY
from convcost.network import INPUT, Builder, Layer, Network
from convcost.ops.base import Shape
from convcost.text import quote

JOINTS = {"add": "Residual", "concat": "Branches", "multiply": "Gate"}


def pytorch_text(network: Network, report: Report | None = None) -> str:
    """The source of a module with a class for `network`, and for every block of it.

    Its parameters, output shapes and multiply-adds are those of the network, whose `report` is made
    where it is not given; of several layers that none follows it returns a tuple. ConvcostError for
    a list of unrelated layers, for too many, or for one that PyTorch has no module for.
    """
    writable_input(network, "module")
    report = report or evaluate(network)
    writer = _Writer(network, report)
    items = outline(network, fold=False)
    fragment = writer.fragment(items, INPUT, ends_of(network))
    name = class_name(network.name) or "Network"
    classes = writer.classes
    classes.call(name, fragment, described(network, report), (report.params, report.macs))
    return module_text(classes)


def layer_text(layers: Sequence[tuple[str, Mapping[str, Any], Shape, bool]]) -> str:
    """The source of a class for each of `layers`: its kind, its fields, its input shape, and
    whether that has the size that it is to be costed for.

    LayerError for one that cannot be built, or that PyTorch has no module for.
    """
    classes = Classes()
    for kind, fields, shape, is_sized in layers:
        builder = Builder(kind, shape)
        builder.add(kind, fields)
        network = builder.network()
        (layer,), (cost,) = network.layers, evaluate(network).layers
        layer_call(classes, layer, cost, is_sized)
    return module_text(classes)


class _Writer:
    """Turns items into fragments and calls, and registers their classes."""

    def __init__(self, network: Network, report: Report) -> None:
        self.network = network
        self.costs: Sequence[LayerCost] = report.layers
        self.classes = Classes()
        self.sharing = Sharing(network.layers)
        self._path = ""

    def fragment(self, items: tuple[Item, ...], start: int, ends: tuple[int, ...]) -> Fragment:
        """The body of a class for a list of items that begins behind the layer `start`."""
        lines = Lines(start)
        chain = True
        before = start
        steps_of: list[tuple[int, list[Step], tuple[int, ...]]] = []
        owners = Owners()
        for item in self.sharing.flattened(items):
            assert not isinstance(item, Repeat)
            sources = self._sources(item, before)
            made, is_new = self._placed(item, owners)
            is_link = sources == (before,) and all(step.text == MODULE for step in made)
            chain = chain and is_link and is_new
            steps_of.append((item.at, made, sources))
            before = item.at
        if chain and ends == (before,):
            calls = [step.call for _, made, _ in steps_of for step in made if step.call]
            if calls:
                return Fragment((("layers", _sequential(calls)),), ("return self.layers(x)",))
        for at, made, sources in steps_of:
            lines.add(at, made, sources)
        return lines.fragment(ends)

    def _placed(self, item: Item, owners: Owners) -> tuple[list[Step], bool]:
        """An item's steps, and whether the modules in them are its own."""
        if not isinstance(item, Leaf) or not self.sharing.concerns(item.layer):
            return self._steps(item), True
        layer = item.layer
        if whose(layer) == "shared":
            by_parts = self.sharing.by_parts(layer)
            return owners.in_parts(self._steps(item)) if by_parts else owners.whole(layer), False
        made = self._steps(item)
        if whose(layer) == "own":
            owners.keep(layer, made)
        return made, True

    def _sources(self, item: Item, before: int) -> tuple[int, ...]:
        if isinstance(item, Joint):
            return (before if item.source is None else item.source,)
        assert isinstance(item, Leaf)
        return (before,) if item.sources is None else item.sources

    def _steps(self, item: Item) -> list[Step]:
        if isinstance(item, Joint):
            hint = attribute(item.layer.name.removeprefix(self._path))
            return [Step(MODULE, hint or "block", self._joint(item))]
        assert isinstance(item, Leaf)
        return self._layer(item.layer, self.costs[item.at])

    def _layer(self, layer: Layer, cost: LayerCost) -> list[Step]:
        """A layer's ops in line, or one class for those of a convolution."""
        hint = attribute(layer.name.removeprefix(self._path))
        if layer.kind == "dropout":
            return [Step(MODULE, hint or "dropout", Call("nn.Dropout", ()))]
        found = self._stages(layer, cost)
        flat = [step for _, made in found for step in made]
        is_chain = all(inputs == (index - 1,) for index, (inputs, _) in enumerate(found))
        is_convolution = REGISTRY[layer.kind].group == "convolution"
        is_inline = len(flat) == 1 or not is_convolution or self.sharing.by_parts(layer)
        if is_chain and is_inline:
            return [step._replace(hint=hint or step.hint) for step in flat]
        if len(cost.ins) > 1 and flat and flat[0].call is not None:
            return [step._replace(hint=hint or step.hint) for step in flat]
        if len(cost.ins) > 1 or REGISTRY[layer.kind].group == "joint":
            return _joined(found)
        call = layer_call(self.classes, layer, cost)
        return [Step(MODULE, hint or attribute(plain_kind(layer)), call)]

    def _stages(self, layer: Layer, cost: LayerCost) -> StageSteps:
        try:
            return stage_steps(layer, cost)
        except LayerError as error:
            place = Place(self.network.path, layer.line) if layer.line else None
            prefix = f"layer {quote(layer.name)} ({layer.kind}): "
            raise LayerError(*error.at(place, prefix)) from None

    def _joint(self, item: Joint) -> Call:
        """The class of branches that meet again."""
        made: list[tuple[str, Call]] = []
        ends: list[str] = []
        start = _start(self.network, item)
        cost = [0, 0]
        many = len(item.branches) > 2
        for number, branch in enumerate(item.branches, 1):
            if not branch:
                ends.append("x")
                continue
            end = item.layer.inputs[number - 1]
            inner = self._branch(branch, start, end)
            totals = self._total(branch)
            cost = [cost[0] + totals[0], cost[1] + totals[1]]
            name = f"branch{number}" if many or item.layer.kind != "add" else ""
            made.append((name, self._inner(inner, totals)))
            ends.append(name)
        names = iter(_side_names(item))
        made = [(name or next(names), call) for name, call in made]
        placed = iter(made)
        ends = [end if end == "x" else f"self.{next(placed)[0]}(x)" for end in ends]
        joint = steps(item.layer.stages[0].op, self.costs[item.at].ins, (1,))[0].text
        text = joint.format(*ends)
        for stage in item.layer.stages[1:]:
            for step in steps(stage.op, (self.costs[item.at].out,), self.costs[item.at].out):
                if step.call is not None:
                    made.append((step.hint, step.call))
                    text = f"self.{step.hint}({text})"
        fragment = Fragment(tuple(made), (f"return {text}",))
        kind = item.layer.kind
        return self.classes.call(JOINTS[kind], fragment, _JOINT_DOCS[kind], (cost[0], cost[1]))

    def _branch(self, branch: tuple[Item, ...], start: int, end: int) -> Fragment:
        """The body of a branch, in which names have no path in front that all of them share: equal
        branches would differ in it."""
        names = (self.network.layers[at].name for at in indices(branch))
        path = common_path(name.rpartition(".")[0] for name in names)
        outer, self._path = self._path, f"{path}." if path else ""
        made = self.fragment(branch, start, (end,))
        self._path = outer
        return made

    def _inner(self, fragment: Fragment, cost: tuple[int, int]) -> Call:
        """A branch: its one module itself, or a class of its own where it is no chain."""
        if fragment.lines == ("return self.layers(x)",):
            return fragment.made[0][1]
        return self.classes.call("Branch", fragment, "One branch of a block.", cost)

    def _total(self, items: tuple[Item, ...]) -> tuple[int, int]:
        params = macs = 0
        for index in indices(items):
            params += self.costs[index].params
            macs += self.costs[index].macs
        return params, macs


_JOINT_DOCS = {
    "add": "A body, added to its input or to that of a shortcut.",
    "concat": "Branches behind each other along the channels.",
    "multiply": "Branches multiplied, such as channels weighed by what all of them say.",
}


def _sequential(calls: list[Call]) -> Call:
    return calls[0] if len(calls) == 1 else Call("nn.Sequential", tuple(("", c) for c in calls))


def _start(network: Network, item: Joint) -> int:
    """The layer that a joint's branches start from."""
    for end, branch in zip(item.layer.inputs, item.branches, strict=True):
        if not branch:
            return end
    first = item.branches[0][0]
    assert not isinstance(first, Repeat)
    if isinstance(first, Joint):
        return _start(network, first) if first.source is None else first.source
    return network.layers[first.at].inputs[0]


def _side_names(item: Joint) -> list[str]:
    """What the sides of a sum are called: the longer one is the body."""
    lengths = [len(branch) for branch in item.branches if branch]
    if len(lengths) < 2:
        return ["body"]
    return ["body", "shortcut"] if lengths[0] >= lengths[1] else ["shortcut", "body"]


def _joined(found: StageSteps) -> list[Step]:
    """A joint's ops as one expression of its inputs; modules in it are applied one by one."""
    texts: list[str] = []
    extra: list[Step] = []
    for inputs, made in found:
        given = [texts[at] if at >= 0 else f"{{{-at - 1}}}" for at in inputs]
        text = given[0]
        for step in made:
            if step.call is not None:
                if step.call.args and step.call.name == "nn.Softmax":
                    text = f"({text}).softmax(-1)"
                    continue
                extra.append(step)
                continue
            text = step.text.format(*map(_bracketed, given))
        texts.append(text)
    return [Step(texts[-1]), *extra]


def _bracketed(text: str) -> str:
    return f"({text})" if " " in text else text
