"""Text in columns."""

from __future__ import annotations

from textwrap import dedent

from convcost.views.grid import RULE, Cell, Column, draw, first_fit, hung
from convcost.views.screen import PLAIN, RED, Screen
from convcost.views.text import Printable, lined
from convcost.views.text import columns as columns_of

COLUMNS = [Column("kind"), Column("params", right=True), Column("", gap=1)]


def cells(*texts: str) -> list[Cell]:
    return list(map(Printable, texts))


def test_columns_are_as_wide_as_their_widest_text() -> None:
    rows = [cells("standard", "108", "━━"), cells("cp", "1,234,567", "")]
    assert draw(COLUMNS, rows, PLAIN) == dedent("""\
        kind         params
        ──────────────────────
        standard        108 ━━
        cp        1,234,567
        """).removesuffix("\n")


def test_the_last_cell_of_a_short_row_runs_across() -> None:
    rows = [
        cells("group", "2 groups do not divide 3 input channels"),
        RULE,
        cells("total", "5", ""),
    ]
    assert draw(COLUMNS, rows, PLAIN) == dedent("""\
        kind   params
        ──────────────
        group  2 groups do not divide 3 input channels
        ──────────────
        total       5
        """).removesuffix("\n")


def test_a_cell_may_have_several_lines_and_so_may_a_title() -> None:
    columns = [Column("kind"), Column("vs\nstandard", right=True), Column("sees")]
    rows = [[lined(["depthwise-", "  separable"]), *cells("0.36×", "3×3")]]
    assert draw(columns, rows, PLAIN) == dedent("""\
                           vs
        kind         standard  sees
        ───────────────────────────
        depthwise-      0.36×  3×3
          separable
        """).removesuffix("\n")


def test_wide_characters_take_two_columns() -> None:
    table = draw([Column("name"), Column("n")], [cells("卷積", "1"), cells("abcd", "2")], PLAIN)
    assert [columns_of(line) for line in table.splitlines()[2:]] == [7, 7]


def test_styles_do_not_move_anything() -> None:
    rows = [(Printable("standard"), (Printable("108"), RED), Printable("━━"))]
    colored = draw(COLUMNS, rows, Screen(color=True))
    assert "\x1b[31m108\x1b[0m" in colored
    plain = colored.replace("\x1b[31m", "").replace("\x1b[2m", "").replace("\x1b[0m", "")
    assert plain == draw(COLUMNS, rows, PLAIN)


def test_the_first_layout_that_fits_is_taken() -> None:
    wide = ([Column("a"), Column("b")], [cells("x" * 30, "y")])
    narrow = ([Column("a")], [cells("x" * 30)])
    assert first_fit([wide, narrow], Screen(33)) == wide
    assert first_fit([wide, narrow], Screen(32)) == narrow
    assert first_fit([wide, narrow], Screen(5)) == narrow
    assert first_fit([wide, narrow], Screen(None)) == wide


def test_a_screen_that_is_read_aloud_has_no_rules() -> None:
    rows = [cells("standard", "108", ""), RULE, cells("total", "108", "")]
    lines = draw(COLUMNS, rows, Screen(plain=True)).splitlines()
    assert [line.split()[0] for line in lines] == ["kind", "standard", "total"]


def test_long_names_hang_above_their_rows() -> None:
    rows = [cells("a.short.name", "1,234,567", ""), cells("layer4[0].shortcut.downsample", "8", "")]
    layout = (COLUMNS, [*rows, RULE, cells("total", "1,234,575", "")])
    assert draw(*hung(layout, 30), PLAIN) == dedent("""\
        kind             params
        ────────────────────────
        a.short.name  1,234,567
        layer4[0].shortcut.downsample
                              8
        ────────────────────────
        total         1,234,575
        """).removesuffix("\n")
    assert draw(*hung(layout, 15), PLAIN) == dedent("""\
             params
        ────────────
        a.short.name
          1,234,567
        layer4[0].shortcut.downsample
                  8
        ────────────
        total
          1,234,575
        """).removesuffix("\n")


def test_a_mark_in_front_of_a_name_stays_there() -> None:
    columns = [Column(""), Column("layer", gap=1), Column("params", right=True)]
    rows = [cells("+", "layer4[0].shortcut.downsample", "8"), cells("-", "fc", "9")]
    assert draw(*hung((columns, rows), 24), PLAIN) == dedent("""\
          layer  params
        ───────────────
        + layer4[0].shortcut.downsample
                      8
        - fc          9
        """).removesuffix("\n")
