"""The spec of a rewritten network: the text of the old one, changed where its layers are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from convcost.emit.copy_blocks import copy_blocks
from convcost.emit.edits import Edits, written
from convcost.emit.entry_changes import Use, entry_changes
from convcost.errors import SpecError
from convcost.network import Layer, Network
from convcost.ops.base import format_shape
from convcost.rewriting import Rewrite
from convcost.sites import sites
from convcost.sources.spec.library import library
from convcost.sources.spec.reading import Overrides, parse_spec, spec_of
from convcost.sources.spec.scope import Scope
from convcost.sources.spec.validation import plain
from convcost.sources.yaml.tree import Document, Node
from convcost.text import quote

Origin = tuple[Node, Scope]


def edit_spec(document: Document, rewrite: Rewrite, overrides: Overrides) -> str:
    """The text of a spec that gives the network `rewrite` made, from the spec in `document`.

    `overrides` are those that the network was read with; they are written into the spec's vars, as
    is an input that it was read with in place of the spec's.
    Comments stay, and so does what no change touches. Blocks that ship with convcost are copied
    into the spec where layers inside them change.

    SpecError where a layer cannot be changed without another that stands at the same place.
    """
    origins: list[Origin] = []
    inputs = rewrite.before.inputs
    network = spec_of(document, overrides, origins, inputs).network
    if network.layers != rewrite.before.layers:
        raise SpecError(
            "this is not the spec that was rewritten", place=document.place(document.root)
        )
    edits = Edits(document)
    shipped = Edits(library().document)
    for node, scope, uses in _changing(rewrite, origins):
        try:
            values = entry_changes(plain(node), uses, _defaults(document))
        except SpecError as error:
            raise SpecError(*scope.problems(error, scope.document.place(node))) from None
        (shipped if scope.blocks.ship else edits).change(node, values)
    _set_vars(edits, overrides)
    if inputs:
        edits.change(document.root, {"input": format_shape(inputs[0].shape)})
    if shipped.changed:
        copy_blocks(edits, shipped)
    text = edits.applied()
    _check(text, document, rewrite.after)
    return text


def _changing(
    rewrite: Rewrite, origins: Sequence[Origin]
) -> Iterator[tuple[Node, Scope, list[Use]]]:
    """The entries that stand for a layer that changes, each with all its layers."""
    options = {outcome.place: outcome.replacement.options for outcome in rewrite.replaced}
    uses: dict[int, list[Use]] = defaultdict(list)
    entries: dict[int, Origin] = {}
    rows = zip(sites(rewrite.before), sites(rewrite.after), origins, strict=True)
    for place, (site, after, (node, scope)) in enumerate(rows):
        shape = dict(zip(("n", "H", "W"), after.ins[0], strict=False))
        twofold = shape.keys() & scope.names.keys()
        names = {**shape, **scope.names}
        names = {name: value for name, value in names.items() if name not in twofold}
        uses[id(node)].append(Use(site, after.layer, names, options.get(place, {})))
        entries.setdefault(id(node), (node, scope))
    for key, (node, scope) in entries.items():
        if any(use.changes for use in uses[key]):
            yield node, scope, uses[key]


def _defaults(document: Document) -> Mapping[str, Any]:
    values = plain(document.root).get("defaults", {})
    assert isinstance(values, dict)
    return values


def _set_vars(edits: Edits, overrides: Overrides) -> None:
    if overrides:
        root = edits.document.root.value
        assert isinstance(root, dict)
        edits.change(root["vars"], {name: written(value) for name, value in overrides.items()})


def _check(text: str, document: Document, wanted: Network) -> None:
    """SpecError unless `text` gives the very layers of `wanted`."""
    place = document.place(document.root)
    try:
        network = parse_spec(text, document.path).network
    except SpecError as error:
        problem = error.problems[0]
        raise SpecError(
            f"this cannot be rewritten where it stands: {problem.message}",
            place=problem.place,
            hint="write aliases out, and mappings in braces or on lines of their own; or use "
            "--unroll",
        ) from None
    for found, layer in zip_longest(network.layers, wanted.layers):
        if found is None or layer is None or _essence(found) != _essence(layer):
            name = (layer or found).name
            raise SpecError(
                f"layer {quote(name)} cannot be rewritten where it stands",
                place=place,
                hint="a name in the spec may mean something else there; or use --unroll",
            )
    assert network.input == wanted.input, "the input is not touched"


def _essence(layer: Layer) -> tuple[object, ...]:
    return layer.name, layer.kind, layer.stages, layer.inputs, layer.given
