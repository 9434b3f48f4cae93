"""Networks out of what a program holds: text, a mapping, an open file, a model of a framework."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from convcost.errors import UsageError
from convcost.network import Builder, Network
from convcost.sources.given import Given
from convcost.sources.targets import SpecFile

TEXT = "<text>"
HINT = "give the path of a spec, a name that ships, text=..., a torch.nn.Module or a Keras model"
_MAPPING = "<mapping>"
_FILE = "<file>"
_ONNX = ".onnx"
Overrides = Mapping[str, Any]


@runtime_checkable
class OpenFile(Protocol):
    """A file that is open to be read, as text or as bytes."""

    def read(self) -> str | bytes:
        """The rest of it."""


def is_text(source: object) -> bool:
    """Whether a `str` is a spec itself, as no path is."""
    return isinstance(source, str) and "\n" in source


def network_in(source: object, overrides: object, given: Given) -> Network:
    """The network that `source` is, which is no path: a network or a builder of one, a spec as a
    mapping, an open file of a spec or of a framework, an `onnx.ModelProto`, a Keras model, or a
    `torch.nn.Module`, whose example of an input stands in place of `overrides`. The errors are as
    for `read`."""
    if isinstance(source, Network | Builder) and (overrides or given.inputs):
        raise UsageError(f"a {type(source).__name__} is as it is, without vars and inputs")
    if isinstance(source, Network):
        return source
    if isinstance(source, Builder):
        return source.network()
    if isinstance(source, Mapping):
        text = json.dumps(source, indent=1, default=list)
        return network_in_bytes(text.encode(), _MAPPING, overrides, given)
    if isinstance(source, OpenFile):
        name = getattr(source, "name", _FILE)
        raw = source.read()
        raw = raw.encode() if isinstance(raw, str) else raw
        return network_in_bytes(raw, name if isinstance(name, str) else _FILE, overrides, given)
    if type(source).__module__.startswith("onnx.") and hasattr(source, "SerializeToString"):
        name = f"{source.graph.name or 'model'}{_ONNX}" if hasattr(source, "graph") else _ONNX
        raw = source.SerializeToString()
        return network_in_bytes(raw, os.path.basename(name), overrides, given)
    from convcost.sources.imports.keras.live import is_model

    if overrides is None and is_model(source):
        from convcost.sources.code import read_keras

        return read_keras(source, given.inputs)
    if not any(each.__module__.startswith("torch.") for each in type(source).__mro__):
        raise UsageError(f"{type(source).__name__} is no network", hint=HINT)
    from convcost.sources.code import read_module

    return read_module(source, overrides, given.inputs)


def network_in_bytes(raw: bytes, name: str, overrides: object, given: Given) -> Network:
    """The network in what a file of that name holds."""
    from convcost.sources import read_bytes

    return read_bytes(SpecFile(name), raw, checked(overrides), given)


def checked(overrides: object) -> Overrides | None:
    """UsageError for overrides that are no mapping."""
    if not isinstance(overrides, Mapping | None):
        raise UsageError(f"overrides must be a mapping, not {type(overrides).__name__}")
    return overrides
