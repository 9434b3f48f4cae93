"""JSON Schema of the spec language, for editors: completion, hover, errors while typing.

Everything in it comes from the forms of specs and from the registry of kinds. It accepts
whatever convcost accepts. It cannot know shapes, nor what expressions and `defaults` amount to,
so convcost may still refuse what it accepts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from convcost.budget import METRICS, scope_of, total_of
from convcost.kinds import REGISTRY, Kind
from convcost.metrics import METRICS as TABLE
from convcost.sources.spec.fieldschemas import (
    LIMITS,
    Schema,
    closed,
    field_schema,
    limit_definitions,
    ref,
    type_schema,
)
from convcost.sources.spec.forms import FORMS, OTHERS, Form, Key, default_fields, layer_form
from convcost.sources.spec.library import library
from convcost.sources.spec.validation import plain

DIALECT = "https://json-schema.org/draft/2020-12/schema"
COMPUTED = ref("expression")
EXPRESSION: Schema = {
    "type": "string",
    "pattern": r"\$\{",
    "description": "calculated: ${2 * width}, ${round(64 * alpha)}, ${n if n > 8 else 8}",
}


def json_schema() -> Schema:
    """The schema of a whole spec file, JSON Schema 2020-12."""
    forms = {name: entry_schema(form) for name, form in FORMS.items()}
    forms["use"] |= {"allOf": list(_shipped_blocks())}
    kinds = {f"kind-{kind.name}": _kind(kind) for kind in REGISTRY.values()}
    definitions: dict[str, Schema] = {
        "layers": {"type": "array", "items": ref("entry")},
        "entry": _entry_of_any_form(),
        "layer": _layer_of_any_kind(),
        **forms,
        "body": form_schema(OTHERS["body"]),
        "block": form_schema(OTHERS["block"]),
        **kinds,
        "kind-computed": _computed_kind(kinds.values()),
        "expression": EXPRESSION,
        **limit_definitions(),
    }
    shared = _share(definitions.values())
    spec = form_schema(OTHERS["spec"])
    for name, names in (("defaults", _defaults()), ("budgets", _budgets())):
        spec["properties"][name] = _sorted(spec["properties"][name] | closed(names))
    return {"$schema": DIALECT, "title": "convcost spec", **spec, "$defs": definitions | shared}


def form_schema(form: Form) -> Schema:
    """A mapping of a form, written as it is."""
    return {
        "type": "object",
        "description": form.doc,
        "properties": {name: _property(key) for name, key in form.keys.items()},
        **({"required": list(form.needed)} if form.needed else {}),
        "additionalProperties": form.is_open,
    }


def entry_schema(form: Form) -> Schema:
    """A mapping of a form, with expressions wherever one may stand."""
    schema = form_schema(form)
    for name, key in form.keys.items():
        if not key.content.holds_layers:
            schema["properties"][name] = _computable(schema["properties"][name])
    return schema


def _property(key: Key) -> Schema:
    content = key.content
    schema = type_schema(content.type) if content.schema is None else content.schema
    least = {"minLength": content.least} if content.least else {}
    default = {} if key.default is None else {"default": key.default}
    return _sorted({"description": key.doc, **schema, **least, **default})


def _sorted(schema: Schema) -> Schema:
    return dict(sorted(schema.items()))


def _defaults() -> dict[str, Schema]:
    return {
        name: _sorted(field_schema(field) | {"description": field.about.doc})
        for name, field in default_fields().items()
    }


def _budgets() -> dict[str, Schema]:
    found = {name: ref(_limits_of(name)) | {"description": doc} for name, doc in METRICS.items()}
    device = "a device that weights and activations must fit, such as stm32f746"
    by_level = {"type": "object", "additionalProperties": {"type": "string"}}
    return found | {"fits": {"anyOf": [{"type": "string"}, by_level], "description": device}}


def _limits_of(metric: str) -> str:
    """What defines the limits of a metric: some units have symbols of their own."""
    growth = "growth-" if scope_of(metric) == "growth" else ""
    return growth + LIMITS.get(TABLE[total_of(metric)].unit, LIMITS[""])


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
    schema = entry_schema(layer_form(kind.name))
    schema["properties"]["kind"] = {"const": kind.name, "description": _described(kind)}
    return schema


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
        "then": ref("layer"),
        "else": {
            "properties": {
                "kind": {"description": "a layer of that kind"},
                **{name: {"description": form.doc} for name, form in FORMS.items()},
            },
            "anyOf": [{"required": [form]} for form in ("kind", *FORMS)],
            "allOf": [{"if": _says(name), "then": ref(name)} for name in FORMS],
        },
    }


def _layer_of_any_kind() -> Schema:
    """A layer; its kind decides what else it may say."""
    by_name = [
        {"if": _says("kind", {"const": name}), "then": ref(f"kind-{name}")} for name in REGISTRY
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
            owner[name] = ref(names[key])
    return shared


def _key(name: str, part: Mapping[str, Any]) -> str:
    return f"{name} {part!r}"
