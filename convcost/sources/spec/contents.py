"""What may stand behind a key of a spec: plain types, and checks where they are too wide."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, get_args, get_origin

from convcost.errors import ConvcostError, LayerError, SpecError
from convcost.frozen import Frozen
from convcost.kinds.fields import Field, check_field
from convcost.ops.base import TOO_LONG, check_dims, check_integer, parse_shape
from convcost.sources.spec.fieldschemas import Schema, field_schema


class Content(Frozen):
    """What may stand behind a key: values that pass a `check`, or else those of a plain `type`.

    The check raises ConvcostError, but for no whole number from `whole` on that has at most
    MAX_DIGITS; a text has at least `least` characters. `schema` says it in JSON Schema where the
    type does not. What `holds_layers` stays unread: each layer in it is held to its own form when
    the network is built.
    """

    type: object = object
    least: int = 0
    check: Callable[[Any], object] | None = None
    schema: Schema | None = None
    holds_layers: bool = False
    whole: int = TOO_LONG

    def surely_takes(self, value: Any) -> bool:
        """Whether `value` may stand there."""
        if not self.check:
            return suits(value, self.type) and (not self.least or len(value) >= self.least)
        passes = _passes if isinstance(value, (str, int, float)) else _passes.__wrapped__
        return passes(self.check, value)


# Specs say the same few words over and over.
@lru_cache(maxsize=4096, typed=True)
def _passes(check: Callable[[Any], object], value: Any) -> bool:
    try:
        check(value)
    except ConvcostError:
        return False
    return True


def suits(value: object, wanted: object) -> bool:
    """Whether `value` is of the type `wanted`: a class, a union, or a list or mapping of such."""
    if isinstance(wanted, type):
        return isinstance(value, wanted)
    origin, parts = get_origin(wanted), get_args(wanted)
    if origin is list:
        return isinstance(value, list) and all(suits(each, parts[0]) for each in value)
    if origin is dict:
        return isinstance(value, dict) and all(suits(each, parts[1]) for each in value.values())
    return any(suits(value, part) for part in parts)


def of_field(field: Field) -> Content:
    """What may stand behind the key that `field` of a layer is in a spec."""
    schema = field_schema(field)
    numbers = [each for each in schema.get("anyOf", [schema]) if each.get("type") == "integer"]
    endless = [each["minimum"] for each in numbers if "maximum" not in each]
    whole = min(endless, default=TOO_LONG)
    return Content(check=partial(check_value, field), schema=schema, whole=whole)


def check_value(field: Field, value: Any) -> None:
    """LayerError unless `value` may stand behind the key that `field` is in a spec."""
    if value is None:
        raise LayerError(f"{field.name} has no value", hint="give it one, or leave it out")
    check_field(field, value)


def check_input(value: Any) -> tuple[int, ...]:
    """An input shape, `3x224x224` or a list of sizes, as a tuple."""
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return parse_shape(str(value))
    sizes = value if isinstance(value, list) else [value]
    check_dims("input", sizes)
    for size in sizes:
        check_integer("input", size, 1)
    if not value:
        raise LayerError("an input needs at least its channels", hint="write 3x224x224")
    return tuple(value)


def check_block_table(node: Any) -> None:
    """SpecError unless the node of `blocks` is a mapping; the blocks are read when used."""
    if not isinstance(node.value, dict):
        raise SpecError("blocks must be a mapping", hint="each block stands behind its name")
