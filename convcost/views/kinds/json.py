"""The kinds for other programs: `convcost.kinds/1`."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from convcost.kinds import Kind
from convcost.kinds.fields import Field
from convcost.views.figures import plain
from convcost.views.jsontext import Json, document
from convcost.views.screen import PLAIN, Screen


def render(kinds: Iterable[Kind], screen: Screen = PLAIN) -> Json:
    """Everything that the registry holds of each kind, its fields with what they may hold."""
    records = [
        kind_record(kind) | {"fields": [_field_record(field) for field in kind.fields.values()]}
        for kind in kinds
    ]
    return document("kinds/1", {"kinds": records})


def kind_record(kind: Kind) -> dict[str, Any]:
    """What a kind says of itself; formulas are in the literature's symbols."""
    return {
        "kind": kind.name,
        "group": kind.group,
        "summary": kind.summary,
        "params_formula": kind.formula or None,
        "macs_formula": kind.macs or None,
        "ratio_formula": kind.ratio or None,
        "mixing": kind.mixing or None,
        "gives_up": kind.gives_up or None,
        "source": kind.source or None,
    }


def _field_record(field: Field) -> dict[str, Any]:
    return {
        "name": field.name,
        "sort": field.about.sort,
        "doc": field.about.doc,
        "required": field.required,
        "default": plain(field.default) if isinstance(field.default, Fraction) else field.default,
        "words": field.about.words,
    }
