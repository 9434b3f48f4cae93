"""A rewritten network as text: its spec, or code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from convcost.errors import SpecError
from convcost.sources.targets import Piped, is_imported

if TYPE_CHECKING:
    from convcost.network import Network
    from convcost.rewriting import Rewrite
    from convcost.sources import Target

EMITTED = ("spec", "pytorch")


def text_of(
    made: Rewrite, emit: str | None, overrides: Mapping[str, Any], source: Target, unroll: bool
) -> str:
    """The new network as what is to be emitted, written anew, or as its `source` with changes.

    ConvcostError if it cannot be said so.
    """
    if emit == "pytorch":
        from convcost.emit.pytorch import pytorch_text

        return pytorch_text(made.after)
    if unroll or is_imported(source):
        return anew(made.after)
    return _respelled(made, overrides, source)


def _respelled(made: Rewrite, overrides: Mapping[str, Any], source: Target) -> str:
    """The old spec with its layers changed; SpecError if that cannot be."""
    from convcost.emit.edit_spec import edit_spec
    from convcost.sources.yaml.files import piped
    from convcost.sources.yaml.reader import read_file, read_text

    path = made.before.path
    old = read_text(piped(), path) if isinstance(source, Piped) else read_file(path)
    return edit_spec(old, made, overrides)


def anew(network: Network) -> str:
    """A spec that gives the network, as an import would write it."""
    from convcost.cost import evaluate
    from convcost.emit.spec import spec_text
    from convcost.sources.spec.reading import parse_spec

    text = spec_text(network)
    found, wanted = evaluate(parse_spec(text, network.path).network), evaluate(network)
    if found[3:6] != wanted[3:6]:
        raise SpecError(f"{network.name} cannot be written as a spec with the same cost")
    return text
