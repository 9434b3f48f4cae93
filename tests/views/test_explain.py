"""An explanation: what is printed as a sum is one, and comes to the number beside it."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.comparison import Choice, Comparison, compare
from convcost.errors import ConvcostError
from convcost.kinds import REGISTRY, find
from convcost.views import explain as words
from convcost.views.explain.formulas import put_in, value
from convcost.views.formats import formats_of, view
from convcost.views.screen import PLAIN, Screen

CONVOLUTIONS = [kind.name for kind in REGISTRY.values() if kind.group == "convolution"]
EQUATION = re.compile(r"= ([-+·×/() 0-9²³]+) ([=≈]) ([0-9,.e-]+)")


def answer(kind: str, n: int, m: int, k: Any, **asked: Any) -> Comparison:
    return compare(n, m, k, kinds=[Choice(kind, asked.pop("options", {}))], **asked)


def explained(kind: str, comparison: Comparison | None, name: str = "table") -> str:
    return view("explain", name)(find(kind), comparison, PLAIN)


def test_the_worked_example() -> None:
    text = explained("depthwise-separable", answer("depthwise-separable", 3, 4, 3, size=(5, 5)))
    for line in (
        "n·k² + n·m = 3·3² + 3·4 = 39",
        "(n·k² + n·m)·A = (3·3² + 3·4)·25 = 975",
        "1/m + 1/k² = 1/4 + 1/3² ≈ 0.361 of a standard convolution's parameters",
        "m·kh·kw = 3 × 3 × 3 = 27",
        "m·n·kh·kw = 4 × 3 × 1 × 1 = 12",
        "27 + 12 = 39",
        "675 + 300 = 975",
    ):
        assert line in text


@given(
    st.sampled_from(CONVOLUTIONS),
    st.integers(1, 6),
    st.integers(1, 6),
    st.integers(1, 5),
    st.none() | st.integers(6, 9),
    st.integers(1, 3),
    st.sampled_from([None, 1, 2]),
    st.booleans(),
)
@settings(max_examples=200)
def test_whatever_is_printed_as_an_equation_is_true(
    kind: str,
    n: int,
    m: int,
    k: int,
    side: int | None,
    stride: int,
    groups: int | None,
    bias: bool,
) -> None:
    size = (side, side) if side else None
    try:
        comparison = answer(
            kind, 4 * n, 4 * m, k, size=size, stride=stride, groups=groups, bias=bias
        )
    except ConvcostError:
        return
    equations = EQUATION.findall(explained(kind, comparison))
    assert equations
    for numbers, sign, result in equations:
        worked_out = value(numbers.replace("×", "·"))
        printed = Fraction(result.replace(",", ""))
        if sign == "=":
            assert worked_out == printed
        else:
            assert float(worked_out) == pytest.approx(float(printed), rel=0.01)


@pytest.mark.parametrize("name", [name for name in CONVOLUTIONS if REGISTRY[name].formula])
def test_every_formula_takes_numbers(name: str) -> None:
    kind = REGISTRY[name]
    derived = dict(words.derivations(kind, answer(name, 16, 16, 3, size=(8, 8))))
    assert derived["params"].startswith(f"{kind.formula} = ")


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        ("standard", {"bias": True}),
        ("standard", {"k": (3, 5)}),
        ("inverted-residual", {"stride": 2}),
        ("mixed-depthwise", {}),
        ("depthwise-separable", {"options": {"multiplier": 2}}),
    ],
)
def test_a_formula_that_does_not_hold_is_never_given_as_the_reason(
    kind: str, asked: dict[str, Any]
) -> None:
    given: dict[str, Any] = {"n": 8, "m": 8, "k": 3, "size": (8, 8)}
    comparison = answer(kind, **given | asked)
    (row,) = comparison.rows
    derived = dict(words.derivations(find(kind), comparison))
    holds = [label for label in ("params", "MACs") if " = " in derived[label]]
    assert holds != ["params", "MACs"]
    text = explained(kind, comparison)
    assert f"{row.params:,}" in text
    assert f"{row.macs:,}" in text


@pytest.mark.parametrize(
    ("kind", "options", "numbers"),
    [
        ("bottleneck", {"width": 4, "groups": 4}, "8·4 + 3²·4²/4 + 4·8 = 100"),
        ("ghost", {"s": 4, "d": 5}, "3²·8·2 + (4-1)·5²·2 = 294"),
        ("partial", {"r": 2}, "3²·4² = 144"),
    ],
)
def test_letters_are_those_of_the_layer_that_was_built(
    kind: str, options: dict[str, Any], numbers: str
) -> None:
    derived = dict(words.derivations(find(kind), answer(kind, 8, 8, 3, options=options)))
    assert derived["params"].endswith(f" = {numbers}")


def test_an_option_that_is_left_to_its_default_is_no_number() -> None:
    derived = dict(words.derivations(find("ghost"), answer("ghost", 8, 8, 3, options={"d": None})))
    assert derived["params"].endswith(" = 3²·8·4 + (2-1)·3²·4 = 324")


def test_each_letter_is_explained_once_in_the_usual_order() -> None:
    derived = dict(words.derivations(find("fire"), None))
    assert derived["where"] == (
        "n input channels, k kernel size, b channels in between, "
        "e1 outputs of the 1 x 1 side, e3 outputs of the k x k side, A output positions"
    )


def test_without_numbers_it_tells_the_formula_and_the_options() -> None:
    text = explained("spatial-separable", None)
    assert "params    k·r·n + k·r·m\n" in text
    assert "rank        channels in between, r; default m\n" in text
    assert "With numbers: convcost explain spatial-separable" in text


@pytest.mark.parametrize("kind", REGISTRY)
@pytest.mark.parametrize("name", formats_of("explain"))
def test_every_kind_can_be_explained_without_numbers(kind: str, name: str) -> None:
    text = explained(kind, None, name)
    assert kind in text
    assert text.endswith("\n")
    assert "\n\n\n" not in text


def test_json() -> None:
    comparison = answer("depthwise-separable", 3, 4, 3, size=(5, 5))
    document = json.loads(explained("depthwise-separable", comparison, "json"))
    assert document["schema"] == "convcost.explain/1"
    assert document["params_formula"] == "n·k² + n·m"
    assert (document["params"], document["macs"], document["reach"]) == (39, 975, [3, 3])
    assert document["layer"]["n"] == 3
    assert [stage["macs_numbers"] for stage in document["stages"]] == [
        "3 × 3 × 3 × 5 × 5",
        "4 × 3 × 1 × 1 × 5 × 5",
    ]
    assert document["gives_up"].startswith("joint filters")
    unasked = json.loads(explained("depthwise-separable", None, "json"))
    assert unasked["layer"] is None
    assert "params" not in unasked


@pytest.mark.parametrize("kind", CONVOLUTIONS)
def test_a_narrow_screen_folds_and_cuts_nothing(kind: str) -> None:
    comparison = answer(kind, 16, 16, 3, size=(8, 8))
    wide = explained(kind, comparison)
    narrow = view("explain", "table")(find(kind), comparison, Screen(60))
    assert narrow.split() == wide.split()


@pytest.mark.parametrize(
    ("numbers", "result"),
    [
        ("3·3² + 3·4", 39),
        ("1/4 + 1/3²", Fraction(13, 36)),
        ("1/4·2/3", Fraction(1, 6)),
        ("(8 - 3)·2³", 40),
        ("7", 7),
    ],
)
def test_formulas_are_worked_out_exactly(numbers: str, result: Fraction) -> None:
    assert value(numbers) == result


@pytest.mark.parametrize("numbers", ["", "n", "3·", "(3", "3)", "1/0", "3 3", "²", "1/(2-2)"])
def test_what_is_no_formula_is_refused(numbers: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for nobody
        value(numbers)


def test_numbers_are_put_in_only_where_they_fit() -> None:
    values = {"n": 3, "m": 4, "k": 3}
    assert put_in("n·m·k²", values, 108) == "3·4·3²"
    assert put_in("n·m·k²", values, 112) == ""
    assert put_in("n·zeta", values, 3) == ""
