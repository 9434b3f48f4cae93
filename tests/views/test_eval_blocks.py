"""Layers added up by block, the costliest first, and what a terminal leaves out."""

from __future__ import annotations

import json

import pytest

from convcost.cost import Report, evaluate
from convcost.network import Builder
from convcost.sources.spec.reading import parse_spec
from convcost.text import beginning
from convcost.views.eval.blocks import blocks, leaves
from convcost.views.eval.picked import MOST_ROWS, Wanted, picked
from convcost.views.formats import view
from convcost.views.screen import PLAIN, Screen
from convcost.views.text import printable
from tests.cli.hostile import Fragment, Tex
from tests.views.samples import HOSTILE, tiny

USUAL = Wanted()
COUNTS = ("params", "macs", "activations")
SPEC = """
name: net
input: 3x8x8
layers:
  - {name: stem, kind: standard, m: 4, k: 3}
  - name: stage
    repeat: UNITS
    layers:
      - residual:
          body: [{name: conv, kind: standard, m: 4, k: 3}, {name: mix, kind: pointwise, m: 4}]
  - {name: pool, kind: global-avg-pool}
  - {name: head, kind: linear, m: 2}
"""


LEVELS = {"a": 1, "a.x": 2, "a.y": 2, "b": 1}


def net(units: int = 2) -> Report:
    return evaluate(parse_spec(SPEC.replace("UNITS", str(units))).network)


def rows(report: Report, wanted: Wanted, terminal: bool = False) -> list[str]:
    return [
        "  " * row.level + row.layer.name
        for row in picked(report, wanted, terminal).rows
        if row.layer
    ]


def table(report: Report, width: int | None = None, wanted: Wanted = USUAL) -> str:
    return view("eval", "table")([report], Screen(width), wanted=wanted)


@pytest.mark.parametrize(
    ("name", "depth", "block"),
    [
        ("layer1.0.conv1", 1, "layer1"),
        ("layer1.0.conv1", 2, "layer1.0"),
        ("stage2[0].expand", 1, "stage2"),
        ("stage2[0].expand", 2, "stage2[0]"),
        ("stage2[0].expand", 3, "stage2[0].expand"),
        ("stem", 1, "stem"),
        ("stem", 9, "stem"),
        ("a..b", 1, "a"),
        ("[", 1, "["),
        ("", 1, ""),
    ],
)
def test_a_name_tells_its_blocks(name: str, depth: int, block: str) -> None:
    assert beginning(name, depth) == block


@pytest.mark.parametrize("depth", [1, 2, 3, 10**9])
def test_blocks_add_up_to_the_totals_at_every_depth(depth: int) -> None:
    report = net(3)
    for count in COUNTS:
        amounts = [block.amount(count) or 0 for block in leaves(report, depth)]
        assert sum(amounts) == report.figure(count)
    assert sum(block.layers for block in leaves(report, depth)) == len(report.layers)


def test_a_block_goes_from_its_first_input_to_its_last_output() -> None:
    stem, stage, *_ = blocks(net(), 1)
    assert (stem.layer, stem.layers) == (net().layers[0], 1)
    assert stage.layer is not None
    assert (stage.layer.ins, stage.layer.out) == (((4, 8, 8),), (4, 8, 8))
    assert (stage.layer.params, stage.layer.kind) == (2 * (4 * 4 * 9 + 4 * 4), "6 layers")


def test_blocks_stand_under_the_sub_total_of_those_that_hold_them() -> None:
    assert rows(net(), Wanted(depth=1)) == ["stem", "stage", "pool", "head"]
    assert rows(net(), Wanted(depth=2)) == [
        *("stem", "stage", "  stage[0]", "  stage[1]", "pool", "head")
    ]
    assert rows(net(1), Wanted(depth=2)) == ["stem", "stage[0]", "pool", "head"]
    assert rows(net(1), Wanted(depth=3)) == [
        *("stem", "stage[0]", "  stage[0].conv", "  stage[0].mix", "  stage[0]", "pool", "head")
    ]


@pytest.mark.parametrize(
    "block", ["stage", *(name for name in HOSTILE if not set(".[") & set(name))]
)
def test_pages_indent_what_stands_under_a_sub_total(block: str) -> None:
    builder = Builder("net", (3, 8, 8))
    for name in ("stem", f"{block}.a.x", f"{block}.a.y", f"{block}.b", "head"):
        builder.add("pointwise", {"m": 4}, name=name)
    report, wanted = evaluate(builder.network()), Wanted(depth=3)
    levels = {printable(f"{block}.{name}"): level for name, level in LEVELS.items()}
    html = Fragment(view("eval", "html")([report], wanted=wanted))
    assert html.indented == levels
    assert not {text for text in levels if text not in html.raw}
    latex = Tex(view("eval", "latex")([report], wanted=wanted))
    assert (latex.indented, latex.acting) == (levels, [])


def test_pages_indent_the_ops_of_a_layer() -> None:
    html = Fragment(view("eval", "html")([tiny()], detail="stages"))
    assert html.indented == Tex(view("eval", "latex")([tiny()], detail="stages")).indented
    assert set(html.indented.values()) == {1}


def test_the_costliest_come_first_and_the_others_are_one_row() -> None:
    wanted = Wanted(sort="params", top=2)
    assert rows(net(), wanted) == ["stage[0].conv", "stage[1].conv", "7 others"]
    assert rows(net(), Wanted(top=1)) == ["stage[0].conv", "8 others"]
    assert rows(net(), Wanted(top=99))[-1] == "pool"
    for count in COUNTS:
        amounts = [row.amount(count) or 0 for row in picked(net(), wanted).rows]
        assert sum(amounts) == net().figure(count)
    assert rows(net(), Wanted(depth=1, sort="params")) == ["stage", "stem", "head", "pool"]


def test_only_a_terminal_leaves_out_what_costs_nothing_and_says_so() -> None:
    folded = table(net(), 120)
    assert "global-avg-pool  4×1×1" not in folded
    assert "2 add, 1 global-avg-pool (--all lists every layer)" in folded
    for text in (table(net()), table(net(), 80, Wanted(everything=True))):
        assert "global-avg-pool" in text
        assert "--all" not in text
    pools = net()._replace(layers=net().layers[-2:-1] * 5, params=0, macs=0, activations=0)
    assert table(pools, 80).count("global-avg-pool") == 5, "an empty table says nothing"
    assert "--all" not in table(net(1), 80), "two rows say more than a line about them"


def test_only_a_terminal_rolls_up_a_long_table_and_says_so() -> None:
    long = net(MOST_ROWS // 2)
    assert len(rows(long, Wanted())) == 3 + 3 * 20
    assert rows(long, Wanted(), terminal=True)[:3] == ["stem", "stage", "  stage[0]"]
    said = "63 layers, rolled up by block as --depth 2 does (--all lists every layer)"
    assert said in table(long, 80)
    assert rows(net(MOST_ROWS), Wanted(), terminal=True) == ["stem", "stage", "pool", "head"]
    for asked in (Wanted(everything=True), Wanted(sort="macs")):
        assert len(rows(long, asked, terminal=True)) >= 42


def test_what_no_block_makes_shorter_is_listed() -> None:
    flat = net(1)
    flat = flat._replace(
        layers=tuple(flat.layers[0]._replace(name=f"conv{at}") for at in range(50))
    )
    assert len(rows(flat, Wanted(), terminal=True)) == 50


def test_json_has_the_blocks_besides_every_layer_in_its_order() -> None:
    wanted = Wanted(depth=1, sort="params", top=1)
    (network,) = json.loads(view("eval", "json")([net()], PLAIN, wanted=wanted))["networks"]
    assert [layer["name"] for layer in network["layers"]] == [each.name for each in net().layers]
    assert [(each["name"], each["layers"]) for each in network["groups"]] == [
        *(("stem", 1), ("stage", 6), ("pool", 1), ("head", 1))
    ]
    plain = view("eval", "csv")([net()], PLAIN)
    assert view("eval", "csv")([net()], PLAIN, wanted=wanted) == plain


def test_shares_and_bars_are_of_what_the_rows_are_in_the_order_of() -> None:
    head = table(net(), wanted=Wanted(depth=1, sort="params")).splitlines()
    assert any(line.startswith("layer") and line.endswith("params") for line in head)
    assert "activations" in table(net(), wanted=Wanted(sort="activations")).splitlines()[3]


def test_sub_totals_stand_out_on_a_terminal() -> None:
    text = view("eval", "table")([net()], Screen(80, color=True), wanted=Wanted(depth=2))
    bold = [line for line in text.splitlines() if line.startswith("\x1b[1m")]
    assert [line.split("\x1b[0m")[0] for line in bold] == [
        *("\x1b[1mnet", "\x1b[1mstage", "\x1b[1mtotal")
    ]
