"""Differences between tools: bars that add up to what the document says."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from convcost.conventions.reconcile import explain, reconcile
from convcost.conventions.search import parse_figure, search
from convcost.conventions.shipped import CONVENTIONS
from convcost.cost import evaluate
from convcost.network import Builder
from convcost.views.formats import view
from convcost.views.pictures.reconcile import MOST
from tests.views.pictures.reading import NAMES, read
from tests.views.pictures.test_roofline import shipped
from tests.views.samples import HOSTILE, costless, tiny

PART = re.compile(r"(.*): ([+-][\d,]+) (.*)", re.DOTALL)


def told(root: ElementTree.Element) -> dict[str, list[tuple[str, int]]]:
    """By row the classes and amounts of its bars."""
    found: dict[str, list[tuple[str, int]]] = {}
    for mark in root.iter(f"{NAMES}rect"):
        for each in mark.iter(f"{NAMES}title"):
            match = PART.fullmatch(each.text or "")
            assert match, each.text
            amount = int(match[2].replace(",", ""))
            found.setdefault(match[1], []).append((match[3], amount))
    return found


def words(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{NAMES}text")]


def parts(rows: list[Any], name: str) -> dict[str, list[tuple[str, int]]]:
    found = {
        row[name]: sorted((part["class"], part["amount"]) for part in row["parts"]) for row in rows
    }
    return {name: each for name, each in found.items() if each}


@pytest.mark.parametrize("name", ["mobilenet_v2", "lstm_kws", "vit_b_16"])
def test_bars_say_what_the_document_says(name: str) -> None:
    report = shipped(name)
    rows = reconcile(report)
    root = read(view("reconcile", "svg")(report, rows))
    document = json.loads(view("reconcile", "json")(report, rows))
    drawn = told(root)
    assert {row: sorted(each) for row, each in drawn.items()} == parts(
        document["rows"], "convention"
    )
    for row in document["rows"]:
        difference = f"{row['difference']:+,}" if row["difference"] else "0"
        assert {row["convention"], difference} <= set(words(root))


def test_bars_are_as_long_as_their_amounts_and_lie_on_their_sides() -> None:
    report = shipped("lstm_kws")
    root = read(view("reconcile", "svg")(report, reconcile(report)))
    marks = [mark for mark in root.iter(f"{NAMES}rect") if len(mark)]
    long = next(mark for mark in marks if mark[0].text == "torch: -2,960,384 recurrent layer")
    short = next(mark for mark in marks if mark[0].text == "thop: +46,256 bias")
    x, width = (float(long.attrib[key]) for key in ("x", "width"))
    assert float(short.attrib["x"]) == pytest.approx(x + width, abs=0.2)
    assert float(short.attrib["width"]) == pytest.approx(width * 46_256 / 2_960_384, abs=0.1)


def test_an_explanation_is_drawn_by_groups_of_layers() -> None:
    report, chosen = shipped("resnet50"), CONVENTIONS["fvcore"]
    found = explain(report, chosen)
    root = read(view("reconcile", "svg")(report, reconcile(report), explanation=found))
    document = json.loads(view("reconcile", "json")(report, reconcile(report), explanation=found))
    assert {row: sorted(each) for row, each in told(root).items()} == parts(
        document["explanation"]["groups"], "name"
    )
    assert "+8,830,976" in words(root)


def test_a_figure_that_is_looked_for_is_answered_in_words() -> None:
    report = shipped("vit_b_16")
    found = search(report, parse_figure("17.6G"), CONVENTIONS.values())
    root = read(view("reconcile", "svg")(report, reconcile(report), search=found))
    assert {"17.6G is what 5 ways of counting give:", "papers: 17,563,828,224 MACs"} <= set(
        words(root)
    )


def test_classes_beyond_the_shades_are_told_as_others() -> None:
    report = shipped("mobilenet_v2")
    root = read(view("reconcile", "svg")(report, reconcile(report)))
    (bias,) = [
        m for m in root.iter(f"{NAMES}rect") if len(m) and m[0].text == "ptflops: +1,000 bias"
    ]
    assert bias.attrib["class"] == "block"
    assert words(root)[-9:].count("all others") <= 1
    assert "all others" in words(root)


def test_where_nothing_differs_there_are_no_bars() -> None:
    report = costless()
    rows = [row for row in reconcile(report) if not row.difference]
    assert told(read(view("reconcile", "svg")(report, rows))) == {}


def test_many_groups_are_the_largest_and_the_number_of_others() -> None:
    builder = Builder("wide", (3, 8, 8))
    for at in range(MOST + 3):
        builder.add("standard", {"m": at + 1, "k": 3, "norm": "batch"}, name=f"layer{at}")
    report = evaluate(builder.network())
    found = explain(report, CONVENTIONS["thop"])
    root = read(view("reconcile", "svg")(report, reconcile(report), explanation=found))
    assert len(told(root)) == MOST
    assert "layer0" not in told(root)
    assert "3 others differ by less." in words(root)


def test_names_do_nothing_and_equal_results_give_equal_bytes() -> None:
    for name in (*HOSTILE, "n" * 10_000):
        builder = Builder(name, (3, 8, 8))
        builder.add("standard", {"m": 8, "k": 3, "norm": "batch"}, name=name)
        report = evaluate(builder.network())
        found = explain(report, CONVENTIONS["thop"])
        root = read(view("reconcile", "svg")(report, reconcile(report), explanation=found))
        assert {each.tag.removeprefix(NAMES) for each in root.iter()} == {
            *("svg", "title", "desc", "style", "g", "path", "rect", "text")
        }
        assert max(map(len, told(root)), default=0) < 200
    picture = view("reconcile", "svg")
    assert picture(tiny(), reconcile(tiny())) == picture(tiny(), reconcile(tiny()))
