"""What `convcost measure` saved, as a device: as fast as the fastest layer that was timed there."""

from __future__ import annotations

from math import ceil
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from convcost.device import Device
from convcost.errors import Place, SpecError
from convcost.quantity import LARGEST
from convcost.setting import BITS
from convcost.sources.reports import Record, reason_of
from convcost.text import quote

_Count = Annotated[int, Field(ge=0, lt=LARGEST)]
_Seconds = Annotated[float, Field(ge=1e-12, le=1e12, allow_inf_nan=False)]


class _Machine(Record):
    processor: str = Field(max_length=400)
    framework: str = Field(max_length=400)
    cache: _Count | None = None


class _Layer(Record):
    macs: _Count
    bytes_moved: _Count
    seconds: _Seconds | None = None


class _Document(Record):
    schema_name: Literal["convcost.measure/1"] = Field(alias="schema")
    machine: _Machine
    batch: Annotated[int, Field(ge=1, lt=LARGEST)]
    dtype: str
    layers: tuple[_Layer, ...] = Field(fail_fast=True)


def measured_device(raw: bytes, path: str) -> Device:
    """The device that was measured: its peak is the most operations a second, and its bandwidth
    the most bytes a second, that a layer reached. SpecError for what is no such file."""
    place = Place(path)
    hint = '"convcost measure SPEC --output json=FILE" writes one'
    try:
        document = _Document.model_validate_json(raw)
    except ValidationError as error:
        message = f"this is no measurement: {reason_of(error)}"
        raise SpecError(message, place=place, hint=hint) from None
    if document.dtype not in BITS:
        raise SpecError(f'unknown dtype "{quote(document.dtype)}"', place=place, hint=hint)
    timed = [(each, each.seconds) for each in document.layers if each.seconds]
    peak = max((2 * document.batch * each.macs / seconds for each, seconds in timed), default=0)
    width = max((each.bytes_moved / seconds for each, seconds in timed), default=0)
    if not peak or not width:
        raise SpecError("no layer that computes was timed", place=place, hint=hint)
    machine = document.machine
    return Device(
        machine.processor,
        f"as measured with {machine.framework}",
        {document.dtype: ceil(peak)},
        {"dram": ceil(width)},
        {"l2": machine.cache} if machine.cache else {},
        source=path,
        sure={"peaks": "measured", "bandwidth": "measured"},
    )
