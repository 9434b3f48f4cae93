"""JSON Schema of the spec language, for editors: completion, hover, errors while typing.

Everything in it comes from the models of specs and from the registry of kinds. It accepts
whatever convcost accepts. It cannot know shapes, nor what expressions and `defaults` amount to,
so convcost may still refuse what it accepts.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from convcost.kinds import REGISTRY, Kind
from convcost.sources.spec.fieldschemas import DEFINED, Schema, limit_definitions
from convcost.sources.spec.language import FORMS, NESTED
from convcost.sources.spec.library import library
from convcost.sources.spec.models import Block, Body, Spec, layer_model, model_of
from convcost.sources.spec.validation import plain

DIALECT = "https://json-schema.org/draft/2020-12/schema"
COMPUTED = {"$ref": "#/$defs/expression"}
EXPRESSION: Schema = {
    "type": "string",
    "pattern": r"\$\{",
    "description": "calculated: ${2 * width}, ${round(64 * alpha)}, ${n if n > 8 else 8}",
}


def json_schema() -> Schema:
    """The schema of a whole spec file, JSON Schema 2020-12."""
    forms = {name: _form(model_of(name)) for name in FORMS}
    forms["use"] |= {"allOf": list(_shipped_blocks())}
    kinds = {f"kind-{kind.name}": _kind(kind) for kind in REGISTRY.values()}
    definitions: dict[str, Schema] = {
        "layers": {"type": "array", "items": {"$ref": "#/$defs/entry"}},
        "entry": _entry_of_any_form(),
        "layer": _layer_of_any_kind(),
        **forms,
        "body": _object(Body),
        "block": _object(Block),
        **kinds,
        "kind-computed": _computed_kind(kinds.values()),
        "expression": EXPRESSION,
        **limit_definitions(),
    }
    shared = _share(definitions.values())
    return {
        "$schema": DIALECT,
        "title": "convcost spec",
        **_object(Spec),
        "$defs": definitions | shared,
    }


def _object(model: type[BaseModel]) -> Schema:
    """A model's schema without what pydantic adds for its own sake."""
    schema = model.model_json_schema(by_alias=True)
    keys = {name: _clean(part) for name, part in schema["properties"].items()}
    required = {"required": schema["required"]} if "required" in schema else {}
    return {
        "type": "object",
        "description": _told(model),
        "properties": keys,
        **required,
        "additionalProperties": schema["additionalProperties"],
    }


def _clean(schema: Any) -> Any:
    """A property's schema without titles and defaults that say nothing, its references real."""
    if isinstance(schema, list):
        return [_clean(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if DEFINED in schema:
        schema = {"$ref": f"#/$defs/{schema[DEFINED]}"} | schema
    return {
        key: _clean(part)
        for key, part in schema.items()
        if key not in ("title", DEFINED) and (key != "default" or part not in (None, "", [], {}))
    }


def _form(model: type[BaseModel]) -> Schema:
    """A model's schema with expressions wherever one may stand."""
    schema = _object(model)
    schema["properties"] = {
        name: part if name in NESTED else _computable(part)
        for name, part in schema["properties"].items()
    }
    return schema


def _computable(schema: Schema) -> Schema:
    """`schema`, or an expression in its place or in the place of what a list holds."""
    notes = {key: part for key, part in schema.items() if key in ("description", "default")}
    bare = {key: part for key, part in schema.items() if key not in notes}
    if bare.get("type") == "string" and "pattern" not in bare:
        return schema
    choices = [_items_computable(choice) for choice in bare.get("anyOf", [bare])]
    return {**notes, "anyOf": [*choices, COMPUTED]}


def _items_computable(schema: Schema) -> Schema:
    if schema.get("type") != "array":
        return schema
    return schema | {"items": _computable(schema["items"])}


def _kind(kind: Kind) -> Schema:
    """A layer of `kind`: its own fields and no others."""
    schema = _form(layer_model(kind.name))
    properties = schema["properties"]
    properties["kind"] = {"const": kind.name, "description": _described(kind)}
    return schema | {"description": kind.summary}


def _described(kind: Kind) -> str:
    facts = [
        kind.summary,
        f"Parameters: {kind.formula}." if kind.formula else "",
        f"It gives up {kind.gives_up}." if kind.gives_up else "",
        f"Source: {kind.source}." if kind.source else "",
    ]
    return " ".join(fact for fact in facts if fact)


def _computed_kind(kinds: Iterable[Schema]) -> Schema:
    """A layer whose kind is an expression may have the fields of any."""
    names = {name for kind in kinds for name in kind["properties"]}
    return {
        "type": "object",
        "description": "a layer whose kind is calculated",
        "properties": {name: {} for name in sorted(names)},
        "additionalProperties": False,
    }


def _entry_of_any_form() -> Schema:
    """One entry of a list of layers; the key that tells its form decides what else it may say."""
    return {
        "type": "object",
        "description": "a layer, or what stands for several",
        "if": _says("kind"),
        "then": {"$ref": "#/$defs/layer"},
        "else": {
            "properties": {
                "kind": {"description": "a layer of that kind"},
                **{name: {"description": _told(model_of(name))} for name in FORMS},
            },
            "anyOf": [{"required": [form]} for form in ("kind", *FORMS)],
            "allOf": [{"if": _says(name), "then": {"$ref": f"#/$defs/{name}"}} for name in FORMS],
        },
    }


def _layer_of_any_kind() -> Schema:
    """A layer; its kind decides what else it may say."""
    by_name = [
        {"if": _says("kind", {"const": name}), "then": {"$ref": f"#/$defs/kind-{name}"}}
        for name in REGISTRY
    ]
    computed = {
        "if": _says("kind", COMPUTED),
        "then": {"$ref": "#/$defs/kind-computed"},
        "else": {"properties": {"kind": {"enum": list(REGISTRY)}}},
    }
    return {
        "properties": {"kind": {"type": "string", "description": "the kind of layer"}},
        "allOf": [*by_name, computed],
    }


def _says(key: str, value: Schema | None = None) -> Schema:
    """Matches a mapping that has the key, with that value if one is given."""
    properties = {"properties": {key: value}} if value else {}
    return {"type": "object", "required": [key], **properties}


def _told(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "")


def _shipped_blocks() -> Iterable[Schema]:
    """Names and parameters of the blocks that ship, as offers: a spec may define its own."""
    blocks = library().nodes
    yield {"properties": {"use": {"anyOf": [{"enum": list(blocks)}, {"type": "string"}]}}}
    for name, node in blocks.items():
        params = plain(node).get("params", {})
        yield {
            "if": _says("use", {"const": name}),
            "then": {"properties": {param: _offer(params[param]) for param in params}},
        }


def _offer(default: Any) -> Schema:
    return {"description": "must be given"} if default is None else {"default": default}


def _share(definitions: Iterable[Schema]) -> dict[str, Schema]:
    """Replace properties that several definitions have by references, to what is returned."""
    owners = [each["properties"] for each in definitions if "properties" in each]
    counts = Counter(_key(name, part) for owner in owners for name, part in owner.items())
    names: dict[str, str] = {}
    shared: dict[str, Schema] = {}
    for owner in owners:
        for name, part in owner.items():
            key = _key(name, part)
            if counts[key] == 1:
                continue
            if key not in names:
                like = sum(other.startswith(f"{name} ") for other in names)
                names[key] = f"field-{name}" + (f"-{like + 1}" if like else "")
                shared[names[key]] = part
            owner[name] = {"$ref": f"#/$defs/{names[key]}"}
    return shared


def _key(name: str, part: Mapping[str, Any]) -> str:
    return f"{name} {part!r}"
