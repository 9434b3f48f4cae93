"""What a spec may say, as pydantic models: validation and JSON Schema come from here.

The model of a layer is made from the registry of kinds, a field for each parameter of the kind's
builder, so a new kind or option needs no line in this module. Nested lists of layers stay
unread here (`Layers`): each layer is validated by its own model when the network is built.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model

from convcost.errors import ConvcostError
from convcost.kinds import REGISTRY
from convcost.kinds.fields import ACT, About, check_field
from convcost.kinds.fields import Field as KindField
from convcost.kinds.registry import TAIL
from convcost.ops.base import check_integer, parse_shape
from convcost.quantity import parse_amount

Schema = dict[str, Any]
POSITIVE: Schema = {"type": "integer", "minimum": 1}
OFFSET: Schema = {"type": "integer", "minimum": 0}
WRITTEN_SIZES: Schema = {"type": "string", "pattern": "^ *[0-9]+ *([x×X] *[0-9]+ *)*$"}


def _per_dim(number: Schema) -> Schema:
    return {"anyOf": [number, WRITTEN_SIZES, {"type": "array", "items": number}]}


SCHEMAS: dict[str, Schema] = {
    "count": POSITIVE,
    "offset": OFFSET,
    "sizes": _per_dim(POSITIVE),
    "offsets": _per_dim(OFFSET),
    "padding": {
        "anyOf": [
            {"enum": ["same", "same-tf", "valid"]},
            OFFSET,
            WRITTEN_SIZES,
            {"type": "array", "items": {"anyOf": [OFFSET, {"type": "array", "items": OFFSET}]}},
        ]
    },
    "flag": {"type": "boolean"},
}
"""JSON Schema of each sort of field; `word` is an enum of the field's own words."""


class RefusedError(ValueError):
    """Carries an error of ours through pydantic, which lets only ValueErrors pass."""

    def __init__(self, error: ConvcostError) -> None:
        super().__init__(str(error))
        self.problem = error.problems[0]


def _validator(check: Callable[[Any], Any]) -> BeforeValidator:
    """Pydantic's side of a check that raises ConvcostError."""

    def validate(value: Any) -> Any:
        try:
            return check(value)
        except ConvcostError as error:
            raise RefusedError(error) from None

    return BeforeValidator(validate)


def check_amount(value: Any) -> int:
    """A limit, `4.3M`, 600000 or 1e6, as an exact integer."""
    return parse_amount(repr(value) if isinstance(value, float) else str(value))


def check_input(value: Any) -> tuple[int, ...]:
    """An input shape, `3x224x224` or a list of sizes, as a tuple."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return parse_shape(str(value))
    for size in value if isinstance(value, list) else [value]:
        check_integer("input", size, 1)
    return tuple(value)


LAYERS_REF = {"$ref": "#/$defs/layers"}
Layers = Annotated[Any, WithJsonSchema(LAYERS_REF)]
Branches = Annotated[Any, WithJsonSchema({"type": "array", "minItems": 1, "items": LAYERS_REF})]
Scalar = str | int | float | bool
Amount = Annotated[
    Any,
    _validator(check_amount),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0},
                {"type": "string", "pattern": "^[0-9][0-9._]* *[kMGT]?$"},
            ]
        }
    ),
]
Input = Annotated[Any, _validator(check_input), WithJsonSchema(_per_dim(POSITIVE))]
_TIMES = KindField("repeat", About("count", "how many times"))
Times = Annotated[
    Any, _validator(lambda value: check_field(_TIMES, value)), WithJsonSchema(POSITIVE)
]
Act = Annotated[
    Any,
    _validator(lambda value: check_field(TAIL["act"], value)),
    WithJsonSchema({"enum": list(ACT.words)}),
]
BlockTable = Annotated[
    Any,
    WithJsonSchema({"type": "object", "additionalProperties": {"$ref": "#/$defs/block"}}),
]


class Strict(BaseModel):
    """Unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Item(Strict):
    """What every entry of a list of layers may say."""

    name: str | None = Field(None, min_length=1, description="name in tables and for `from`")
    when: bool = Field(True, description="whether it is there at all; an expression as a rule")
    source: str | list[str] | None = Field(
        None, alias="from", description="the layer or layers it follows; else the one before it"
    )


class Use(Item):
    """A block placed, with a value for each of its parameters."""

    model_config = ConfigDict(extra="allow")

    use: str = Field(description="the block's name, from `blocks` or of those that ship")


class Repeat(Item):
    """The same layers a number of times in a row."""

    repeat: Times = Field(description="how many times")
    index: str = Field("i", description="what expressions call the repetition's number, from 0")
    layers: Layers


class Joint(Item):
    """An entry that joins branches, with an activation behind."""

    act: Act = Field(None, description=ACT.doc)


class Residual(Joint):
    """A body whose output is added to its input, or to that of a shortcut."""

    residual: Layers = Field(description="the body, or both sides as {body, shortcut}")


class Concat(Joint):
    """Branches that start from one input, behind each other along the channels."""

    concat: Branches


class Add(Joint):
    """Branches that start from one input, added."""

    add: Branches


class Multiply(Joint):
    """Branches that start from one input, multiplied: squeeze-and-excite."""

    multiply: Branches


class Body(Strict):
    """Both sides of a residual."""

    body: Layers
    shortcut: Layers = None


class Block(Strict):
    """A named piece of network: parameters (null: must be given), local vars, layers."""

    params: dict[str, Scalar | None] = {}
    vars: dict[str, Scalar] = {}
    layers: Layers


class Spec(Strict):
    """A whole spec file."""

    name: str | None = Field(None, min_length=1, description="the network's name")
    input: Input = Field(None, description="input shape, channels first: 3x224x224")
    vars: dict[str, Scalar] = Field({}, description="names for expressions; --set changes them")
    defaults: dict[str, Any] = Field({}, description="fields for every convolution that takes them")
    blocks: BlockTable = Field(None, description="named pieces, placed by `use`")
    budgets: dict[str, Amount] = Field({}, description="limits that `convcost check` holds it to")
    layers: Layers = Field(description="the network, in order")


FORMS: dict[str, type[Item]] = {
    "use": Use,
    "repeat": Repeat,
    "residual": Residual,
    "concat": Concat,
    "add": Add,
    "multiply": Multiply,
}
"""The entries of a list that are not a layer of a kind, by the key that tells them."""
NESTED = ("layers", "residual", "concat", "add", "multiply", "body", "shortcut", "blocks")
"""Keys that hold layers; they are walked, not validated, where they stand."""


@cache
def layer_model(kind: str) -> type[Item]:
    """The model of a layer of `kind`: its fields, and n, H, W or size to check against."""
    fields: dict[str, Any] = {
        name: (_field_type(field), Field(None, description=field.about.doc))
        for name, field in (_GIVEN | dict(REGISTRY[kind].fields)).items()
        if name != "inputs"
    }
    return create_model(kind, __base__=Item, kind=(str, Field(description="the kind")), **fields)


_GIVEN = {
    "n": KindField("n", About("count", "input channels, checked against those that arrive")),
    "H": KindField("H", About("count", "input height, checked likewise")),
    "W": KindField("W", About("count", "input width, checked likewise")),
    "size": KindField("size", About("sizes", "input size of any number of dims, instead of H, W")),
}


def _field_type(field: KindField) -> Any:
    words = field.about.words
    schema = {"enum": list(words)} if words else SCHEMAS[field.about.sort]
    validator = _validator(lambda value: check_field(field, value))
    return Annotated[Any, validator, WithJsonSchema(schema)]
