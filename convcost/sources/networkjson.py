"""A network as JSON, from which it is built again: what is in it is trusted no more than a spec."""

from __future__ import annotations

import json
from typing import Any

from convcost.network import Builder, Input, Network


def network_text(network: Network) -> str | None:
    """The network as text, None for one that would not be the same when it is built again."""
    document = {
        "name": network.name,
        "input": network.input,
        "inputs": network.inputs,
        "notes": network.notes,
        "layers": [
            [each.name, each.kind, each.inputs, [*each.told.items()]] for each in network.layers
        ],
    }
    try:
        text = json.dumps(document)
        is_same = parse_network(text) == network
    except Exception:  # fields that JSON does not have, or that a kind does not take again
        return None
    return text if is_same else None


def parse_network(text: str) -> Network:
    """The network in `text`; whatever it raises says that there is none."""
    document = json.loads(text)
    builder = Builder(_text(document["name"]), _frozen(document["input"]))
    for name, kind, inputs, fields in document["layers"]:
        values = {key: _frozen(value) for key, value in fields}
        builder.add(_text(kind), values, name=_text(name), inputs=_frozen(inputs))
    return builder.network()._replace(
        inputs=tuple(Input(*_frozen(each)) for each in document["inputs"]),
        notes=tuple(map(_text, document["notes"])),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value
