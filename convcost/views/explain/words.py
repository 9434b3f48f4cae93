"""The parts of an explanation, without their layout."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from convcost.comparison import Comparison, Row, StageRow
from convcost.kinds import Kind
from convcost.kinds.fields import NONE, Field
from convcost.views.explain.formulas import MEANINGS, SYMBOL, put_in, symbols
from convcost.views.figures import number, sizes

_OF_STANDARD = "of a standard convolution's parameters"


def macs_formula(kind: Kind) -> str:
    """Its multiply-adds in the literature's symbols: its parameters at every output position,
    unless the kind says otherwise."""
    if kind.macs or not kind.formula or kind.group != "convolution":
        return kind.macs
    return f"({kind.formula})·A" if "+" in kind.formula else f"{kind.formula}·A"


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
    if row and row.reach:
        yield "sees", f"{sizes(row.reach)} input positions"
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
    """`n input channels, m output channels, k kernel size`, of the symbols that it uses."""
    used = set(SYMBOL.findall(f"{kind.formula} {macs_formula(kind)} {kind.ratio}"))
    return ", ".join(f"{name} {what}" for name, what in MEANINGS.items() if name in used)


def _formulas(kind: Kind) -> Iterator[tuple[str, str]]:
    yield "params", kind.formula
    yield "MACs", macs_formula(kind)
    yield "ratio", kind.ratio and f"{kind.ratio} {_OF_STANDARD}"


def _with_numbers(kind: Kind, answer: Comparison) -> Iterator[tuple[str, str]]:
    (row,) = answer.rows
    values = symbols(answer.question, row)
    formula, macs, params = kind.formula, macs_formula(kind), row.params or 0
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
