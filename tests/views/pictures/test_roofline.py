"""The roofline: its dots have the numbers of the document and lie on the roof."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from convcost.cost import Report, evaluate
from convcost.metrics.roofline import Roofline, roofline
from convcost.network import Builder
from convcost.setting import Setting
from convcost.sources import read as load
from convcost.sources import target_of
from convcost.sources.devices import find_device
from convcost.views.formats import view
from tests.views.pictures.reading import NAMES, read
from tests.views.samples import HOSTILE, costless

HALF = Setting("fp16", "fp16", batch=8)
INT8 = Setting("int8", "int8")
TITLE = re.compile(
    r"(?P<name>.+?)(?: and (?P<more>[\d,]+) more)?: (?P<intensity>[\d.e+-]+) ops/byte, "
    r"(?P<seconds>[\d.e+-]+) s.*"
)


def shipped(name: str) -> Report:
    return evaluate(load(target_of(name)).network)


def found(report: Report, device: str = "t4", setting: Setting = HALF, tile: int = 0) -> Roofline:
    return roofline(report, find_device(device), setting, tile)


def drawn(made: Roofline) -> ElementTree.Element:
    return read(view("roofline", "svg")(made))


def dots(root: ElementTree.Element) -> list[re.Match[str]]:
    """What the marks say that they are, the network apart."""
    groups = root.iter(f"{NAMES}g")
    titles = [each.text or "" for group in groups for each in group.iter(f"{NAMES}title")]
    matches = [TITLE.fullmatch(title) for title in titles if not title.startswith("network, ")]
    assert all(matches), titles
    return [each for each in matches if each]


def document(made: Roofline) -> Any:
    return json.loads(view("roofline", "json")(made))


@pytest.mark.parametrize("name", ["resnet50", "mobilenet_v2"])
def test_dots_say_what_the_document_says(name: str) -> None:
    made = found(shipped(name))
    told = dots(drawn(made))
    layers = [each for each in document(made)["layers"] if each["operations"]]
    by_name = {each["name"]: each for each in layers}
    for each in told:
        assert float(each["intensity"]) == by_name[each["name"]]["intensity"]
        if not each["more"]:
            assert float(each["seconds"]) == by_name[each["name"]]["least_seconds"]
    assert sum(1 + int(each["more"] or 0) for each in told) == len(layers)
    assert sum(float(each["seconds"]) for each in told) == pytest.approx(
        sum(each["least_seconds"] for each in layers)
    )


def words(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{NAMES}text")]


def roof(root: ElementTree.Element) -> list[tuple[float, float]]:
    (path,) = (each for each in root.iter(f"{NAMES}path") if each.attrib["class"] == "strand")
    numbers = [float(each) for each in re.findall(r"[\d.]+", path.attrib["d"])]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def middles(root: ElementTree.Element) -> list[tuple[float, float]]:
    """Of the round dots, which are convolutions."""
    return [
        (float(each.attrib["cx"]), float(each.attrib["cy"]))
        for each in root.iter(f"{NAMES}circle")
        if len(each)
    ]


def test_dots_lie_on_the_roof_which_bends_where_computing_binds() -> None:
    root = drawn(found(shipped("vgg16"), "coral-edge-tpu", INT8))
    (left, low), (bend, top), (right, end) = roof(root)
    assert left < bend < right
    assert top == end < low
    assert len(middles(root)) > 5
    for x, y in middles(root):
        on_it = low + (top - low) * (x - left) / (bend - left) if x < bend else top
        assert y == pytest.approx(on_it, abs=0.2)


def test_the_roof_has_its_figures_and_the_network_its_place() -> None:
    told = words(drawn(found(shipped("resnet50"))))
    assert {"65.1 Tops/s", "320 GB/s", "203.44 ops/byte", "network"} <= set(told)
    assert "layer1[0].conv3 ×6, 12.8%" in told
    assert "Not drawn: 18 layers that compute nothing, and take at least 883 µs." in told


def test_winograds_convolution_is_above_the_peak_of_direct_convolution() -> None:
    root = drawn(found(shipped("vgg16"), "t4", HALF, tile=4))
    assert min(y for _, y in middles(root)) < roof(root)[-1][1] - 5


def test_without_a_bandwidth_the_roof_is_flat() -> None:
    root = drawn(found(shipped("mobilenet_v1"), "stm32f746", INT8))
    (_, left), (_, right) = roof(root)
    assert left == right
    assert "Not drawn: 1 layer that computes nothing." in words(root)
    assert "network" not in words(root)


def test_sorts_of_layers_have_shapes_and_their_names() -> None:
    builder = Builder("sorts", (8, 16, 16))
    for kind, fields in (
        ("standard", {"m": 8, "k": 3}),
        ("pointwise", {"m": 8}),
        ("depthwise", {"k": 3}),
        ("transposed", {"m": 8, "k": 2, "stride": 2}),
        ("linear", {"m": 10}),
    ):
        builder.add(kind, fields)
    root = drawn(found(evaluate(builder.network())))
    keys = ["convolution", "pointwise", "depthwise or grouped", "other products"]
    assert [each for each in words(root) if each in keys] == keys
    marks = [each for each in root.iter() if len(each) and each[0].tag == f"{NAMES}title"]
    kinds = [each.tag.removeprefix(NAMES) for each in marks if each.tag != f"{NAMES}svg"]
    assert sorted(kinds) == ["circle", "circle", "path", "path", "path", "rect"]


def test_a_network_that_computes_nothing_has_a_roof_and_no_dots() -> None:
    for device, setting in (("t4", HALF), ("stm32f746", INT8)):
        root = drawn(found(costless(), device, setting))
        assert dots(root) == []
        assert roof(root)


def test_twenty_thousand_layers_are_few_dots() -> None:
    builder = Builder("deep", (8, 8, 8))
    for at in range(20_000):
        builder.add("standard", {"m": 8, "k": 3}, name=f"a long name of layer {at}")
    picture = view("roofline", "svg")(found(evaluate(builder.network())))
    assert len(picture) < 20_000
    assert "×20,000, 100.0%" in picture


def test_names_do_nothing() -> None:
    builder = Builder(HOSTILE[6], (8, 8, 8))
    for name in (*HOSTILE, "n" * 10_000):
        builder.add("standard", {"m": 8, "k": 3}, name=name)
        builder.add("linear", {"m": 9}, name=name + "2")
        builder.add("reshape", {"shape": [9, 1, 1]})
    root = drawn(found(evaluate(builder.network())))
    assert {each.tag.removeprefix(NAMES) for each in root.iter()} == {
        *("svg", "title", "desc", "style", "g", "path", "rect", "circle", "text")
    }
    assert max(map(len, words(root))) < 200
    assert max(len(each[0]) for each in dots(root)) < 400


def test_equal_results_give_equal_bytes() -> None:
    made = found(shipped("mobilenet_v2"))
    assert view("roofline", "svg")(made) == view("roofline", "svg")(made)
