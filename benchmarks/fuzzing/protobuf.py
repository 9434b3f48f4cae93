"""ONNX files made of bytes, so that they can also be such as no library would write.

A message is a list of (field number, value): a whole number is a varint, a float four bytes, bytes
and text are delimited, and a list is a message inside. Numbers are those of onnx.proto.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias

Message: TypeAlias = list[tuple[int, "Value"]]
Value: TypeAlias = int | float | str | bytes | Message

FLOAT, INT64 = 1, 7


def encoded(message: Message) -> bytes:
    """The message as protobuf has it on the wire."""
    parts = []
    for number, value in message:
        if isinstance(value, int):
            parts += [_varint(number << 3), _varint(value & (2**64 - 1))]
        elif isinstance(value, float):
            parts += [_varint(number << 3 | 5), struct.pack("<f", value)]
        else:
            raw = encoded(value) if isinstance(value, list) else value
            raw = raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw
            parts += [_varint(number << 3 | 2), _varint(len(raw)), raw]
    return b"".join(parts)


def decoded(raw: bytes) -> Message | None:
    """The message that `raw` is, with messages inside it; None if it is none that we write."""
    made: Message = []
    at = 0
    try:
        while at < len(raw):
            key, at = _number(raw, at)
            if not key >> 3 or key & 7 not in (0, 2, 5):
                return None
            value: Value
            if key & 7 == 0:
                value, at = _number(raw, at)
            else:
                size, at = _number(raw, at) if key & 7 == 2 else (4, at)
                value, at = raw[at : at + size], at + size
                if at > len(raw):
                    return None
                inner = decoded(value) if key & 7 == 2 and len(value) > 1 else None
                value = struct.unpack("<f", value)[0] if key & 7 == 5 else inner or value
            made.append((key >> 3, value))
    except IndexError:
        return None
    return made


def _number(raw: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while raw[at] > 127:
        number |= (raw[at] & 127) << shift
        shift, at = shift + 7, at + 1
    return number | raw[at] << shift, at + 1


def _varint(number: int) -> bytes:
    made = bytearray()
    while number > 127:
        made.append(number & 127 | 128)
        number >>= 7
    return bytes([*made, number])


def model(graph: Message, functions: Sequence[Message] = (), opset: int = 18) -> bytes:
    """A whole file."""
    domains: Message = [(8, [(1, ""), (2, opset)]), (8, [(1, "local"), (2, 1)])]
    return encoded([(1, 9), (2, "fuzz"), (7, graph), *domains, *((25, each) for each in functions)])


def graph(
    nodes: Sequence[Message],
    inputs: Mapping[str, Sequence[int | str]],
    outputs: Sequence[str],
    tensors: Sequence[Message] = (),
    name: str = "g",
) -> Message:
    """A graph of float tensors."""
    return [
        *((1, node) for node in nodes),
        (2, name),
        *((5, tensor) for tensor in tensors),
        *((11, info(each, dims)) for each, dims in inputs.items()),
        *((12, info(each, None)) for each in outputs),
    ]


def info(name: str, dims: Sequence[int | str] | None) -> Message:
    """A name with its type, and its shape if there is one."""
    shape: Message = [(1, [(1, dim)] if isinstance(dim, int) else [(2, dim)]) for dim in dims or ()]
    kind: Message = [(1, FLOAT), *([] if dims is None else [(2, shape)])]
    return [(1, name), (2, [(1, kind)])]


def node(
    op: str,
    inputs: Sequence[str],
    outputs: Sequence[str],
    domain: str = "",
    attributes: Mapping[str, object] = MappingProxyType({}),
) -> Message:
    """A node; attributes take their type from what they hold."""
    made: Message = [*((1, each) for each in inputs), *((2, each) for each in outputs), (4, op)]
    made += [(5, attribute(name, value)) for name, value in attributes.items()]
    return [*made, (7, domain)] if domain else made


def attribute(name: str, value: object) -> Message:
    """An attribute: whole numbers, floats, text, lists of them, and graphs (lists of pairs)."""
    match value:
        case bool() | int():
            return [(1, name), (3, int(value)), (20, 2)]
        case float():
            return [(1, name), (2, value), (20, 1)]
        case str():
            return [(1, name), (4, value), (20, 3)]
        case list() if value and isinstance(value[0], tuple):
            return [(1, name), (6, value), (20, 5)]
        case list() if value and isinstance(value[0], float):
            return [(1, name), *((7, each) for each in value), (20, 6)]
        case list():
            return [(1, name), *((8, each) for each in value), (20, 7)]
    raise TypeError(name)


def weights(name: str, dims: Sequence[int]) -> Message:
    """A tensor of floats that says its shape, and whose numbers lie in another file."""
    where: Message = [(13, [(1, "location"), (2, "weights.bin")]), (14, 1)]
    return [*((1, dim) for dim in dims), (2, FLOAT), (8, name), *where]


def numbers(name: str, values: Sequence[int]) -> Message:
    """A tensor of whole numbers, here."""
    return [(1, len(values)), (2, INT64), *((7, value) for value in values), (8, name)]


def function(
    name: str, inputs: Sequence[str], outputs: Sequence[str], nodes: Sequence[Message]
) -> Message:
    """A function of the domain `local`."""
    made: Message = [(1, name), *((4, each) for each in inputs), *((5, each) for each in outputs)]
    made += [(7, each) for each in nodes]
    return [*made, (9, [(1, ""), (2, 18)]), (9, [(1, "local"), (2, 1)]), (10, "local")]
