"""LaTeX: no text becomes anything but text, and all that the program says can be set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.comparison import compare
from convcost.kinds import REGISTRY
from convcost.views.formats import view
from convcost.views.latex import Latex
from convcost.views.text import printable
from tests.cli.hostile import NAMES, Tex, commands
from tests.views.samples import HOSTILE, tiny


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("layer1.0.conv", "layer1.0.conv"),
        ("conv_1", r"conv\_1"),
        ("50% & #1 {a} $x$", r"50\% \& \#1 \{a\} \$x\$"),
        (r"\input{a}", r"\textbackslash{}input\{a\}"),
        ("a^2~b", r"a\textasciicircum{}2\textasciitilde{}b"),
        ("<a|b>", r"\textless{}a\textbar{}b\textgreater{}"),
        ("conv[0]*", "conv{[}0{]}{*}"),
        ("``a''", r"\textasciigrave{}\textasciigrave{}a'{}'"),
        ('"a"', r"\char34{}a\char34{}"),
        ("a--b,,c", "a-{}-b,{},c"),
        ("-1,024", "$-$1,024"),
        ("3×3 → ≥ k²", r"3$\times$3 $\rightarrow$ $\geq$ k$^2$"),
        ("✅ ❌", r"$\surd$ $\otimes$"),
        ("a\n\nb", r"a\textbackslash{}n\textbackslash{}nb"),
        ("::error::a", "{:}:error::a"),
    ],
)
def test_escape(text: str, escaped: str) -> None:
    assert Latex(text) == escaped


@given(st.text() | st.sampled_from([*NAMES, *HOSTILE]))
def test_every_text_is_read_back_and_nothing_acts(text: str) -> None:
    read = Tex("\n" + Latex.of("{} \\\\", text))
    assert not read.acting
    assert [each.strip() for each in read.texts] in ([printable(text).strip()], [])
    assert not commands(Latex(text))


@pytest.mark.parametrize(
    "raw", ["a_b", "50%", "a & b # c", "$x", "\\x", "{a", "a}", "--", "''", "[a", "~"]
)
def test_the_reader_sees_what_acts(raw: str) -> None:
    assert Tex(f"\n{raw} \\\\").acting


def test_a_table_has_its_rules_its_titles_its_rows_and_its_total() -> None:
    text: str = view("eval", "latex")([tiny()])
    table = text[text.index(r"\begin{tabular}") : text.index(r"\end{tabular}")].splitlines()
    assert table[:4] == [
        r"\begin{tabular}{lllrrr}",
        r"\toprule",
        r"layer & kind & in $\rightarrow$ out & params & MACs & share \\",
        r"\midrule",
    ]
    shapes = r"3$\times$32$\times$32 $\rightarrow$ 16$\times$32$\times$32"
    assert table[4] == rf"stem & standard & {shapes} & 464 & 442,368 & 43.5\% \\"
    assert table[-3] == r"\midrule"
    assert table[-2].startswith(r"\textbf{total} &  &  & \textbf{")
    assert table[-1] == r"\bottomrule"


def test_titles_are_stacked_and_prose_is_broken_into_lines() -> None:
    text: str = view("compare", "latex")(compare(3, 4, 3))
    assert r"& \shortstack[r]{MACs per\\position} &" in text
    text = view("kinds", "latex")(list(REGISTRY.values()))
    assert r"\begin{longtable}{llp{0.30\linewidth}p{0.30\linewidth}}" in text
    assert "\n\\endhead\n" in text


def test_the_program_s_own_words_are_signs_that_every_tex_can_set() -> None:
    text: str = view("kinds", "latex")(list(REGISTRY.values()))
    assert text.isascii()
