"""What figures depend on besides the network: dtypes, how tensors share memory, a device."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from convcost.device import Device
from convcost.errors import UsageError
from convcost.spelling import did_you_mean
from convcost.text import quote

BITS: Mapping[str, int] = MappingProxyType(
    {
        "fp64": 64,
        "fp32": 32,
        "tf32": 32,
        "bf16": 16,
        "fp16": 16,
        "fp8": 8,
        "int32": 32,
        "int16": 16,
        "int8": 8,
        "int4": 4,
    }
)
"""Bits of a number, by dtype. `tf32` is how fp32 is computed with, and takes as much room."""
FLOATS = ("fp64", "fp32", "tf32", "bf16", "fp16", "fp8")

IN_PLACE: Mapping[str, str] = MappingProxyType(
    {
        "add": "a sum is written over one of its terms",
        "depthwise": "a depthwise convolution is written over its input (TinyEngine)",
        "accumulate": "the last convolution of a branch adds its output onto the shortcut",
    }
)
"""What may be written over its input besides norms and element-wise activations."""
OPTIMIZERS: Mapping[str, int] = MappingProxyType({"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2})
"""How many numbers an optimizer keeps for each parameter."""
Order = Literal["written", "best"]


class Setting(NamedTuple):
    """Under what a figure in bytes, or of a device, is had.

    `weights` and `activations` are dtypes. With `scales`, quantized weights have one fp32 an output
    channel; with `wide_biases` their biases are int32. `in_place` are words of `IN_PLACE`, buffers
    start at multiples of `alignment`, and layers run in the order that is `written`, or in the one
    with the `best` peak. So many inputs are a `batch` of training by that `optimizer`; with
    `master` weights, a copy of them and what the optimizer keeps are in fp32, and blocks whose
    names are like `checkpoint` are computed again rather than kept. It is run on a `device`, where
    that is known. Energy is also that of moving bytes with `dram`.
    """

    weights: str = "fp32"
    activations: str = "fp32"
    scales: bool = False
    wide_biases: bool = False
    in_place: tuple[str, ...] = ()
    alignment: int = 1
    order: Order = "written"
    batch: int = 1
    optimizer: str = "sgd"
    master: bool = False
    device: Device | None = None
    dram: bool = False
    checkpoint: str = ""

    @property
    def of_memory(self) -> tuple[object, ...]:
        """What says which tensors are in memory, and how many bytes each has."""
        return self.activations, self.in_place, self.order

    def other_than_usual(self, fields: Iterable[str]) -> dict[str, str]:
        """Those of `fields` that are not as usual, each with its value as text."""
        return {
            field: _text(getattr(self, field))
            for field in fields
            if getattr(self, field) != getattr(FP32, field)
        }

    def changed(self, field: str, text: str) -> Setting | None:
        """The same with another value, as `other_than_usual` writes it; None for what is none."""
        value = _FIELDS[field](text) if field in _FIELDS else None
        values: dict[str, Any] = {field: value}
        return None if value is None else self._replace(**values)

    def with_dtype(self, text: str) -> Setting:
        """The same with what `text` says of dtypes: `int8` for weights and activations,
        `weights=int8,activations=fp16` apart; `scales` and `int32-biases` go with either.

        UsageError for anything else.
        """
        made = self
        for part in text.split(","):
            whose, equals, dtype = part.strip().rpartition("=")
            if not equals and dtype in _EXTRAS:
                made = made.changed(_EXTRAS[dtype], "true") or made
                continue
            if dtype not in BITS:
                hint = did_you_mean(dtype, BITS) or f"the dtypes are {', '.join(BITS)}"
                raise UsageError(f'unknown dtype "{quote(dtype)}"', hint=hint)
            if equals and whose not in _WHOSE:
                hint = did_you_mean(whose, _WHOSE) or f"write {' or '.join(_WHOSE)}"
                raise UsageError(f'"{quote(whose)}" has no dtype of its own', hint=hint)
            for each in [whose] if equals else _WHOSE:
                made = made.changed(each, dtype) or made
        return made

    def with_word(self, key: str, value: object) -> Setting:
        """The same with what `key` of `WORDS` says; UsageError for another key, and for a value
        that it cannot have."""
        if key not in WORDS:
            hint = did_you_mean(key, WORDS) or f"the keys are {', '.join(WORDS)}"
            raise UsageError(f'unknown key "{quote(key)}" in metrics', hint=hint)
        if key == "dtype":
            return self.with_dtype(str(value))
        field, hint = WORDS[key]
        found = self.changed(field, str(value).replace(",", "+"))
        if found is None:
            raise UsageError(f'{key} cannot be "{quote(str(value))}"', hint=hint)
        return found


FP32 = Setting()
WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "dtype": ("weights", "such as int8"),
        "in-place": ("in_place", f"write {', '.join(IN_PLACE)}, or several with commas"),
        "align": ("alignment", "write a power of two up to 4096, such as 16"),
        "order": ("order", "write written or best"),
        "batch": ("batch", "write a whole number of at least 1"),
        "optimizer": ("optimizer", f"write one of {', '.join(OPTIMIZERS)}"),
        "master-weights": ("master", "write true or false"),
        "checkpoint": ("checkpoint", "write blocks, or a pattern of their names: layer3.*"),
        "device": ("device", "such as h100-sxm, or the path of a file"),
        "dram": ("dram", "write true or false"),
    }
)
"""What settings and options say of it: the field that each is of, and how it is written."""
_WHOSE = ("weights", "activations")
_EXTRAS = {"scales": "scales", "int32-biases": "wide_biases"}
_MOST_DIGITS = 9
_LONGEST_TEXT = 1000
_ALIGNMENTS = {str(2**power): 2**power for power in range(13)}


def setting_of(texts: Mapping[str, str]) -> Setting | None:
    """The setting that is otherwise than usual as `texts` say; None if they say what no setting
    has."""
    made: Setting | None = FP32
    for field, text in texts.items():
        made = made and made.changed(field, text)
    return made


def bytes_of(elements: int, dtype: str) -> int:
    """Bytes of a tensor, which starts at a byte: half of one that int4 may leave is not used."""
    return packed(elements, BITS[dtype])


def packed(elements: int, bits: int) -> int:
    """The same of numbers of so many bits."""
    return -(-elements * bits // 8)


def aligned(size: int, alignment: int) -> int:
    """The least multiple of `alignment` that is not below `size`."""
    return -(-size // alignment) * alignment


def _text(value: object) -> str:
    if isinstance(value, Device):
        return value.key
    if isinstance(value, bool):
        return str(value).lower()
    return "+".join(value) if isinstance(value, tuple) else str(value)


def _dtype(text: str) -> str | None:
    return text if text in BITS else None


def _flag(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text)


def _in_place(text: str) -> tuple[str, ...] | None:
    words = text.split("+")
    return tuple(word for word in IN_PLACE if word in words) if set(words) <= {*IN_PLACE} else None


def _order(text: str) -> str | None:
    return text if text in ("written", "best") else None


def _batch(text: str) -> int | None:
    is_one = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS and int(text) > 0
    return int(text) if is_one else None


def _pattern(text: str) -> str | None:
    return text if text and quote(text, _LONGEST_TEXT) == text else None


def _device(text: str) -> Device | None:
    """A device of which no more than its key is known, as of what was saved."""
    return Device(text, key=text) if _pattern(text) else None


def _optimizer(text: str) -> str | None:
    return text if text in OPTIMIZERS else None


_FIELDS: Mapping[str, Callable[[str], object]] = {
    "weights": _dtype,
    "activations": _dtype,
    "scales": _flag,
    "wide_biases": _flag,
    "in_place": _in_place,
    "alignment": _ALIGNMENTS.get,
    "order": _order,
    "batch": _batch,
    "optimizer": _optimizer,
    "master": _flag,
    "device": _device,
    "dram": _flag,
    "checkpoint": _pattern,
}
