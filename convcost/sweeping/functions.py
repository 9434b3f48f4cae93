"""The operations of traces as functions of arrays, which give what Python's own give.

Whole numbers are int64 where they surely fit, and Python's integers, as objects, where not. What
NumPy would round, wrap or work out in another way is done by Python, value by value.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from convcost.sources.spec.arithmetic import MAX_INTEGER, power
from convcost.sweeping.bounds import Bounds
from convcost.sweeping.tracing import Node

Form = Literal["int", "float", "bool", "object"]
"""What an array of a node holds."""

_EXACT = 2**53
"""Up to here a float holds every whole number."""
_LARGE = 2**63
_COMPARES = ("lt", "le", "gt", "ge", "eq", "ne")
_WHOLE = ("trunc", "floor", "ceil", "round")
_PYTHON: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "floordiv")},
    **{name: getattr(operator, name) for name in ("mod", "neg", "abs", *_COMPARES)},
    "trunc": math.trunc,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": round,
}
_NUMPY = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
    "neg": "negative",
    "abs": "absolute",
    "trunc": "trunc",
    "floor": "floor",
    "ceil": "ceil",
    "round": "rint",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "eq": "equal",
    "ne": "not_equal",
}

Operand = tuple[Form, Bounds]


def form_of(kind: type, bounds: Bounds) -> Form:
    """How numbers of a type within these bounds are held."""
    if kind is bool:
        return "bool"
    if kind is float:
        return "float"
    return "int" if bounds[0] >= -_LARGE and bounds[1] < _LARGE else "object"


def function_of(
    node: Node, operands: Sequence[Operand], bounds: Bounds
) -> tuple[Form, Callable[..., Any]]:
    """The function of arrays for a node, and what it gives."""
    form = form_of(node.kind, bounds)
    forms = [each for each, _ in operands]
    if form == "object" or "object" in forms or not _is_exact(node, form, operands):
        return _by_python(node, form)
    return form, _by_numpy(node, forms)


def _is_exact(node: Node, form: Form, operands: Sequence[Operand]) -> bool:
    """Whether NumPy gives what Python does."""
    wholes = [bounds for form, bounds in operands if form != "float"]
    are_small = all(low >= -_EXACT and high <= _EXACT for low, high in wholes)
    match node.op:
        case "pow" | "floordiv" | "mod":
            return form == "int" and (node.op != "pow" or operands[1][1][0] >= 0)
        case "truediv":
            return len(wholes) < 2 or are_small
        case op if op in _COMPARES:
            return len(wholes) != 1 or are_small
    return True


def _by_numpy(node: Node, forms: Sequence[Form]) -> Callable[..., Any]:
    import numpy as np

    function: Callable[..., Any] = getattr(np, _NUMPY[node.op])
    if node.op == "pow":  # below 0 are only rows that no guard holds for
        return lambda value, exponent: function(value, np.maximum(exponent, 0))
    if node.op in _WHOLE:
        return lambda value: function(value).astype(np.int64)
    if "bool" in forms and node.op not in _COMPARES:
        return lambda *values: function(*map(_as_number, values))
    return function


def _power(base: float, exponent: float) -> Any:
    """Rows that no guard holds for are worked out as well, and might come to any length."""
    if isinstance(base, int) and abs(base) > MAX_INTEGER:
        raise OverflowError
    return power(base, exponent)


def _as_number(value: Any) -> Any:
    import numpy as np

    is_bool = isinstance(value, bool) or getattr(value, "dtype", None) == np.bool_
    return value * 1 if is_bool else value


def _by_python(node: Node, form: Form) -> tuple[Form, Callable[..., Any]]:
    """The same value by value; what fails there is None, which no guard holds for."""
    import numpy as np

    function = _power if node.op == "pow" else _PYTHON[node.op]

    def one(*values: Any) -> Any:
        try:
            found = function(*values)
        except (ArithmeticError, TypeError, ValueError):
            return None
        return None if isinstance(found, complex) else found

    each = np.frompyfunc(one, len(node.args), 1)
    if form == "float":
        return "float", lambda *values: each(*values).astype(np.float64)
    return "object", each
