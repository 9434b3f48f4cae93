"""Inputs as people write them, without a batch: `3x224x224`, `ids=7:int64`, `flag=:bool`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from convcost.errors import ConvcostError, UsageError
from convcost.network import FLOAT, Input
from convcost.ops.base import Shape, format_shape, parse_shape
from convcost.spelling import did_you_mean
from convcost.text import listed, quote

Inputs = str | Shape | Sequence[str | Input]
"""One input as a text or a shape, or several of them."""

DTYPES: Mapping[str, str] = MappingProxyType(
    {
        "float16": "float16",
        "bfloat16": "bfloat16",
        "float32": "float32",
        "float64": "float64",
        **{f"int{bits}": f"int{bits}" for bits in (8, 16, 32, 64)},
        "uint8": "uint8",
        "bool": "bool",
        "fp16": "float16",
        "half": "float16",
        "bf16": "bfloat16",
        "fp32": "float32",
        "float": "float32",
        "fp64": "float64",
        "double": "float64",
        "short": "int16",
        "int": "int32",
        "long": "int64",
    }
)
"""What dtypes are called, and how PyTorch spells them."""
FLOATS = ("float16", "bfloat16", "float32", "float64")


def parse_inputs(given: Inputs | None) -> tuple[Input, ...]:
    """The inputs that were `given`, in that order; the name is empty where none is.

    LayerError for what is no shape; UsageError for a dtype that is none, and for a name that is
    given twice.
    """
    if given is None:
        return ()
    found = tuple(map(_parsed, _several(given)))
    names = [each.name for each in found if each.name]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(f"--input {quote(name)} is given twice", hint="leave one of them out")
    return found


def format_input(given: Input) -> str:
    """An input as it is written: `ids=7:int64`."""
    name = f"{given.name}=" if given.name else ""
    dtype = f":{given.dtype}" if given.dtype != FLOAT or not given.shape else ""
    return f"{name}{format_shape(given.shape)}{dtype}"


def format_inputs(given: Sequence[Input]) -> str:
    """Several of them, in words."""
    return " and ".join(map(format_input, given)) or "nothing"


def by_name(names: Sequence[str], given: Sequence[Input]) -> Mapping[str, Input]:
    """What was given for each of the inputs of a file, which are called so, by its name.

    ConvcostError for a name that none of them has, and for more than there are.
    """
    taken = {each.name for each in given}
    free = iter([name for name in names if name not in taken])
    found: dict[str, Input] = {}
    for each in given:
        name = each.name or next(free, "")
        if name not in names:
            its = f"its inputs: {listed(names)}"
            if not each.name:
                raise ConvcostError(f"it does not take {len(given)} inputs", hint=its)
            hint = did_you_mean(name, names) or its
            raise ConvcostError(f"it has no input {quote(name)}", hint=hint)
        found[name] = each
    return found


def _several(given: Inputs) -> Sequence[str | Input]:
    if isinstance(given, str):
        return (given,)
    sizes = tuple(each for each in given if isinstance(each, int))
    if sizes:
        return (Input("", sizes),)
    return [each for each in given if not isinstance(each, int)]


def _parsed(given: str | Input) -> Input:
    if isinstance(given, Input):
        return given
    name, equals, rest = given.partition("=") if "=" in given else ("", "", given)
    sizes, colon, dtype = rest.rpartition(":") if ":" in rest else (rest, "", FLOAT)
    name, is_number = name.strip(), colon and not sizes.strip()
    if equals and not name:
        raise UsageError(f'--input "{quote(given)}" has no name', hint="write NAME=3x224x224")
    shape = () if is_number else parse_shape(sizes if sizes.strip() else given, "--input")
    return Input(name, shape, _dtype(dtype.strip()))


def _dtype(text: str) -> str:
    name = text.lower().removeprefix("torch.")
    if name not in DTYPES:
        hint = did_you_mean(name, DTYPES) or f"write one of {listed(DTYPES)}"
        raise UsageError(f'--input: there is no dtype "{quote(text)}"', hint=hint)
    return DTYPES[name]
