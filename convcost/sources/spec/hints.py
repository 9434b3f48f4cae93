"""What an entry probably means that says it another way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcost.errors import SpecError
from convcost.kinds import REGISTRY
from convcost.kinds.words import meaning
from convcost.sources.spec.forms import FORMS
from convcost.sources.spec.names import Names
from convcost.sources.yaml.tree import Node

_TELLING = ("kind", *FORMS)
_SQUEEZED = ("middle", "channels", "width")
"""What blocks that ship call the channels that a squeeze-and-excite weighs."""
_FEW = 4
_USUAL_RATIO = 24
_LARGEST_RATIO = 32


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


def told_of_squeeze(entry: Node, names: Names) -> str:
    """What a `squeeze` that looks like a ratio means, and the line to type for that; else nothing.

    It is written out in `entry`, and so few channels, or so much fewer than those in `names`, that
    they are hardly meant. SpecError for one that is a share of them.
    """
    written = (entry.value if isinstance(entry.value, dict) else {}).get("squeeze", entry)
    value = written.value
    channels = next((names[each] for each in _SQUEEZED if each in names), None)
    known = channels if isinstance(channels, int) else 0
    if isinstance(value, float) and 0 < value < 1:
        raise SpecError(
            "squeeze is how many channels there are in between, not a share of them",
            hint=f"{value} of {known:,} is squeeze: {round(value * known)}" if known else "",
        )
    if type(value) is not int or not 1 < value <= min(_LARGEST_RATIO, known - 1):
        return ""
    if value > _FEW and known <= _USUAL_RATIO * value:
        return ""
    return (
        f"squeeze: {value} in line {written.line} is {value} channels in between, of {known:,}; "
        f"for one in {value} of them write squeeze: {known // value}"
    )
