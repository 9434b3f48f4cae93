"""What pydantic finds wrong with a mapping, by a model of its form, in our words and placed."""

from __future__ import annotations

from collections.abc import Callable, Container
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model
from pydantic_core import ErrorDetails, PydanticCustomError

from convcost.errors import ConvcostError, Problem
from convcost.kinds.words import meaning, meant
from convcost.sources.quota import MAX_PROBLEMS
from convcost.sources.spec.contents import Content
from convcost.sources.spec.forms import Form, layer_form
from convcost.sources.spec.narrowing import narrowed
from convcost.sources.yaml.tree import Document, Node
from convcost.text import quote

_WRONG_TYPE = {"string_type": "text", "bool_type": "true or false", "dict_type": "a mapping"}


def diagnosed(
    form: Form,
    values: dict[str, Any],
    node: Node,
    document: Document,
    what: str,
    is_whole: bool = True,
) -> list[Problem]:
    """As `validation.problems_of`, by the model of the `form`."""
    model = model_of(form)
    try:
        model.model_validate(narrowed(model, values))
    except ValidationError as error:
        found: dict[object, Problem] = {}
        for detail in error.errors(include_url=False, include_input=True):
            key = detail["loc"][0] if detail["loc"] else ""
            if len(found) == MAX_PROBLEMS:
                break
            if key not in found and (is_whole or detail["type"] != "missing"):
                found[key] = _problem(form, detail, node, document, what)
        left = _left(form, values)
        # What is missing may be there under another name, which is told already.
        there = {meaning(str(key), left) for key in found if key not in form.keys}
        return [problem for key, problem in found.items() if key not in there]
    return []


def _left(form: Form, said: Container[str]) -> list[str]:
    """The keys of a form that are not said yet."""
    return [name for name in form.keys if name not in said]


def _problem(
    form: Form, detail: ErrorDetails, node: Node, document: Document, what: str
) -> Problem:
    key = str(detail["loc"][0]) if detail["loc"] else ""
    said = node.value if isinstance(node.value, dict) else {}
    if detail["type"] == "missing":
        return Problem(f"{what} needs {key}", document.place(node), _describe(form, key))
    if detail["type"] == "extra_forbidden":
        return Problem(
            f'unexpected key "{quote(key)}" in {what}',
            document.place(node.key(key)),
            meant(key, _left(form, said)) or f"it takes {', '.join(form.keys)}",
        )
    place = document.place(_deepest(node, detail["loc"]))
    refused = detail.get("ctx", {}).get("problem")
    if isinstance(refused, Problem):
        # What any convolution has is not explained each time.
        told = "" if key in layer_form("standard").keys else _describe(form, key)
        return refused._replace(place=place, hint=refused.hint or told)
    wanted = _WRONG_TYPE.get(detail["type"])
    why = (
        f" must be {wanted}, not {quote(repr(detail['input']))}" if wanted else f": {detail['msg']}"
    )
    return Problem(key + why, place, _describe(form, key))


def _describe(form: Form, key: str) -> str:
    return f"{key}: {form.keys[key].doc}" if key in form.keys else ""


def _deepest(node: Node, loc: tuple[int | str, ...]) -> Node:
    """The node that `loc` leads to, as far as it can be followed."""
    for step in loc:
        if isinstance(node.value, dict) and step in node.value:
            node = node.value[str(step)]
        elif isinstance(node.value, tuple) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
    return node


@cache
def model_of(form: Form) -> type[BaseModel]:
    """The model of a form: unknown keys and wrong types are errors."""
    fields: dict[str, Any] = {
        name: (_annotation(key.content), Field(... if key.is_needed else None))
        for name, key in form.keys.items()
    }
    config = ConfigDict(extra="allow" if form.is_open else "forbid", strict=True)
    return create_model("Form", __config__=config, **fields)


def _annotation(content: Content) -> object:
    if content.check:
        return Annotated[Any, _validator(content.check)]
    if content.least:
        return Annotated[content.type, Field(min_length=content.least)]
    return content.type


def _validator(check: Callable[[Any], object]) -> BeforeValidator:
    """Pydantic's side of a check that raises ConvcostError."""

    def validate(value: Any) -> Any:
        try:
            check(value)
        except ConvcostError as error:
            ours = {"problem": error.problems[0]}
            raise PydanticCustomError("refused", "by a check of ours", ours) from None
        return value

    return BeforeValidator(validate)
