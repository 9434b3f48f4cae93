"""Values of a mapping against the language: a glance first, then pydantic's models.

A glance tells what is plainly right. Reading a spec that is all right takes less time than
importing pydantic, so only what a glance does not pass goes to the models.
"""

from __future__ import annotations

from typing import Any

from convcost.errors import Problem
from convcost.sources.spec.glance import is_right
from convcost.sources.spec.language import NESTED
from convcost.sources.yaml.tree import Document, Node


def plain(node: Node) -> Any:
    """The node as plain data. Lists of layers inside it stay nodes: they are walked later."""
    if isinstance(node.value, tuple):
        return [plain(item) for item in node.value]
    if isinstance(node.value, dict):
        return {key: value if key in NESTED else plain(value) for key, value in node.value.items()}
    return node.value


def problems_of(
    form: str,
    values: dict[str, Any],
    node: Node,
    document: Document,
    what: str,
    is_whole: bool = True,
) -> list[Problem]:
    """What is wrong with `values`, read from the mapping `node`; one problem per key.

    `form` is as for `models.model_of`; `what` is what messages call it. Keys may be missing
    unless it `is_whole`.
    """
    if is_right(form, values):
        return []
    from convcost.sources.spec.diagnosis import diagnosed
    from convcost.sources.spec.models import model_of

    model = model_of(form, str(values.get("kind")))
    return diagnosed(model, values, node, document, what, is_whole)
