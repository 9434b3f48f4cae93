"""Classes that pieces of a network share: what differs between the pieces becomes parameters.

Two pieces are of one class if they are the same but for the numbers in their calls. A number that
is the same in all of them stands in the class; numbers that always agree share a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable
from copy import copy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from convcost.emit.pytorch.expressions import (
    UNSET,
    WIDTH,
    Call,
    Slot,
    Texts,
    columns,
    laid_out,
    literal,
    plain,
    skeleton,
    slots,
)
from convcost.emit.pytorch.names import GLOBALS, Names

CHANNELS = ("in", "out", "groups", "kernels")
USUAL = {
    "kernel_size": 3,
    "stride": 1,
    "padding": 1,
    "dilation": 1,
    "bias": False,
    "groups": 1,
    "output_padding": 0,
    "affine": True,
    "ceil": False,
}
"""What a parameter of each role is where nobody says otherwise."""
NAMES = {"in": "in_channels", "out": "out_channels"}

Cost = tuple[int, int | None]
"""Parameters and multiply-adds; None where the size is not known."""


class Fragment(NamedTuple):
    """The body of a class: what its constructor makes, by name, and the lines of `forward`.

    The names in `lines` are those of `made`; `inputs` are what `forward` takes.
    """

    made: tuple[tuple[str, Call], ...]
    lines: tuple[str, ...]
    inputs: tuple[str, ...] = ("x",)

    @property
    def slots(self) -> list[Slot]:
        """Every number in its calls."""
        return [slot for _, call in self.made for slot in slots(call)]

    @property
    def key(self) -> Any:
        """What it is without the numbers."""
        return (
            tuple((name, skeleton(call)) for name, call in self.made),
            self.lines,
            self.inputs,
        )


@dataclass(slots=True)
class Family:
    """Every piece of one class: its rows of numbers, and what they cost together."""

    name: str
    fragment: Fragment
    doc: str
    rows: list[tuple[Any, ...]] = field(default_factory=list)
    imagined: list[tuple[Any, ...]] = field(default_factory=list)
    params: int = 0
    macs: int | None = 0

    def add(self, cost: Cost) -> None:
        """Count what one more piece of it costs."""
        self.params += cost[0]
        self.macs = None if self.macs is None or cost[1] is None else self.macs + cost[1]


@dataclass(slots=True)
class Classes:
    """The classes of a module that is being written, in the order in which they are needed."""

    families: dict[Any, Family] = field(default_factory=dict)
    _names: Names = field(default_factory=lambda: Names(set(GLOBALS)))
    _parameters: dict[Any, Parameters] = field(default_factory=dict)
    _calls: dict[Hashable, Call] = field(default_factory=dict)

    def again(self, like: Hashable, cost: Cost) -> Call | None:
        """The constructor call of a piece that is `like` an earlier one; None for the first."""
        call = self._calls.get(like)
        if call is None:
            return None
        self.families[call.key].add(cost)
        # Places are told apart by their slots, so that each has slots of its own.
        return Call(call.name, tuple((name, copy(slot)) for name, slot in call.args), call.key)

    def call(
        self,
        name: str,
        fragment: Fragment,
        doc: str,
        cost: Cost,
        imagined: Iterable[Fragment] = (),
        like: Hashable = None,
    ) -> Call:
        """The constructor call of the class that `fragment` belongs to, a new one or not.

        `imagined` are further pieces that it is to be fit for, of which only those count that
        are the same but for the numbers. `like` is what an equal piece will have in common.
        """
        key = fragment.key
        if key not in self.families:
            self.families[key] = Family(self._names.free(name), fragment, doc)
        family = self.families[key]
        family.rows.append(_row(fragment))
        family.imagined += [_row(each) for each in imagined if each.key == key]
        family.add(cost)
        call = Call(family.name, tuple(("", slot) for slot in fragment.slots), key)
        if like is not None:
            self._calls[like] = call
        return call

    def parameters(self, key: Any) -> Parameters:
        """The parameters of a class; every piece of it must be known by now."""
        if key not in self._parameters:
            self._parameters[key] = Parameters(self.families[key])
        return self._parameters[key]

    def text(self, call: Call, texts: Texts) -> str:
        """A call on one line; `texts` says what stands in the place of each slot."""
        name, arguments = self.parts(call, texts)
        return f"{name}({', '.join(arguments)})"

    def parts(self, call: Call, texts: Texts) -> tuple[str, list[str]]:
        """A call's name and the texts of its arguments, without those that are the default."""
        if call.key is not None:
            own = [slot for _, slot in call.args if isinstance(slot, Slot)]
            return call.name, self.parameters(call.key).arguments(own, texts)
        found = []
        for keyword, value in call.args:
            if isinstance(value, Slot):
                text = texts(value)
                if value.default is not UNSET and text == literal(value.default):
                    continue
            else:
                text = self.text(value, texts) if isinstance(value, Call) else value
            found.append(f"{keyword}={text}" if keyword else text)
        return call.name, found

    def placed(self, head: str, call: Call, texts: Texts, indent: int, tail: str = "") -> str:
        """`head`, a call behind it, and `tail`, on as many lines as it takes."""
        if call.name == "nn.Sequential":
            return self._sequence(head, call, texts, indent) + tail
        name, arguments = self.parts(call, texts)
        inner = call.args[0][1] if len(call.args) == 1 else None
        if isinstance(inner, Call) and inner.args:
            space = " " * indent
            for lines in (
                f"{space}{head}{name}({arguments[0]}){tail}",
                f"{space}{head}{name}(\n{space}    {arguments[0]}\n{space}){tail}",
            ):
                if max(map(columns, lines.split("\n"))) <= WIDTH:
                    return lines
            inside = self.placed("", inner, texts, indent + 4, ",")
            return f"{space}{head}{name}(\n{inside}\n{space}){tail}"
        first = f"{head}{name}({'' if arguments else ')'}"
        if head and columns(first) + indent > WIDTH:
            inside = laid_out(name, arguments, indent + 4)
            return f"{' ' * indent}{head}(\n{inside}\n{' ' * indent})"
        return laid_out(f"{head}{name}", arguments, indent, tail)

    def _sequence(self, head: str, call: Call, texts: Texts, indent: int) -> str:
        """Modules in a row, one a line; a run of equal ones as a comprehension."""
        inner = " " * (indent + 4)
        lines: list[str] = []
        previous, times = "", 0
        for _, value in [*call.args, ("", "")]:
            now = ""
            if isinstance(value, Call):
                now = self.placed("", value, texts, indent + 4, ",")
            if now == previous:
                times += 1
                continue
            if times > 2 and "\n" not in previous:
                lines.append(f"{inner}*({previous.strip()[:-1]} for _ in range({times})),")
            else:
                lines += [previous] * times
            previous, times = now, 1
        lines = [_broken_run(line, inner) if columns(line) > WIDTH else line for line in lines]
        body = "\n".join(lines)
        return f"{' ' * indent}{head}nn.Sequential(\n{body}\n{' ' * indent})"


def _broken_run(line: str, inner: str) -> str:
    match = re.fullmatch(r"\s*\*\((.*) (for _ in range\(\d+\))\),", line)
    if not match:
        return line
    deeper = inner + "    "
    return f"{inner}*(\n{deeper}{match[1]}\n{deeper}{match[2]}\n{inner}),"


def _row(fragment: Fragment) -> tuple[Any, ...]:
    return tuple(plain(slot.value) for slot in fragment.slots)


class Parameters:
    """Which numbers of a class are parameters, and under which names."""

    def __init__(self, family: Family) -> None:
        rows = [*family.rows, *family.imagined]
        roles = [slot.role for slot in family.fragment.slots]
        self.names: list[str | None] = []
        self.order: list[tuple[str, int, Any]] = []
        known: dict[Any, str] = {}
        for index, role in enumerate(roles):
            column = tuple(row[index] for row in rows)
            if len(set(map(repr, column))) == 1:
                self.names.append(None)
                continue
            group = "channels" if role in CHANNELS else role
            key = (group, tuple(map(repr, column)))
            if key not in known:
                known[key] = self._name(role, index, roles, column, rows)
                default = (
                    UNSET if group == "channels" and role != "groups" else USUAL.get(role, UNSET)
                )
                self.order.append((known[key], index, default))
            self.names.append(known[key])
        self.order.sort(key=lambda entry: entry[2] is not UNSET)

    def _name(
        self, role: str, index: int, roles: list[str], column: tuple[Any, ...], rows: list[Any]
    ) -> str:
        last = max((at for at, each in enumerate(roles) if each == "out"), default=index)
        name = NAMES.get(role, role)
        if role in CHANNELS and role != "groups":
            if index == 0 or (role == "in" and not self.order):
                same_end = tuple(row[last] for row in rows) == column
                name = "channels" if same_end else "in_channels"
            elif tuple(row[last] for row in rows) == column:
                name = "out_channels"
            else:
                name = "width"
        taken = {name for name, _, _ in self.order}
        candidate, number = name, 1
        while candidate in taken:
            number += 1
            candidate = f"{name}{number}"
        return candidate

    def signature(self) -> list[str]:
        """The parameters as the constructor lists them, behind self."""
        return [
            name if default is UNSET else f"{name}={literal(default)}"
            for name, _, default in self.order
        ]

    def arguments(self, own: list[Slot], texts: Texts) -> list[str]:
        """The arguments of one call, whose slots are `own`."""
        found = []
        for name, index, default in self.order:
            text = texts(own[index])
            if default is UNSET:
                found.append(text)
            elif text != literal(default):
                found.append(f"{name}={text}")
        return found

    def texts(self, fragment: Fragment) -> Texts:
        """What stands in the place of each slot inside the class."""
        by_place = {id(slot): name for slot, name in zip(fragment.slots, self.names, strict=True)}
        return lambda slot: by_place.get(id(slot)) or literal(slot.value)
