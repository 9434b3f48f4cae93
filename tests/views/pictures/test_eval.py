"""Pictures of networks: their numbers are those of the document, whatever the network."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.cost import Report, evaluate
from convcost.metrics import measured
from convcost.network import Builder
from convcost.sources import load
from convcost.sources.zoo import shipped
from convcost.views.formats import view
from convcost.views.pictures.eval import MOST_NETWORKS
from convcost.views.pictures.network import MOST_BARS
from convcost.views.pictures.treemap import Box, squarified
from tests.views.pictures.reading import NAMES, read, titles, told, words
from tests.views.samples import HOSTILE, costless, named, tiny

draw = view("eval", "svg")
BARS, TILES = "shade0", "tile"


def document(reports: list[Report], **options: Any) -> list[dict[str, Any]]:
    networks: list[dict[str, Any]] = json.loads(view("eval", "json")(reports, **options))[
        "networks"
    ]
    return networks


def long(layers: int, name: str = "unit[{}].conv") -> Report:
    builder = Builder("long", (2, 4, 4))
    for place in range(layers):
        builder.add("pointwise", {"m": 2, "bias": place % 2 == 0}, name=name.format(place))
    return evaluate(builder.network())


@pytest.mark.parametrize("name", ["mobilenet_v2", "resnet50", "unet", "vgg16"])
def test_every_layer_has_a_bar_and_they_say_what_the_document_says(name: str) -> None:
    report = evaluate(load(shipped()[name]))
    picture = read(draw([report]))
    (network,) = document([report])
    for metric, title in (("params", "params"), ("macs", "MACs")):
        costly = {each["name"]: each[metric] for each in network["layers"] if each[metric]}
        assert told(picture, BARS, title) == costly
    boxes = told(picture, TILES, "MACs")
    assert sum(boxes.values()) == network["macs"]
    layers = {each["name"]: each["macs"] for each in network["layers"]}
    assert {
        name: amount for name, amount in boxes.items() if layers.get(name, amount) != amount
    } == {}


def test_metrics_that_are_asked_for_have_bars() -> None:
    report = measured(tiny(), ["peak_memory", "weight_bytes"])
    picture = read(draw([report], metrics=["peak_memory", "weight_bytes"]))
    (network,) = document([report], metrics=["peak_memory", "weight_bytes"])
    for metric, title in (("peak_memory", "peak bytes"), ("weight_bytes", "weight bytes")):
        costly = {each["name"]: each[metric] for each in network["layers"] if each[metric]}
        assert told(picture, BARS, title) == costly


def test_bars_are_as_high_as_their_numbers_are_large() -> None:
    picture = read(draw([tiny()]))
    bars = {
        title: float(each.attrib["height"])
        for each in picture.iter(f"{NAMES}rect")
        if each.attrib["class"] == BARS and (title := each.findtext(f"{NAMES}title"))
    }
    stem, body = bars["stem: 442,368 MACs"], bars["body: 409,600 MACs"]
    assert body / stem == pytest.approx(409_600 / 442_368, abs=0.01)


@pytest.mark.parametrize("layers", [MOST_BARS, MOST_BARS + 1, 20_000])
def test_a_long_network_has_few_bars_that_add_up(layers: int) -> None:
    report = long(layers)
    picture = draw([report])
    bars = told(read(picture), BARS, "MACs")
    assert sum(bars.values()) == report.macs
    assert len(bars) <= MOST_BARS
    assert sum(told(read(picture), BARS, "params").values()) == report.params
    assert sum(told(read(picture), TILES, "MACs").values()) == report.macs
    together = -(-layers // MOST_BARS)
    of = "each layer" if together == 1 else f"{together} layers at a time"
    assert f"MACs of {of}" in words(read(picture))
    assert len(picture.encode()) < 200_000


@pytest.mark.parametrize("name", ["x" * 10_000, "\u202e" * 10_000, "a." * 5_000])
def test_long_names_make_no_long_picture(name: str) -> None:
    picture = draw([long(300, name + "{}")])
    assert len(picture.encode()) < 400_000
    assert all(len(each) < 1_000 for each in (*words(read(picture)), *titles(read(picture))))


@pytest.mark.parametrize("name", HOSTILE)
def test_names_do_nothing(name: str) -> None:
    for reports in ([named(name)], [named(name), tiny()]):
        tags = {each.tag.removeprefix(NAMES) for each in read(draw(reports)).iter()}
        assert tags <= {"svg", "title", "desc", "style", "rect", "g", "text", "path"}


def test_layers_of_the_same_name_have_boxes_of_their_own() -> None:
    builder = Builder("twins", (3, 8, 8))
    for _ in range(2):
        builder.add("pointwise", {"m": 3}, name="block.twin")
    picture = read(draw([evaluate(builder.network())]))
    assert titles(picture, TILES) == ["block.twin: 576 MACs"] * 2


def test_what_is_not_understood_is_marked_and_never_nothing() -> None:
    builder = Builder("doubtful", (3, 8, 8))
    builder.add("standard", {"m": 4, "k": 3}, name="known")
    builder.add("unknown", {"op": "fft", "shape": (4, 8, 8)}, name="strange")
    report = evaluate(builder.network())
    shown = words(read(draw([report])))
    assert shown.count("?") == 2
    assert any("≥ 6,912 MACs" in each for each in shown)
    assert any("fft is not understood" in each for each in shown)
    assert "doubtful: ≥ 6,912 MACs" in titles(read(draw([report, tiny()])))


def test_a_network_without_cost_is_drawn() -> None:
    picture = read(draw([costless()]))
    assert titles(picture, BARS) == titles(picture, TILES) == []


def test_several_networks_stand_side_by_side() -> None:
    reports = [tiny(), long(5)]
    picture = read(draw(reports))
    for network in document(reports):
        assert told(picture, BARS, "params")[network["name"]] == network["params"]
        assert told(picture, BARS, "MACs")[network["name"]] == network["macs"]


def test_variants_say_what_they_were_built_with() -> None:
    shown = words(read(draw([tiny(), tiny()], variants=[{"alpha": 1}, {"alpha": 0.5}])))
    assert {"alpha=1", "alpha=0.5"} < set(shown)


def test_of_very_many_networks_those_with_most_macs_are_drawn() -> None:
    reports = [long(2)] * MOST_NETWORKS + [tiny()]
    picture = read(draw(reports))
    assert f"61 networks, of which the {MOST_NETWORKS} with most MACs are drawn" in words(picture)
    assert told(picture, BARS, "MACs")["tiny"] == tiny().macs


@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=60),
    st.floats(10, 500),
    st.floats(10, 500),
)
def test_boxes_fill_their_box_by_their_amounts(
    amounts: list[int], width: float, height: float
) -> None:
    amounts.sort(reverse=True)
    boxes = list(squarified(amounts, Box(0, 0, width, height)))
    whole = width * height
    for amount, box in zip(amounts, boxes, strict=True):
        assert box.area == pytest.approx(whole * amount / sum(amounts), rel=1e-6, abs=1e-9)
        assert -1e-6 <= box.x <= box.x + box.width <= width + 1e-6
        assert -1e-6 <= box.y <= box.y + box.height <= height + 1e-6


def test_equal_amounts_make_squares() -> None:
    boxes = squarified([1] * 9, Box(0, 0, 90, 90))
    assert {(round(box.width), round(box.height)) for box in boxes} == {(30, 30)}


def test_equal_networks_give_equal_bytes() -> None:
    assert draw([tiny()]) == draw([tiny()])
