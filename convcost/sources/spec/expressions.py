"""`${...}` in the text of a spec: plain arithmetic on named numbers, and nothing else.

An expression is Python syntax cut down to numbers, names, text to compare with, the operators of
`arithmetic.OPERATORS`, `and`, `or`, `a if c else b` and the functions of `arithmetic.FUNCTIONS`.
Whatever else it says is refused before anything is evaluated. One on shapes may also take numbers
and parts out of them, `x[0]` and `x[1:]`, and has the functions of `arithmetic.ON_SHAPES`.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from convcost.errors import SpecError
from convcost.frozen import Frozen
from convcost.ops.base import MAX_DIGITS, Shape
from convcost.sources.spec.arithmetic import FUNCTIONS, ON_SHAPES, OPERATORS, bounded
from convcost.sources.spec.names import LOST, LostError
from convcost.spelling import did_you_mean
from convcost.text import quote

if TYPE_CHECKING:
    from simpleeval import SimpleEval

Value = int | float | bool | str
Shapes = tuple[Shape, ...]

MAX_TEXT = 10_000
MAX_EXPRESSION = 1_000
MAX_DEPTH = 50

_HINT = (
    "there are numbers, names, + - * / // % **, comparisons, and, or, not, if-else{} and the "
    "functions {}"
)
_INDEX_HINT = "x[0] is the first, x[-1] the last, x[1:] all but the first, prod(x) one number"
_NOT_ALLOWED: dict[type[ast.AST], str] = {
    ast.Attribute: "a dot after a value",
    ast.Subscript: "an index in [ ]",
}
_ALLOWED = frozenset(
    [
        *(ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.keyword),
        *(ast.Name, ast.Load, ast.Constant, ast.And, ast.Or, *OPERATORS),
    ]
)
_ALLOWED_ON_SHAPES = _ALLOWED | {ast.Subscript, ast.Slice}


class _Expression(Frozen):
    """An expression that may be evaluated: its text, its syntax tree, the names it needs."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]


def has_expression(text: str) -> bool:
    """Whether `text` needs `evaluate_text`: there is a `${` in it, be it an escaped one."""
    return "${" in text


def weight(value: object) -> int:
    """About how many microseconds plain data takes to evaluate."""
    if isinstance(value, (dict, list)):
        return sum(map(weight, value.values() if isinstance(value, dict) else value))
    return (
        8 * value.count("${") + len(value) // 2 if isinstance(value, str) and "${" in value else 1
    )


def names_in(text: str) -> tuple[str, ...]:
    """The names that the expressions in `text` need; SpecError as for `evaluate_text`."""
    if not has_expression(text):
        return ()
    return tuple(name for part in _parts(text) if not isinstance(part, str) for name in part.names)


def evaluate_text(text: str, names: Mapping[str, Value]) -> Value:
    """`text` with its expressions evaluated, given what `names` stand for.

    A text that is one `${...}` and nothing else gives the value itself, of its own type. Any other
    gives text with the values put in: `${w}x${h}` becomes `224x224`, a truth value `true` or
    `false`. `$${` stands for `${` itself. An expression ends at the first `}`.

    SpecError, without a place, for an expression that cannot be read, asks for what is not allowed
    or not defined, or goes beyond the limits of this module or of `arithmetic`; LostError for one
    that needs a name that is LOST.
    """
    if not has_expression(text):
        return text
    parts = _parts(text)
    values = [part if isinstance(part, str) else _evaluated(part, names) for part in parts]
    if len(values) == 1:
        return values[0]
    joined = "".join(map(_written, values))
    if len(joined) > MAX_TEXT:
        raise SpecError(f'"{quote(text)}" comes out longer than {MAX_TEXT:,} characters')
    return joined


def evaluate_sizes(text: str, names: Mapping[str, Value]) -> Value | list[Value]:
    """The sizes of `3x${size}x${size}` as numbers, where there are such; else as `evaluate_text`.

    A sweep follows numbers, where a text would have to be another for each of them.
    """
    parts = _parts(text)
    pieces = "".join(part if isinstance(part, str) else "?" for part in parts).split("x")
    if all(piece == "?" or (piece.isascii() and piece.isdigit()) for piece in pieces):
        values = iter([_evaluated(part, names) for part in parts if not isinstance(part, str)])
        sizes = [next(values) if piece == "?" else int(piece[: MAX_DIGITS + 1]) for piece in pieces]
        if len(sizes) > 1 and all(map(_is_size, sizes)):
            return sizes
    return evaluate_text(text, names)


def _is_size(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value < 10**MAX_DIGITS


def evaluate_on_shapes(text: str, names: Mapping[str, Shapes]) -> object:
    """What a text that is one `${...}` and nothing else comes to, where names stand for shapes; any
    other text as it is. SpecError as for `evaluate_text`."""
    first, *others = _parts(text, True) or (text,)
    if others or isinstance(first, str):
        return text
    return _evaluated(first, names, True)


def names_on_shapes(text: str) -> tuple[str, ...]:
    """The names that an expression on shapes needs; SpecError for one that cannot be read."""
    parts = _parts(text, True)
    return tuple(name for part in parts if not isinstance(part, str) for name in part.names)


def _written(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _evaluated(
    expression: _Expression, names: Mapping[str, Value] | Mapping[str, Shapes], shapes: bool = False
) -> Value:
    try:
        evaluator = _evaluator(shapes)
        evaluator.names = found = {name: _named(name, names) for name in expression.names}
        if LOST in found.values():
            raise LostError(expression.text)
        value: Value = evaluator.eval(expression.text, previously_parsed=expression.tree)
    except LostError:
        raise
    except SpecError as error:
        raise _in_expression(expression.text, error) from None
    except (IndexError, TypeError, ValueError):
        if not shapes:
            raise
        wrong = SpecError("there is no such number or shape", hint=_INDEX_HINT)
        raise _in_expression(expression.text, wrong) from None
    return value


@cache
def _evaluator(shapes: bool) -> SimpleEval:
    """One for all expressions, since making one takes longer than what it does."""
    from simpleeval import SimpleEval  # here, because most specs have no expressions

    return SimpleEval(operators=OPERATORS, functions=_functions(shapes))


def _hint(shapes: bool) -> str:
    return _HINT.format(", x[0], x[1:]" if shapes else "", ", ".join(_functions(shapes)))


def _functions(shapes: bool) -> Mapping[str, Callable[..., Any]]:
    return ON_SHAPES if shapes else FUNCTIONS


def _named(name: str, names: Mapping[str, Value] | Mapping[str, Shapes]) -> Value | Shapes:
    if name not in names:
        meant = did_you_mean(name, chain(names, ("True", "False")))
        first = ", ".join(map(quote, islice(names, 10)))
        defined = f"defined here: {first}" if first else ""
        raise SpecError(f'"{quote(name)}" is not defined', hint=meant or defined)
    value = names[name]
    return value if value is LOST else bounded(value)


def _in_expression(text: str, error: SpecError) -> SpecError:
    return SpecError(*error.at(None, f"in ${{{quote(text)}}}: "))


# A layer that is repeated says the same texts over and over: all that a spec may have are kept.
@lru_cache(maxsize=2**14)
def _parts(text: str, shapes: bool = False) -> tuple[str | _Expression, ...]:
    """The literal pieces and the expressions of `text`, in order."""
    if len(text) > MAX_TEXT:
        raise SpecError(f'"{quote(text)}" is longer than {MAX_TEXT:,} characters')
    parts: list[str | _Expression] = []
    rest = text
    while rest:
        literal, mark, rest = rest.partition("${")
        if mark and literal.endswith("$"):
            parts.append(literal + "{")
            continue
        if literal:
            parts.append(literal)
        if mark:
            inside, end, rest = rest.partition("}")
            if not end:
                raise SpecError(f'"{quote(mark + inside)}" has no closing }}')
            parts.append(_expression(inside, shapes))
    return tuple(parts)


def _expression(text: str, shapes: bool) -> _Expression:
    try:
        tree = _syntax_tree(text, shapes)
        return _Expression(text, tree, tuple(sorted(_names(tree, shapes))))
    except SpecError as error:
        raise _in_expression(text, error) from None


def _syntax_tree(text: str, shapes: bool) -> ast.expr:
    if len(text) > MAX_EXPRESSION:
        raise SpecError(f"longer than {MAX_EXPRESSION:,} characters")
    try:
        with warnings.catch_warnings():
            # What Python warns of in an expression, such as `1if 2else 3`, no spec should say.
            warnings.simplefilter("error")
            return ast.parse(text.replace("\n", " ").strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise SpecError("this cannot be read as an expression", hint=_hint(shapes)) from None


def _names(tree: ast.expr, shapes: bool) -> set[str]:
    """The names that `tree` needs a value for. SpecError for anything in it that is not allowed."""
    names: set[str] = set()
    waiting: list[tuple[ast.AST, int]] = [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise SpecError(f"nested more than {MAX_DEPTH} deep")
        _check(node, shapes)
        parts: list[ast.AST] = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Call):
            parts.remove(node.func)
        waiting.extend((part, depth + 1) for part in parts)
    return names


def _check(node: ast.AST, shapes: bool) -> None:
    allowed, functions = _ALLOWED_ON_SHAPES if shapes else _ALLOWED, _functions(shapes)
    if type(node) not in allowed or (isinstance(node, ast.keyword) and node.arg is None):
        what = _NOT_ALLOWED.get(type(node), type(node).__name__)
        raise SpecError(f"{what} is not allowed", hint=_hint(shapes))
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, int | float | str):
            raise SpecError(f"{node.value!r} is not allowed", hint=_hint(shapes))
        bounded(node.value)
    if isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name):
            raise SpecError("only a function can be called", hint=_hint(shapes))
        if node.func.id not in functions:
            meant = did_you_mean(node.func.id, functions)
            raise SpecError(
                f'there is no function "{quote(node.func.id)}"', hint=meant or _hint(shapes)
            )
