"""A spec with other values of its vars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcost.emit.edit_spec import edit_spec
from convcost.errors import UsageError
from convcost.rewriting import rewrite
from convcost.sources import Target, document_of
from convcost.sources.spec.reading import spec_on
from convcost.sources.targets import is_imported
from convcost.text import quote


def spec_with(target: Target, values: Mapping[str, Any]) -> str:
    """The text of a spec with these values in its vars, and all else as it is.

    SpecError where they are refused, or cannot be written there; UsageError for what is no spec.
    """
    if is_imported(target):
        raise UsageError(
            f"{quote(str(target))} is no spec", hint="write it as one: convcost import"
        )
    document = document_of(target)
    return edit_spec(document, rewrite(spec_on(document, values, ()).network), values)
