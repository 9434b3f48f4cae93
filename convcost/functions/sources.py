"""Functions that change the user's own source, as text."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from convcost.functions.given import replacements_of
from convcost.functions.networks import selected
from convcost.rewriting import Replacement, Selection
from convcost.rewriting import rewrite as rewritten
from convcost.sources.given import parse_given
from convcost.sources.inputs import Inputs


def patch(
    source: str,
    *replacements: str | Replacement,
    selection: Selection | None = None,
    inner: bool = False,
    where: str | None = None,
    only: Sequence[str] = (),
    excluding: Sequence[str] = (),
    first: bool = False,
    classifier: bool = False,
    input: Inputs | None = None,  # noqa: A002 - what the command line calls it
    arguments: Mapping[str, Any] | None = None,
    inputs_from: str | None = None,
    rules: Sequence[str | os.PathLike[str]] = (),
) -> str:
    """The change to the source of `torch:package.module:factory`, below the current folder, that
    replaces layers as `rewrite` does: a unified diff for `git apply` and `patch -p1`.

    Which layers is said as for `rewrite`, and what the network takes as for `load`. The changed
    program is read once more and comes to exactly the cost that `rewrite` says. UsageError, with
    every place, where that is not sure to be right; otherwise the errors of both.
    """
    from convcost.emit.patch import patch_text
    from convcost.sources.code import read_watched

    read = read_watched(source, {}, parse_given(input, arguments, inputs_from, rules))
    chosen = selection or selected(where, only, excluding, first, classifier)
    wanted = replacements_of(replacements)
    made = rewritten(read.network, *wanted, selection=chosen, inner=inner)
    return patch_text(made, inner, read)
