"""What a spec may say, as pydantic models: validation and JSON Schema come from here.

The model of a layer is made from the registry of kinds, a field for each parameter of the kind's
builder, so a new kind or option needs no line in this module. Nested lists of layers stay
unread here (`Layers`): each layer is validated by its own model when the network is built.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from fractions import Fraction
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from convcost.budget import METRICS
from convcost.errors import ConvcostError
from convcost.kinds import REGISTRY
from convcost.kinds.fields import ACT, FUNCTIONAL
from convcost.kinds.fields import Field as KindField
from convcost.kinds.registry import TAIL
from convcost.sources.spec.fieldschemas import (
    DEFINED,
    POSITIVE,
    SCHEMAS,
    Schema,
    closed,
    field_schema,
    limit_schema,
)
from convcost.sources.spec.language import (
    GIVEN,
    TIMES,
    check_block_table,
    check_input,
    check_value,
    default_fields,
    must_be_said,
)


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


class Described:
    """Pydantic's side of a JSON Schema: a copy, for pydantic writes defaults and descriptions into
    what it is given, and schemas are shared."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def __get_pydantic_json_schema__(self, core: Any, handler: Any) -> Schema:
        return deepcopy(self._schema)


LAYERS_REF = {DEFINED: "layers"}
Layers = Annotated[Any, Described(LAYERS_REF)]
Branches = Annotated[
    Any,
    Described(
        {
            "anyOf": [
                {"type": "array", "minItems": 1, "items": LAYERS_REF},
                {"type": "object", "minProperties": 1, "additionalProperties": LAYERS_REF},
            ]
        }
    ),
]
"""A list of lists of layers, or lists of layers by name."""
Sides = Annotated[Any, Described({"anyOf": [LAYERS_REF, {DEFINED: "body"}]})]
Scalar = str | int | float | bool
Input = Annotated[
    Any,
    _validator(check_input),
    Described({"anyOf": [*SCHEMAS["shape"]["anyOf"], {DEFINED: "expression"}]}),
]
Times = Annotated[Any, _validator(lambda value: check_value(TIMES, value)), Described(POSITIVE)]
Act = Annotated[
    Any,
    _validator(lambda value: check_value(TAIL["act"], value)),
    Described({"enum": list(ACT.words)}),
]
BlockTable = Annotated[
    Any,
    _validator(check_block_table),
    Described({"type": "object", "additionalProperties": {DEFINED: "block"}}),
]
Defaults = Annotated[
    dict[str, Any],
    Described(
        closed(
            {
                name: field_schema(field) | {"description": field.about.doc}
                for name, field in default_fields().items()
            }
        )
    ),
]
Budgets = Annotated[
    dict[str, Any],
    Described(closed({name: limit_schema(name) for name in METRICS})),
]


class Strict(BaseModel):
    """Unknown keys and wrong types are errors."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Item(Strict):
    """What every entry of a list of layers may say."""

    name: str = Field("", min_length=1, description="name in tables and for `from`")
    when: bool = Field(True, description="whether it is there at all; an expression as a rule")
    source: str | list[str] = Field(
        [], alias="from", description="the layer or layers it follows; else the one before it"
    )


class Use(Item):
    """A block placed, with a value for each of its parameters."""

    model_config = ConfigDict(extra="allow")

    use: str = Field(description="the block's name, from `blocks` or of those that ship")


class Repeat(Item):
    """The same layers a number of times in a row."""

    repeat: Times = Field(description="how many times")
    index: str = Field("i", description="what expressions call the repetition's number, from 0")
    layers: Layers = Field(description="what is repeated, in order")


class Joint(Item):
    """An entry that joins branches, with an activation behind."""

    act: Act = Field(None, description=ACT.doc)
    functional: bool = Field(False, description=FUNCTIONAL.doc)


class Residual(Joint):
    """A body whose output is added to its input, or to that of a shortcut."""

    residual: Sides = Field(description="the body, or both sides as {body, shortcut}")
    skip: bool = Field(True, description="whether anything is added; else the body stands alone")


class Concat(Joint):
    """Branches that start from one input, behind each other along the channels."""

    concat: Branches = Field(description="the branches, in a list or by name")


class Add(Joint):
    """Branches that start from one input, added."""

    add: Branches = Field(description="the branches, in a list or by name")


class Multiply(Joint):
    """Branches that start from one input, multiplied: squeeze-and-excite."""

    multiply: Branches = Field(description="the branches, in a list or by name")


class Body(Strict):
    """Both sides of a residual."""

    body: Layers = Field(description="the side that does the work")
    shortcut: Layers = Field(None, description="the other side; default: its input as it is")


class Block(Strict):
    """A named piece of network, placed by `use`."""

    params: dict[str, Scalar | None] = Field(
        {}, description="its parameters with their defaults; ~ for one that must be given"
    )
    vars: dict[str, Scalar] = Field({}, description="names of its own for expressions")
    layers: Layers = Field(description="what it is made of, in order")


class Spec(Strict):
    """A network, or a list of unrelated layers, and what it may cost."""

    name: str = Field("", min_length=1, description="the network's name; default: the file's")
    input: Input = Field(None, description="input shape, channels first, 3x224x224")
    vars: dict[str, Scalar] = Field({}, description="names for expressions; --set changes them")
    defaults: Defaults = Field({}, description="fields for every convolution that takes them")
    blocks: BlockTable = Field(None, description="named pieces, placed by `use`")
    budgets: Budgets = Field({}, description="limits that `convcost check` holds it to")
    layers: Layers = Field(description="the network, in order")


_MODELS: dict[str, type[Strict]] = {
    "spec": Spec,
    "block": Block,
    "body": Body,
    "use": Use,
    "repeat": Repeat,
    "residual": Residual,
    "concat": Concat,
    "add": Add,
    "multiply": Multiply,
}


def model_of(form: str, kind: str = "") -> type[Strict]:
    """The model of an entry of one of FORMS or of a layer (`kind`), a `spec`, `block` or `body`."""
    return layer_model(kind) if form == "kind" else _MODELS[form]


@cache
def layer_model(kind: str) -> type[Item]:
    """The model of a layer of `kind`: its fields, and n, H, W or size to check against."""
    found = REGISTRY[kind]
    fields: dict[str, Any] = {
        name: (
            _field_type(field),
            Field(..., description=field.about.doc)
            if must_be_said(found, field)
            else Field(_default(field), description=field.about.doc),
        )
        for name, field in (GIVEN | dict(found.fields)).items()
        if name != "inputs"
    }
    return create_model(kind, __base__=Item, kind=(str, Field(description="the kind")), **fields)


def _default(field: KindField) -> object:
    return float(field.default) if isinstance(field.default, Fraction) else field.default


def _field_type(field: KindField) -> Any:
    validator = _validator(lambda value: check_value(field, value))
    return Annotated[Any, validator, Described(field_schema(field))]
