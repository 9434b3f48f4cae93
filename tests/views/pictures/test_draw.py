"""How a kind connects: the picture has the numbers of the explanation, and stays readable."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

import pytest

from convcost.comparison import Choice, compare
from convcost.kinds import REGISTRY, Kind, find
from convcost.views.formats import view
from convcost.views.pictures.draw import TRACED, render
from convcost.views.pictures.maps import MOST_MAPS
from tests.views.pictures.reading import NAMES, read

KINDS = [kind for kind in REGISTRY.values() if kind.group == "convolution"]


def drawn(name: str, n: int = 8, m: int = 8, k: int = 3, **fields: Any) -> ElementTree.Element:
    options = fields.pop("options", {})
    answer = compare(n, m, k, kinds=[Choice(name, options)], **fields)
    return read(render(find(name), answer))


def words(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{NAMES}text")]


def maps(root: ElementTree.Element, look: str) -> int:
    return sum(each.attrib["class"] == look for each in root.iter(f"{NAMES}rect"))


def joins(root: ElementTree.Element, look: str) -> int:
    paths = (each for each in root.iter(f"{NAMES}path") if each.attrib["class"] == look)
    return sum(each.attrib["d"].count("M") for each in paths)


def test_the_example_that_every_reader_knows() -> None:
    standard = drawn("standard", 3, 4, 3, size=(5, 5))
    assert "4 × 3 × 3 × 3 = 108" in words(standard)
    separable = drawn("depthwise-separable", 3, 4, 3, size=(5, 5))
    assert {"3 × 3 × 3 = 27", "4 × 3 × 1 × 1 = 12", "params, by stage: 27 + 12 = 39"} <= {
        *words(separable)
    }


def test_every_output_of_a_standard_convolution_is_made_from_every_input() -> None:
    root = drawn("standard", 3, 4, 3)
    assert (joins(root, "line"), joins(root, "strand")) == (9, 3)
    assert (maps(root, "map"), maps(root, "map lit")) == (3, 4)


def test_a_depthwise_one_is_made_from_its_own_alone() -> None:
    root = drawn("depthwise", 4, 4, 3)
    assert (joins(root, "line"), joins(root, "strand")) == (3, 1)
    assert (maps(root, "map"), maps(root, "map lit")) == (6, 2)


def test_groups_do_not_see_each_other() -> None:
    root = drawn("group", 8, 8, 3, groups=4)
    assert joins(root, "line") + joins(root, "strand") == 8 * 2
    assert maps(root, "map lit") == 2 + 1


def test_a_shuffle_leads_into_every_group() -> None:
    """Each of 2 groups gives 4 of 8 channels; behind the shuffle a group of the second layer, of
    4 neighbours, has 2 of each."""
    root = drawn("shufflenet", 8, 8, 3, groups=2, options={"width": 8})
    assert "shuffle, 2 groups" in words(root)
    # 8 inputs, 4 channels of each of three tensors behind, and the output.
    assert maps(root, "map lit") == 8 + 4 + 4 + 4 + 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_has_a_picture_with_the_numbers_of_its_explanation(kind: Kind) -> None:
    answer = compare(8, 8, 3, size=(8, 8), kinds=[kind.name])
    told = " ".join(words(read(render(kind, answer))))
    (row,) = answer.rows
    for stage in row.stages:
        for count in filter(None, (stage.params, stage.macs)):
            assert f"{int(count):,}" in told
    explained = view("explain", "table")(kind, answer)
    for label, said in re.findall(
        r"^(params|MACs|mixes|gives up|source) +(.*)$", explained, re.MULTILINE
    ):
        assert f"{label}: {said}" in told


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_nothing_is_cut_off(kind: Kind) -> None:
    root = read(render(kind, compare(8, 8, 3, size=(8, 8), kinds=[kind.name])))
    width, height = (float(root.attrib[side]) for side in ("width", "height"))
    for mark in root.iter():
        if "x" in mark.attrib:
            x, y = float(mark.attrib["x"]), float(mark.attrib["y"])
            assert 0 <= x <= width - float(mark.attrib.get("width", 0))
            assert 0 <= y <= height - float(mark.attrib.get("height", 0))


def test_a_large_layer_is_drawn_by_a_few_maps_and_its_exact_numbers() -> None:
    root = drawn("bottleneck", 2048, 2048, 3, size=(7, 7))
    assert maps(root, "map") + maps(root, "map lit") <= 4 * MOST_MAPS
    assert words(root).count("⋮") == 4
    assert {"2,048 × 7×7", "512 × 2048 × 1 × 1 = 1,048,576"} <= set(words(root))


def test_channels_without_end_are_not_followed() -> None:
    root = drawn("standard", 10**12, 10**9, 3)
    assert TRACED not in words(root)
    assert (maps(root, "map lit"), joins(root, "strand")) == (0, 0)


def test_what_no_op_tells_is_not_followed() -> None:
    root = drawn("convolutional-classification", size=(4, 4))
    assert TRACED not in words(root)
    assert maps(root, "map lit") == 0


def test_a_dilated_kernel_shows_its_taps_apart() -> None:
    def taps(k: int, **fields: Any) -> set[float]:
        root = drawn("standard", 3, 4, k, **fields)
        rects = [each.attrib for each in root.iter(f"{NAMES}rect")]
        return {float(each["x"]) for each in rects if each["class"] == "tap"}

    near, apart = sorted(taps(3)), sorted(taps(3, dilation=2))
    assert len(near) == len(apart) == 3
    assert apart[1] - apart[0] == 2 * (near[1] - near[0])
    assert taps(21) == set()


def test_equal_layers_give_equal_bytes() -> None:
    answer = compare(8, 8, 3, kinds=["ghost"])
    assert render(find("ghost"), answer) == render(find("ghost"), answer)
