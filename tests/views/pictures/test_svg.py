"""SVG: marks that a parser reads back, and no text that is anything but text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.views.pictures.svg import document, folded, lines, rect, text, width_of
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
    told = {child.attrib.get("id"): child.text for child in root}
    assert [told[name] for name in root.attrib["aria-labelledby"].split()] == [
        "How it connects",
        "All of it.",
    ]


def test_a_picture_fetches_nothing() -> None:
    picture = document(10, 10, "a", "b", [rect(1, 2, 3, 4, "map")])
    assert [part for part in ("url(", "href", "@import", "<script") if part in picture] == []


def test_marks_have_their_numbers() -> None:
    assert rect(1, 2.25, 3, 4.04, "map") == '<rect class="map" x="1" y="2.2" width="3" height="4"/>'
    assert lines([(0, 1, 2, 3), (4, 5, 6, 7)]) == '<path class="line" d="M0 1L2 3M4 5L6 7"/>'


@pytest.mark.parametrize("width", [60, 200, 1000])
def test_folded_text_has_all_of_its_words_and_fits(width: float) -> None:
    words = "a depthwise convolution filters, and a pointwise one mixes what it gives"
    lines_of_it = folded(words, width)
    assert " ".join(lines_of_it) == words
    assert all(width_of(line) <= width or " " not in line for line in lines_of_it)
    assert folded("", width) == []
