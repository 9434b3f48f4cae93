"""The literature's formulas, as kinds state them, against the layers that they describe."""

from __future__ import annotations

import re
from fractions import Fraction
from math import prod
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.cost import Report
from convcost.kinds import REGISTRY, Kind
from convcost.kinds.fields import INFERRED
from convcost.kinds.letters import Built
from convcost.kinds.registry import Stages
from tests.arithmetic import value_of
from tests.strategies import CONVOLUTIONS, built

SIZE = (6, 4)
# What the literature calls a field, where that is not its name.
SYMBOLS = {
    "groups": "g",
    "multiplier": "r",
    "rank": "r",
    "middle": "r",
    "width": "b",
    "squeeze": "b",
}


@pytest.mark.parametrize(
    "kind", [kind for kind in REGISTRY.values() if kind.formula], ids=lambda kind: kind.name
)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_formula_comes_to_what_the_ops_cost(kind: Kind, data: st.DataObject) -> None:
    n, fields = data.draw(square_layers(kind))
    report, stages = built(kind, ((n, *SIZE),), fields)
    letters = values_of_letters(kind, n, fields, report, stages)

    assert report.params == value_of(kind.formula, letters)
    if kind.group == "convolution":
        assert report.macs == value_of(kind.macs or f"({kind.formula})·A", letters)
    if kind.ratio:
        standard = letters["n"] * letters["m"] * letters["k"] ** 2
        assert value_of(kind.ratio, letters) == report.params / Fraction(standard)


@st.composite
def square_layers(draw: st.DrawFn, kind: Kind) -> tuple[int, dict[str, Any]]:
    """n and fields of a 2-D layer with a square kernel and stride 1: those in its formulas."""
    used = re.findall(r"[A-Za-z][A-Za-z0-9_]*", f"{kind.formula} {kind.macs} {kind.ratio}")
    small = st.integers(1, 4)
    g = draw(small)
    fields: dict[str, Any] = {}
    for name, field in kind.fields.items():
        is_used = SYMBOLS.get(name, name) in used or (name == "groups" and kind.grouped)
        if name in INFERRED or not (field.required or (is_used and name not in "mk")):
            continue
        if field.about.variety == "share":
            fields[name] = draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)]))
        else:
            fields[name] = draw(small) * (1 if name == "k" else 2 * g if name == "m" else g)
    if "groups" in fields:
        fields["groups"] = g
    return 2 * g * draw(small), fields


def values_of_letters(
    kind: Kind, n: int, fields: dict[str, Any], report: Report, stages: Stages
) -> dict[str, int | Fraction]:
    """What the letters stand for in this layer, as the kind says that they are read off it."""
    out = report.layers[0].out
    defaults = {name: field.default for name, field in kind.fields.items()}
    layer = Built(
        n * prod(SIZE) if kind.flattens else n,
        fields.get("m", out[0]),
        (fields.get("k", 3),) * 2,
        defaults | fields,
        tuple(op for op, _ in stages),
        SIZE,
        out[1:],
    )
    # Every ratio is to a standard convolution, with letters that the kind may not have itself.
    values: dict[str, Any] = {"n": layer.n, "m": layer.m, "k": layer.kernel[0]}
    for letter in kind.letters:
        values[letter.name] = letter.read(layer) if letter.read else layer.fields[letter.name]
    return values


def test_a_transposed_convolution_counts_on_its_input() -> None:
    for name in ("transposed", "depthwise-separable-transposed"):
        kind = REGISTRY[name]
        report, _ = built(kind, ((2, 5, 5),), {"m": 3, "k": 4, "stride": 2})
        letters = {"n": 2, "m": 3, "k": 4, "A": 100, "A_in": 25}
        assert report.layers[0].out == (3, 10, 10)
        assert report.macs == value_of(kind.macs, letters)


@pytest.mark.parametrize("kind", CONVOLUTIONS, ids=lambda kind: kind.name)
def test_a_convolution_says_what_it_is(kind: Kind) -> None:
    assert kind.summary.endswith(".")
    assert all((kind.mixing, kind.gives_up, kind.source))
    assert not kind.compared or (kind.formula and kind.ratio)
