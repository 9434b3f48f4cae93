"""Somebody who hears the screen: no bars, no rules, no colours, every row a line of its own."""

from __future__ import annotations

import unicodedata

import pytest

from tests.hours.desk import Desk, Screen

NET = """\
name: net
vars: {width: 1.0}
input: 3x32x32
layers:
  - {name: stem, kind: standard, m: "${int(32 * width)}", k: 3}
  - name: body
    repeat: 3
    layers: [{kind: standard, m: "${int(64 * width)}", k: 3}]
  - {name: pool, kind: global-avg-pool}
  - {name: head, kind: linear, m: 10}
budgets: {params: 100k}
"""


def can_be_read(screen: Screen) -> bool:
    """Whether there is nothing in it that is drawn rather than said."""
    is_drawn = any(unicodedata.name(char, "").startswith(("BOX", "BLOCK")) for char in screen)
    is_torn = any(line.startswith(("  ~", "--", "==")) for line in screen.lines)
    return not is_drawn and not is_torn and "\x1b" not in screen


@pytest.mark.parametrize("by", ["option", "environment"])
def test_an_hour(desk: Desk, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    desk.write("net.yaml", NET)
    desk.width = 10_000  # rows are not torn, however long
    option = " --plain" if by == "option" else ""
    monkeypatch.setenv("CONVCOST_PLAIN", "" if option else "1")

    def hears(line: str, code: int = 0) -> Screen:
        screen = desk.types(f"{line}{option}", code)
        assert can_be_read(screen), screen
        return screen

    # What this is, and how one command is used.
    assert can_be_read(desk.types("convcost", code=2))
    assert can_be_read(desk.types("convcost help eval"))

    # One layer: the row says all of it, and the stages' sum.
    layer = hears("convcost compare --in 3 --out 4 -k 3")
    assert "27 + 12" in layer.line("depthwise-separable ")
    hears("convcost explain depthwise-separable --in 3 --out 4 -k 3")
    hears("convcost zoo")
    hears("convcost kinds")

    # A network, its blocks by cost, and three of its widths.
    table = hears("convcost eval net.yaml")
    assert "93,664 params" in table
    names = [line.split()[0] for line in table.lines[3:10]]
    assert names == ["stem", "body[0]", "body[1]", "body[2]", "pool", "head", "total"]
    short = hears("convcost eval net.yaml --depth 1 --sort macs")
    assert len(short.lines) < len(table.lines)
    widths = hears("convcost eval net.yaml --vary 'width=0.5,1.0'")
    ratios = next(line for line in widths.lines if line.startswith("ratio "))
    assert ratios.split() == ["ratio", "1.00×", "3.94×"]

    # A long one is not read to the end: it is rolled up, as for eyes, unless it is piped.
    assert "rolled up by block" in hears("convcost eval resnet50")
    assert len(desk.pipes(f"convcost eval resnet50{option}").lines) > 75

    # A mistake, what would change, and whether it is within its budget.
    hears("convcost eval net.yml", code=2)
    hears("convcost rewrite net.yaml --replace standard=depthwise-separable")
    hears("convcost suggest net.yaml --max-params 50k")
    hears("convcost check net.yaml")
    hears("convcost check net.yaml --max-params 50k", code=1)
    hears("convcost diff net.yaml net.yaml --set b:width=0.5")
    hears("convcost reconcile net.yaml")


def test_it_is_the_terminals_table_without_what_is_drawn(desk: Desk) -> None:
    desk.write("net.yaml", NET)
    for line in ("convcost eval net.yaml", "convcost compare --in 3 --out 4 -k 3"):
        plain = desk.pipes(f"{line} --plain")
        for number in ("27 + 12", "93,664", "total"):
            assert (number in plain) == (number in desk.pipes(line))
