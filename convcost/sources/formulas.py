"""What a command line says of a rewrite: replacements, their options, and a condition.

Options and conditions are expressions as in specs, on the numbers of the layer that is replaced:
n, m, k, stride, groups, H and W.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from convcost.errors import LayerError, SpecError, UsageError
from convcost.kinds import Kind, find
from convcost.kinds.fields import INFERRED, Field, check_field
from convcost.rewriting import Replacement
from convcost.sites import Site
from convcost.sources.spec.expressions import evaluate_text
from convcost.sources.yaml.scalars import plain_value
from convcost.spelling import did_you_mean
from convcost.text import quote

_REPLACEMENT = re.compile(r"\s*([^=\[\]]+?)\s*=\s*([^=\[\]]+?)\s*(?:\[(.*)\])?\s*", re.DOTALL)
_SHARE = re.compile(r"[0-9]*\.?[0-9]{1,15}", re.ASCII)
_HINT = "write standard=depthwise-separable, or with options standard=tucker[r3=n//4,r4=m//4]"
_OWN = ("n", "m", "k")
"""Required fields that a layer brings along, whatever its kind."""


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression as a function of the layer that it is asked for. `option` is its flag."""

    text: str
    option: str

    def __call__(self, site: Site) -> Any:
        """Its value for that layer; UsageError if it has none."""
        try:
            return evaluate_text(f"${{{self.text}}}", site.names)
        except SpecError as error:
            raise UsageError(*error.at(None, f"{self.option}: ")) from None

    def __str__(self) -> str:
        return self.text


def replacements(texts: Sequence[str]) -> tuple[Replacement, ...]:
    """The `--replace` options of a command line; UsageError for one that cannot be read."""
    found: dict[str, Replacement] = {}
    for text in texts:
        each = replacement(text)
        if each.old in found:
            raise UsageError(f"{each.old} is to be replaced by two kinds", hint="name one of them")
        found[each.old] = each
    return tuple(found.values())


def replacement(text: str, flag: str = "--replace") -> Replacement:
    """`standard=group[groups=4]`; UsageError if it says something else, or an unknown kind."""
    match = _REPLACEMENT.fullmatch(text)
    if not match:
        raise UsageError(f'{flag} cannot read "{quote(text)}"', hint=_HINT)
    old, new = find(match[1], "convolution"), find(match[2], "convolution")
    options = dict(_option(part, new, flag) for part in parts(match[3] or ""))
    for name, field in new.fields.items():
        brought = name in (*_OWN, *INFERRED) or (name in old.fields and old.fields[name].required)
        if field.required and name not in options and not brought:
            raise UsageError(
                f"{new.name} needs {name}",
                hint=f"write {old.name}={new.name}[{name}=...]; {name}: {field.about.doc}",
            )
    return Replacement(old.name, new.name, options)


def shares(texts: Sequence[str]) -> dict[str, Fraction]:
    """The `--prune` options of a command line, by layer; UsageError for one that is none."""
    found: dict[str, Fraction] = {}
    for text in texts:
        layer, equals, share = text.rpartition("=")
        hint = "write a layer and the share of its channels to leave: --prune 'layer3*=0.5'"
        if not equals or not layer.strip() or not _SHARE.fullmatch(share.strip()):
            raise UsageError(f'--prune cannot read "{quote(text)}"', hint=hint)
        found[layer.strip()] = Fraction(share.strip())
        if not 0 < found[layer.strip()] <= 1:
            raise UsageError(f"--prune cannot leave {share.strip()} of {quote(layer)}", hint=hint)
    return found


def condition(text: str) -> Formula:
    """The `--where` of a command line."""
    if not text.strip() or "{" in text or "}" in text:
        raise UsageError(f'--where cannot be "{quote(text)}"', hint='such as "k > 1 and n >= 32"')
    return Formula(text.strip(), "--where")


def parts(text: str) -> list[str]:
    """`a=1,b=max(2,3)` at its commas, but for those in parentheses or brackets."""
    found, depth = [""], 0
    for char in text:
        depth += (char in "([") - (char in ")]")
        if char == "," and depth <= 0:
            found.append("")
        else:
            found[-1] += char
    return [part for part in found if part.strip()]


def _option(part: str, kind: Kind, flag: str) -> tuple[str, Any]:
    name, equals, text = (piece.strip() for piece in part.partition("="))
    if not equals or not text or "{" in text or "}" in text:
        raise UsageError(f'{flag} cannot read "{quote(part)}"', hint=_HINT)
    field = kind.fields.get(name)
    if field is None or name in INFERRED:
        takes = [each for each in kind.fields if each not in INFERRED]
        raise UsageError(
            f"{kind.name} takes no {quote(name)}",
            hint=did_you_mean(name, takes) or f"it takes {', '.join(takes)}",
        )
    return name, _value(text, field, flag)


def _value(text: str, field: Field, flag: str) -> Any:
    """A constant that the field may hold, or else a formula where it holds numbers."""
    try:
        value = plain_value(text)
        check_field(field, value)
    except (ValueError, LayerError) as error:
        if isinstance(error, LayerError) and isinstance(value, str) and not field.about.words:
            return Formula(text, f"{flag} {field.name}")
        message = error.problems[0].message if isinstance(error, LayerError) else str(error)
        raise UsageError(f"{flag}: {message}") from None
    return value
