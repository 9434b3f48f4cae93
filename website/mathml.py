"""The literature's formulas, written as `n·m·k²/g = 64·64·3²/2 = 18,432`, as MathML.

Browsers set MathML by themselves, so that a page with formulas fetches nothing. What comes before a
slash, back to the last one, is its numerator: `n·m·k²/g·A` is a fraction times A.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

_TOKEN = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*|\d[\d,]*(?:\.\d+)?|[-+·×/()²³=≈])")
_POWERS = {"²": "2", "³": "3"}
_GREEK = {"alpha": "α"}


def typeset(text: str) -> tuple[list[Element], str] | None:
    """The formula that `text` starts with, set, and what stands behind it; None for a lone number
    or what is no formula. Each side is an element of its own: lines break between them alone.
    """
    tokens, ends = _tokens(text)
    sides = [Element("math")]
    place = whole = _sum(tokens, 0, sides[0])
    while place and tokens[place : place + 1] in (["="], ["≈"]):
        sides.append(Element("math"))
        sides[-1].append(_leaf("mo", tokens[place]))
        place = _sum(tokens, place + 1, sides[-1])
        whole = place or whole
    return (sides, text[ends[whole - 1] :]) if place and whole > 1 else None


def _tokens(text: str) -> tuple[list[str], list[int]]:
    found, ends, place = [], [], 0
    while match := _TOKEN.match(text, place):
        place = match.end()
        found.append(match[1])
        ends.append(place)
    return found, ends


def _leaf(tag: str, text: str) -> Element:
    leaf = Element(tag)
    leaf.text = text
    return leaf


def _sum(tokens: list[str], place: int, into: Element) -> int:
    """Set a sum from `place` on; where it ends, or 0 if there is none."""
    place = _product(tokens, place, into)
    while place and tokens[place : place + 1] in (["+"], ["-"]):
        into.append(_leaf("mo", {"-": "−"}.get(tokens[place], tokens[place])))
        place = _product(tokens, place + 1, into)
    return place


def _product(tokens: list[str], place: int, into: Element) -> int:
    factors = Element("mrow")
    place = _factor(tokens, place, factors)
    while place and place < len(tokens) and tokens[place] in "·×/":
        if tokens[place] == "/":
            fraction = SubElement(into, "mfrac")
            fraction.append(_bare(factors))
            factors, below = Element("mrow"), Element("mrow")
            place = _factor(tokens, place + 1, below)
            fraction.append(_bare(below))
        else:
            (factors if len(factors) else into).append(_leaf("mo", tokens[place]))
            place = _factor(tokens, place + 1, factors)
    into.extend(factors)
    return place


def _factor(tokens: list[str], place: int, into: Element) -> int:
    if place >= len(tokens):
        return 0
    first, place = tokens[place], place + 1
    if first == "(":
        base = Element("mrow")
        base.append(_leaf("mo", "("))
        place = _sum(tokens, place, base)
        if not place or tokens[place : place + 1] != [")"]:
            return 0
        base.append(_leaf("mo", ")"))
        place += 1
    elif first[0].isalnum():
        base = _leaf("mn", first) if first[0].isdigit() else _name(first)
    else:
        return 0
    if place < len(tokens) and tokens[place] in _POWERS:
        power = Element("msup")
        power.append(base)
        power.append(_leaf("mn", _POWERS[tokens[place]]))
        base, place = power, place + 1
    into.append(base)
    return place


def _name(word: str) -> Element:
    """A letter of a formula; `kh`, `r3` and `A_in` have an index."""
    if word in _GREEK or len(word) == 1:
        return _leaf("mi", _GREEK.get(word, word))
    name = Element("msub")
    name.append(_leaf("mi", word[0]))
    index = word[1:].lstrip("_")
    name.append(_leaf("mn" if index.isdigit() else "mi", index))
    return name


def _bare(row: Element) -> Element:
    """What stands above or below a line needs no parentheses."""
    within = row[0] if len(row) == 1 else row
    if len(within) > 1 and within[0].text == "(" and within[-1].text == ")":
        within.remove(within[0])
        within.remove(within[-1])
    return within
