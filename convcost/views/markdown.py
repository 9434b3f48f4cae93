"""Markdown as GitHub reads it: tables, and names that cannot become anything but text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from convcost.views.language import Language
from convcost.views.text import UNSEEN, Figure, printable

_NO_WIDTH = "\u200b"  # which is not printable, so no name has one by now
# GitHub and GitLab look for these after they have read all Markdown and HTML, in plain text, but
# not across a blank of no width: mentions and addresses, references to issues and the like
# (org/repo#1, GH-1, !1), commits, links, emoji. A name and a place such as a.yaml:12:31 are none.
_REFERENCE = re.compile(
    r"""(?<=@) |
        (?<=[#!&$])(?=\d) | (?<=[%~])(?=[\w"]) | (?<=\bgh-)(?=\d) |
        (?<=:/)(?=/) | (?<=/)(?=/[^\W\d]) | (?<=www)(?=\.) |
        (?<=:)(?=(?:[\w+-]*[a-z_+-][\w+-]*|100|1234):) |
        (?<=mailto)(?=:) | (?<=xmpp)(?=:) | (?<=section)(?=_(?:start|end):)""",
    re.IGNORECASE | re.VERBOSE,
)
_REFERS = re.compile(r"[@#!&$%~/:]|gh-|www|[0-9a-f]{7}", re.IGNORECASE)
_COMMIT = re.compile(r"(?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])", re.IGNORECASE)
_LONGEST_NO_COMMIT = 6
_MARKS = re.compile(r"[\\*`\[\]~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
# Before what acts at the start of a block: a heading, a list, a rule; to a log, a command.
_STARTS = re.compile(
    r"(?=(?:#{1,6}|[-+])(?: |$)|(?:-+|=+) *$)|\d{1,9}(?=[.)](?: |$))"
    rf"|[ {UNSEEN}]*(?=:[{UNSEEN}]*:)"
)
_HTML = re.compile(r"[&<>|\u200b]|^ | $")


class Markdown(Language):
    """Text that GitHub shows as it is: no markup, HTML, table bar, link, mention or line end acts.

    Where one must be broken up it has a blank of no width. Figures stay as they are.
    """

    __slots__ = ()

    @classmethod
    def _escaped(cls, text: str) -> str:
        return text if isinstance(text, Figure) else _inert(text)


@lru_cache(maxsize=10_000)
def _inert(text: str) -> str:
    marked = printable(text)
    if _REFERS.search(marked):
        marked = _REFERENCE.sub(_NO_WIDTH, _COMMIT.sub(_pieces, marked))
    marked = _MARKS.sub(lambda match: f"\\{match[0]}", marked)
    if start := _STARTS.match(marked):
        marked = f"{start[0]}\\{marked[start.end() :]}"
    return _HTML.sub(lambda match: f"&#{ord(match[0])};", marked)


Cell = Markdown | Figure
_LEFT, _RIGHT = Markdown.of("---"), Markdown.of("---:")


def table(
    titles: Sequence[str], rows: Iterable[Sequence[Cell]], right: Iterable[bool] = ()
) -> Markdown:
    """A table; `right` tells of each column whether it is set flush right, or of none."""
    flush = tuple(right) or (False,) * len(titles)
    marks = [_RIGHT if is_right else _LEFT for is_right in flush]
    # Its cells are Markdown already, and may be many.
    lines = (map(Markdown, titles), marks, *rows)
    return Markdown._made("\n".join(f"| {' | '.join(cells)} |" for cells in lines))


def bold(text: str) -> Markdown:
    """`text`, set in bold."""
    return Markdown.of("**{}**", text)


def blocks(parts: Iterable[str]) -> Markdown:
    """Paragraphs, tables and lists, set apart by an empty line; a line end behind the last."""
    return Markdown.of("{}\n", Markdown.of("\n\n").join(parts))


def bullets(items: Iterable[str]) -> Markdown:
    """A list of `items`."""
    return Markdown.of("\n").join(Markdown.of("- {}", item) for item in items)


def _pieces(match: re.Match[str]) -> str:
    """A hexadecimal number in pieces too short to be a commit's."""
    starts = range(0, len(match[0]), _LONGEST_NO_COMMIT)
    return _NO_WIDTH.join(match[0][at : at + _LONGEST_NO_COMMIT] for at in starts)
