"""By which convention to count: one that ships, by its name, or one in a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcost.conventions import Convention
    from convcost.cost import Report

DEFAULT = "papers"


def is_convention_file(text: str) -> bool:
    """Whether a convention is named by its file, rather than as one that ships."""
    return text.endswith((".yaml", ".yml")) or "/" in text


def convention_of(text: str, root: str = "") -> Convention:
    """The convention that ships by that name, or the one in that file, below `root` if given.

    UsageError for neither, SpecError for a file that holds none.
    """
    if is_convention_file(text):
        from convcost.sources.conventions import read_convention

        return read_convention(text, root)
    from convcost.conventions import find

    return find(text)


def other_convention(text: str, root: str = "") -> Convention | None:
    """The convention to count by, None for the default, by which everything is counted already."""
    return None if text == DEFAULT else convention_of(text, root)


def counted(report: Report, convention: Convention | None) -> Report:
    """`report` by that convention, or as it is."""
    if convention is None:
        return report
    from convcost.conventions import apply

    return apply(report, convention)
