"""LaTeX, for homework and papers: tables with the rules of booktabs, and the words around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convcost.views.latex import Latex
from convcost.views.page import Table, written
from convcost.views.screen import PLAIN, Screen
from convcost.views.sheet import Result, Strong

_LINE, _BREAK = Latex.of("\n"), Latex.of("\\\\\n")
_NEEDS = Latex.of("% \\usepackage{{booktabs}}")


def render(result: Result, screen: Screen = PLAIN) -> Latex:
    """What people read of the result; nothing if there is nothing to say."""
    found = written(result, _Writer())
    return Latex.of("{}\n", Latex.of("\n\n").join([_NEEDS, *found])) if found else Latex()


class _Writer:
    def heading(self, title: str, detail: str, below: str) -> Iterable[Latex]:
        behind = _BREAK.join([detail, *[_strong(below)] * bool(below)])
        return [Latex.of("\\paragraph{{{}}} {}", title, behind)]

    def paragraph(self, lines: Sequence[str], breaks: bool) -> Latex:
        return (_BREAK if breaks else Latex.of(" ")).join(lines)

    def bold(self, text: str) -> Latex:
        return _strong(text)

    def bullets(self, items: Sequence[str]) -> Latex:
        told = _LINE.join(Latex.of("\\item {}", each) for each in items)
        return Latex.of("\\begin{{itemize}}\n{}\n\\end{{itemize}}", told)

    def labelled(self, pairs: Sequence[tuple[str, str]]) -> Latex:
        told = _LINE.join(Latex.of("\\item[{{{}}}] {}", *pair) for pair in pairs)
        return Latex.of("\\begin{{description}}\n{}\n\\end{{description}}", told)

    def table(self, told: Table) -> Latex:
        sides = Latex().join(Latex.of("r") if right else Latex.of("l") for right in told.right)
        lines = _LINE.join(_lines(told))
        return Latex.of("\\begin{{tabular}}{{{}}}\n{}\n\\end{{tabular}}", sides, lines)

    def folded(self, summary: str, blocks: Sequence[Latex]) -> Iterable[Latex]:
        return [Latex(summary), *blocks]


def _lines(told: Table) -> Iterator[Latex]:
    yield Latex.of("\\toprule")
    yield _row(told.titles)
    yield Latex.of("\\midrule")
    yield from map(_row, told.rows)
    if told.total:
        yield Latex.of("\\midrule")
        yield _row([Strong(text) for text in told.total])
    yield Latex.of("\\bottomrule")


def _row(row: Sequence[str]) -> Latex:
    cells = (_strong(text) if text and isinstance(text, Strong) else text for text in row)
    return Latex.of("{} \\\\", Latex.of(" & ").join(cells))


def _strong(text: str) -> Latex:
    return Latex.of("\\textbf{{{}}}", text)
