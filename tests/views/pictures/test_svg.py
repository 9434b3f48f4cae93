"""SVG: marks that a parser reads back, and no text that is anything but text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.views.pictures.svg import (
    area,
    arrow,
    document,
    dot,
    fitted,
    folded,
    group,
    line,
    lines,
    rect,
    text,
    width_of,
)
from convcost.views.text import printable
from tests.views.pictures.reading import NAMES, read
from tests.views.samples import HOSTILE


@given(st.text() | st.sampled_from(HOSTILE))
def test_text_is_read_back_and_brings_no_mark(words: str) -> None:
    root = read(document(10, 10, words, words, [text(1, 2, words)]))
    assert [child.tag.removeprefix(NAMES) for child in root] == [
        *("title", "desc", "style", "rect", "text")
    ]
    assert {child.text or "" for child in root if child.tag != f"{NAMES}style" and child.text} <= {
        printable(words)
    }


def test_a_picture_says_what_it_shows_to_who_does_not_see_it() -> None:
    root = read(document(10, 20, "How it connects", "All of it.", []))
    assert root.attrib["role"] == "img"
    told = {child.tag.removeprefix(NAMES): child.text for child in root}
    assert (told["title"], told["desc"]) == ("How it connects", "All of it.")


def test_a_picture_has_nothing_that_another_in_its_page_could_be_taken_for() -> None:
    picture = document(10, 20, "One of two", "", [rect(1, 2, 3, 4, "map", "told")])
    assert [each.attrib["id"] for each in read(picture).iter() if "id" in each.attrib] == []
    style = picture.split("<style>")[1].split("</style>")[0]
    selectors = [each.strip() for each in re.findall(r"([^{}]+)\{", style)]
    assert len(selectors) == 7
    assert [each for each in selectors if not each.startswith((".picture ", "@media "))] == []


def test_a_picture_fetches_nothing() -> None:
    picture = document(10, 10, "a", "b", [rect(1, 2, 3, 4, "map")])
    assert [part for part in ("url(", "href", "@import", "<script") if part in picture] == []


def test_marks_have_their_numbers() -> None:
    assert rect(1, 2.25, 3, 4.04, "map") == '<rect class="map" x="1" y="2.2" width="3" height="4"/>'
    assert lines([(0, 1, 2, 3), (4, 5, 6, 7)]) == '<path class="line" d="M0 1L2 3M4 5L6 7"/>'
    assert line([(0, 1), (2, 3)]) == '<path class="strand" d="M0 1L2 3"/>'
    assert area([(0, 1), (2, 3), (4, 5)], "map") == '<path class="map" d="M0 1L2 3L4 5Z"/>'
    assert arrow((0, 0), (10, 0)) == '<path class="axis" d="M0 0L10 0M4 3L10 0M4 -3L10 0"/>'
    assert group(1, 2, []) == '<g transform="translate(1 2)">\n</g>'


@given(st.text() | st.sampled_from(HOSTILE))
def test_who_points_at_a_mark_reads_its_title(words: str) -> None:
    for mark in (
        rect(1, 2, 3, 4, "map", words),
        dot(1, 2, 3, "map", words),
        area([(0, 1)], "map", words),
        line([(0, 1)], title=words),
    ):
        assert [each.text or "" for each in read(mark)] == [printable(words)] * bool(words)


@given(st.text() | st.sampled_from([*HOSTILE, "x" * 10_000, "\u202e" * 10_000]), st.floats(10, 300))
def test_fitted_text_fits_and_is_whole_where_there_is_room(words: str, width: float) -> None:
    shown = fitted(words, width)
    assert width_of(shown) <= max(width, width_of("…"))
    if shown != printable(words):
        assert shown.endswith("…")
        assert printable(words).startswith(shown[:-1])
        assert width_of(printable(words)) > width


@pytest.mark.parametrize("width", [60, 200, 1000])
def test_folded_text_has_all_of_its_words_and_fits(width: float) -> None:
    words = "a depthwise convolution filters, and a pointwise one mixes what it gives"
    lines_of_it = folded(words, width)
    assert " ".join(lines_of_it) == words
    assert all(width_of(line) <= width or " " not in line for line in lines_of_it)
    assert folded("", width) == []


def test_a_picture_has_the_looks_of_its_marks_and_no_others() -> None:
    picture = document(10, 10, "a", "b", [rect(1, 2, 3, 4, "shade shade1"), text(1, 2, "axis")])
    style = read(picture)[2].text or ""
    light, dark = style.split("@media (prefers-color-scheme: dark)")
    for half in (light, dark):
        names = re.findall(r"\.picture \.?(\w+) {", half)
        assert sorted(names) == ["paper", "shade", "shade1", "text"]
