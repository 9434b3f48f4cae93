"""Formulas as browsers set them."""

from __future__ import annotations

import re
from xml.etree.ElementTree import tostring

import pytest

from convcost.kinds import REGISTRY
from tests.documents import ROOT
from website.mathml import typeset

SHOWN = re.compile(r"^- \*\*(?:params|MACs|ratio)\*\*: (.*·.*)$", re.MULTILINE)


def told(text: str) -> str:
    found = typeset(text)
    assert found
    sides, behind = found
    return " ".join(tostring(side, encoding="unicode") for side in sides) + behind


def test_a_product_with_a_power() -> None:
    assert told("n·k²") == ("<math><mi>n</mi><mo>·</mo><msup><mi>k</mi><mn>2</mn></msup></math>")


def test_what_stands_before_a_slash_is_its_numerator() -> None:
    fraction = "<mfrac><mrow><mi>n</mi><mo>·</mo><mi>m</mi></mrow><mi>g</mi></mfrac>"
    assert told("n·m/g·A") == f"<math>{fraction}<mo>·</mo><mi>A</mi></math>"
    ratio = "<mfrac><mn>1</mn><mi>m</mi></mfrac><mo>·</mo><mfrac><mn>2</mn><mi>k</mi></mfrac>"
    assert told("1/m·2/k") == f"<math>{ratio}</math>"


def test_a_fraction_needs_no_parentheses_and_a_product_does() -> None:
    assert told("1/(g·k)").count("(") == 0
    assert told("2·(n + m)").count("(") == 1
    assert "<mo>(</mo>" in told("r·(n + m)/k")


def test_letters_with_an_index() -> None:
    assert told("dc·r3") == (
        "<math><msub><mi>d</mi><mi>c</mi></msub><mo>·</mo><msub><mi>r</mi><mn>3</mn></msub></math>"
    )
    assert "<msub><mi>A</mi><mi>in</mi></msub>" in told("k·A_in")


def test_sides_part_and_what_follows_is_kept() -> None:
    shown = told("r/m = 1/64 ≈ 0.0156 of a standard convolution's parameters")
    assert [shown.count(each) for each in ("<math>", "<mo>=</mo>", "<mo>≈</mo>")] == [3, 1, 1]
    assert shown.endswith("<mn>0.0156</mn></math> of a standard convolution's parameters")


@pytest.mark.parametrize("text", ["36,864", "0 of them", "", "n·", "2·(n", "n·m =", "=", "none"])
def test_what_is_no_formula_is_left_alone(text: str) -> None:
    assert typeset(text) is None


FORMULAS = sorted(
    {
        text
        for kind in REGISTRY.values()
        for text in (kind.formula, kind.macs_formula, kind.ratio)
        if "·" in text
    }
)


@pytest.mark.parametrize("formula", FORMULAS)
def test_nothing_of_a_kinds_formula_is_lost(formula: str) -> None:
    found = typeset(formula)
    assert found
    ((side,), behind) = found
    plain = formula.replace("²", "2").replace("alpha", "α").replace("_", "")
    assert re.findall(r"\w", "".join(side.itertext())) == re.findall(r"\w", plain)
    assert not behind


def test_every_formula_that_the_page_shows_is_set() -> None:
    shown = SHOWN.findall((ROOT / "docs" / "kinds.md").read_text(encoding="utf-8"))
    behind = {(typeset(text) or ((), text))[1] for text in shown}
    left = {text for text in behind if "literature" not in text}
    assert left <= {"", " of a standard convolution's parameters"}
