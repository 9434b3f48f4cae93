"""What an entry probably means that says it another way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcost.kinds import REGISTRY
from convcost.kinds.words import meaning
from convcost.sources.spec.forms import FORMS
from convcost.sources.yaml.tree import Node

_TELLING = ("kind", *FORMS)


def as_mapping(value: Any) -> str:
    """How to write an entry that is `value` and no mapping: a name alone, or a list of layers."""
    if isinstance(value, tuple):
        return "a list in a list is a branch: concat, add and multiply hold those"
    kind = meaning(value, REGISTRY) if isinstance(value, str) else ""
    return f"write {{kind: {kind}}}" if kind else "such as {kind: standard, ...}"


def told_by(entry: Mapping[str, Node]) -> str:
    """What the keys of an entry say in the place of `kind` or of a form: another word for one of
    those, or a kind itself; else nothing."""
    fields = {name for kind in REGISTRY.values() for name in kind.fields}
    tables = ((_TELLING, 'did you mean "{}"?'), (REGISTRY, "write {{kind: {}, ...}}"))
    for is_exact in (True, False):
        for options, written in tables:
            for key in entry:
                if not is_exact and key in fields:
                    continue
                if found := meaning(key, options, is_exact):
                    return written.format(found)
    return ""
