"""A network as a graph: its blocks and their joins, with the numbers of the table."""

from __future__ import annotations

import re

import pytest

from convcost.cost import Report, evaluate
from convcost.network import INPUT, Builder
from convcost.sources import read
from convcost.sources.targets import target_of
from convcost.views.pictures.graph import render
from convcost.views.pictures.runs import MOST, Run, runs
from tests.views.pictures.reading import NAMES
from tests.views.pictures.reading import read as read_picture
from tests.views.samples import costless, tiny, two_branches


def shipped(name: str) -> Report:
    return evaluate(read(target_of(name)).network)


def names(found: list[Run]) -> list[str]:
    return [each.line.layer.name for each in found if each.line.layer]


def test_blocks_are_joined_as_their_layers_are() -> None:
    assert [
        (name, each.sources) for name, each in zip(names(runs(tiny())), runs(tiny()), strict=True)
    ] == [
        ("stem", (INPUT,)),
        ("body", (0,)),
        ("sum", (0, 1)),
        ("head", (2,)),
    ]


def test_branches_read_what_they_branch_from() -> None:
    assert [each.sources for each in runs(two_branches())] == [(INPUT,), (INPUT,), (0, 1)]


def test_what_costs_nothing_belongs_to_what_it_follows() -> None:
    assert names(runs(shipped("vgg16")))[:3] == [
        "stage1.conv[0]",
        "stage1.conv[1]",
        "stage2.conv[0]",
    ]
    assert names(runs(costless())) == ["1"]


@pytest.mark.parametrize("name", ["resnet50", "densenet121", "unet", "googlenet", "vit_b_16"])
def test_a_few_blocks_have_what_the_network_has(name: str) -> None:
    report = shipped(name)
    found = runs(report)
    assert 4 < len(found) <= MOST
    for metric in ("params", "macs"):
        assert sum(each.line.amount(metric) or 0 for each in found) == report.figure(metric)
    assert all(source < at for at, each in enumerate(found) for source in each.sources)


def test_layers_without_blocks_stand_together() -> None:
    builder = Builder("flat", (8, 4, 4))
    for at in range(100):
        builder.add("pointwise", {"m": 8}, name=f"conv{at}")
    found = runs(evaluate(builder.network()))
    assert len(found) == 25
    assert names(found)[0] == "conv0 to conv3"


@pytest.mark.parametrize("report", [tiny(), two_branches(), costless()])
def test_every_block_has_its_box_with_its_numbers(report: Report) -> None:
    root = read_picture(render(report))
    told = [each.text or "" for each in root.iter(f"{NAMES}title")]
    for each in runs(report):
        layer = each.line.layer
        assert layer
        wanted = f"{layer.name}: {layer.macs:,} MACs, {layer.params:,} params"
        assert any(words.startswith(wanted) for words in told)


def test_boxes_are_filled_in_proportion() -> None:
    root = read_picture(render(tiny()))
    filled = {}
    for mark in root.iter(f"{NAMES}rect"):
        title = mark.find(f"{NAMES}title")
        if mark.attrib["class"].startswith("shade") and title is not None:
            macs = re.search(r": ([\d,]+) MACs", title.text or "")
            assert macs
            filled[int(macs[1].replace(",", ""))] = float(mark.attrib["height"])
    assert sum(filled) == tiny().macs
    for each, height in filled.items():
        assert height == pytest.approx(420 * each / tiny().macs, abs=0.06)


def test_equal_networks_give_equal_bytes() -> None:
    assert render(tiny()) == render(tiny())
