"""A rewrite as a change to the user's own source: a unified diff."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from difflib import unified_diff

from convcost.cost import Report
from convcost.emit.patch.calls import Made, calls_behind, written
from convcost.errors import Place, Problem, UsageError, collected
from convcost.rewriting import Rewrite
from convcost.sources.code import Watched
from convcost.sources.imports.pytorch.again import Totals, totals_with
from convcost.sources.program import Expression, Program, read_program
from convcost.text import listed

_NO_END = "\\ No newline at end of file"


def patch_text(made: Rewrite, inner: bool, source: Watched) -> str:
    """The change to the `source` of a network that makes of it what `made` says, for `git apply`
    and `patch -p1` in the current folder.

    The calls of nn.Conv that made its layers become calls of what takes their place. The changed
    program is read once more, and must come to the same cost. UsageError, with each place, where
    what is to be written is not sure; ConvcostError if the changed program fails.
    """
    if not made.replaced:
        reasons = listed(list(dict.fromkeys(each.reason for each in made.left_alone)))
        raise UsageError(f"no layer was replaced: {reasons}")
    files = _changed(calls_behind(made, inner, source.origins), os.getcwd())
    texts = {file: text for file, (_, text) in files.items()}
    _refuse_other_cost(made.cost_after, totals_with(texts, source.target, source.given))
    return "".join(_diff(program, text) for program, text in files.values())


def _changed(calls: Sequence[Made], folder: str) -> dict[str, tuple[Program, str]]:
    """Each file's program and its new text, by its path; UsageError with all that is not sure."""
    problems: list[Problem] = []
    programs: dict[str, Program] = {}
    edits: dict[str, list[tuple[Expression, str]]] = {}
    imports: dict[str, list[str]] = {}
    for made in calls:
        file = os.path.realpath(made.origin.file)
        with collected(problems):
            if file not in programs:
                programs[file] = _program(made, folder)
            edit = written(made, programs[file], imports.setdefault(file, []))
            edits.setdefault(file, []).append(edit)
    if problems:
        raise UsageError(*problems)
    return {
        file: (programs[file], _applied(programs[file], found, imports[file]))
        for file, found in edits.items()
    }


def _program(made: Made, folder: str) -> Program:
    """The program of a call; UsageError, with the call's line, if it is not the user's own."""
    try:
        return read_program(made.origin.file, folder)
    except UsageError as error:
        (found,) = error.problems
        place = Place(found.place.path if found.place else made.origin.file, made.line)
        message = f"{listed(made.names)}: {found.message}"
        raise UsageError(message, place=place) from None


def _applied(
    program: Program, edits: Sequence[tuple[Expression, str]], imports: Sequence[str]
) -> str:
    text = program.text
    added = "".join(each + program.newline for each in imports)
    at = program.start_of_line(_behind_imports(program.tree) + 1)
    changes = [*((old.start, old.end, new) for old, new in edits), (at, at, added)]
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _behind_imports(tree: ast.Module) -> int:
    """How many lines stand above where one more import fits."""
    at = 0
    for number, each in enumerate(tree.body):
        is_doc = number == 0 and isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)
        if is_doc or isinstance(each, ast.Import | ast.ImportFrom):
            at = each.end_lineno or at
        elif isinstance(each, ast.FunctionDef | ast.ClassDef):
            break
    return at


def _refuse_other_cost(wanted: Report, found: Totals) -> None:
    if found != (wanted.params, wanted.macs, wanted.activations):
        raise UsageError(
            f"the changed program has {found[0]:,} params and {found[1]:,} MACs, not "
            f"{wanted.params:,} and {wanted.macs:,}: it does more with its convolutions than run "
            "them one behind the other"
        )


def _diff(program: Program, text: str) -> str:
    path = f"{program.path}\t" if " " in program.path else program.path
    old, new = (list(_lines(each)) for each in (program.text, text))
    lines = unified_diff(old, new, f"a/{path}", f"b/{path}")
    return "".join(each if each.endswith("\n") else f"{each}\n{_NO_END}\n" for each in lines)


def _lines(text: str) -> Iterator[str]:
    *lines, last = text.split("\n")
    yield from (f"{line}\n" for line in lines)
    if last:
        yield last
