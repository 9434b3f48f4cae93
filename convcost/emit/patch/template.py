"""The modules that take the place of a convolution, with each number as one of the old call's.

Which number follows which is found by trying: the layer is built with other channels, another
kernel, ..., and a number of the new modules that moves with one of the old call's is that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import gcd
from typing import Any, NamedTuple

from convcost.cost import stage_costs
from convcost.emit.pytorch.expressions import Call, Slot, skeleton, slots
from convcost.emit.pytorch.modules import steps
from convcost.emit.pytorch.steps import MODULE
from convcost.errors import LayerError
from convcost.kinds import find
from convcost.kinds.registry import Stages
from convcost.ops.conv import Conv, TransposedConv
from convcost.rewriting import Replacement
from convcost.sites import Site, stages_for

_CHANNELS = ("in", "out", "groups")
_NO_ROW = "its parts do not stand one behind the other, as those of nn.Sequential do"


class Change(NamedTuple):
    """A layer to be changed, and what it becomes."""

    site: Site
    replacement: Replacement
    stages: Stages
    inner: bool


class Share(NamedTuple):
    """The number `role` of the old call times `up` and divided by `down`, at least 1 if `floored`;
    the argument as it is written where both are 1."""

    role: str
    up: int = 1
    down: int = 1
    floored: bool = False

    def of(self, value: int) -> int:
        """What it comes to."""
        found = value * self.up // self.down
        return max(1, found) if self.floored else found


class Axes(NamedTuple):
    """A number for each spatial dim: one that is fixed, or that of the old call's `role` there."""

    role: str
    parts: tuple[int | None, ...]


class Fixed(NamedTuple):
    """A number or a flag."""

    value: Any


Follows = Share | Axes | Fixed
"""What a number of the new modules follows."""


class Template(NamedTuple):
    """The new modules, and what the number in each slot of each follows, in the slots' order."""

    calls: tuple[Call, ...]
    follows: tuple[tuple[Follows, ...], ...]


class _Build(NamedTuple):
    numbers: Mapping[str, Any]
    calls: tuple[Call, ...]


def old_call(site: Site) -> Call:
    """The convolution of a layer, as PyTorch has it; LayerError if it is not made of one."""
    op, ins = site.layer.stages[0].op, site.ins
    plain = all(not isinstance(each.op, Conv | TransposedConv) for each in site.layer.stages[1:])
    if not isinstance(op, Conv | TransposedConv) or not plain or not _is_row(site.layer.stages):
        raise LayerError(f"{site.layer.kind} is made of more than one convolution")
    made = steps(op, ins, op.out(*ins))
    if len(made) != 1 or made[0].call is None or not made[0].call.name.startswith("nn."):
        raise LayerError("its weights or its padding are not those of a convolution of PyTorch's")
    return made[0].call


def template(changes: Sequence[Change]) -> Template:
    """What stands for all of these layers, which one call made; LayerError if nothing does."""
    real = [_build(each.site, each.stages, each.replacement.new) for each in changes]
    first = real[0].calls
    if any(_shape(each.calls) != _shape(first) for each in real):
        raise LayerError(f"{changes[0].replacement.label} is not the same in all of its layers")
    tried = [build for build in _trials(changes[0]) if _shape(build.calls) == _shape(first)]
    follows = []
    for number, call in enumerate(first):
        places = range(len(slots(call)))
        rows = [[_slots_of(each, number)[place] for each in real] for place in places]
        more = [[_slots_of(each, number)[place] for each in tried] for place in places]
        follows.append(
            tuple(
                _followed(here, there, real, tried) for here, there in zip(rows, more, strict=True)
            )
        )
    return Template(first, tuple(follows))


def numbers_of(call: Call) -> dict[str, Any]:
    """The numbers of a call by their roles."""
    return {slot.role: slot.value for slot in slots(call)}


def _slots_of(build: _Build, number: int) -> list[Slot]:
    return slots(build.calls[number])


def _shape(calls: Sequence[Call]) -> list[Any]:
    return [skeleton(call) for call in calls]


def _is_row(stages: Stages) -> bool:
    return all(sources == (index - 1,) for index, (_, sources) in enumerate(stages))


def _build(site: Site, stages: Stages, kind: str) -> _Build:
    """The modules without what stands behind the layer in the old code, and stays there."""
    if not _is_row(stages):
        raise LayerError(f"{kind} cannot be written: {_NO_ROW}")
    behind = [op for op, _ in site.layer.stages[1:]]
    own = len(stages) - len(behind)
    if own < 1 or [op for op, _ in stages[own:]] != behind:
        raise LayerError(f"{kind} does not end with the norm and activation behind the layer")
    calls = []
    for each in stage_costs(stages, site.ins)[:own]:
        for step in steps(each.op, each.ins, each.out):
            if step.call is None or step.text != MODULE or not step.call.name.startswith("nn."):
                raise LayerError(f"{kind} cannot be written: PyTorch has no module for its parts")
            calls.append(step.call)
    return _Build(numbers_of(old_call(site)), tuple(calls))


def _trials(change: Change) -> Iterator[_Build]:
    """The layer with one of its numbers changed, and what it becomes then."""
    site = change.site
    for changed in _imagined(site):
        replacement = change.replacement
        options = {
            name: value(changed) if callable(value) else value
            for name, value in replacement.options.items()
        }
        try:
            name, fields = changed.become(replacement.new, inner=change.inner, **options)
            stages = stages_for(find(name), fields, changed.ins)
            yield _build(changed, stages, name)
        except LayerError:
            continue


def _imagined(site: Site) -> Iterator[Site]:
    """The layer with other numbers, each changed alone, and with all channels."""
    n, sizes = site.n, site.ins[0][1:]
    wide = tuple(64 * size for size in sizes)
    numbers = numbers_of(old_call(site))
    dims = len(sizes)
    fields: dict[str, Any] = {
        "m": site.m,
        "k": numbers["kernel_size"],
        "stride": numbers["stride"],
        "padding": tuple((each, each) for each in numbers["padding"]),
        "dilation": numbers["dilation"],
        "bias": numbers["bias"],
        "groups": numbers["groups"],
    }
    known = find(site.layer.kind).fields
    fields = {name: value for name, value in fields.items() if name in known}
    fields = {**site.fields, **fields}
    more = tuple(1 + axis for axis in range(dims))
    trials: list[tuple[int, dict[str, Any]]] = [
        (2 * n, {}),
        (n, {"m": 3 * site.m}),
        (2 * n, {"m": 6 * site.m}),
        (4 * n, {"m": 2 * site.m}),
        (2 * n, {"m": 2 * site.m, "groups": 2 * numbers["groups"]}),
        (n, {"bias": not numbers["bias"]}),
    ]
    for name in ("k", "stride", "padding", "dilation"):
        if name not in fields:
            continue
        now = numbers["kernel_size" if name == "k" else name]
        then = tuple(value + 2 * step for value, step in zip(now, more, strict=True))
        trials.append(
            (n, {name: tuple((each, each) for each in then) if name == "padding" else then})
        )
    for channels, other in trials:
        if not other.keys() <= known.keys():
            continue
        mixed = {**fields, **other}
        ins = ((channels, *wide),)
        try:
            stages = stages_for(find(site.layer.kind), mixed, ins)
            out = stage_costs(stages, ins)[-1].out
        except LayerError:
            continue
        layer = site.layer._replace(fields=tuple(mixed.items()), stages=stages)
        yield site._replace(layer=layer, ins=ins, out=out)


def _followed(
    here: Sequence[Slot], there: Sequence[Slot], real: Sequence[_Build], tried: Sequence[_Build]
) -> Follows:
    """What the number in a slot follows, in the layers that are and in those that were tried."""
    values = [slot.value for slot in (*here, *there)]
    numbers = [build.numbers for build in (*real, *tried)]
    if found := _rule(here[0].role, values, numbers):
        return found
    if all(slot.value == here[0].value for slot in here):
        return Fixed(here[0].value)
    raise LayerError(
        f"its {here[0].role} channels are no plain share of those of the call"
        if here[0].role in ("in", "out")
        else f"its {here[0].role.replace('_', ' ')} follows nothing in the call"
    )


def _rule(role: str, values: Sequence[Any], numbers: Sequence[Mapping[str, Any]]) -> Follows | None:
    same = [each.get(role) for each in numbers]
    if values == same:
        return Share(role)
    if role not in _CHANNELS:
        if all(value == values[0] for value in values):
            return Fixed(values[0])
        return _by_axis(role, values, same)
    for other in _CHANNELS:
        if values == [each[other] for each in numbers]:
            return Share(other)
    if all(value == values[0] for value in values):
        return Fixed(values[0])
    for other in ("in", "out"):
        given = [each[other] for each in numbers]
        for share in _shares(other, values, given):
            if values == [share.of(each) for each in given]:
                return share
    return None


def _shares(role: str, values: Sequence[int], given: Sequence[int]) -> Iterator[Share]:
    for floored in (False, True):
        for up, down in dict.fromkeys(zip(values, given, strict=True)):
            shared = gcd(up, down)
            yield Share(role, up // shared, down // shared, floored)


def _by_axis(role: str, values: Sequence[Any], same: Sequence[Any]) -> Axes | None:
    if not all(isinstance(each, tuple) for each in (*values, *same)):
        return None
    parts: list[int | None] = []
    for axis, value in enumerate(values[0]):
        if all(each[axis] == old[axis] for each, old in zip(values, same, strict=True)):
            parts.append(None)
        elif all(each[axis] == value for each in values):
            parts.append(value)
        else:
            return None
    return Axes(role, tuple(parts))
