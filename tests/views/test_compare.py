"""A comparison in every format."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convcost.comparison import Choice, Comparison, compare
from convcost.errors import LayerError
from convcost.views import compare as words
from convcost.views.compare.notes import notes
from convcost.views.formats import formats_of, view
from convcost.views.screen import Screen
from convcost.views.text import columns


def shown(comparison: Comparison, name: str, width: int | None = None) -> str:
    return view("compare", name)(comparison, Screen(width))


def test_the_worked_example_in_json() -> None:
    document = json.loads(shown(compare(3, 4, 3, size=(5, 5)), "json"))
    assert document["schema"] == "convcost.compare/1"
    assert document["layer"] == {
        "n": 3,
        "m": 4,
        "k": [3, 3],
        "size": [5, 5],
        "groups": None,
        "stride": [1, 1],
        "padding": "same",
        "dilation": [1, 1],
        "bias": False,
    }
    rows = {row["kind"]: row for row in document["rows"]}
    assert rows["standard"]["params"] == 108
    assert rows["standard"]["macs"] == 2700
    separable = rows["depthwise-separable"]
    assert (separable["params"], separable["macs"], separable["out"]) == (39, 975, [4, 5, 5])
    assert separable["params_ratio"] == pytest.approx(39 / 108)
    assert [(stage["op"], stage["params"], stage["macs"]) for stage in separable["stages"]] == [
        ("conv", 27, 675),
        ("conv", 12, 300),
    ]
    assert separable["stages"][1]["formula"] == "m·n·kh·kw"
    assert separable["error"] is None


def test_without_a_size_totals_are_null_and_positions_are_counted() -> None:
    (row,) = json.loads(shown(compare(3, 4, 3, kinds=["standard"]), "json"))["rows"]
    assert (row["macs"], row["out"], row["macs_per_position"]) == (None, None, 108)
    (row,) = json.loads(shown(compare(3, 4, 3, stride=2, kinds=["transposed"]), "json"))["rows"]
    assert row["macs_per_position"] == 27
    (row,) = json.loads(
        shown(compare(3, 4, 3, stride=2, kinds=["depthwise-separable-transposed"]), "json")
    )["rows"]
    assert row["macs_per_position"] == 18.75


def test_a_kind_that_cannot_be_built_keeps_its_row() -> None:
    comparison = compare(3, 4, 3, kinds=["standard", "group"])
    row = json.loads(shown(comparison, "json"))["rows"][1]
    assert row["error"] == "2 groups do not divide 3 input channels"
    assert row["params"] is row["macs_per_position"] is row["params_ratio"] is None
    for name in ("table", "csv", "markdown"):
        assert "2 groups do not divide 3 input channels" in shown(comparison, name)


def test_csv_holds_what_json_does() -> None:
    comparison = compare(64, 128, 3, size=(56, 56), stride=2)
    rows = json.loads(shown(comparison, "json"))["rows"]
    lines = list(csv.DictReader(io.StringIO(shown(comparison, "csv"))))
    assert [line["kind"] for line in lines] == [row["kind"] for row in rows]
    for line, row in zip(lines, rows, strict=True):
        for key in ("params", "macs", "macs_per_position", "params_ratio", "macs_ratio"):
            assert line[key] == ("" if row[key] is None else str(row[key]))
        assert line["out"] == "x".join(map(str, row["out"] or ()))
        assert line["error"] == (row["error"] or "")
        stages = [stage["params"] for stage in row["stages"]]
        assert sum(map(int, filter(None, line["stage_params"].split(" + ")))) == sum(stages)


@given(
    st.integers(1, 2048),
    st.integers(1, 2048),
    st.integers(1, 7),
    st.none() | st.integers(7, 512),
    st.integers(1, 3),
    st.booleans(),
    st.integers(60, 250),
)
@settings(max_examples=50)
def test_every_number_stands_in_the_table_uncut_and_it_fits(
    n: int, m: int, k: int, side: int | None, stride: int, bias: bool, width: int
) -> None:
    size = (side, side) if side else None
    comparison = compare(n, m, k, size=size, stride=stride, bias=bias)
    table = shown(comparison, "table", width)
    rows, _, footer = table.partition("FLOPs")
    for row in comparison.rows:
        if row.params is not None:
            assert f"{row.params:,}" in rows
        if row.macs is not None:
            assert f"{row.macs:,}" in rows
    assert max(columns(line) for line in rows.splitlines()) <= width
    assert "= 2 × MACs" in footer


def test_shares_stand_twice_only_where_they_differ() -> None:
    assert shown(compare(3, 4, 3), "table").count("standard  ") < shown(
        compare(64, 64, 3), "table"
    ).count("standard  ")


def test_notes_tell_what_a_reader_would_miss() -> None:
    assert notes(compare(3, 4, 3)) == [
        "depthwise gives 3 channels, not 4: it does not mix them",
        "channel-wise shares 4 kernels (q) of 3 taps (dc) along the channels",
        "group cannot be built: 2 groups do not divide 3 input channels",
    ]
    assert notes(compare(4, 4, 3, kinds=["depthwise", "spatial-separable"])) == []


@pytest.mark.parametrize(
    ("asked", "note"),
    [
        (
            {"n": 64, "m": 128},
            "128 channels in between make 24,576 + 49,152 params; [rank=64] makes 36,864, 0.50×",
        ),
        # n·k·r + r·m·k = 960·r, of which a standard convolution's 147,456 are 153.6·r.
        (
            {"n": 64, "m": 256},
            "256 channels in between make 49,152 + 196,608 params; [rank=76] makes 72,960, 0.49×",
        ),
        (
            {"n": 4, "m": 4, "k": (1, 9)},
            "4 channels in between make 16 + 144 params; [rank=1] makes 40, 0.28×",
        ),
        ({"n": 4, "m": 4}, ""),
        ({"n": 4, "m": 4, "k": (3,), "size": 9}, "in one dim it is a standard convolution"),
    ],
)
def test_a_kind_that_saves_nothing_says_why_and_what_would(
    asked: dict[str, Any], note: str
) -> None:
    given: dict[str, Any] = {"k": 3, "kinds": ["spatial-separable"]} | asked
    said = notes(compare(**given))
    assert said == ([f"spatial-separable saves nothing: {note}"] if note else [])


@pytest.mark.parametrize("width", [60, 80, 120, None])
def test_a_kind_that_nobody_asked_for_and_cannot_be_built_is_only_named_below(
    width: int | None,
) -> None:
    reason = "group cannot be built: 2 groups do not divide 3 input"
    for kinds, rows in ([], 0), (["group", "standard"], 1):
        table, _, below = (
            shown(compare(3, 4, 3, kinds=kinds), "table", width)
            .partition("\n\n")[2]
            .partition("\n\n")
        )
        assert sum(line.startswith("group") for line in table.splitlines()) == rows
        assert reason in below


def test_stages_are_seen_where_sixty_columns_hold_them_and_names_stay_whole_where_eighty_do() -> (
    None
):
    narrow, usual = (shown(compare(3, 4, 3), "table", width) for width in (60, 80))
    assert "27 + 12" in narrow
    assert "27 + 12" in usual
    assert "━━━" in usual
    assert "depthwise-separable-channel-wise  " in usual


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({}, "3 → 4 channels, kernel 3×3, stride 1, padding same"),
        (
            {"k": (3, 1), "size": (8, 8), "stride": 2, "padding": (1, 0)},
            "3 → 4 channels, kernel 3×1, input 8×8, stride 2, padding 1×0",
        ),
        (
            {"size": 9, "padding": 0, "dilation": 2, "groups": 1, "bias": True},
            "3 → 4 channels, kernel 3, input 9, stride 1, padding 0, dilation 2, 1 group, bias",
        ),
        ({"k": (1, 1), "padding": (2, 2)}, "3 → 4 channels, kernel 1×1, stride 1, padding 2×2"),
    ],
)
def test_question_in_words(asked: dict[str, Any], text: str) -> None:
    given = {"n": 3, "m": 4, "k": 3} | asked
    assert words.question(compare(**given, kinds=["standard"]).question) == text


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"size": (5, 5), "stride": 2, "padding": 1, "dilation": 2, "groups": 4, "bias": True},
        {"k": (3, 1), "size": (9, 9), "stride": (2, 1), "padding": (1, 0)},
    ],
)
def test_the_command_at_the_end_explains_the_same_layer(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    from convcost.cli.run import run

    comparison = compare(**{"n": 8, "m": 16, "k": 3} | asked)
    program, *args = words.command(comparison).split()
    assert program == "convcost"
    assert run([*args, "--format", "json"]) == 0
    explained = json.loads(capsys.readouterr().out)
    (row,) = [row for row in comparison.rows if row.kind == explained["kind"]]
    assert (explained["params"], explained["macs"]) == (row.params, row.macs)


@pytest.mark.parametrize("name", [name for name in formats_of("compare") if name != "pytorch"])
def test_labels_cannot_act(name: str) -> None:
    choices: list[str | Choice] = ["standard", Choice("group", {"\x1b[31m|<b>": "\n"})]
    text = shown(compare(4, 4, 3, kinds=choices), name)
    assert "\x1b" not in text
    assert "group[" in text.replace("\\[", "[").replace("{[}", "[")
    usual = compare(4, 4, 3, kinds=["standard", Choice("group", {"grops": 2})])
    assert len(text.splitlines()) == len(shown(usual, name).splitlines())


def test_no_row_at_all_is_an_error_before_any_view() -> None:
    with pytest.raises(LayerError):
        compare(3, 4, 3, kinds=["group"])
