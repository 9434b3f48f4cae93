"""Markdown as a page shows it: read by markdown-it, then for what GitHub makes of plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

_OUR_HTML = re.compile(
    r"</?(?:br|details|summary|sub|sup|code|b|strong)\s*/?>|<!--.*?-->", re.DOTALL
)
_ACTS = {
    "an address": re.compile(r"\b(?:https?|ftp)://\w|(?<![\w.])www\.\w", re.IGNORECASE),
    "a mail address": re.compile(r"[\w.+-]@[\w-]+\.\w"),
    "a mention": re.compile(r"(?<![\w.+`/-])@[A-Za-z0-9]"),
    "an issue": re.compile(r"(?<![\w&])(?:[\w-]+/[\w.-]+)?#\d|\bGH-\d", re.IGNORECASE),
}


def markdown(text: str) -> Iterator[str]:
    """No link, image, or HTML but ours, and no text that GitHub turns into a link."""
    for token in _parser().parse(text):
        if token.type == "html_block":
            yield from _html(token.content)
        for inner in token.children or ():
            if inner.type in ("link_open", "image"):
                yield f"a {inner.type.removesuffix('_open')}"
            elif inner.type == "html_inline":
                yield from _html(inner.content)
            elif inner.type == "text":
                yield from (name for name, found in _ACTS.items() if found.search(inner.content))


def _html(text: str) -> Iterator[str]:
    rest = _OUR_HTML.sub("", text)
    if re.search(r"<[a-zA-Z/!?]", rest):
        yield "HTML that is not ours"
    yield from (name for name, found in _ACTS.items() if found.search(rest))


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])
