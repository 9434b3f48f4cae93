"""Numbers that note what is done with them, so that it can be done again on arrays.

A `Traced` number passes for an int, a float or a bool. Arithmetic on it adds nodes to its `Trace`;
what needs to know its value (a branch, an index, a text) gets the value, and a guard is noted: the
trace holds for other values as long as all guards do. It is no subclass of int on purpose: what is
written in C would read that without a word, and asks this for `__index__`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, NamedTuple

_serial = count()


class Node(NamedTuple):
    """A step of a trace: the name of an operation and the numbers of the nodes that it takes.

    A `var` has its name, a `const` its value, in place of these.
    """

    op: str
    args: tuple[Any, ...]
    kind: type


class Guard(NamedTuple):
    """A truth value that has to come out as it did, noted when there were so many nodes."""

    node: int
    truth: bool
    after: int


class Trace:
    """What was done with some numbers, step by step, and what it relied on."""

    def __init__(self) -> None:
        self.serial = next(_serial)
        self.nodes: list[Node] = []
        self.guards: list[Guard] = []
        self._known: dict[tuple[object, ...], int] = {}
        self._guarded: set[int] = set()

    def var(self, name: str, value: float) -> Any:
        """A number that is called so, of which this is one value."""
        return Traced(self, self.add("var", (name,), type(value)), value)

    def add(self, op: str, args: tuple[Any, ...], kind: type) -> int:
        """The number of that node, which is a new one if there is none like it."""
        key = (op, kind, *args, *map(type, args))
        if key not in self._known:
            self._known[key] = len(self.nodes)
            self.nodes.append(Node(op, args, kind))
        return self._known[key]

    def node_of(self, value: Any) -> int:
        """The node of a number, be it traced or not."""
        if is_traced(value):
            found: int = value.node
            return found
        return self.add("const", (value,), type(value))

    def forget(self) -> None:
        """Let go of all steps: what remembers a number of it keeps no more than that."""
        self.nodes, self.guards, self._known = [], [], {}

    def guard(self, node: int, truth: bool) -> None:
        """Note that the trace relies on it."""
        if node not in self._guarded:
            self._guarded.add(node)
            self.guards.append(Guard(node, truth, len(self.nodes)))


def is_traced(value: Any) -> bool:
    """Whether a number is a traced one, which it does not say by its class."""
    return type(value) is Traced


def value_of(value: Any) -> Any:
    """The value itself of a number that may be traced, without a guard."""
    return value.value if is_traced(value) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _fixed(name: str) -> Callable[..., Any]:
    """A method that needs the value."""

    def method(self: Traced, *args: Any) -> Any:
        return getattr(self.fix(), name)(*map(_fix, args))

    return method


def _fix(value: Any) -> Any:
    return value.fix() if is_traced(value) else value


def _unary(op: str, function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def method(self: Traced) -> Any:
        value = function(self.value)
        if op not in {"neg", "abs"} and isinstance(self.value, int):
            return self  # whole as it is
        return Traced(self.trace, self.trace.add(op, (self.node,), type(value)), value)

    return method


def _binary(op: str, function: Callable[[Any, Any], Any], is_reflected: bool) -> Any:
    divides = op in ("floordiv", "mod", "truediv")

    def method(self: Traced, other: Any) -> Any:
        if not _is_number(other):
            self.fix()
            return NotImplemented
        left, right = (other, self) if is_reflected else (self, other)
        if divides or (op == "pow" and right < 0):
            bool(right if divides else left)
        try:
            value = function(value_of(left), value_of(right))
        except ArithmeticError as error:
            if not isinstance(error, ZeroDivisionError):
                _fix(left), _fix(right)
            raise
        if type(value) not in (int, float):
            return function(_fix(left), _fix(right))
        if (same := _unchanged(op, left, right)) is not None:
            return same
        trace = self.trace
        node = trace.add(op, (trace.node_of(left), trace.node_of(right)), type(value))
        return Traced(trace, node, value)

    return method


def _unchanged(op: str, left: Any, right: Any) -> Any:
    """The traced integer that times 1 or plus 0 leaves as it is."""
    neutral = {"mul": 1, "add": 0}.get(op)
    for one, other in ((left, right), (right, left)):
        if type(one) is int and one == neutral and type(value_of(other)) is int:
            return other
    return None


def _comparison(op: str, function: Callable[[Any, Any], bool]) -> Any:
    def method(self: Traced, other: Any) -> Any:
        if not _is_number(other):
            return {"eq": False, "ne": True}.get(op, NotImplemented)
        if is_traced(other) and other.trace is not self.trace:
            return op == "ne"
        truth = function(self.value, value_of(other))
        trace = self.trace
        right = trace.node_of(other)
        if right == self.node:
            return truth
        return Traced(trace, trace.add(op, (self.node, right), bool), truth)

    return method


class Traced:
    """A number of a trace, with the value that it has there."""

    __slots__ = ("node", "trace", "value")

    def __init__(self, trace: Trace, node: int, value: Any) -> None:
        self.trace = trace
        self.node = node
        self.value = value

    def fix(self) -> Any:
        """Its value, which the trace relies on from now on."""
        if isinstance(self.value, bool):
            self.trace.guard(self.node, self.value)
        else:
            const = self.trace.add("const", (self.value,), type(self.value))
            self.trace.guard(self.trace.add("eq", (self.node, const), bool), True)
        return self.value

    @property
    def __class__(self) -> Any:
        return type(self.value)

    @__class__.setter
    def __class__(self, value: Any) -> None:
        raise TypeError("a traced number stays one")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.fix(), name)

    def __hash__(self) -> int:
        """Equal by what it was made of, for which no value needs to be known."""
        return hash((self.trace.serial, self.node))

    def __bool__(self) -> bool:
        if not isinstance(self.value, bool):
            return bool(self != 0)
        self.trace.guard(self.node, self.value)
        return self.value

    def __round__(self, digits: int | None = None) -> Any:
        return _rounded(self) if digits is None else round(self.fix(), digits)

    def __pos__(self) -> Any:
        return self

    __add__, __radd__ = _binary("add", operator.add, False), _binary("add", operator.add, True)
    __sub__, __rsub__ = _binary("sub", operator.sub, False), _binary("sub", operator.sub, True)
    __mul__, __rmul__ = _binary("mul", operator.mul, False), _binary("mul", operator.mul, True)
    __truediv__ = _binary("truediv", operator.truediv, False)
    __rtruediv__ = _binary("truediv", operator.truediv, True)
    __floordiv__ = _binary("floordiv", operator.floordiv, False)
    __rfloordiv__ = _binary("floordiv", operator.floordiv, True)
    __mod__, __rmod__ = _binary("mod", operator.mod, False), _binary("mod", operator.mod, True)
    __pow__, __rpow__ = _binary("pow", operator.pow, False), _binary("pow", operator.pow, True)
    __lt__, __le__ = _comparison("lt", operator.lt), _comparison("le", operator.le)
    __gt__, __ge__ = _comparison("gt", operator.gt), _comparison("ge", operator.ge)
    __eq__, __ne__ = _comparison("eq", operator.eq), _comparison("ne", operator.ne)
    __neg__, __abs__ = _unary("neg", operator.neg), _unary("abs", operator.abs)
    __trunc__, __floor__ = _unary("trunc", math.trunc), _unary("floor", math.floor)
    __ceil__ = _unary("ceil", math.ceil)
    __int__, __index__, __float__ = _fixed("__int__"), _fixed("__index__"), _fixed("__float__")
    __complex__, __str__, __repr__ = _fixed("__complex__"), _fixed("__str__"), _fixed("__repr__")
    __format__, __divmod__ = _fixed("__format__"), _fixed("__divmod__")
    __rdivmod__, __and__, __rand__ = _fixed("__rdivmod__"), _fixed("__and__"), _fixed("__rand__")
    __or__, __ror__, __xor__ = _fixed("__or__"), _fixed("__ror__"), _fixed("__xor__")
    __rxor__, __lshift__ = _fixed("__rxor__"), _fixed("__lshift__")
    __rlshift__, __rshift__ = _fixed("__rlshift__"), _fixed("__rshift__")
    __rrshift__, __invert__ = _fixed("__rrshift__"), _fixed("__invert__")


_rounded = _unary("round", round)


def traced(values: Mapping[str, Any], names: frozenset[str]) -> tuple[Trace, dict[str, Any]]:
    """A trace, and the values with those of `names` traced in it."""
    trace = Trace()
    return trace, {
        name: trace.var(name, value) if name in names else value for name, value in values.items()
    }
