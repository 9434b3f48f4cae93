"""Values of a mapping against its form: a quick look first, then pydantic's models.

Reading a spec that is all right takes less time than importing pydantic, so only what a quick look
does not pass goes to the models.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from convcost.errors import Problem
from convcost.ops.base import TOO_LONG
from convcost.sources.spec.contents import Content
from convcost.sources.spec.forms import NESTED, Form, form_of
from convcost.sources.yaml.tree import Document, Node
from convcost.text import with_article

_NAMING = ("vars", "params")
_HOLD_OTHERS = (tuple, dict)


def plain(node: Node, nested: Collection[str] = NESTED) -> Any:
    """The node as plain data. Lists of layers inside it, under the keys `nested`, stay nodes: they
    are walked later."""
    value = node.value
    if isinstance(value, tuple):
        return [plain(item, nested) for item in value]
    if not isinstance(value, dict):
        return value
    found: dict[str, Any] = {key: each.value for key, each in value.items()}
    for key, each in found.items():
        if nested and key in nested:
            found[key] = value[key]
        elif type(each) in _HOLD_OTHERS:
            # Vars and parameters may have the names of such lists.
            found[key] = plain(value[key], () if key in _NAMING else nested)
    return found


def problems_of(
    name: str,
    values: dict[str, Any],
    node: Node,
    document: Document,
    what: str = "",
    is_whole: bool = True,
) -> list[Problem]:
    """What is wrong with `values`, read from the mapping `node`; one problem per key.

    `name` is that of its form, as for `form_of`; `what` is what messages call it, if it is no
    entry of a list of layers. Keys may be missing unless it `is_whole`.
    """
    kind = str(values.get("kind"))
    form = form_of(name, kind)
    if surely_valid(form, values, is_whole):
        return []
    from convcost.sources.spec.diagnosis import diagnosed

    what = what or with_article(f"{kind} layer" if name == "kind" else f"{name} entry")
    return diagnosed(form, values, node, document, what, is_whole)


def surely_valid(form: Form, values: Mapping[str, Any], is_whole: bool = True) -> bool:
    """Whether `values` are all that the form needs, and no more.

    What passes here passes the form's model; not the other way round, for this may hesitate.
    """
    contents = _contents(form, tuple(values), is_whole)
    for content, value in zip(contents, values.values(), strict=False):
        # Most are whole numbers.
        is_usual = type(value) is int and content.whole <= value < TOO_LONG
        if not is_usual and not content.surely_takes(value):
            return False
    return bool(contents)


# Layers have the same few fields over and over.
@lru_cache(maxsize=1024)
def _contents(form: Form, names: tuple[str, ...], is_whole: bool) -> tuple[Content, ...]:
    """What may stand behind each of the `names`; nothing if those are not all that the form needs,
    and no more."""
    if is_whole and not set(form.needed) <= set(names):
        return ()
    keys = [form.keys.get(name) for name in names]
    if None in keys and not form.is_open:
        return ()
    return tuple([key.content if key else Content() for key in keys])
