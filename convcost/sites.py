"""Layers in their places, and networks made out of networks by changing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from convcost.errors import LayerError
from convcost.kinds import find
from convcost.kinds.fields import NONE, per_dim
from convcost.kinds.registry import Kind, Stages, shapes_of
from convcost.network import Builder, Layer, Network
from convcost.ops.base import Shape, Sizes, Weighted

_SHARED = (
    *("n", "m", "k", "stride", "padding", "output_padding", "dilation", "groups", "bias"),
    *("norm", "act", "functional", "weights", "weights_per"),
)
"""Fields that say what a layer does, however it is built; the others are a kind's own."""
_NOT_TO_LOSE = ("stride", "dilation", "groups")


class Recipe(NamedTuple):
    """What a layer is to be: its kind, and the kind's fields."""

    kind: str
    fields: Mapping[str, Any]


class Site(NamedTuple):
    """A layer in its place: the shapes that arrive at it, and the one that leaves it.

    `is_first` is a layer with weights that no other such layer comes before, `is_classifier` one
    that none comes after, if it looks at single positions or leaves but one.
    """

    layer: Layer
    ins: tuple[Shape, ...]
    out: Shape
    is_first: bool = False
    is_classifier: bool = False

    @property
    def fields(self) -> dict[str, Any]:
        """What the layer was built with, as it was written."""
        return dict(self.layer.fields)

    @property
    def n(self) -> int:
        """Input channels."""
        return self.ins[0][0]

    @property
    def m(self) -> int:
        """Output channels."""
        return self.out[0]

    @property
    def k(self) -> int:
        """The kernel's longest side, 1 where the layer has no kernel."""
        return max(self.sizes("k"), default=1)

    @property
    def stride(self) -> int:
        """The largest stride, 1 where the layer has none."""
        return max(self.sizes("stride"), default=1)

    @property
    def groups(self) -> int:
        """Groups of channels, 1 where there are none."""
        return int(self.fields.get("groups") or 1)

    @property
    def names(self) -> dict[str, int]:
        """The layer's numbers by the names that expressions call them."""
        shape = dict(zip(("n", "H", "W"), self.ins[0], strict=False))
        return {**shape, "m": self.m, "k": self.k, "stride": self.stride, "groups": self.groups}

    def sizes(self, name: str) -> Sizes:
        """The field `name` as a number per spatial dim, ones where it is left out."""
        return per_dim(name, self.fields.get(name) or 1, len(self.ins[0]) - 1)

    def become(self, kind: str = "", *, inner: bool = False, **options: Any) -> Recipe:
        """The same layer as another kind, or with other options.

        It keeps its channels, kernel, stride, padding, dilation, groups, bias, norm and
        activation. Norm and activation stand behind the whole, with `inner` behind each stage as
        well. A kind that is made of groups gives them up to one that is not. LayerError where the
        new kind does not take a stride, dilation, groups or bias that the layer has.
        """
        new = find(kind or self.layer.kind)
        if new.name == self.layer.kind:
            return Recipe(new.name, {**self.fields, **options})
        fields = {**self._kept(new), **options}
        if not inner:
            fields = {**_outer_only(new, fields, self.ins), **options}
        return Recipe(new.name, fields)

    def _kept(self, new: Kind) -> dict[str, Any]:
        """The fields that the layer keeps as a layer of the kind `new`."""
        fields = {name: value for name, value in self.fields.items() if name in _SHARED}
        if find(self.layer.kind).grouped and not new.grouped:
            fields.pop("groups", None)
        for name in _NOT_TO_LOSE:
            if name in fields and name not in new.fields and set(self.sizes(name)) != {1}:
                raise LayerError(f"{new.name} takes no {name}")
        if fields.get("bias") and "bias" not in new.fields:
            raise LayerError(f"{new.name} takes no bias")
        fields = {name: value for name, value in fields.items() if name in new.fields}
        for name, value in (("m", self.m), ("k", 1)):
            if name in new.fields and new.fields[name].required:
                fields.setdefault(name, value)
        if "k" in fields and not new.fields["k"].required:
            del fields["k"]
        return fields


def sites(network: Network) -> tuple[Site, ...]:
    """Every layer of `network` in its place, in order."""
    outs: list[Shape] = []
    found = []
    first, last = _ends(network)
    for index, layer in enumerate(network.layers):
        ins = network.inputs_of(layer, outs)
        outs.append(shapes_of(layer.stages, ins)[-1])
        is_classifier = index in last and _decides(layer.stages, outs[-1])
        found.append(Site(layer, ins, outs[-1], index in first, is_classifier))
    return tuple(found)


def change_layers(network: Network, change: Callable[[Site], Recipe | None]) -> Network:
    """`network` with each layer as `change` wants it: a kind and its fields, or None as it is.

    `change` sees the layers as they are in `network`; behind a shape that changes, shapes are
    inferred anew. LayerError, with the layer's name, where a layer cannot be built or does not
    fit.
    """
    return with_changes(network, [change(site) for site in sites(network)])


def with_changes(network: Network, changes: Sequence[Recipe | None]) -> Network:
    """`network` with a change, or None, for each of its layers; as `change_layers`."""
    builder = Builder(network.name, network.input, network.path)
    outs: list[Shape] = []
    made: dict[tuple[object, ...], int] = {}
    for layer, change in zip(network.layers, changes, strict=True):
        ins = network.inputs_of(layer, outs)
        outs.append(shapes_of(layer.stages, ins)[-1])
        arriving = network.inputs_of(layer, builder.outs)
        if change is None and ins == arriving:
            builder.layers.append(layer)
            builder.outs.append(outs[-1])
            continue
        # The same change (which `changes` holds) of what arrives alike is made once.
        key = (id(change), arriving, layer.called, layer.operands)
        if change and layer.given is None and key in made:
            builder.again(made[key], layer.name, layer.inputs, layer.line)
            continue
        made[key] = len(builder.layers)
        kind, fields = change or (layer.kind, dict(layer.fields))
        fields = {**fields, **layer._replace(operands=layer.operands.of_others).words}
        inputs: tuple[int, ...] | None = layer.inputs
        if layer.given is not None:  # it stands alone, on channels and a size of its own
            fields, inputs = {**fields, "n": layer.given[0], "size": layer.given[1:]}, None
        try:
            builder.add(kind, fields, name=layer.name, inputs=inputs, line=layer.line)
        except LayerError as error:
            raise LayerError(*error.at(None, f"layer {layer.name} ({kind}): ")) from None
    return builder.network()._replace(inputs=network.inputs, notes=network.notes)


def stages_for(kind: Kind, fields: Mapping[str, Any], ins: tuple[Shape, ...]) -> Stages:
    """The ops of a layer of `kind` on these inputs; LayerError if it cannot be built."""
    inferred = {"n": ins[0][0], "size": ins[0][1:]}
    values = {name: value for name, value in inferred.items() if name in kind.fields}
    return kind.build({**fields, **values}, len(ins[0]) - 1)


def _outer_only(kind: Kind, fields: dict[str, Any], ins: tuple[Shape, ...]) -> dict[str, Any]:
    """`fields` with nothing between the stages, which is said only where it matters."""
    silent = {
        f"inner_{name}": NONE
        for name in ("norm", "act")
        if f"inner_{name}" in kind.fields and fields.get(name) not in (None, NONE)
    }
    quiet = {**fields, **silent}
    return fields if stages_for(kind, quiet, ins) == stages_for(kind, fields, ins) else quiet


def _ends(network: Network) -> tuple[set[int], set[int]]:
    """The layers with weights that no other such layer comes before, and that none comes after.

    What stands alone in a list of unrelated layers is neither.
    """
    layers = network.layers
    weighted = [any(isinstance(op, Weighted) for op, _ in layer.stages) for layer in layers]
    before, after = [False] * len(layers), [False] * len(layers)
    links = [[source for source in layer.inputs if source >= 0] for layer in layers]
    followed = {source for sources in links for source in sources}
    for index, sources in enumerate(links):
        before[index] = any(weighted[source] or before[source] for source in sources)
    for index in reversed(range(len(layers))):
        for source in links[index]:
            after[source] |= weighted[index] or after[index]
    found = {index for index, has_weights in enumerate(weighted) if has_weights}
    found -= {i for i, layer in enumerate(layers) if layer.given is not None} - followed
    return {i for i in found if not before[i]}, {i for i in found if not after[i]}


def _decides(stages: Stages, out: Shape) -> bool:
    """Whether a last layer is a classifier, be it one for each position."""
    kernels = (getattr(op, "kernel", ()) for op, _ in stages)
    return all(size == 1 for size in out[1:]) or all(
        side == 1 for kernel in kernels for side in kernel
    )
