"""Bars of kinds: their numbers are those of the document, and their lengths follow them."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from convcost.bounded import on_device
from convcost.comparison import Comparison, compare
from convcost.setting import Setting
from convcost.sources.devices import find_device
from convcost.views.formats import view
from tests.views.pictures.reading import NAMES, read

TITLE = re.compile(r"(?P<kind>[^,:]+)(?:, .*)?: (?P<number>[\d.e,-]+) (?P<unit>\w+)(?:,.*)?")


def told(root: ElementTree.Element) -> dict[tuple[str, str], float]:
    """What bars say that they are, added up by kind and unit."""
    found: dict[tuple[str, str], float] = {}
    for each in root.iter(f"{NAMES}rect"):
        for title in each.iter(f"{NAMES}title"):
            match = TITLE.fullmatch(title.text or "")
            assert match, title.text
            number = float(match["number"].replace(",", ""))
            key = match["kind"], match["unit"]
            found[key] = found.get(key, 0) + number
    return found


def document(answer: Comparison, **options: Any) -> Any:
    return json.loads(view("compare", "json")(answer, **options))


@pytest.mark.parametrize("size", [None, (56, 56)])
def test_bars_say_what_the_document_says(size: tuple[int, ...] | None) -> None:
    answer = compare(64, 128, 3, size=size)
    found = told(read(view("compare", "svg")(answer)))
    for row in document(answer)["rows"]:
        macs = row["macs_per_position"] if size is None else row["macs"]
        assert found[row["kind"], "params"] == row["params"]
        assert found[row["kind"], "MACs"] == pytest.approx(macs, abs=0.02)


def test_on_a_device_there_are_bars_of_time() -> None:
    compared = compare(64, 128, 3, size=(56, 56))
    answer = on_device(compared, find_device("t4"), Setting())
    found = told(read(view("compare", "svg")(answer, device="T4")))
    for row in document(answer, device="T4")["rows"]:
        assert found[row["kind"], "s"] == row["least_seconds"]


def test_bars_are_as_long_as_their_numbers_are_large() -> None:
    root = read(view("compare", "svg")(compare(3, 4, 3, kinds=["standard", "depthwise-separable"])))
    widths = {
        each[0].text: float(each.attrib["width"]) for each in root.iter(f"{NAMES}rect") if len(each)
    }
    whole = widths["standard, conv 3×3: 108 params"]
    for stage, number in (("depthwise conv 3×3", 27), ("conv 1×1", 12)):
        width = widths[f"depthwise-separable, {stage}: {number} params"]
        assert width == pytest.approx(whole * number / 108, abs=0.1)


def test_stages_differ_in_their_shades() -> None:
    root = read(view("compare", "svg")(compare(64, 64, 3, kinds=["bottleneck"])))
    looks = [each.attrib["class"] for each in root.iter(f"{NAMES}rect") if len(each)]
    assert looks == [f"shade shade{place}" for place in (0, 1, 2)] * 2
    words = [each.text for each in root.iter(f"{NAMES}text")]
    assert words[-3:] == ["first stage", "second", "third"]


def test_what_cannot_be_built_says_so() -> None:
    answer = compare(3, 4, 3, kinds=["standard", "group"])
    words = [each.text for each in read(view("compare", "svg")(answer)).iter(f"{NAMES}text")]
    assert "cannot be built" in words
    assert "group cannot be built: 2 groups do not divide 3 input channels" in words
