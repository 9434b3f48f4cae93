"""A network: layers in order, each a kind with its ops, its inputs and its shapes checked.

Shapes are inferred as layers are added, so a network that exists is one whose shapes fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

from convcost.errors import LayerError
from convcost.kinds import Stages, find
from convcost.kinds.fields import CALLED, Field, normalise
from convcost.kinds.registry import Kind, shapes_of
from convcost.kinds.sizes import sizes_note, split_size, squared
from convcost.operands import PLAIN, Operands
from convcost.ops.base import (
    TOO_LONG,
    Op,
    Shape,
    Sizes,
    check_dims,
    check_positive,
    format_shape,
)
from convcost.quantity import LARGEST, check_counts
from convcost.shown import brief
from convcost.spelling import did_you_mean
from convcost.text import quote

if TYPE_CHECKING:  # files of one framework alone have one
    from convcost.schedule import Schedule

INPUT = -1
"""The index that stands for the network's own input among a layer's inputs."""
MAX_LAYERS = 200_000
_WORDS = frozenset(("called", *Operands._fields))
_PER_DIM = ("k", "stride", "dilation", "padding")
_CALLED = Field("called", CALLED)
FLOAT = "float32"


class Input(NamedTuple):
    """A tensor that a network takes: its name, its shape without the batch, which is () for a
    number, and its dtype as PyTorch spells it."""

    name: str
    shape: Shape
    dtype: str = FLOAT


@brief
class Layer(NamedTuple):
    """A layer as the user wrote it.

    `inputs` are indices of earlier layers or INPUT; a layer that stands on its own has none and
    its own `given` input shape. `fields` are what the kind was built with; `line` is where the
    layer stands in its file, 0 if in none; `called` is how, one of the words of `fields.CALLED`;
    `operands` are those of its products.
    """

    name: str
    kind: str
    stages: Stages
    inputs: tuple[int, ...]
    fields: tuple[tuple[str, Any], ...] = ()
    given: Shape | None = None
    line: int = 0
    called: str = ""
    operands: Operands = PLAIN

    @property
    def multiplies(self) -> bool:
        """Whether any of its ops does."""
        return any(type(op).macs is not Op.macs for op, _ in self.stages)

    @property
    def words(self) -> dict[str, Any]:
        """What it says besides the fields of its kind."""
        return ({"called": self.called} if self.called else {}) | self.operands.told

    @property
    def told(self) -> dict[str, Any]:
        """All that `Builder.add` makes it of."""
        return dict(self.fields) | self.words


@brief
class Network(NamedTuple):
    """Layers in an order in which each comes after its inputs.

    `input` is (channels, *spatial), None for a list of unrelated layers. `inputs` are all tensors
    that it takes, where they have names; `notes` are what to know of how they were understood;
    `schedule` is that of a file which says where its tensors begin and end.
    """

    name: str
    input: Shape | None
    layers: tuple[Layer, ...]
    path: str = ""
    inputs: tuple[Input, ...] = ()
    notes: tuple[str, ...] = ()
    schedule: Schedule | None = None

    @property
    def all_inputs(self) -> tuple[Input, ...]:
        """`inputs`, or the one that has no name of its own and is called "input"."""
        return self.inputs or (() if self.input is None else (Input("input", self.input),))

    def inputs_of(self, layer: Layer, outs: list[Shape]) -> tuple[Shape, ...]:
        """The shapes that arrive at `layer`, given the output shapes of those before it."""
        if layer.given is not None:
            return (layer.given,)
        return tuple(
            [self.input if index == INPUT and self.input else outs[index] for index in layer.inputs]
        )


class Builder:
    """Collects layers, inferring shapes; `network()` makes the immutable result."""

    def __init__(
        self,
        name: str,
        input: Shape | None = None,  # noqa: A002 - what networks call it
        path: str = "",
    ) -> None:
        if input is not None:
            if not input:
                raise LayerError("an input needs at least its channels")
            check_dims("the input", input)
            check_counts("an input of ", elements=prod(input))
            check_positive(input=input)
        self.name = name
        self.input = input
        self.path = path
        self.layers: list[Layer] = []
        self.outs: list[Shape] = []
        self.notes: dict[str, str] = {}
        """What to know of how sizes were understood, and the first layer of each."""

    @property
    def last(self) -> int:
        """The index that a layer without stated inputs follows."""
        return len(self.layers) - 1

    def index(self, layer: int | str) -> int:
        """The index of the last layer of that name, or of the network's own "input"; LayerError if
        there is none."""
        if isinstance(layer, int):
            return layer
        names = [each.name for each in self.layers]
        if layer in names:
            return len(names) - 1 - names[::-1].index(layer)
        if layer == "input":
            return INPUT
        hint = did_you_mean(layer, names) or "name one that was added before"
        raise LayerError(f'there is no layer "{quote(layer)}"', hint=hint)

    def shape(self, index: int) -> Shape | None:
        """The output shape of a layer, or the network's input; None where there is none yet."""
        return self.input if index == INPUT else self.outs[index]

    def add(
        self,
        kind: str,
        fields: Mapping[str, Any],
        *,
        name: str = "",
        inputs: Sequence[int | str] | None = None,
        line: int = 0,
        operands: Operands = PLAIN,
    ) -> int:
        """Add a layer and return its index; LayerError if it does not fit what arrives.

        `fields` are the kind's own, `called`, `bits`, `density`, and n, H, W or size, which are
        taken from the inputs where left out and checked against them where given. `operands` are
        those of a layer that does not say; what multiplies nothing has none. `inputs` are indices
        or names, and default to the layer before; in a network without an input, a layer without
        `inputs` may stand alone on n and size.
        """
        if len(self.layers) >= MAX_LAYERS:
            raise LayerError(f"a network of more than {MAX_LAYERS:,} layers is refused")
        found = find(kind)
        own, size = split_size(fields)
        called = ""
        if not _WORDS.isdisjoint(own):
            operands = operands.with_words(own)
            called = normalise(_CALLED, own.get("called"), 0) or ""
            own = {name: value for name, value in own.items() if name not in _WORDS}
        size = size and squared(size, map(own.get, _PER_DIM))
        sources = (self.last,) if inputs is None else tuple(map(self.index, inputs))
        shapes = list(map(self.shape, sources))
        given = None
        if (
            self.input is None
            and "n" in own
            and (not any(shapes) or (inputs is None and (size is not None or found.flattens)))
        ):
            given = (own["n"], *(size or ()))
            check_dims("the input", given)
            check_positive(n=own["n"], size=size or ())
            shapes, sources = [given], ()
            if size and found.is_spatial:
                self._note(sizes_note(size, "size: "), name or str(len(self.layers) + 1))
        arriving = _known(found, shapes)
        _check_given(found, own, size, arriving[0])
        kept = tuple(own.items())
        own.update(_inferred(found, arriving))
        stages = found.build(own, len(arriving[0]) - 1)
        out = _out(stages, arriving)
        name = name or str(len(self.layers) + 1)
        layer = Layer(name, kind, stages, sources, kept, given, line, called, operands)
        if operands != PLAIN and not layer.multiplies:
            layer = layer._replace(operands=operands.counted)
        self.layers.append(layer)
        self.outs.append(out)
        return self.last

    def again(self, like: int, name: str, inputs: tuple[int, ...], line: int = 0) -> int:
        """Add the layer `like` once more, where the same shapes arrive; return its index."""
        if len(self.layers) >= MAX_LAYERS:
            raise LayerError(f"a network of more than {MAX_LAYERS:,} layers is refused")
        _, kind, stages, _, fields, given, _, called, operands = self.layers[like]
        name, told = name or str(len(self.layers) + 1), (called, operands)
        self.layers.append(Layer(name, kind, stages, inputs, fields, given, line, *told))
        self.outs.append(self.outs[like])
        return self.last

    def _note(self, note: str, layer: str) -> None:
        if note:
            self.notes.setdefault(note, layer)

    def network(self) -> Network:
        """The network of all layers added."""
        notes = tuple(f"layer {name}: {note}" for note, name in self.notes.items())
        return Network(self.name, self.input, tuple(self.layers), self.path, notes=notes)


def _out(stages: Stages, arriving: tuple[Shape, ...]) -> Shape:
    """A layer's output shape."""
    out = shapes_of(stages, arriving)[-1]
    # Size by size, as a sweep tells branches apart by which is the least.
    for size in out:
        if not 0 < size < TOO_LONG:
            check_positive(output=out)
    if (elements := prod(out)) >= LARGEST:  # a call for each layer is worth sparing
        check_counts("an output of ", elements=elements)
    return out


def _known(kind: Kind, shapes: list[Shape | None]) -> tuple[Shape, ...]:
    """The shapes of a layer's inputs; LayerError if one is unknown, or there are too many."""
    known = tuple([shape for shape in shapes if shape is not None])
    if not known or len(known) < len(shapes):
        raise LayerError(
            "no input shape is known here",
            hint="give the spec an input, such as 3x224x224, or the layer n, H and W",
        )
    if len(known) > 1 and kind.group != "joint":
        raise LayerError(
            f"{kind.name} takes one input, and {len(known)} are given",
            hint="join them before it: add, concat or multiply",
        )
    return known


def _check_given(kind: Kind, own: dict[str, Any], size: Sizes | None, arriving: Shape) -> None:
    """LayerError where n, H, W are stated and differ from what arrives."""
    if "n" in own:
        channels = prod(arriving) if kind.flattens else arriving[0]
        if own["n"] != channels:
            raise LayerError(
                f"n = {own['n']} is given, and {format_shape(arriving)} arrives, so n is {channels}"
            )
        if "n" not in kind.fields:
            del own["n"]
    if size is not None and size != arriving[1:]:
        raise LayerError(
            f"size {format_shape(size)} is given, and {format_shape(arriving)} arrives"
        )


def _inferred(kind: Kind, arriving: tuple[Shape, ...]) -> dict[str, Any]:
    """What the kind wants to know of the layers before it."""
    known: dict[str, Any] = {}
    fields = kind.fields
    if "n" in fields:
        known["n"] = prod(arriving[0]) if kind.flattens else arriving[0][0]
    if "size" in fields:
        known["size"] = arriving[0][1:]
    if "inputs" in fields:
        known["inputs"] = len(arriving)
    return known
