"""Pictures in a real browser: nothing is cut, and no words lie on others or on a map."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from convcost.bounded import on_device
from convcost.comparison import compare
from convcost.cost import evaluate
from convcost.difference import diff
from convcost.kinds import REGISTRY
from convcost.metrics import measured
from convcost.metrics.memory import plan
from convcost.metrics.patches import patched
from convcost.network import Builder
from convcost.setting import Setting
from convcost.sources import load
from convcost.sources.devices import find_device
from convcost.sources.zoo import shipped
from convcost.views.formats import view
from convcost.views.pictures.draw import render
from convcost.views.pictures.svg import document, rect, text

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
LOOK = """
const found = [];
for (const svg of document.querySelectorAll("svg")) {
  const name = svg.querySelector("title").textContent, all = svg.getBoundingClientRect();
  const boxes = [...svg.querySelectorAll("text, rect.map, rect.shade")].map(mark => {
    const box = mark.getBoundingClientRect();
    const isText = mark.tagName === "text", isOn = mark.classList.contains("on");
    return {words: mark.textContent, box, isText, isOn};
  });
  const holders = [...svg.querySelectorAll("rect:not(.paper)")].map(
    mark => mark.getBoundingClientRect());
  for (const words of svg.querySelectorAll("text.on")) {
    const box = words.getBoundingClientRect();
    const holds = outer => outer.left <= box.left && box.right <= outer.right
      && outer.top <= box.top + 3 && box.bottom - 3 <= outer.bottom;
    if (!holders.some(holds)) found.push([name, "out of its box", words.textContent]);
  }
  boxes.forEach(({words, box}, place) => {
    if (box.left < all.left || box.right > all.right || box.bottom > all.bottom)
      found.push([name, "cut", words]);
    for (const other of boxes.slice(place + 1)) {
      const isApart = box.right <= other.box.left || other.box.right <= box.left
        || box.bottom - 3 <= other.box.top || other.box.bottom - 3 <= box.top;
      const isWithin = boxes[place].isOn !== other.isOn
        && boxes[place].isText !== other.isText;
      if (!isApart && !isWithin && (boxes[place].isText || other.isText))
        found.push([name, words, other.words]);
    }
  });
}
document.title = JSON.stringify(found);
"""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")


def seen(page: str, folder: Path) -> list[list[str]]:
    """What `LOOK` finds on a page."""
    path = folder / "page.html"
    path.write_text(f"<meta charset=utf-8>{page}<script>{LOOK}</script>", encoding="utf-8")
    command = [str(BROWSER), *OPTIONS, f"--user-data-dir={folder}", "--dump-dom", path.as_uri()]
    done = subprocess.run(command, capture_output=True, check=True, timeout=120)
    title = re.search(r"<head>.*?<title>(.*?)</title>", done.stdout.decode(), re.DOTALL)
    assert title
    found: list[list[str]] = json.loads(html.unescape(title[1]))
    return found


def test_what_does_not_fit_into_its_box_is_found(tmp_path: Path) -> None:
    marks = [rect(5, 5, 30, 20, "tile"), text(8, 20, "fits", "on"), text(8, 36, "falls out", "on")]
    found = seen(document(100, 60, "wrong", "", marks), tmp_path)
    assert found == [["wrong", "out of its box", "falls out"]]


def test_what_lies_on_another_is_found(tmp_path: Path) -> None:
    marks = [text(5, 20, "one"), text(6, 22, "two"), text(95, 50, "cut off")]
    found = seen(document(100, 60, "wrong", "", marks), tmp_path)
    assert found == [["wrong", "one", "two"], ["wrong", "cut", "cut off"]]


@pytest.mark.parametrize(
    ("n", "m", "size"), [(8, 8, (8, 8)), (64, 128, (56, 56)), (2048, 2048, None)]
)
def test_words_lie_on_nothing(n: int, m: int, size: tuple[int, ...] | None, tmp_path: Path) -> None:
    pictures = []
    for kind in REGISTRY.values():
        if kind.group == "convolution":
            answer = compare(n, m, 3, size=size, kinds=["standard", kind.name])
            if not answer.rows[1].error:
                pictures.append(render(kind, answer._replace(rows=answer.rows[1:])))
    assert len(pictures) > 20
    assert seen("".join(pictures), tmp_path) == []


@pytest.mark.parametrize("size", [None, (56, 56)])
def test_bars_of_kinds_are_apart(size: tuple[int, ...] | None, tmp_path: Path) -> None:
    kinds = [kind.name for kind in REGISTRY.values() if kind.group == "convolution"]
    few, all_of_them = compare(3, 4, 3, size=size), compare(512, 512, 3, size=size, kinds=kinds)
    pictures = [view("compare", "svg")(each) for each in (few, all_of_them)]
    if size is not None:
        timed = on_device(all_of_them, find_device("t4"), Setting())
        pictures.append(view("compare", "svg")(timed, device="T4"))
    assert seen("".join(pictures), tmp_path) == []


def test_networks_are_drawn_without_words_on_words(tmp_path: Path) -> None:
    reports = [
        evaluate(load(shipped()[name])) for name in ("unet", "resnet50", "mobilenet_v3_large")
    ]
    more = [measured(each, ["peak_memory", "weight_bytes"]) for each in reports]
    builder = Builder("one layer", (3, 8, 8))
    builder.add("pointwise", {"m": 4}, name="a layer with a long name, which leaves no room")
    draw = view("eval", "svg")
    pictures = [draw([report]) for report in (*reports, evaluate(builder.network()))]
    pictures += [draw([more[0]], metrics=["peak_memory", "weight_bytes"]), draw(more)]
    assert seen("".join(pictures), tmp_path) == []


def test_buffers_are_drawn_without_words_on_words(tmp_path: Path) -> None:
    draw = view("memory", "svg")
    reports = [evaluate(load(shipped()[name])) for name in ("unet", "resnet18", "mobilenet_v2")]
    pictures = [draw(plan(report)) for report in reports]
    pictures.append(draw(patched(reports[2], 4)))
    assert seen("".join(pictures), tmp_path) == []


def test_waterfalls_are_drawn_without_words_on_words(tmp_path: Path) -> None:
    names = ("mobilenet_v1", "mobilenet_v2", "resnet18", "resnet50", "vgg16")
    reports = [evaluate(load(shipped()[name])) for name in names]
    pictures = [view("diff", "svg")(diff(*pair)) for pair in pairwise(reports)]
    assert seen("".join(pictures), tmp_path) == []


def test_names_of_any_length_and_script_are_neither_cut_nor_on_others(tmp_path: Path) -> None:
    names = ["漢字" * 30, "x" * 10_000, "W" * 22, "\u202edesrever", "two\nlines", "مرحبا بالعالم"]
    reports = []
    for name in names:
        builder = Builder(name, (3, 32, 32), name)
        for layer in (name, f"{name}.inside.of.it", f"beside.{name}"):
            builder.add("standard", {"m": 16, "k": 3}, name=layer)
        reports.append(evaluate(builder.network()))
    pictures = [view("eval", "svg")(reports)]
    pictures += [view("eval", "svg")([report]) for report in reports]
    pictures += [view("memory", "svg")(plan(report)) for report in reports]
    pictures += [view("diff", "svg")(diff(*pair)) for pair in pairwise(reports)]
    assert seen("".join(pictures), tmp_path) == []
