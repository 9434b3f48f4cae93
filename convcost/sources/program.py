"""Python files of the user's own, and the constructor calls in them."""

from __future__ import annotations

import ast
import io
import os
import re
import tokenize
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from convcost.errors import Place, UsageError
from convcost.text import quote

_LINE = re.compile(r".*?(?:\r\n|\r|\n)|.+", re.DOTALL)
_USUAL_WIDTH, _LARGEST_WIDTH = 88, 120
_FOREIGN = ("site-packages", "dist-packages")
_REPEATABLE = (
    *(ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.BinOp, ast.UnaryOp, ast.IfExp),
    *(ast.Compare, ast.BoolOp, ast.Tuple, ast.List, ast.operator, ast.unaryop, ast.cmpop),
    *(ast.boolop, ast.expr_context),
)
_REPEATABLE_CALLS = ("int", "max", "min", "round", "len", "abs", "bool")


class Expression(NamedTuple):
    """A part of a program: its text, from offset `start` to `end`, and its tree."""

    text: str
    start: int
    end: int
    tree: ast.expr

    @property
    def is_repeatable(self) -> bool:
        """Whether it surely gives the same again, and does nothing else."""
        for each in ast.walk(self.tree):
            if isinstance(each, ast.Call):
                if each.keywords or getattr(each.func, "id", "") not in _REPEATABLE_CALLS:
                    return False
            elif not isinstance(each, _REPEATABLE):
                return False
        return True

    @property
    def is_literal(self) -> bool:
        """Whether it is a number, a text, a flag, or a tuple of such."""
        try:
            ast.literal_eval(self.tree)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return False
        return True


class ConstructorCall(NamedTuple):
    """A call as it is written; `named` are its arguments by keyword, `unpacked` what stands behind
    `**`, `starred` whether anything does behind `*`, and `comments` those between its arguments."""

    whole: Expression
    callee: Expression
    positional: tuple[Expression, ...]
    named: Mapping[str, Expression]
    unpacked: tuple[Expression, ...]
    starred: bool
    comments: tuple[str, ...]

    @property
    def arguments(self) -> tuple[Expression, ...]:
        """All of them, as they stand."""
        return (*self.positional, *self.named.values(), *self.unpacked)


class Program:
    """The text of a Python file; `path` is how the user sees it from the folder that it is in."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._lines: list[str] = _LINE.findall(text)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    @cached_property
    def tree(self) -> ast.Module:
        """The program, parsed; UsageError if it is none any more."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError) as error:
            message = f"this is no Python: {error}"
            raise UsageError(message, place=Place(self.path)) from None

    def call_at(self, line: int, end_line: int, end_col: int) -> ConstructorCall | None:
        """The call on these lines that ends there, `end_col` in bytes; None if there is none."""
        for each in self._calls.get((end_line, end_col), ()):
            if each.lineno <= line:
                return self._call(each)
        return None

    @cached_property
    def _calls(self) -> dict[tuple[int | None, int | None], list[ast.Call]]:
        found: dict[tuple[int | None, int | None], list[ast.Call]] = {}
        for each in ast.walk(self.tree):
            if isinstance(each, ast.Call):
                found.setdefault((each.end_lineno, each.end_col_offset), []).append(each)
        return found

    def _call(self, call: ast.Call) -> ConstructorCall:
        whole = self._expression(call)
        named = {each.arg: self._expression(each.value) for each in call.keywords if each.arg}
        return ConstructorCall(
            whole,
            self._expression(call.func),
            tuple(map(self._expression, call.args)),
            named,
            tuple(self._expression(each.value) for each in call.keywords if not each.arg),
            any(isinstance(each, ast.Starred) for each in call.args),
            tuple(self._comments(whole)),
        )

    def _expression(self, tree: ast.expr) -> Expression:
        start = self._offset(tree.lineno, tree.col_offset)
        end = self._offset(tree.end_lineno or tree.lineno, tree.end_col_offset or 0)
        return Expression(self.text[start:end], start, end, tree)

    def _offset(self, line: int, column: int) -> int:
        """In characters, of a line from 1 and a column in bytes."""
        before = self._lines[line - 1].encode()[:column]
        return self._starts[line - 1] + len(before.decode())

    def _comments(self, whole: Expression) -> Iterator[str]:
        # In parentheses of its own a call is a program, wherever it stands.
        for each in tokenize.generate_tokens(io.StringIO(f"({whole.text}\n)").readline):
            if each.type == tokenize.COMMENT:
                yield each.string

    def start_of_line(self, line: int) -> int:
        """The offset of a line, or of the end behind the last."""
        return self._starts[min(line, len(self._starts)) - 1]

    def place(self, line: int) -> Place:
        """Where that line stands."""
        is_there = 0 < line <= len(self._lines)
        return Place(self.path, line, source=self._lines[line - 1].rstrip() if is_there else "")

    def indentation(self, offset: int) -> str:
        """The white space in front of the line that `offset` stands in."""
        start = self.text.rfind("\n", 0, offset) + 1
        line = self.text[start:offset]
        return line[: len(line) - len(line.lstrip())]

    @property
    def newline(self) -> str:
        """How it ends its lines."""
        return "\r\n" if self._lines and self._lines[0].endswith("\r\n") else "\n"

    @property
    def width(self) -> int:
        """How many columns its lines may take, as far as can be seen."""
        return max(_USUAL_WIDTH, min(_LARGEST_WIDTH, max(map(len, self._lines), default=0)))

    @cached_property
    def step(self) -> str:
        """By how much it indents."""
        for each in ast.walk(self.tree):
            if isinstance(each, ast.FunctionDef | ast.ClassDef) and each.col_offset == 0:
                text = self._lines[each.body[0].lineno - 1][: each.body[0].col_offset]
                if text and not text.strip():
                    return text
        return "    "


def read_program(file: str, folder: str) -> Program:
    """The program in `file`; UsageError if it is not one of the user's own, below `folder`, or
    cannot be read."""
    path = os.path.realpath(file)
    below = os.path.realpath(folder)
    if not os.path.isfile(path):
        raise UsageError(f"{quote(file, 4096)} is no file, so that its code cannot be changed")
    inside = path.removeprefix(os.path.join(below, ""))
    if inside == path or any(part in _FOREIGN for part in inside.split(os.sep)):
        message = "this is not code of yours, which lies below the current folder"
        raise UsageError(message, place=Place(path))
    try:
        with open(path, "rb") as raw:
            encoding = tokenize.detect_encoding(raw.readline)[0]
        if encoding != "utf-8":
            raise UsageError(f"it is written in {encoding}, not UTF-8", place=Place(inside))
        with open(path, encoding="utf-8", newline="") as file_read:
            return Program(inside.replace(os.sep, "/"), file_read.read())
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise UsageError(f"it cannot be read: {error}", place=Place(inside)) from None
