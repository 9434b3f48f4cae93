"""The family of TensorFlow Lite files: networks that can be counted, and such that are broken."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from math import prod
from typing import TypeAlias

from benchmarks.fuzzing import mutate
from benchmarks.fuzzing.case import Call, Case, Write
from benchmarks.fuzzing.draw import HUGE, Draw

PATH = "net.tflite"
CONV, DEPTHWISE, FULLY, RELU, RESHAPE, MEAN, CUSTOM, ADD, IF = 3, 4, 9, 19, 22, 40, 32, 0, 118
_TABLES = {CONV: 1, DEPTHWISE: 2, FULLY: 8, RESHAPE: 17, ADD: 11, MEAN: 27, IF: 92}
"""By operation, the number of its options in the schema's union."""
_FORMS = {1: "<b", 4: "<i", 8: "<q"}
Field: TypeAlias = "tuple[int, int] | bytes | list[int] | list[dict[int, Field]] | dict[int, Field]"
"""A number with its bytes, bytes, a list of integers, a list of tables, or a table by slots."""
Table: TypeAlias = dict[int, Field]


def encoded(table: Table) -> bytes:
    """A flatbuffer: every table behind its layout, and what it holds behind it."""
    out = bytearray(b"\0\0\0\0TFL3")
    struct.pack_into("<I", out, 0, _put(out, table))
    return bytes(out)


def _put(out: bytearray, table: Table) -> int:
    """Append a table, and give its place."""
    places: dict[int, int] = {}
    size = 4
    for slot, field in table.items():
        places[slot] = size
        size += field[0] if isinstance(field, tuple) else 4
    slots = max(table, default=-1) + 1
    layout = [4 + 2 * slots, size, *(places.get(slot, 0) for slot in range(slots))]
    out += struct.pack(f"<{len(layout)}H", *layout)
    begin = len(out)
    out += struct.pack("<i", 2 * len(layout)) + bytes(size - 4)
    for slot, field in table.items():
        at = begin + places[slot]
        if isinstance(field, tuple):
            struct.pack_into(_FORMS[field[0]], out, at, field[1])
        else:
            struct.pack_into("<I", out, at, _put_any(out, field) - at)
    return begin


def _put_any(out: bytearray, field: Field) -> int:
    if isinstance(field, dict):
        return _put(out, field)
    begin = len(out)
    assert not isinstance(field, tuple)
    out += struct.pack("<I", len(field))
    if isinstance(field, bytes):
        out += field + b"\0"
        return begin
    first = len(out)
    out += bytes(4 * len(field))
    for at, each in enumerate(field):
        place = first + 4 * at
        if isinstance(each, dict):
            struct.pack_into("<I", out, place, _put(out, each) - place)
        else:
            struct.pack_into("<i", out, place, each)
    return begin


class _Net:
    """Operations in a row, with the shape behind them, and their cost."""

    def __init__(self, rng: Draw) -> None:
        self.rng = rng
        side = rng.choice((4, 8, 9))
        self.shape: tuple[int, ...] = (1, side, side, rng.choice((1, 3, 4)))
        self.tensors: list[Table] = []
        self.operators: list[Table] = []
        self.buffers: list[Table] = [{}]
        self.codes: list[tuple[int, bytes]] = []
        self.params = self.macs = 0
        self.is_known = True
        self.has_rows = False
        self.first = self.shape
        self.last = self.tensor(self.shape)

    def tensor(self, shape: Sequence[int], data: bytes = b"", sort: int = 0) -> int:
        """The number of a new tensor."""
        name = f"t{len(self.tensors)}".encode()
        made: Table = {0: list(shape), 1: (1, sort), 3: name}
        if data:
            self.buffers.append({0: data})
            made[2] = (4, len(self.buffers) - 1)
        self.tensors.append(made)
        return len(self.tensors) - 1

    def weight(self, *shape: int) -> int:
        """A new tensor of numbers that vary, and are those of no other."""
        start = float(len(self.tensors))
        numbers = (start + at % 97 / 97 for at in range(prod(shape)))
        self.params += prod(shape)
        return self.tensor(shape, struct.pack(f"<{prod(shape)}f", *numbers))

    def sizes(self, *numbers: int) -> int:
        """A new tensor of integers."""
        return self.tensor((len(numbers),), struct.pack(f"<{len(numbers)}i", *numbers), 2)

    def add(
        self, code: int, more: Sequence[int], shape: Sequence[int], options: Mapping[int, Field]
    ) -> None:
        """A new operation, on what the last one gives."""
        key = (code, b"Own" if code == CUSTOM else b"")
        if key not in self.codes:
            self.codes.append(key)
        self.shape = tuple(shape)
        out = self.tensor(self.shape)
        made: Table = {0: (4, self.codes.index(key)), 1: [self.last, *more], 2: [out]}
        if code in _TABLES:
            made |= {3: (1, _TABLES[code]), 4: dict(options)}
        self.operators.append(made)
        self.last = out

    def opened(self) -> list[str]:
        """Leave the sizes of images and of rows open, in each tensor that is made; what says the
        input then."""
        first = [*self.first]
        for tensor in self.tensors:
            shape = tensor[0]
            if 2 in tensor or not isinstance(shape, list):
                continue
            signature: list[int] = [size for size in shape[-1:] if isinstance(size, int)]
            if len(shape) == 2 and self.has_rows:
                signature = [-1]
            tensor[7] = [-1] * (len(shape) - 1) + signature
            tensor[0] = [1] * (len(shape) - 1) + [max(each, 1) for each in signature]
        return ["--input", "x".join(map(str, (first[-1], *first[1:-1])))]

    def model(self) -> Table:
        """The whole file."""
        graph: Table = {0: self.tensors, 1: [0], 2: [self.last], 3: self.operators, 4: b"main"}
        codes: list[Table] = [
            {0: (1, min(code, 127)), 1: own, 3: (4, code)} if own else {0: (1, code), 3: (4, code)}
            for code, own in self.codes
        ]
        return {0: (4, 3), 1: codes, 2: [graph], 4: self.buffers}


def case(rng: Draw) -> Case:
    """A file, and what is done with it."""
    net = _Net(rng)
    for _ in range(rng.randint(1, 6)):
        rng.choice(_PARTS)(net)
    given = net.opened() if rng.chance(0.3) else []
    made = net.model()
    if rng.chance(0.2):
        counts = (net.params, net.macs) if net.is_known else None
        return Case("tflite", (Write(PATH, encoded(made)), *_calls(rng, given, counts)))
    if rng.chance(0.6):
        for _ in range(rng.randint(1, 3)):
            _spoil(rng, made)
    raw = encoded(made)
    return Case(
        "tflite",
        (Write(PATH, mutate.data(rng, raw) if rng.chance(0.6) else raw), *_calls(rng, given)),
    )


def _spoil(rng: Draw, table: Table) -> None:
    """Change one number of a table, or of one inside, or take a field out."""
    slot = rng.choice(list(table)) if table else 0
    field = table.get(slot)
    if isinstance(field, dict):
        _spoil(rng, field)
    elif isinstance(field, list) and field and isinstance(field[0], dict):
        _spoil(rng, rng.choice([each for each in field if isinstance(each, dict)]))
    elif rng.chance(0.2):
        table.pop(slot, None)
    elif isinstance(field, tuple):
        table[slot] = (field[0], rng.choice((-1, 0, 1, 2, 7, 100)))
    elif isinstance(field, list) and field:
        numbers = [each for each in field if isinstance(each, int)]
        numbers[rng.randrange(len(numbers))] = _number(rng)
        table[slot] = numbers * rng.choice((1, 1, 1, 2, 1000))


def _number(rng: Draw) -> int:
    found = rng.choice((*range(-2, 12), *HUGE))
    return found if -(2**31) <= found < 2**31 else 2**31 - 1


def _calls(
    rng: Draw, given: Sequence[str], counts: tuple[int, int] | None = None
) -> tuple[Call, ...]:
    first = Call(("eval", PATH, *given, "--format", "json"), "net", counts)
    others = (
        (
            Call(("import", "tflite", PATH, *given, "-o", "net.yaml")),
            Call(("eval", "net.yaml", "--format", "json"), "net", needs="net.yaml"),
        ),
        (Call(("memory", PATH, *given, "--format", rng.choice(("table", "csv", "json")))),),
        (Call(("check", PATH, *given, "--max-macs", "1k", "--max-arena", "1KiB")),),
        (Call(("eval", PATH, "--input", rng.choice(("3x8x8", "3", "1x3x8x8")))),),
    )
    return (first, *rng.choice(others))


def _conv(net: _Net) -> None:
    if len(net.shape) != 4:
        return
    _, height, width, n = net.shape
    m, k, stride = net.rng.choice((1, 2, 4)), net.rng.choice((1, 3)), net.rng.choice((1, 1, 2))
    is_depthwise = net.rng.chance(0.3)
    m = n if is_depthwise else m
    weight = net.weight(1, k, k, n) if is_depthwise else net.weight(m, k, k, n)
    out = (1, -(-height // stride), -(-width // stride), m)
    net.macs += m * k * k * (1 if is_depthwise else n) * out[1] * out[2]
    options: dict[int, Field] = {0: (1, 0), 1: (4, stride), 2: (4, stride)}
    net.add(DEPTHWISE if is_depthwise else CONV, (weight, net.weight(m)), out, options)


def _head(net: _Net) -> None:
    if len(net.shape) == 4:
        net.add(MEAN, (net.sizes(1, 2),), (1, net.shape[-1]), {})
    n, m = net.shape[-1], net.rng.choice((1, 5))
    net.macs += m * n
    net.add(FULLY, (net.weight(m, n), net.weight(m)), (1, m), {})


def _flat(net: _Net) -> None:
    net.has_rows = True  # features that only a run tells, where the image is open
    net.add(RESHAPE, (net.sizes(1, -1),), (1, prod(net.shape)), {})


def _relu(net: _Net) -> None:
    net.add(RELU, (), net.shape, {})


def _sum(net: _Net) -> None:
    net.add(ADD, (net.last,), net.shape, {})


def _own(net: _Net) -> None:
    net.is_known = False
    net.add(CUSTOM, (), net.shape, {})


def _branch(net: _Net) -> None:
    net.is_known = False
    net.add(IF, (), net.shape, {0: (4, net.rng.choice((0, 1, 7, -1))), 1: (4, 0)})


_PARTS = (_conv, _conv, _head, _flat, _relu, _sum, _own, _branch)
