"""The tensors that a Keras model takes, as its configuration and as whoever asks has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from convcost.errors import ConvcostError, UsageError
from convcost.network import FLOAT, Input
from convcost.ops.base import Shape
from convcost.sources.imports.keras.call import LAST
from convcost.sources.imports.keras.described import (
    Described,
    Graph,
    Open,
    Ref,
    closed,
    found_in,
    open_shape,
)
from convcost.sources.inputs import DTYPES
from convcost.spelling import did_you_mean
from convcost.text import listed, quote

_PASSING = ("Dropout", "GaussianNoise", "Masking", "SpatialDropout1D")


class Taken(NamedTuple):
    """A tensor that a model takes: its shape with the batch, as Keras has it and as far as it is
    known; an image is `turned` in our networks, its channels first."""

    name: str
    shape: Open | None
    turned: bool
    dtype: str = FLOAT

    @property
    def closed(self) -> Shape | None:
        """The shape for one input; None where it is open."""
        return closed(self.shape)

    @property
    def ours(self) -> Shape | None:
        """The same without the batch, channels first if it is an image."""
        shape = self.closed
        if shape is None:
            return None
        return (shape[-1], *shape[1:-1]) if self.turned else shape[1:]

    def given(self, asked: Input) -> Taken:
        """The same with the shape that was asked for, channels first and without a batch.

        UsageError where it does not fit what is known.
        """
        own = asked.shape
        sizes = (*own[1:], own[0]) if self.turned and own else own
        if self.shape is not None and len(self.shape) != len(sizes) + 1:
            message = f"its input {quote(self.name)} has {len(self.shape) - 1} sizes"
            raise UsageError(f"{message}, and {len(own)} are given")
        return self._replace(shape=(1, *sizes))


def taken_by(model: Described) -> tuple[Taken, ...]:
    """The tensors that a model takes, in its order."""
    graph = model.graph
    assert graph is not None
    if graph.is_chain:
        return (_of_chain(model, graph),)
    found = []
    by_name = {layer.name: layer for layer in graph.layers}
    users: dict[Ref, list[Described]] = {ref: [] for ref in graph.inputs}
    for layer in graph.layers:
        for ref in found_in([[call.args, call.kwargs] for call in layer.calls], Ref):
            if ref in users:
                users[ref].append(layer)
    has_images = _has_images(model)
    for ref in graph.inputs:
        if ref.layer not in by_name:
            raise ConvcostError(f"it takes {quote(ref.layer)}, which it does not have")
        layer = by_name[ref.layer]
        found.append(_taken(layer, _stated(layer), has_images, users[ref]))
    if not found:
        raise ConvcostError("this model takes no tensor")
    return tuple(found)


def _of_chain(model: Described, graph: Graph) -> Taken:
    if not graph.layers:
        raise ConvcostError("this model has no layers")
    first = graph.layers[0]
    behind = [each for each in graph.layers if each.cls not in ("InputLayer", *_PASSING)][:1]
    shape = _stated(first) or first.built or model.built
    if shape is None:
        shape = open_shape(model.config.get("build_input_shape"))
    if first.graph:
        inner = taken_by(first)[0]
        return inner._replace(name=first.name)
    return _taken(first, shape, _has_images(model), behind)


def _stated(layer: Described) -> Open | None:
    config = layer.config
    said = config.get("batch_shape") or config.get("batch_input_shape")
    if said is None and isinstance(config.get("input_shape"), list):
        said = [None, *config["input_shape"]]
    return open_shape(said)


def _taken(
    layer: Described, shape: Open | None, has_images: bool, users: Sequence[Described]
) -> Taken:
    said = layer.config.get("dtype") if layer.cls == "InputLayer" else None
    dtype = DTYPES.get(said, FLOAT) if isinstance(said, str) else FLOAT
    rank = len(shape) if shape else 0
    turned = rank > 2 and (any(map(_has_images, users)) if rank == 3 else has_images)
    name = layer.name if layer.cls == "InputLayer" and layer.name.isprintable() else "input"
    return Taken(name, shape, turned, dtype)


def _has_images(layer: Described) -> bool:
    """Whether the layer, or one inside it, says that channels are last."""
    graph = layer.graph
    inside = graph.layers if graph else ()
    return _says_last(layer.config) or any(map(_has_images, inside))


def _says_last(config: Mapping[str, Any]) -> bool:
    inner = config.get("layer")
    if isinstance(inner, Mapping) and isinstance(inner.get("config"), Mapping):
        return _says_last(inner["config"])
    return config.get("data_format") == LAST


def with_given(taken: Sequence[Taken], asked: Sequence[Input]) -> tuple[Taken, ...]:
    """The tensors that a model takes with the shapes that were `asked` for, by name or in order.

    UsageError for names that it does not have, for more inputs than it takes, and for an input that
    stays open.
    """
    found = [*taken]
    names = [each.name for each in taken]
    free = [*range(len(taken))]
    for each in sorted(asked, key=lambda input_: not input_.name):
        if each.name and each.name not in names:
            hint = did_you_mean(each.name, names) or f"it takes {listed(names)}"
            raise UsageError(f"it has no input {quote(each.name)}", hint=hint)
        if not free:
            raise UsageError(f"it takes {len(taken)} inputs, and more are given")
        at = names.index(each.name) if each.name else free[0]
        free.remove(at)
        found[at] = found[at].given(each)
    for at in free:
        if found[at].closed is None:
            one = found[at]
            hint = "--input 3x224x224, channels first" if one.turned else "--input 128"
            name = f" {quote(one.name)}" if len(taken) > 1 else ""
            raise UsageError(f"this model leaves the size of its input{name} open", hint=hint)
    return tuple(found)
