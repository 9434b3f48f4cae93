"""The document that a spec is, and what a file is that is none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from convcost.errors import SpecError
from convcost.sources.foreign import HEAD, refuse_foreign
from convcost.sources.yaml.files import file_head
from convcost.sources.yaml.reader import read_file, read_text
from convcost.sources.yaml.tree import Document, Node


def spec_in_file(path: str, root: str = "") -> Document:
    """The spec in the file `path`, which must lie below `root` if that is given.

    SpecError as for `read_file`, for a document that is no mapping, and in place of those for a
    file of another sort.
    """
    return _spec(path, partial(read_file, path, root), partial(file_head, path, HEAD, root))


def spec_in_bytes(raw: bytes, path: str) -> Document:
    """The spec that `raw` is; `path` is the name that its places carry. SpecError likewise."""
    return _spec(path, partial(read_text, raw, path), lambda: raw[:HEAD])


def spec_root(document: Document) -> dict[str, Node]:
    """The mapping that a spec is; SpecError for a document that is none."""
    value = document.root.value
    if isinstance(value, dict):
        return value
    what = "a list" if isinstance(value, tuple) else "a single value"
    raise SpecError(
        f"a spec must be a mapping, not {what}",
        place=document.place(document.root),
        hint="start it with name:, input: and layers:",
    )


def _spec(path: str, read: Callable[[], Document], head: Callable[[], bytes]) -> Document:
    try:
        document = read()
        is_spec = "layers" in spec_root(document)
    except SpecError:
        refuse_foreign(path, head())
        raise
    if not is_spec:
        refuse_foreign(path, head())
    return document
