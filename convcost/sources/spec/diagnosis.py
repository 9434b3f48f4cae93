"""What pydantic finds wrong with a mapping, said in our words and placed."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from convcost.errors import Problem
from convcost.sources.spec.models import RefusedError, Strict
from convcost.sources.spec.narrowing import narrowed
from convcost.sources.yaml.tree import Document, Node
from convcost.spelling import did_you_mean
from convcost.text import shown

_WRONG_TYPE = {
    "string_type": "text",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "int_type": "a whole number",
    "float_type": "a number",
}


MAX_PROBLEMS = 100
SYNONYMS = {
    "in": "n",
    "in_channels": "n",
    "out": "m",
    "out_channels": "m",
    "channels": "m",
    "filters": "m",
    "units": "m",
    "kernel": "k",
    "kernel_size": "k",
    "height": "H",
    "width": "W",
    "activation": "act",
    "normalization": "norm",
}
"""What other tools call our fields."""


def diagnosed(
    model: type[Strict],
    values: dict[str, Any],
    node: Node,
    document: Document,
    what: str,
    is_whole: bool = True,
) -> list[Problem]:
    """As `validation.problems_of`, by the `model` itself."""
    try:
        model.model_validate(narrowed(model, values))
    except ValidationError as error:
        found: dict[object, Problem] = {}
        for detail in error.errors(include_url=False, include_input=True):
            key = detail["loc"][0] if detail["loc"] else ""
            if len(found) == MAX_PROBLEMS:
                break
            if key not in found and (is_whole or detail["type"] != "missing"):
                found[key] = _problem(model, detail, node, document, what)
        return list(found.values())
    return []


def _problem(
    model: type[Strict], detail: ErrorDetails, node: Node, document: Document, what: str
) -> Problem:
    key = str(detail["loc"][0]) if detail["loc"] else ""
    if detail["type"] == "missing":
        return Problem(f"{what} needs {key}", document.place(node), _describe(model, key))
    if detail["type"] == "extra_forbidden":
        keys = [field.alias or name for name, field in model.model_fields.items()]
        return Problem(
            f'unexpected key "{shown(key)}" in {what}',
            document.place(node.key(key)),
            _meant(key, keys) or f"it takes {', '.join(keys)}",
        )
    place = document.place(_deepest(node, detail["loc"]))
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, RefusedError):
        return Problem(cause.problem.message, place, cause.problem.hint)
    wanted = _WRONG_TYPE.get(detail["type"])
    if wanted:
        message = f"{key} must be {wanted}, not {shown(repr(detail['input']))}"
        return Problem(message, place, _describe(model, key))
    return Problem(f"{key}: {detail['msg']}", place, _describe(model, key))


def _meant(key: str, keys: list[str]) -> str:
    known = {word: name for word, name in SYNONYMS.items() if name in keys}
    for name in dict.fromkeys(known.values()):
        words = [word for word, meant in known.items() if meant == name]
        if key in words or did_you_mean(key, [word for word in words if len(word) > 3]):
            return f'did you mean "{name}"?'
    return did_you_mean(key, keys)


def _describe(model: type[Strict], key: str) -> str:
    for name, field in model.model_fields.items():
        if key == (field.alias or name) and field.description:
            return f"{key}: {field.description}"
    return ""


def _deepest(node: Node, loc: tuple[int | str, ...]) -> Node:
    """The node that `loc` leads to, as far as it can be followed."""
    for step in loc:
        if isinstance(node.value, dict) and step in node.value:
            node = node.value[str(step)]
        elif isinstance(node.value, tuple) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
    return node
