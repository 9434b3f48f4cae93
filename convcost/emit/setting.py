"""A spec with other values of its vars, and other kinds of layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from convcost.cost import evaluate
from convcost.emit.edit_spec import edit_spec
from convcost.emit.rewritten import anew
from convcost.errors import SpecError, UsageError
from convcost.rewriting import Replacement, Rewrite, assigned, refuse_left
from convcost.sources import Target, document_of
from convcost.sources.spec.reading import spec_on
from convcost.sources.targets import is_imported
from convcost.text import quote


def spec_with(
    target: Target, values: Mapping[str, Any], kinds: Mapping[str, Replacement] | None = None
) -> str:
    """The text of a spec with these values in its vars, with layers of other `kinds`, by their
    names, and all else as it is; written anew where layers that stand at one place are to differ.

    SpecError where they are refused, or cannot be written there; UsageError for what is no spec.
    """
    if is_imported(target):
        raise UsageError(
            f"{quote(str(target))} is no spec", hint="write it as one: convcost import"
        )
    document = document_of(target)
    before = spec_on(document, values, ()).network
    after, outcomes = assigned(before, kinds or {})
    refuse_left(before, outcomes)
    made = Rewrite(before, after, evaluate(before), evaluate(after), outcomes)
    try:
        return edit_spec(document, made, values)
    except SpecError:
        if not kinds:
            raise
        return anew(after)
