"""CSV that no spreadsheet runs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.views.spreadsheet import harmless, sheet
from tests.views.samples import HOSTILE


@pytest.mark.parametrize(
    "start",
    [
        "=",
        "+",
        "-",
        "@",
        "\t",
        "\r",
        "＝",
        "＋",
        " ＝",
        "\u200b＠",
        "\u3000－",
        '"=',
        "'=",
        "::",
        " ::",
        "\ufe0f::",
    ],
)
def test_a_formula_is_text(start: str) -> None:
    assert str(harmless(f"{start}1+1")).startswith("'")


def test_numbers_stay_raw_and_none_is_empty() -> None:
    assert sheet(("a", "b", "c"), [(-1, 4231976, None)]) == "a,b,c\n-1,4231976,\n"


@given(st.lists(st.tuples(st.text() | st.sampled_from(HOSTILE), st.integers()), min_size=1))
def test_reading_it_gives_the_same_rows(rows: list[tuple[str, int]]) -> None:
    text = sheet(("name", "count"), rows)
    header, *read = csv.reader(io.StringIO(text))
    assert header == ["name", "count"]
    assert read == [[harmless(name), str(count)] for name, count in rows]
    assert text.count("\n") == len(rows) + 1
    assert all(not field.startswith(("=", "+", "@", "\t", "\r")) for (field, _) in read)
