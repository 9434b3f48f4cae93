"""Somebody who designs networks for phones: which width fits, what is dear, what can go?"""

from __future__ import annotations

import json

from tests.hours.desk import Desk


def test_an_hour(desk: Desk) -> None:
    # What is there, and what does one of them cost, at a glance?
    zoo = desk.types("convcost zoo")
    assert "4,231,976" in zoo.line("mobilenet_v1 ")
    table = desk.types("convcost eval resnet50")
    assert len(table.lines) < 45
    assert "72 layers, rolled up by block as --depth 2 does" in table
    assert "  layer4[2]" in table
    assert "25,557,032 params" in table
    every = desk.types("convcost eval resnet50 --all")
    assert len(every.lines) > 75
    assert "maxpool" in every
    assert "--all" not in every

    # What is dear?
    stages = desk.types("convcost eval resnet50 --depth 1 --sort params")
    assert [line.split()[0] for line in stages.lines[5:8]] == ["layer4", "layer3", "fc"]
    assert "58.6%" in stages.line("layer4 ")
    dear = desk.types("convcost eval resnet50 --top 3")
    assert "69 others" in dear
    assert "4,089,184,256" in dear.line("total ")

    # Which width fits 300 M?
    widths = desk.types("convcost eval mobilenet_v1 --vary 'alpha=0.5,0.75,1.0'")
    assert "149,497,088  325,400,448  568,740,352" in widths.line("MACs ")
    inside = desk.types("convcost eval mobilenet_v1 --vary 'alpha=0.5,1.0' --sort params --top 1")
    halves = [line.split() for line in inside.lines if line.startswith("classifier ")]
    assert ["classifier", "513,000", "1,025,000", "2.00×"] in halves
    twice = desk.types("convcost eval mobilenet_v1 --set alpha=0.5 --set alpha=0.75", code=2)
    assert "error: --set alpha is given twice" in twice
    assert "--vary" in twice
    between = desk.types(
        "convcost diff mobilenet_v1 mobilenet_v1 --set a:alpha=0.75 --set b:alpha=0.5"
    )
    assert "(-54.1%)" in between.line("MACs ")

    # What would it take to have ResNet in 2.5 G, and is that so?
    found = desk.types("convcost suggest resnet50 --max-macs 2.5G")
    new = desk.types(f"{found.command('See it: ')} -o new.yaml")
    assert "2,457,435,648" in new
    assert "2,457,435,648 MACs" in desk.types("convcost eval new.yaml")
    desk.types("convcost check new.yaml --max-macs 2.5G")
    over = desk.types("convcost check new.yaml --max-macs 2.4G", code=1)
    assert "FAIL" in over
    assert "57,435,648 too many" in over

    # For the spreadsheet, and for the colleague's pull request.
    rows = json.loads(desk.pipes("convcost eval new.yaml --depth 1 --format json"))["networks"][0]
    assert sum(each["macs"] for each in rows["groups"]) == rows["macs"] == 2_457_435_648
    page = desk.pipes("convcost eval new.yaml --depth 1 --sort macs --format markdown")
    assert page.line("| layer3 ")
    assert "--all" not in page


def test_the_same_at_sixty_and_at_a_hundred_and_twenty_columns(desk: Desk) -> None:
    for desk.width in (60, 120):
        assert "25,557,032 params" in desk.types("convcost eval resnet50")
        assert "64,447" not in desk.types("convcost eval resnet50 --depth 1 --sort params")
        widths = desk.types("convcost eval mobilenet_v1 --vary 'alpha=0.25..1.0:0.25'")
        assert "568,740,352" in widths
        assert "41,030,272" in widths
