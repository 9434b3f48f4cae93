"""How code calls what a layer does, as a spec says it."""

from __future__ import annotations

from typing import Any

from convcost.kinds.registry import Kind

_WITH_WEIGHTS = ("function", "subclass", "renamed", "attention", "attention-steps")
_SAYS = {
    "matmul": ("function", "operator", "attention", "attention-steps"),
    "attention": ("attention",),
    "softmax": ("attention-steps",),
    "parameter": ("renamed",),
    "add": ("method",),
    "multiply": ("method",),
}
"""What is said of a kind without weights, as some tool tells it apart."""
_NAMED = ("relu", "prelu", "softmax", "gelu")
"""Activations that tools see where they are called from among PyTorch's functions."""


def as_called(kind: Kind, called: str) -> dict[str, Any]:
    """The fields that say so of a layer of `kind`; none where no tool tells it apart."""
    if (
        kind.group == "convolution"
        or kind.name in ("linear", "projection", "dynamic", "dynamic-transposed")
        or kind.name.endswith("-norm")
    ):
        return {"called": called if called in _WITH_WEIGHTS else "function"}
    if called in _SAYS.get(kind.name, ()):
        return {"called": called}
    if "functional" in kind.fields and "act" not in kind.fields:
        is_named = kind.name in _NAMED or kind.name.endswith("-pool")
        return {"functional": "method" if called == "method" and is_named else True}
    return {}
