"""Within what bounds the steps of a trace lie, given those of its vars; whole numbers exactly."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from itertools import product

from convcost.sweeping.tracing import Guard, Node

Bounds = tuple[float, float]
"""The least and the most, whole numbers as Python's own; bools as 0 and 1."""
ANY: Bounds = (-math.inf, math.inf)
_TRUE, _FALSE, _EITHER = (1, 1), (0, 0), (0, 1)
_OPPOSITE = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}


def bounds_of(
    nodes: Sequence[Node], guards: Sequence[Guard], variables: Mapping[str, Bounds]
) -> list[Bounds]:
    """The bounds of each node for the values that all guards hold for.

    A guard narrows what it compares with a constant, for all nodes behind it.
    """
    found: list[Bounds] = []
    waiting = list(guards)
    for at, node in enumerate(nodes):
        while waiting and waiting[0].after <= at:
            _narrow(nodes, found, waiting.pop(0))
        found.append(bounds_at(node, found, variables))
    return found


def bounds_at(node: Node, found: Sequence[Bounds], variables: Mapping[str, Bounds]) -> Bounds:
    """The bounds of a node, given those of the ones before it."""
    if node.op == "var":
        return variables[node.args[0]]
    if node.op == "const":
        return (node.args[0], node.args[0])
    return _RULES[node.op](*(found[arg] for arg in node.args))


def _corners(function: Callable[[float, float], float]) -> Callable[[Bounds, Bounds], Bounds]:
    """Of what rises or falls in each operand alone."""

    def rule(left: Bounds, right: Bounds) -> Bounds:
        if math.inf in (*map(abs, left), *map(abs, right)):
            return ANY
        try:
            ends = [function(*pair) for pair in product(left, right)]
        except (OverflowError, ZeroDivisionError):
            return ANY
        return (min(ends), max(ends))

    return rule


def _divided(function: Callable[[float, float], float]) -> Callable[[Bounds, Bounds], Bounds]:
    at_corners = _corners(function)

    def rule(left: Bounds, right: Bounds) -> Bounds:
        if right[0] > 0 or right[1] < 0:
            return at_corners(left, right)
        # A guard keeps it from 0, and a whole number is at least 1 away from that.
        if all(isinstance(end, int) for end in (*left, *right)):
            most = max(map(abs, left))
            return (-most, most)
        return ANY

    return rule


def _modulo(left: Bounds, right: Bounds) -> Bounds:
    if right[0] > 0:
        are_whole = all(isinstance(end, int) for end in (*left, *right))
        most = right[1] - 1 if are_whole else right[1]
        return (0, min(most, left[1]) if left[0] >= 0 else most)
    return ANY


def _power(left: Bounds, right: Bounds) -> Bounds:
    if left[0] < 1 or right[0] < 0 or right[1] > 64:
        return ANY
    return _corners(operator.pow)(left, right)


def _whole(function: Callable[[float], int]) -> Callable[[Bounds], Bounds]:
    def rule(value: Bounds) -> Bounds:
        return ANY if math.inf in map(abs, value) else (function(value[0]), function(value[1]))

    return rule


def _absolute(value: Bounds) -> Bounds:
    least = 0 if value[0] <= 0 <= value[1] else min(map(abs, value))
    return (least, max(map(abs, value)))


def _less(left: Bounds, right: Bounds) -> Bounds:
    return _TRUE if left[1] < right[0] else _FALSE if left[0] >= right[1] else _EITHER


def _at_most(left: Bounds, right: Bounds) -> Bounds:
    return _TRUE if left[1] <= right[0] else _FALSE if left[0] > right[1] else _EITHER


def _equal(left: Bounds, right: Bounds) -> Bounds:
    if left[1] < right[0] or left[0] > right[1]:
        return _FALSE
    return _TRUE if left[0] == left[1] == right[0] == right[1] else _EITHER


def _not(value: Bounds) -> Bounds:
    return (1 - value[1], 1 - value[0])


_RULES: Mapping[str, Callable[..., Bounds]] = {
    "add": _corners(operator.add),
    "sub": _corners(operator.sub),
    "mul": _corners(operator.mul),
    "truediv": _divided(operator.truediv),
    "floordiv": _divided(operator.floordiv),
    "mod": _modulo,
    "pow": _power,
    "neg": lambda value: (-value[1], -value[0]),
    "abs": _absolute,
    "trunc": _whole(math.trunc),
    "floor": _whole(math.floor),
    "ceil": _whole(math.ceil),
    "round": _whole(round),
    "lt": _less,
    "le": _at_most,
    "gt": lambda left, right: _less(right, left),
    "ge": lambda left, right: _at_most(right, left),
    "eq": _equal,
    "ne": lambda left, right: _not(_equal(left, right)),
}


def _narrow(nodes: Sequence[Node], found: list[Bounds], guard: Guard) -> None:
    """Bound what a guard compares with a constant."""
    node = nodes[guard.node]
    if len(node.args) != 2 or nodes[node.args[1]].op != "const":
        return
    at, limit = node.args[0], nodes[node.args[1]].args[0]
    is_whole = isinstance(limit, int) and nodes[at].kind is int
    low, high = found[at]
    op = node.op if guard.truth else _OPPOSITE.get(node.op, "")
    if op in ("lt", "le"):
        high = min(high, limit - 1 if op == "lt" and is_whole else limit)
    elif op in ("gt", "ge"):
        low = max(low, limit + 1 if op == "gt" and is_whole else limit)
    elif op == "eq":
        low = high = limit
    if low <= high:
        found[at] = (low, high)
