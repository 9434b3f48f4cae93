"""PyYAML's syntax errors, said in terms of what the user wrote and how to put it right.

The C parser and the pure Python one describe the same mistake in different words, so a mistake
is told by where it stands and what stands there, and by words that the two have in common.
"""

from __future__ import annotations

import yaml

from convcost.errors import Place, Problem
from convcost.sources.yaml.tree import Source
from convcost.text import quote

_KEY_HINT = (
    'a key is followed by ": ", the keys of one mapping start in one column, '
    'and text with ": " in it needs quotes'
)
_ESCAPE_HINT = "single quotes take a backslash as it is; double quotes need two of them"


def syntax_problem(error: yaml.MarkedYAMLError, source: Source) -> Problem:
    """`error`, raised while parsing `source`, as a problem at the place it arose."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem(f"not valid YAML: {error.problem}", Place(source.path))
    place = _place(mark, source)
    line = source.line(place.line)
    before, after = line[: mark.column], line[mark.column :]
    what = error.problem or ""
    context = error.context or ""
    start = _place(error.context_mark, source) if error.context_mark else place

    if "quoted scalar" in context:
        return _in_quotes(place, start, what)
    if "flow" in context:
        return _in_brackets(place, start, before, after)
    if after.startswith("\t") or "tab character" in what:
        return Problem("a tab where only spaces may indent", place, "indent with spaces")
    if "cannot start any token" in what:
        return Problem(f'a value cannot start with "{quote(after[:1])}"', place, "put it in quotes")
    if "mapping values are not allowed" in what or "unexpected ':'" in what:
        return Problem('unexpected ":"', place, _KEY_HINT)
    if "sequence entries are not allowed" in what:
        return Problem('unexpected "-"', place, "each entry of a list starts a line of its own")
    if "alphabetic or numeric character" in what:
        sign = quote(before[-1:])
        return Problem(f'a name is missing behind "{sign}"', place, "put a text value in quotes")
    if "simple key" in context:
        return Problem('expected ": " after this key', start, 'write "key: value"')
    if "document start" in what:
        return Problem(
            f'unexpected "{_word(after)}": the document has ended', place, "one file holds one spec"
        )
    if "block" in context and "scalar" not in context:
        return _in_block(place, start, before, after)
    return Problem(f"not valid YAML: {context} {what}".replace("  ", " "), place)


def _in_quotes(place: Place, start: Place, what: str) -> Problem:
    if "escape" in what or "hex" in what:
        return Problem("unknown escape in a quoted text", place, _ESCAPE_HINT)
    return Problem("this quote is never closed", start, "add the closing quote")


def _in_brackets(place: Place, start: Place, before: str, after: str) -> Problem:
    if before.endswith("$") and after.startswith("{"):
        return Problem(
            "an expression between brackets needs quotes", place, 'write "${...}" with quotes'
        )
    notes = (("opened here", start),) if start != place else ()
    if not after:
        return Problem("a [ or { is not closed", place, "add the missing ] or }, or a comma", notes)
    return Problem(
        f'unexpected "{_word(after)}" between brackets',
        place,
        "a comma or a closing bracket is missing or misplaced before it",
        notes,
    )


def _in_block(place: Place, start: Place, before: str, after: str) -> Problem:
    if after[:1] in ("]", "}"):
        return Problem(f'unexpected "{after[0]}"', place, "no bracket is open here")
    if before.strip() or not after:
        return Problem(f'unexpected "{_word(after)}"', place, "quote the whole of a text value")
    return Problem(
        "this line does not belong to the lines above",
        place,
        "the items of a list and the keys of a mapping start in the same column",
        (("the list or mapping it would continue starts here", start),),
    )


def _word(text: str) -> str:
    words = text[:100].split(None, 1)
    return quote(words[0] if words else text, 20)


def _place(mark: yaml.Mark, source: Source) -> Place:
    line, col = mark.line + 1, mark.column + 1
    return source.place_of((line, col, line, col + 1))
