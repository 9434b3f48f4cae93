"""What an entry of a spec must say for the layers that it stands for to become others.

One entry inside a block or a repeat stands for many layers. Where they all change, it changes;
where only some do, its values become conditional, on a number that tells the two sorts apart.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from convcost.emit.edits import written
from convcost.errors import SpecError
from convcost.kinds import Kind, find
from convcost.kinds.fields import INFERRED
from convcost.network import Layer
from convcost.ops.base import Weighted
from convcost.pruning import Width
from convcost.sites import Site
from convcost.sources.formulas import Formula
from convcost.sources.spec.expressions import evaluate_text, has_expression

Values = Mapping[str, Any]

_WHOLE = re.compile(r"\$\{([^}]*)\}")
_MISSING = object()
_REMEDY = (
    "choose so that they all change, or none (--only, --except, --where, --first, --classifier), "
    "or write the spec anew with --unroll"
)


@dataclass(frozen=True, slots=True)
class Use:
    """One layer that an entry stands for: as it is and as it is to be, and the names that the
    entry's expressions see there. `options` are those of its replacement."""

    site: Site
    after: Layer
    names: Values
    options: Values

    @property
    def changes(self) -> bool:
        """Whether the layer becomes another, rather than take what arrives."""
        before = self.site.layer
        return (self.after.kind, dict(self.after.fields)) != (before.kind, self.site.fields)


@dataclass(frozen=True, slots=True)
class Expression:
    """A value that is worked out where the entry is used."""

    text: str

    def __str__(self) -> str:
        return f"${{{self.text}}}"


def entry_changes(entry: Values, uses: Sequence[Use], defaults: Values) -> dict[str, str | None]:
    """The keys of `entry` that must change, each with its new value as YAML, None to remove it.

    `entry` is the mapping as it is written, `defaults` are those of the spec. SpecError, without a
    place, if no change of it will do.
    """
    changing = [use for use in uses if use.changes]
    staying = [use for use in uses if not use.changes]
    kind, *others = {use.after.kind for use in changing}
    if others:
        raise _refusal(f"this stands for layers that become {kind} and {others[0]}", uses)
    new: dict[str, Any] = {"kind": kind, **_fields(find(kind), entry, changing, defaults)}
    new = {key: value for key, value in new.items() if _differs(key, value, entry)}
    if new and staying:
        test = _test(changing, staying)
        new = {
            key: _conditional(key, value, test, entry, staying, defaults)
            for key, value in new.items()
        }
    return {
        key: None if value is None else written(_plain(value))
        for key, value in new.items()
        if _differs(key, value, entry)
    }


def _differs(key: str, value: Any, entry: Values) -> bool:
    """Whether the entry does not say that already."""
    return key not in entry or value is None or _plain(value) != entry[key]


def _fields(kind: Kind, entry: Values, uses: Sequence[Use], defaults: Values) -> dict[str, Any]:
    """What the entry must say of the fields of `kind`, None for what it must not say."""
    found: dict[str, Any] = {}
    for name in [name for name in kind.fields if name not in INFERRED or name in entry] + [
        name for name in _layer_fields(uses) if name not in kind.fields
    ]:
        wanted = [dict(use.after.fields).get(name, _MISSING) for use in uses]
        if name.startswith("inner_"):  # where nothing is to be silenced, silence does no harm
            wanted = [value for value in wanted if value is not _MISSING] or wanted
        if all(value is _MISSING for value in wanted):
            supplied = defaults.get(name, _MISSING) if name in kind.fields else _MISSING
            if name.startswith("inner_") and not any(_in_parts(use.after) for use in uses):
                supplied = _MISSING  # whatever it is, there is nothing inside
            neutral = _MISSING if supplied is _MISSING else _neutral(name, kind, uses)
            if supplied != neutral:
                found[name] = neutral
            elif name in entry:
                found[name] = None
        elif name in entry:
            if any(dict(use.after.fields).get(name) != use.site.fields.get(name) for use in uses):
                found[name] = _said(name, wanted, entry, uses)
        elif any(value != defaults.get(name, _MISSING) for value in wanted):
            found[name] = _said(name, wanted, entry, uses)
    return found


def _layer_fields(uses: Sequence[Use]) -> dict[str, None]:
    """The fields of the layers as they are, but for the inferred ones."""
    return {name: None for use in uses for name in use.site.fields if name not in INFERRED}


def _neutral(name: str, kind: Kind, uses: Sequence[Use]) -> Any:
    """What a field must say to mean the same as if it were left out."""
    if name.startswith("inner_") and kind.fields[name].default is None:
        as_outer = name.removeprefix("inner_")
        usual = kind.fields[as_outer].default
        outer = {dict(use.after.fields).get(as_outer, usual) for use in uses}
        if len(outer) == 1:
            return outer.pop()
    elif kind.fields[name].default is not None:
        return kind.fields[name].default
    raise SpecError(
        f"the spec's defaults give {name}, which no layer can take back",
        hint=f"give {name} to the layers that need it",
    )


def _in_parts(layer: Layer) -> bool:
    return sum(isinstance(op, Weighted) for op, _ in layer.stages) > 1


def _said(name: str, wanted: Sequence[Any], entry: Values, uses: Sequence[Use]) -> Any:
    """The value that all uses want, or an expression that gives each its own."""
    is_constant = all(value == wanted[0] for value in wanted)
    is_static = not any(
        isinstance(value, str) and has_expression(value) for value in entry.values()
    )
    now = _expression(entry[name]) if name in entry and not is_static else ""
    if now and _gives(now, wanted, uses):
        return Expression(now)
    option = uses[0].options.get(name)
    if isinstance(option, Formula | Width) and not (is_constant and is_static):
        text = _translated(option.text, entry, uses)
        if _gives(text, wanted, uses):
            return Expression(text)
    if is_constant and wanted[0] is not _MISSING:
        return wanted[0]
    if _gives(_channels(entry), wanted, uses):
        return Expression(_channels(entry))
    raise _refusal(f"this stands for layers that need each another {name}", uses)


def _translated(formula: str, entry: Values, uses: Sequence[Use]) -> str:
    """The formula in names that the entry sees: m, k, stride and groups by what it says of them,
    or what they are for the first layer if it does not say."""
    tree = ast.parse(formula.strip(), mode="eval")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    meanings: dict[str, ast.expr] = {}
    for name in names & {"m", "k", "stride", "groups"}:
        values = [use.site.names[name] for use in uses]
        said = _expression(entry[name]) if name in entry else _channels(entry) * (name == "m")
        if not _gives(said, values, uses):
            said = str(values[0])
        meanings[name] = ast.parse(said, mode="eval").body
    return ast.unparse(_Renamer(meanings).visit(tree))


def _channels(entry: Values) -> str:
    """The output channels of an entry that does not say m, such as a depthwise one."""
    times = _expression(entry.get("multiplier"))
    return ast.unparse(ast.parse(f"n * ({times})", mode="eval")) if times else "n"


class _Renamer(ast.NodeTransformer):
    def __init__(self, meanings: Mapping[str, ast.expr]) -> None:
        self._meanings = meanings

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self._meanings.get(node.id, node)


def _gives(text: str, wanted: Sequence[Any], uses: Sequence[Use]) -> bool:
    try:
        found = [evaluate_text(f"${{{text}}}", use.names) for use in uses]
    except SpecError:
        return False
    return len(found) == len(wanted) and all(map(_same, found, wanted))


def _same(value: Any, other: Any) -> bool:
    return type(value) is type(other) and value == other


def _expression(value: Any) -> str:
    """A value of an entry as an expression; empty if it is none, such as a list."""
    if isinstance(value, Expression):
        return value.text
    if isinstance(value, str) and has_expression(value):
        whole = _WHOLE.fullmatch(value)
        return whole[1].strip() if whole else ""
    return repr(value) if isinstance(value, (str, int, float)) else ""


def _conditional(
    key: str, value: Any, test: str, entry: Values, staying: Sequence[Use], defaults: Values
) -> Any:
    """`value` where the test holds, and what the entry says now elsewhere."""
    kinds = [find(use.site.layer.kind) for use in staying]
    if key in entry:
        now = entry[key]
    elif key.startswith("inner_") and all(key in kind.fields for kind in kinds):
        return value  # what stays is one convolution, with nothing inside
    else:
        unset = {repr(kind.fields[key].default) for kind in kinds if key in kind.fields}
        now = defaults.get(key, kinds[0].fields[key].default if len(unset) == 1 else None)
    parts = _expression(value), _expression(now)
    if value is None or now is None or not all(parts):
        raise _refusal(f"this stands for layers of which only some can do with {key}", staying)
    return Expression(f"{parts[0]} if {test} else {parts[1]}")


def _test(changing: Sequence[Use], staying: Sequence[Use]) -> str:
    """A condition on one name that holds for all that changes, and for nothing that stays."""
    seen = {name: None for use in changing for name in use.names}
    # What the spec calls so is there whatever the size of its input.
    names = sorted({"n": None} | seen, key=("H", "W").__contains__)
    for name in names:
        inside = [use.names.get(name) for use in changing]
        outside = [use.names.get(name) for use in staying]
        if test := _separating(name, inside, outside):
            return test
    raise _refusal("this stands for layers of which only some change", [*staying, *changing])


def _separating(name: str, inside: Sequence[Any], outside: Sequence[Any]) -> str:
    values = [*inside, *outside]
    if all(isinstance(value, (int, float)) for value in values):
        if max(outside) < min(inside):
            return f"{name} > {max(outside)}"
        if max(inside) < min(outside):
            return f"{name} < {min(outside)}"
    if not all(isinstance(value, (str, int, float)) for value in values):
        return ""
    if len(set(outside)) == 1 and outside[0] not in inside:
        return f"{name} != {outside[0]!r}"
    if len(set(inside)) == 1 and inside[0] not in outside:
        return f"{name} == {inside[0]!r}"
    return ""


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Expression) else value


def _refusal(message: str, uses: Iterable[Use]) -> SpecError:
    names = [use.site.layer.name for use in uses]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return SpecError(f"{message}: {', '.join(names[:3])}{more}", hint=_REMEDY)
