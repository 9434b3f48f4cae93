"""LaTeX, for homework and papers: tables with the rules of booktabs, and the words around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convcost.views.latex import Latex
from convcost.views.page import Table, written
from convcost.views.screen import PLAIN, Screen
from convcost.views.sheet import Nested, Result, Strong
from convcost.views.text import columns
from convcost.views.wrapping import folded

_LINE, _BREAK = Latex.of("\n"), Latex.of("\\\\\n")
_NEEDS = Latex.of("% \\usepackage{{booktabs,longtable}}")
_LONGEST_CELL = 40
_GAP = 2.4
"""Letters between two columns."""
_SIZES = ((68, ""), (76, "small"), (86, "footnotesize"), (98, "scriptsize"))
_LINES_OF_PROSE = 3
_LINES_OF_A_PAGE = 40
_SHARE_OF_PROSE = 0.6
"""What columns of prose have of a line together."""


def render(result: Result, screen: Screen = PLAIN) -> Latex:
    """What people read of the result; nothing if there is nothing to say."""
    found = written(result, _Writer())
    return Latex.of("{}\n", Latex.of("\n\n").join([_NEEDS, *found])) if found else Latex()


class _Writer:
    def heading(self, title: str, detail: str, below: str) -> Iterable[Latex]:
        behind = _BREAK.join([detail, *[_strong(below)] * bool(below)])
        return [Latex.of("\\paragraph{{{}}} {}", title, behind)]

    def paragraph(self, lines: Sequence[str], breaks: bool) -> Latex:
        return Latex.of("\\noindent {}", (_BREAK if breaks else Latex.of(" ")).join(lines))

    def bold(self, text: str) -> Latex:
        return Latex.of("\\noindent {}", _strong(text))

    def bullets(self, items: Sequence[str]) -> Latex:
        told = _LINE.join(Latex.of("\\item {}", each) for each in items)
        return Latex.of("\\begin{{itemize}}\n{}\n\\end{{itemize}}", told)

    def labelled(self, pairs: Sequence[tuple[str, str]]) -> Latex:
        told = _LINE.join(Latex.of("\\item[{{{}}}] {}", *pair) for pair in pairs)
        return Latex.of("\\begin{{description}}\n{}\n\\end{{description}}", told)

    def table(self, told: Table) -> Latex:
        widths = [
            max(map(columns, [*cells, *title.split()]), default=0)
            for title, *cells in zip(told.titles, *told.rows, strict=True)
        ]
        prose = [width > _LONGEST_CELL for width in widths]
        titles = _row(map(_title, told.titles, widths, told.right))
        head = Latex.of("\\toprule\n{}\n\\midrule", titles)
        parts = _sides(prose, told.right), head, _LINE.join(_rows(told))
        if len(told.rows) * (_LINES_OF_PROSE if any(prose) else 1) > _LINES_OF_A_PAGE:
            table = Latex.of(
                "\\begin{{longtable}}{{{}}}\n{}\n\\endhead\n{}\n\\end{{longtable}}", *parts
            )
        else:
            table = Latex.of("\\begin{{tabular}}{{{}}}\n{}\n{}\n\\end{{tabular}}", *parts)
            table = _within("center", table)
        size = _size(sum(widths) + _GAP * len(widths))
        return _within(size, table) if size else table

    def folded(self, summary: str, blocks: Sequence[Latex]) -> Iterable[Latex]:
        return [self.paragraph([summary], False), *blocks]


def _sides(prose: Sequence[bool], right: Sequence[bool]) -> Latex:
    """How columns are set: flush right, flush left, or as prose that is broken into lines."""
    wide = Latex.of("p{{{}\\linewidth}}", f"{_SHARE_OF_PROSE / max(1, sum(prose)):.2f}")
    sides = (Latex.of("r") if flush else Latex.of("l") for flush in right)
    return Latex().join(wide if long else side for long, side in zip(prose, sides, strict=True))


def _within(name: str, text: Latex) -> Latex:
    return Latex.of("\\begin{{{}}}{}\\end{{{}}}", name, text, name)


def _size(width: float) -> str:
    """The largest type in which a line of an article has room for so many letters."""
    return next((name for room, name in _SIZES if width <= room), _SIZES[-1][1])


def _rows(told: Table) -> Iterator[Latex]:
    yield from map(_row, told.rows)
    if told.total:
        yield Latex.of("\\midrule")
        yield _row([Strong(text) for text in told.total])
    yield Latex.of("\\bottomrule")


def _title(text: str, width: int, right: bool) -> Latex:
    """A title in as many lines as make it no wider than what stands below it."""
    words = folded(text, width)
    if len(words) == 1:
        return Latex(text)
    side = Latex.of("r") if right else Latex.of("l")
    return Latex.of("\\shortstack[{}]{{{}}}", side, Latex.of("\\\\").join(words))


def _row(row: Iterable[str]) -> Latex:
    return Latex.of("{} \\\\", Latex.of(" & ").join(map(_cell, row)))


def _cell(text: str) -> str:
    if isinstance(text, Nested) and text.level:
        return Latex.of("\\hspace*{{{}em}}{}", text.level, str(text))
    return _strong(text) if text and isinstance(text, Strong) else text


def _strong(text: str) -> Latex:
    return Latex.of("\\textbf{{{}}}", text)
