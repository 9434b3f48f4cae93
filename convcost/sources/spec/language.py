"""The words of the spec language and what may stand behind them: all that needs no pydantic."""

from __future__ import annotations

from typing import Any

from convcost.errors import LayerError, SpecError
from convcost.kinds import Kind, convolutions
from convcost.kinds.fields import INFERRED, About, Field, check_field
from convcost.limits import limits
from convcost.ops.base import check_dims, check_integer, parse_shape

FORMS = ("use", "repeat", "residual", "concat", "add", "multiply")
"""The entries of a list that are not a layer of a kind, by the key that tells them."""
NESTED = ("layers", "residual", "concat", "add", "multiply", "body", "shortcut", "blocks")
"""Keys that hold layers; they are walked, not validated, where they stand."""
GIVEN = {
    "n": Field("n", About("count", "input channels, checked against those that arrive")),
    "H": Field("H", About("count", "input height, checked likewise")),
    "W": Field("W", About("count", "input width, checked likewise")),
    "size": Field("size", About("sizes", "input size of any number of dims, instead of H, W")),
}
"""What any layer may say of its input."""
TIMES = Field("repeat", About("count", "how many times"))


def check_value(field: Field, value: Any) -> None:
    """LayerError unless `value` may stand behind the key that `field` is in a spec."""
    if value is None:
        raise LayerError(f"{field.name} has no value", hint="give it one, or leave it out")
    check_field(field, value)


def check_limits(value: Any) -> Any:
    """UsageError unless `value` can be the limits of some metric: `4.3M`, `2%`, 600000, a list of
    such, or those by level. Whether its own metric takes them is seen where that is known."""
    return tuple(limits("macs_growth", value, lambda *keys: None))


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


def default_fields() -> dict[str, Field]:
    """What `defaults` may hold: the fields of convolutions, but for what the input tells."""
    return {
        name: field
        for kind in convolutions()
        for name, field in kind.fields.items()
        if name not in INFERRED
    }


def must_be_said(kind: Kind, field: Field) -> bool:
    """Whether a layer needs the field itself: a convolution's may come from `defaults`."""
    return field.required and field.name not in INFERRED and kind.group != "convolution"
