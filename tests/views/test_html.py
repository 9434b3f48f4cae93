"""HTML: no text becomes anything but text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.cost import Report
from convcost.views.formats import view
from convcost.views.html import Html
from convcost.views.text import printable
from tests.cli.hostile import Fragment, commands
from tests.views.samples import HOSTILE, named, tiny


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("layer1.0.conv", "layer1.0.conv"),
        ("<b>", "&lt;b&gt;"),
        ("&lt;", "&amp;lt;"),
        ('"x\' y="', "&quot;x&#x27; y=&quot;"),
        ("a\nb\x1b", r"a\nb\x1b"),
        ("::error::a", "&#58;:error::a"),
        ("a ##[error]", "a &#35;#[error]"),
        ("section_start:1", "&#115;ection_start:1"),
    ],
)
def test_escape(text: str, escaped: str) -> None:
    assert Html(text) == escaped


@given(st.text() | st.sampled_from(HOSTILE))
def test_every_text_is_read_back_and_brings_no_tag(text: str) -> None:
    read = Fragment(Html.of("<p>{}</p>", text))
    assert read.tags == {("p", "")}
    assert "".join(read.raw) == printable(text)
    assert not commands(Html(text))


def rows(report: Report) -> list[str]:
    page: str = view("eval", "html")([report])
    return [line for line in page.splitlines() if line.startswith("<tr>")]


def test_a_table_has_its_titles_its_rows_and_its_total() -> None:
    header, first, *_, total = rows(tiny())
    assert header.startswith('<tr><th scope="col">layer</th><th scope="col">kind</th>')
    assert first == (
        "<tr><td>stem</td><td>standard</td><td>3×32×32 → 16×32×32</td>"
        '<td style="text-align:right">464</td><td style="text-align:right">442,368</td>'
        '<td style="text-align:right">43.5%</td></tr>'
    )
    assert "<td><strong>total</strong></td>" in total


def test_a_fragment_names_no_page_and_no_style_sheet() -> None:
    page = view("eval", "html")([named("a")])
    assert not {"html", "head", "body", "style", "script", "link"} & {
        tag for tag, _ in Fragment(page).tags
    }
