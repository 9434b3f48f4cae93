"""An explanation: one kind, its formula with the numbers put in, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from convcost.comparison import Comparison, Explained, Row, StageRow
from convcost.frozen import Frozen
from convcost.kinds import Kind
from convcost.kinds.fields import NONE, Field
from convcost.views import compare, kinds
from convcost.views.explain.formulas import numbers_of, put_in
from convcost.views.figures import number, sizes
from convcost.views.ops import describe
from convcost.views.screen import BOLD, DIM, Screen
from convcost.views.sheet import (
    Column,
    Heading,
    Labelled,
    Part,
    Sheet,
    Text,
    Together,
    columns_for,
    record,
)

_OF_STANDARD = "of a standard convolution's parameters"
STAGES: Sequence[Column[StageRow]] = (
    *compare.STAGES,
    Column("description", lambda stage: describe(stage.op), "stage"),
    Column("macs_formula", lambda stage: stage.macs.formula if stage.macs else None),
    Column("macs_numbers", lambda stage: stage.macs.numbers if stage.macs else None),
    Column("", lambda stage: _derivation(stage, "params"), "params"),
    Column("", lambda stage: _derivation(stage, "MACs"), "MACs"),
    Column("", lambda stage: stage.out or (), "output"),
)


class _Explained(Frozen):
    kind: Kind
    answer: Comparison | None
    schema: str = "explain/1"
    depth: int = 1

    @property
    def row(self) -> Row | None:
        """What it comes to for the layer asked about."""
        return self.answer.rows[0] if self.answer else None

    def body(self) -> Mapping[str, Any]:
        """What is known of the kind; `layer` is null, and the counts are missing, without an
        answer."""
        body: dict[str, Any] = {**record(kinds.MACHINES, self.kind), "layer": None}
        if self.answer:
            compared = compare.machines(self.answer.rows)
            body["layer"] = compare.layer_record(self.answer.question)
            body |= record(columns_for(compared, "json"), self.answer.rows[0])
            body |= {"stages": self.flat(), "kind": self.kind.name}
        return body

    def flat(self) -> Sheet[Any]:
        """A row a stage; without an answer, one of what the kind says of itself."""
        if self.row is None:
            return Sheet(kinds.MACHINES, [self.kind])
        return Sheet(STAGES, self.row.stages)

    def parts(self, screen: Screen) -> Sequence[Part]:
        """What the kind is; its formula, with the numbers put in if there is an answer; what it
        costs apart from numbers; and without an answer the options that it takes, but for those
        that go with a word of another."""
        kind, row = self.kind, self.row
        name = row.kind if row else kind.name
        parts: list[Part] = [
            Heading(name, kind.summary, only="markdown"),
            Together([Text([name], BOLD, folds=False), Text([kind.summary])], only="table"),
        ]
        if self.answer:
            asked = compare.question(self.answer.question)
            parts.append(Text([asked], BOLD, "bold"))
        parts.append(Labelled(list(derivations(kind, self.answer))))
        if row:
            parts += [Together(list(_stages(row)), only="table")]
            parts += [Sheet(STAGES, row.stages, only="markdown")]
        parts.append(Labelled(list(facts(kind, row))))
        if not row:
            fields = [field for field in kind.fields.values() if not field.about.goes_with]
            width = max((len(field.name) for field in fields), default=0) + 2
            options = [(field.name, option(field)) for field in fields]
            parts.append(Labelled(options, width, only="table"))
            parts.append(Text(list(invitation(kind)), DIM, folds=False, only="table"))
        return parts


result = _Explained


PICTURE = "draw"
"""Whose picture a notebook shows beside it."""


def has_picture(found: Explained) -> bool:
    """Whether there is a layer to draw."""
    return found.answer is not None and not found.answer.rows[0].error


def arguments(found: Explained) -> tuple[Explained, Mapping[str, Any]]:
    """What was explained."""
    return found, {}


def _stages(row: Row) -> Iterator[Part]:
    for index, stage in enumerate(row.stages, 1):
        out = f" → {sizes(stage.out)}" if stage.out else ""
        yield Labelled([(f"stage {index}", f"{describe(stage.op)}{out}")])
        yield Labelled(list(stage_derivations(stage)), indent=2)
    if len(row.stages) > 1:
        yield Text(["together"], DIM)
        yield Labelled(list(totals(row)), indent=2)


def _derivation(stage: StageRow, label: str) -> str:
    return dict(stage_derivations(stage)).get(label, "")


def derivations(kind: Kind, answer: Comparison | None) -> Iterator[tuple[str, str]]:
    """What is counted and how: the formulas, with the numbers of `answer` put in.

    `formula = numbers = result` where that is true of the layer; the result and the formula where
    the literature takes something for granted that this layer has not, such as stride 1.
    """
    parts = _with_numbers(kind, answer) if answer else _formulas(kind)
    for label, text in (*parts, ("where", _legend(kind))):
        if text:
            yield label, text


def stage_derivations(stage: StageRow) -> Iterator[tuple[str, str]]:
    """The same for one stage, from the factors that its numbers are the product of."""
    if stage.params:
        yield "params", f"{stage.params} = {int(stage.params):,}"
    if stage.macs:
        yield "MACs", f"{stage.macs} = {int(stage.macs):,}"


def totals(row: Row) -> Iterator[tuple[str, str]]:
    """How the stages add up."""
    yield "params", _added([int(stage.params) for stage in row.stages if stage.params])
    macs = [int(stage.macs) for stage in row.stages if stage.macs]
    if macs:
        yield "MACs", _added(macs)


def facts(kind: Kind, row: Row | None) -> Iterator[tuple[str, str]]:
    """What the numbers do not say: its reach, what it mixes, what it gives up, who found it."""
    if row and row.sight:
        yield "sees", f"{compare.sees(row)} input positions"
    for label, text in (
        ("mixes", kind.mixing),
        ("gives up", kind.gives_up),
        ("source", kind.source),
    ):
        if text:
            yield label, text


def option(field: Field) -> str:
    """What a field of the kind may hold, and what it is where left out."""
    if field.default in (None, False, NONE):
        return field.about.doc
    return f"{field.about.doc}; default {field.default}"


def invitation(kind: Kind) -> Iterator[str]:
    """How to have the numbers put in, for kinds that `compare` knows."""
    if kind.group == "convolution":
        yield f"With numbers: convcost explain {kind.name} --in 3 --out 4 -k 3 --size 5x5"


def _legend(kind: Kind) -> str:
    """`n input channels, m output channels, k kernel size`, of the letters that it uses."""
    return ", ".join(f"{letter.name} {letter.meaning}" for letter in kind.letters)


def _formulas(kind: Kind) -> Iterator[tuple[str, str]]:
    yield "params", kind.formula
    yield "MACs", kind.macs_formula
    yield "ratio", kind.ratio and f"{kind.ratio} {_OF_STANDARD}"


def _with_numbers(kind: Kind, answer: Comparison) -> Iterator[tuple[str, str]]:
    (row,) = answer.rows
    values = numbers_of(kind, answer.question, row)
    formula, macs, params = kind.formula, kind.macs_formula, row.params or 0
    yield "params", _derived(formula, put_in(formula, values, params), params)
    if row.macs is None:
        yield "MACs", f"{macs}, {number(row.macs_per_position)} for each of A output positions"
    else:
        yield "MACs", _derived(macs, put_in(macs, values, row.macs), row.macs)
    share = row.params_ratio or Fraction(0)
    yield "ratio", f"{_ratio(kind.ratio, put_in(kind.ratio, values, share), share)} {_OF_STANDARD}"


def _derived(formula: str, numbers: str, result: int) -> str:
    if numbers:
        return f"{formula} = {numbers} = {result:,}"
    if not formula:
        return f"{result:,}"
    return f"{result:,} (in the literature {formula}, for a k × k kernel, stride 1 and no bias)"


def _ratio(formula: str, numbers: str, share: Fraction) -> str:
    rounded = f"{float(share):.3g}"
    if not numbers or numbers == rounded:
        return rounded
    derived = formula if numbers == formula else f"{formula} = {numbers}"
    return f"{derived} {'=' if Fraction(rounded) == share else '≈'} {rounded}"


def _added(parts: list[int]) -> str:
    total = f"{sum(parts):,}"
    return f"{' + '.join(f'{part:,}' for part in parts)} = {total}" if len(parts) > 1 else total
