"""What a spec may say: the forms that its mappings take, declared once and as plain data.

Pydantic's models, the quick look that spares most specs these, and the JSON Schema are made from
it. The form of a layer comes from the registry of kinds, a key for each field.
"""

from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from convcost.frozen import Frozen
from convcost.kinds import Kind, convolutions, find
from convcost.kinds.fields import (
    ACT,
    BITS,
    CALLED,
    DENSITY,
    FUNCTIONAL,
    INFERRED,
    WEIGHTS_PER,
    Field,
    FieldDoc,
)
from convcost.kinds.registry import TAIL
from convcost.sources.spec.contents import Content, check_block_table, check_input, of_field
from convcost.sources.spec.fieldschemas import SCHEMAS, ref


class Key(Frozen):
    """A key of a form: one line for the reader, what may stand behind it, its default if any."""

    doc: str
    content: Content
    default: object = None
    is_needed: bool = False


class Form:
    """What a mapping may say: one line for the reader, and its keys; an open one takes others.

    It cannot do without those `needed`. No form is changed once it is made.
    """

    __slots__ = ("doc", "is_open", "keys", "needed")

    def __init__(self, doc: str, keys: Mapping[str, Key], is_open: bool = False) -> None:
        self.doc = doc
        self.keys = keys
        self.is_open = is_open
        self.needed = tuple(name for name, key in keys.items() if key.is_needed)


def _needed(doc: str, content: Content) -> Key:
    return Key(doc, content, is_needed=True)


Scalar = str | int | float | bool
TEXT = Content(str)
NAME = Content(str, least=1)
NAMES = Content(str | list[str])
FLAG = Content(bool)
TIMES = of_field(Field("repeat", FieldDoc("offset", "how many times")))
ACT_WORD = of_field(TAIL["act"])
SCALARS = Content(dict[str, Scalar])
PARAMS = Content(dict[str, Scalar | None])
TABLE = Content(dict[str, object])
"""A mapping of names that a registry knows, looked at when the spec is read."""
INPUT = Content(
    check=check_input, schema={"anyOf": [*SCHEMAS["shape"]["anyOf"], ref("expression")]}
)
LAYERS = Content(schema=ref("layers"), holds_layers=True)
SIDES = Content(schema={"anyOf": [ref("layers"), ref("body")]}, holds_layers=True)
BRANCHES = Content(
    schema={
        "anyOf": [
            {"items": ref("layers"), "minItems": 1, "type": "array"},
            {"additionalProperties": ref("layers"), "minProperties": 1, "type": "object"},
        ]
    },
    holds_layers=True,
)
"""A list of lists of layers, or lists of layers by name."""
BLOCKS = Content(
    check=check_block_table,
    schema={"additionalProperties": ref("block"), "type": "object"},
    holds_layers=True,
)
_OPERANDS = (Field("bits", BITS), Field("density", DENSITY))
_OF_ANY = (
    Field("n", FieldDoc("count", "input channels, checked against those that arrive")),
    Field("H", FieldDoc("count", "input height, checked likewise")),
    Field("W", FieldDoc("count", "input width, checked likewise")),
    Field("size", FieldDoc("sizes", "input size of any number of dims, instead of H, W")),
    Field("called", CALLED),
    *_OPERANDS,
)
"""What any layer may say, of its input and of the code that it stands for."""
_ITEM = {
    "name": Key("name in tables and for `from`", NAME),
    "when": Key("whether it is there at all; an expression as a rule", FLAG, True),
    "from": Key("the layer or layers it follows; else the one before it", NAMES),
}
"""What every entry of a list of layers may say."""
_OF_ALL = {
    field.name: Key(f"of each layer inside that does not say: {field.about.doc}", of_field(field))
    for field in _OPERANDS
}
"""What may be said of all layers inside at once; of a block that is placed, too."""
_HOLDER = {
    **_ITEM,
    **_OF_ALL,
    "vars": Key("names for the layers inside, such as sizes of what arrives here", SCALARS),
}
"""What every entry that holds lists of layers may say."""
_JOINT = {
    **_HOLDER,
    "act": Key(ACT.doc, ACT_WORD),
    "functional": Key(FUNCTIONAL.doc, of_field(TAIL["functional"]), False),
    "weights_per": Key(WEIGHTS_PER.doc, of_field(TAIL["weights_per"]), "channel"),
}
"""What an entry that joins branches may say, with an activation behind."""
_JOINED = _needed("the branches, in a list or by name", BRANCHES)

FORMS: Mapping[str, Form] = {
    "use": Form(
        "A block placed, with a value for each of its parameters.",
        {**_ITEM, "use": _needed("the block's name, from `blocks` or of those that ship", TEXT)},
        is_open=True,
    ),
    "repeat": Form(
        "The same layers a number of times in a row.",
        {
            **_HOLDER,
            "repeat": _needed("how many times", TIMES),
            "index": Key("what expressions call the repetition's number, from 0", TEXT, "i"),
            "layers": _needed("what is repeated, in order", LAYERS),
        },
    ),
    "residual": Form(
        "A body whose output is added to its input, or to that of a shortcut.",
        {
            **_JOINT,
            "residual": _needed("the body, or both sides as {body, shortcut}", SIDES),
            "skip": Key("whether anything is added; else the body stands alone", FLAG, True),
        },
    ),
    "concat": Form(
        "Branches that start from one input, behind each other along the channels.",
        {**_JOINT, "concat": _JOINED},
    ),
    "add": Form(
        "Branches that start from one input, added.",
        {**_JOINT, "add": _JOINED},
    ),
    "multiply": Form(
        "Branches that start from one input, multiplied: squeeze-and-excite.",
        {**_JOINT, "multiply": _JOINED},
    ),
}
"""The entries of a list that are not a layer of a kind, by the key that tells them."""
OTHERS: Mapping[str, Form] = {
    "body": Form(
        "Both sides of a residual.",
        {
            "body": _needed("the side that does the work", LAYERS),
            "shortcut": Key("the other side; default: its input as it is", LAYERS),
        },
    ),
    "block": Form(
        "A named piece of network, placed by `use`.",
        {
            "params": Key(
                "its parameters with their defaults; ~ for one that must be given", PARAMS
            ),
            "vars": Key("names of its own for expressions", SCALARS),
            **_OF_ALL,
            "layers": _needed("what it is made of, in order", LAYERS),
        },
    ),
    "spec": Form(
        "A network, or a list of unrelated layers, and what it may cost.",
        {
            "name": Key("the network's name; default: the file's", NAME),
            "input": Key("input shape, channels first, 3x224x224", INPUT),
            "vars": Key("names for expressions; --set changes them", SCALARS),
            "defaults": Key("fields for every convolution that takes them", TABLE),
            "blocks": Key("named pieces, placed by `use`", BLOCKS),
            "budgets": Key("limits that `convcost check` holds it to", TABLE),
            "layers": _needed("the network, in order", LAYERS),
        },
    ),
}
NESTED = frozenset(
    name
    for form in (*FORMS.values(), *OTHERS.values())
    for name, key in form.keys.items()
    if key.content.holds_layers
)
"""Keys that hold layers; they are walked, not validated, where they stand."""


def form_of(name: str, kind: str = "") -> Form:
    """The form of one of FORMS or OTHERS, or of a layer: `kind`, then of that kind."""
    return layer_form(kind) if name == "kind" else (FORMS.get(name) or OTHERS[name])


@cache
def layer_form(kind: str) -> Form:
    """The form of a layer of `kind`: its fields, and n, H, W or size to check against."""
    found = find(kind)
    fields = {field.name: field for field in _OF_ANY} | dict(found.fields)
    keys = {name: _key(field, found) for name, field in fields.items() if name != "inputs"}
    return Form(found.summary, {**_ITEM, "kind": _needed("the kind", TEXT), **keys})


def _key(field: Field, kind: Kind) -> Key:
    """The key that a field is in a layer: a convolution may have it from `defaults`."""
    default = float(field.default) if isinstance(field.default, Fraction) else field.default
    may_be_told = field.name in INFERRED or kind.group == "convolution"
    return Key(field.about.doc, of_field(field), default, field.required and not may_be_told)


def default_fields() -> dict[str, Field]:
    """What `defaults` may hold: the fields of convolutions, but for what the input tells, and bits
    and density of all layers."""
    found = {
        name: field
        for kind in convolutions()
        for name, field in kind.fields.items()
        if name not in INFERRED
    }
    return found | {field.name: field for field in _OPERANDS}
