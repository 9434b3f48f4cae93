"""A Keras model as a network, from its configuration alone. Nothing in it is run or deserialised,
and no weights are read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from math import prod
from typing import Any

from convcost.errors import ConvcostError, Place, SpecError, UsageError
from convcost.network import FLOAT, Builder, Input
from convcost.ops.base import Shape
from convcost.sources.imports.assembler import Assembler, Constant, Imported, plain_shape
from convcost.sources.imports.keras.archive import config_in
from convcost.sources.imports.keras.call import Tensor, Weights
from convcost.sources.imports.keras.described import Described, described
from convcost.sources.imports.keras.inputs import Taken, taken_by, with_given
from convcost.sources.imports.keras.walk import Walker
from convcost.sources.imports.unknowns import Unknowns
from convcost.sources.inputs import FLOATS
from convcost.sources.teaching import NO_RULES, Rules
from convcost.sources.yaml.files import opened


def import_file(
    path: str,
    inputs: tuple[Input, ...] = (),
    root: str = "",
    rules: Rules = NO_RULES,
    raw: bytes | None = None,
) -> Imported:
    """As for `Importer`: UsageError for HDF5 without h5py, SpecError for a file that is no Keras
    model, or whose model is code, and for rules that fail."""
    try:
        name = os.path.splitext(os.path.basename(path))[0]
        with opened(path, root) if raw is None else BytesIO(raw) as file:
            config = config_in(file)
        return import_config(config, name, inputs, rules)
    except UsageError:
        raise
    except ConvcostError as error:
        raise SpecError(*error.at(Place(path))) from None


def needs_input(path: str, root: str = "") -> bool:
    """As for `Importer`."""
    try:
        with opened(path, root) as file:
            model = described(config_in(file))
        return any(each.closed is None for each in taken_by(model))
    except ConvcostError:
        return True


def import_config(
    config: Any, name: str, inputs: tuple[Input, ...] = (), rules: Rules = NO_RULES
) -> Imported:
    """The network of a model whose configuration that is, as `model.to_json()` gives it.

    ConvcostError for one that is none; the rest is as above.
    """
    model = described(config)
    own = taken_by(model)
    taken = with_given(own, inputs)
    name = re.sub(r"[^\w.-]+", "-", name) or "network"
    try:
        made, weights = _network(model, taken, name, rules, taken == own)
        if taken != own and all(each.closed for each in own):
            _, known = _network(model, own, name, rules)
            if known != weights:
                raise UsageError(
                    "this model has weights for an input of "
                    + " and ".join("x".join(map(str, each.ours or ())) for each in own),
                    hint="leave --input out",
                )
    except RecursionError:
        raise ConvcostError("its models nest too deep") from None
    return made


def _network(
    model: Described, taken: Sequence[Taken], name: str, rules: Rules, is_as_told: bool = True
) -> tuple[Imported, dict[str, Shape]]:
    """The network for inputs whose sizes are all known, and the shapes of its weights."""
    assert model.graph is not None
    first = next((each for each in taken if each.dtype in FLOATS), taken[0])
    builder = Builder(name, plain_shape(_shape(first)))
    to = Assembler(builder, {})
    to.unknown = Unknowns(rules)
    walker = Walker(to, Weights(to), is_as_told)
    tensors = [
        Tensor(
            to.input(_shape(each)) if each is first else _other(to, each),
            each.turned,
        )
        for each in taken
    ]
    for made in walker.run(model.graph, tensors):
        to.plain(made.value)  # as nothing else may have asked for it
    if not builder.layers:
        to.add("identity", {}, [tensors[0].value], tensors[0].value.shape, "output")
    weights = dict(to.params)
    whole = to.finish(walker.operations)
    notes = (*_notes(walker.weights, weights), *whole.network.notes)
    network = whole.network._replace(notes=notes, inputs=_inputs(taken))
    return whole._replace(network=network), weights


def _inputs(taken: Sequence[Taken]) -> tuple[Input, ...]:
    """Those of a network of several, or of one that does not take floats."""
    if len(taken) == 1 and taken[0].dtype == FLOAT:
        return ()
    return tuple(Input(each.name, each.ours or (), each.dtype) for each in taken)


def _shape(taken: Taken) -> Shape:
    ours = taken.ours
    assert ours is not None, "inputs are closed by now"
    return (1, *ours)


def _other(to: Assembler, taken: Taken) -> Any:
    return to.constant(Constant(_shape(taken)), taken.name)


def _notes(weights: Weights, shapes: dict[str, Shape]) -> Iterator[str]:
    """What Keras counts, where that is more than parameters, or not all of it is trained."""
    kept = sum(weights.kept.values())
    sizes = {name: prod(shape) for name, shape in shapes.items()}
    frozen = sum(size for name, size in sizes.items() if name in weights.frozen)
    if not kept and not frozen:
        return
    total = sum(sizes.values()) + kept
    still = f", among them {kept:,} of statistics, which are no parameters" if kept else ""
    yield (
        f"Keras counts {total:,} parameters: {total - kept - frozen:,} that are trained and "
        f"{kept + frozen:,} that are not{still}"
    )
