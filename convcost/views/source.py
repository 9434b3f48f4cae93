"""Files as they are, such as specs and code, where they go to a terminal or a log instead."""

from __future__ import annotations

import re

from convcost.errors import UsageError
from convcost.views.language import Language

# Other control characters than line ends and tabs, and lines that CI systems' logs act on.
_ACTS = r"[^\n\r\t -~\xa0-\U0010ffff]|\r(?!\n)|^\s*::|##\w*\["


class Source(Language):
    """The text of a file, which has an order of its own and is not changed.

    UsageError for text that would act on a terminal or in a log.
    """

    __slots__ = ()

    @classmethod
    def _escaped(cls, text: str) -> str:
        if found := re.search(_ACTS, text, re.MULTILINE):
            line = text.count("\n", 0, found.end()) + 1
            raise UsageError(
                f"line {line} of the text to show would act on the terminal, or in a CI system's "
                "log as a command",
                hint="write it to a file: -o FILE",
            )
        return text
