"""Memory as a picture: a box for each buffer, where and as long as the document says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from convcost.cost import Report, evaluate
from convcost.metrics.memory import plan
from convcost.metrics.patches import patched
from convcost.network import Builder
from convcost.setting import Setting
from convcost.sources import load
from convcost.sources.zoo import shipped
from convcost.views.formats import view
from convcost.views.pictures.memory import MOST_BUFFERS
from tests.views.pictures.reading import NAMES, read, titles, told, words
from tests.views.samples import HOSTILE, named, tiny

draw = view("memory", "svg")
BOX = re.compile(r"(.*), steps ([\d,]+) to ([\d,]+), from byte ([\d,]+): ([\d,]+) bytes", re.DOTALL)
LARGE = Setting(order="best")


def document(report: Report) -> Any:
    return json.loads(view("memory", "json")(plan(report)))


def chain(layers: int) -> Report:
    builder = Builder("chain", (4, 8, 8))
    for _ in range(layers):
        builder.add("pointwise", {"m": 4})
    return evaluate(builder.network())


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "unet"])
def test_boxes_are_the_buffers_of_the_document(name: str) -> None:
    report = evaluate(load(shipped()[name])).under(LARGE)
    picture = read(draw(plan(report)))
    found = []
    for title in titles(picture, "shade"):
        match = BOX.fullmatch(title)
        assert match, title
        numbers = [int(each.replace(",", "")) for each in match.groups()[1:]]
        found.append((match[1], *numbers))
    keys = ("made_by", "first", "last", "offset", "bytes")
    assert found == [tuple(each[key] for key in keys) for each in document(report)["buffers"]]


def test_those_alive_at_the_peak_are_darker_and_it_is_marked() -> None:
    report = tiny()
    picture = read(draw(plan(report)))
    made = document(report)
    dark = [title.partition(",")[0] for title in titles(picture, "shade1")]
    assert sorted(dark) == sorted(made["peak"]["buffers"])
    assert any(f"peak {made['peak_memory']:,} bytes" in each for each in words(picture))
    assert f"step {made['peak']['step']}" in " ".join(words(picture))


def test_boxes_lie_where_their_bytes_are() -> None:
    picture = read(draw(plan(tiny())))
    boxes = {
        match[1]: (int(match[4].replace(",", "")), int(match[5].replace(",", "")), each.attrib)
        for each in picture.iter(f"{NAMES}rect")
        if (match := BOX.fullmatch(each.findtext(f"{NAMES}title") or ""))
    }
    low = max(float(each["y"]) + float(each["height"]) for _, _, each in boxes.values())
    _, largest, its = max(boxes.values(), key=lambda box: box[1])
    scale = float(its["height"]) / largest
    for offset, size, each in boxes.values():
        assert float(each["y"]) + float(each["height"]) == pytest.approx(
            low - offset * scale, abs=1
        )
        assert float(each["height"]) == pytest.approx(max(0.5, size * scale), abs=1)


def test_the_line_is_what_is_alive_at_each_step() -> None:
    report = tiny()
    paths = [each.attrib for each in read(draw(plan(report))).iter(f"{NAMES}path")]
    line = next(each["d"] for each in paths if each["class"] == "strand")
    ys = [float(point.split()[1]) for point in re.split("[ML]", line)[1:]]
    alive, bottom = document(report)["alive"], 244.0
    most = bottom - min(ys)
    assert [bottom - y for y in ys[::2]] == pytest.approx(
        [most * each / max(alive) for each in alive], abs=0.2
    )


def test_of_very_many_buffers_what_is_alive_is_drawn() -> None:
    few, many = plan(chain(MOST_BUFFERS - 1)), plan(chain(20_000))
    assert len(titles(read(draw(few)), "shade")) == MOST_BUFFERS
    picture = draw(many)
    assert titles(read(picture), "shade") == []
    assert "alive, the most in 50 steps: too many for boxes" in words(read(picture))
    assert len(picture.encode()) < 60_000
    assert len(draw(few).encode()) < 200_000


def test_patches_are_bars_of_what_is_alive() -> None:
    found = patched(evaluate(load(shipped()["mobilenet_v2"])), 4)
    made = json.loads(view("memory", "json")(found))
    bars = told(read(draw(found)), "shade0", "bytes")
    assert bars.pop("layers behind") == made["memory_behind"]
    assert bars.pop("without patches") == made["memory_without"]
    assert bars == {each["name"]: each["alive"] for each in made["layers"]}


@pytest.mark.parametrize("name", [*HOSTILE, "x" * 10_000])
def test_names_do_nothing(name: str) -> None:
    picture = draw(plan(named(name)))
    tags = {each.tag.removeprefix(NAMES) for each in read(picture).iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "g", "text", "path"}
    assert all(len(each) < 1_000 for each in titles(read(picture)))


def test_a_network_without_steps_is_drawn() -> None:
    assert titles(read(draw(plan(evaluate(Builder("", (3, 8, 8)).network()))))) == []
