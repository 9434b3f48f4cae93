"""A fragment of HTML, for a page, a notebook or a mail; it brings no style of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from convcost.views.html import Html
from convcost.views.page import Table, written
from convcost.views.screen import PLAIN, Screen
from convcost.views.sheet import Nested, Result, Strong

_LINE, _BREAK = Html.of("\n"), Html.of("<br>\n")


def render(result: Result, screen: Screen = PLAIN) -> Html:
    """What people read of the result; nothing if there is nothing to say."""
    return fragment(result)


def fragment(result: Result, screen: Screen = PLAIN, writer: Fragments | None = None) -> Html:
    """The result as it is drawn on that screen, whatever stands around it."""
    return _LINE.join([*written(result, writer or Fragments(), screen), ""])


class Fragments:
    """Each block as an element, with the little style that it needs in its attributes."""

    right = Html.of(' style="text-align:right"')
    """What sets a cell flush right."""
    left = Html()
    """What sets another flush left."""

    def deep(self, level: int) -> Html:
        """What indents a cell so many levels."""
        return Html.of(' style="padding-left:{}em"', level)

    def heading(self, title: str, detail: str, below: str) -> Iterable[Html]:
        behind = _BREAK.join([detail, *[_strong(below)] * bool(below)])
        return [Html.of("<h3>{}</h3>\n<p>{}</p>", title, behind)]

    def paragraph(self, lines: Sequence[str], breaks: bool) -> Html:
        return Html.of("<p>{}</p>", (_BREAK if breaks else Html.of(" ")).join(lines))

    def bold(self, text: str) -> Html:
        return Html.of("<p>{}</p>", _strong(text))

    def bullets(self, items: Sequence[str]) -> Html:
        return Html.of(
            "<ul>\n{}\n</ul>", _LINE.join(Html.of("<li>{}</li>", each) for each in items)
        )

    def labelled(self, pairs: Sequence[tuple[str, str]]) -> Html:
        told = _LINE.join(Html.of("<dt>{}</dt><dd>{}</dd>", *pair) for pair in pairs)
        return Html.of("<dl>\n{}\n</dl>", told)

    def table(self, told: Table) -> Html:
        return Html.of("<table>\n{}\n</table>", _LINE.join(self._groups(told)))

    def folded(self, summary: str, blocks: Sequence[Html]) -> Iterable[Html]:
        start = Html.of("<details>\n<summary>{}</summary>", summary)
        return [start, *blocks, Html.of("</details>")]

    def _groups(self, told: Table) -> Iterator[Html]:
        titles = (
            Html.of('<th scope="col"{}>{}</th>', self._aligned(right), title)
            for title, right in zip(told.titles, told.right, strict=True)
        )
        yield Html.of("<thead>\n<tr>{}</tr>\n</thead>", Html().join(titles))
        rows = _LINE.join(self._row(row, told.right) for row in told.rows)
        yield Html.of("<tbody>\n{}\n</tbody>", rows)
        if told.total:
            total = list(map(Strong, told.total))
            yield Html.of("<tfoot>\n{}\n</tfoot>", self._row(total, told.right))

    def _row(self, row: Sequence[str], right: Sequence[bool]) -> Html:
        parts: list[str] = []
        for text, flush in zip(row, right, strict=True):
            parts.append(self._indented(text) if isinstance(text, Nested) else self._aligned(flush))
            parts.append(_strong(text) if text and isinstance(text, Strong) else text)
        return Html.of("<tr>{}</tr>", Html.of("<td{}>{}</td>", *parts, times=len(row)))

    def _aligned(self, right: bool) -> Html:
        return self.right if right else self.left

    def _indented(self, text: Nested) -> Html:
        return self.deep(text.level) if text.level else self.left


def _strong(text: str) -> Html:
    return Html.of("<strong>{}</strong>", text)
