"""A network as the source of one Python module for Keras 3: a function that builds the model.

Images have their channels last, as every backend takes them; where our order of dims matters, a
`Permute` stands. One line or a few are a layer.
"""

from __future__ import annotations

from collections.abc import Sequence

from convcost.cost import LayerCost, Report, StageCost, evaluate
from convcost.emit.keras import shapes, weights
from convcost.emit.keras.helpers import helpers_in
from convcost.emit.keras.lines import Built, Lines, literal
from convcost.emit.pytorch.names import Names, attribute
from convcost.emit.pytorch.sharing import whose
from convcost.emit.summary import described, ends_of
from convcost.emit.writable import writable_input
from convcost.errors import LayerError, Place
from convcost.network import INPUT, Layer, Network
from convcost.ops.base import Op
from convcost.ops.conv import ChannelwiseConv, Conv, Linear, TransposedConv
from convcost.ops.pooling import Pool, Upsample
from convcost.ops.recurrent import Recurrent
from convcost.ops.structure import Norm, PRelu
from convcost.ops.tensors import LastNorm
from convcost.text import quote

_OF_IMAGES = (ChannelwiseConv, Conv, Norm, Pool, Recurrent, TransposedConv, Upsample)
_TAKEN = ("keras", "layers", "ops", "inputs", "Bias", "Weight", "stand_in")


def keras_text(network: Network, report: Report | None = None) -> str:
    """The source of a module with a function that builds `network`.

    Its trained parameters, output shapes (channels last) and multiply-adds are those of the
    network, whose `report` is made where it is not given. ConvcostError for a list of unrelated
    layers and for too many, LayerError for one that Keras has nothing for.
    """
    shape = writable_input(network, "model")
    report = report or evaluate(network)
    writer = _Writer(network)
    for at, (layer, cost) in enumerate(zip(network.layers, report.layers, strict=True)):
        writer.add(at, layer, cost)
    outs = [writer.built[at].name for at in ends_of(network)]
    taken = outs[0] if len(outs) == 1 else f"[{', '.join(outs)}]"
    channels, *sizes = shape
    shape = (*sizes, channels) if writer.built[INPUT].is_last else shape
    body = "\n".join(writer.to.lines)
    name = attribute(network.name.replace("-", "_").lower()) or "network"
    helpers = helpers_in(body)
    more = ", ops" if "ops." in "".join([body, *helpers]) else ""
    head = f"import keras\nfrom keras import layers{more}\n"
    function = (
        f'def {name}():\n    """{described(network, report)}"""\n'
        f"    inputs = keras.Input({shape!r})\n{body}\n"
        f"    return keras.Model(inputs, {taken}, name={literal(name)})\n"
    )
    source = "\n\n".join([head, *helpers, function])
    compile(source, "<generated>", "exec", dont_inherit=True)
    return source


class _Writer:
    """The lines so far, and which tensor of theirs each layer gives."""

    def __init__(self, network: Network) -> None:
        assert network.input is not None
        self.network = network
        self.to = Lines()
        self.names = Names({*_TAKEN})
        rank = len(network.input)
        users = [layer for layer in network.layers if INPUT in layer.inputs]
        is_image = rank > 2 or any(
            isinstance(layer.stages[0].op, _OF_IMAGES) for layer in users if layer.stages
        )
        self.built = {INPUT: Built("inputs", rank, is_image and rank > 1)}
        self._shared = {
            key
            for layer in network.layers
            if whose(layer) == "shared"
            for key in _keys(layer)
            if key
        }
        self._held: dict[object, str] = {}

    def add(self, at: int, layer: Layer, cost: LayerCost) -> None:
        """A layer, stage by stage."""
        name = self.names.free(attribute(layer.name) or f"layer{at + 1}")
        given = [self.built[source] for source in layer.inputs]
        made: list[Built] = []
        is_chain = all(stage.inputs == (at - 1,) for at, stage in enumerate(layer.stages))
        keys = _keys(layer)
        try:
            for index, (stage, each) in enumerate(zip(layer.stages, cost.stages, strict=True)):
                values = [made[one] if one >= 0 else given[-one - 1] for one in stage.inputs]
                is_end = is_chain or index == len(layer.stages) - 1
                own = name if is_end else self.names.free(f"{name}_{index + 1}")
                made.append(self._stage(each, values, own, keys[index]))
        except LayerError as error:
            place = Place(self.network.path, layer.line) if layer.line else None
            raise LayerError(
                *error.at(place, f"layer {quote(layer.name)} ({layer.kind}): ")
            ) from None
        self.built[at] = made[-1] if made else given[0]

    def _stage(self, cost: StageCost, values: Sequence[Built], name: str, key: object) -> Built:
        """An op with weights, which is held where others share them; or one without."""
        if key in self._held:
            return self._again(cost.op, values[0], name, self._held[key])
        held = ""
        if key in self._shared:
            held = self._held[key] = self.names.free(f"{name}_layer")
        to, value, (shape, *_) = self.to, values[0], cost.ins
        match cost.op:
            case Conv() as op:
                return weights.conv(op, to, value, name, shape, held)
            case TransposedConv() as op:
                return weights.transposed(op, to, value, name, (shape, cost.out), held)
            case ChannelwiseConv() as op:
                return weights.channelwise(op, to, value, name, shape)
            case Linear() as op:
                return weights.linear(op, to, value, name, held)
            case Recurrent() as op:
                return weights.recurrent(op, to, value, name)
            case Norm() as op:
                return weights.norm(op, to, value, name, held)
            case LastNorm() as op:
                return weights.last_norm(op, to, value, name, held)
            case PRelu() as op:
                return weights.prelu(op, to, value, name, held)
        return shapes.other(cost.op, to, values, name, [*cost.ins, cost.out])

    def _again(self, op: Op, value: Built, name: str, held: str) -> Built:
        """A layer that is called once more."""
        value = self.to.plain(value) if isinstance(op, Linear) else self.to.last(value)
        self.to.assign(name, f"{held}({value.name})")
        return value._replace(name=name)


def _keys(layer: Layer) -> list[object]:
    """What tells apart the weights of each stage that can be shared; None for the others."""
    kinds = (Conv, Linear, PRelu, TransposedConv)
    return [
        op.changed(learned=True) if isinstance(op, kinds) and whose(layer) in _WHOSE else None
        for op, _ in layer.stages
    ]


_WHOSE = ("own", "shared")
