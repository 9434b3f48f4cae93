"""The page in a real browser: what is clicked and typed works, and nothing is fetched."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from convcost.cost import Report, evaluate
from convcost.difference import diff
from convcost.metrics import measured
from convcost.network import Builder
from convcost.setting import Setting
from convcost.sources import read
from convcost.sources.devices import find_device
from convcost.sources.targets import target_of
from convcost.views.report import Shown, render
from tests.browser import BROWSER, DARK, look
from tests.views.samples import HOSTILE, tiny, two_branches

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")
READY = """
await until(() => document.querySelector(".has-script"));
const names = () => [...document.querySelectorAll("tbody")[0].rows].map(
  row => row.cells[0].textContent);
const type = (control, text, event) => {
  control.value = text;
  control.dispatchEvent(new Event(event));
};
const title = words => [...document.querySelectorAll("th button")].find(
  each => each.textContent === words);
const count = () => document.querySelector("output").textContent;
"""


def shown(report: Report, folder: Path, script: str, width: int = 1280) -> object:
    return look(render([Shown(report)]), READY + script, folder, width)


def long(layers: int) -> Report:
    builder = Builder("long", (8, 4, 4))
    for at in range(layers):
        builder.add("pointwise", {"m": 8 + at % 90}, name=f"block{at // 100}.unit{at}")
    return evaluate(builder.network())


def test_titles_sort_numbers_from_the_largest_and_words_from_the_first(tmp_path: Path) -> None:
    found = shown(
        tiny(),
        tmp_path,
        """
        const seen = [];
        for (const words of ["params", "params", "params", "layer"]) {
          title(words).click();
          const head = title(words).closest("th");
          seen.push([head.getAttribute("aria-sort"), ...names()]);
        }
        return seen;
        """,
    )
    assert found == [
        ["descending", "head", "stem", "body", "sum"],
        ["ascending", "sum", "body", "stem", "head"],
        [None, "stem", "body", "sum", "head"],
        ["ascending", "body", "head", "stem", "sum"],
    ]


def test_layers_are_found_by_words_and_by_kind(tmp_path: Path) -> None:
    found = shown(
        tiny(),
        tmp_path,
        """
        const seen = [[count(), ...names()]];
        type(document.querySelector("input"), "16×32 Sep", "input");
        seen.push([count(), ...names()]);
        type(document.querySelector("input"), "", "input");
        type(document.querySelector("select"), "linear", "change");
        seen.push([count(), ...names()]);
        return seen;
        """,
    )
    assert found == [
        ["4 layers", "stem", "body", "sum", "head"],
        ["1 of 4 layers", "body"],
        ["1 of 4 layers", "head"],
    ]


def test_a_layer_tells_what_its_numbers_are_made_of(tmp_path: Path) -> None:
    found = shown(
        tiny(),
        tmp_path,
        """
        const dialog = document.querySelector("dialog"), seen = [];
        document.querySelector("tbody button").click();
        seen.push(dialog.open, dialog.querySelector("h2").textContent, dialog.textContent);
        dialog.querySelector(".close").click();
        seen.push(dialog.open);
        return seen;
        """,
    )
    assert isinstance(found, list)
    opened, title, told, still = found
    assert (opened, title, still) == (True, "stem", False)
    assert "m·n·kh·kw = 16 × 3 × 3 × 3 = 432" in told
    assert "depthwise-separable" in told


def test_twenty_thousand_layers_are_laid_out_page_by_page(tmp_path: Path) -> None:
    found = shown(
        long(20_000),
        tmp_path,
        """
        const button = words => [...document.querySelectorAll("button")].find(
          each => each.textContent === words);
        const seen = [[count(), names().length]];
        button("Next").click();
        seen.push([count(), names()[0]]);
        title("params").click();
        seen.push([count(), names()[0]]);
        type(document.querySelector("input"), "unit1999", "input");
        seen.push([count(), names().length]);
        return seen;
        """,
    )
    assert found == [
        ["1 to 200 of 20,000 layers", 200],
        ["201 to 400 of 20,000 layers", "block2.unit200"],
        ["1 to 200 of 20,000 layers", "block0.unit89"],
        ["11 of 20,000 layers", 11],
    ]


def test_hostile_names_do_nothing(tmp_path: Path) -> None:
    script = """
        document.querySelector("tbody button").click();
        return [document.scripts.length, document.images.length, document.links.length,
          document.documentElement.scrollWidth <= innerWidth];
    """
    before = shown(network_of("plain", ["conv"]), tmp_path, script)
    names = [*HOSTILE, "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>"]
    for name in (names[-1], "n" * 10_000):
        assert shown(network_of(name, [*names, "n" * 10_000]), tmp_path, script) == before


def network_of(name: str, layers: list[str]) -> Report:
    builder = Builder(name, (8, 4, 4), name)
    for each in layers:
        builder.add("pointwise", {"m": 8}, name=each)
    return evaluate(builder.network())


@pytest.mark.parametrize("width", [375, 800, 1280])
def test_no_page_is_wider_than_its_window(width: int, tmp_path: Path) -> None:
    script = "return [innerWidth, document.documentElement.scrollWidth];"
    assert shown(tiny(), tmp_path, script, width) == [width, width]


def test_words_of_pictures_lie_apart_and_none_is_cut(tmp_path: Path) -> None:
    script = """
        const found = [];
        for (const svg of document.querySelectorAll(".drawn svg")) {
          const all = svg.getBoundingClientRect();
          const boxes = [...svg.querySelectorAll("text")].map(
            each => [each.textContent, each.getBoundingClientRect()]);
          boxes.forEach(([words, box], place) => {
            if (box.left < all.left || box.right > all.right || box.bottom > all.bottom)
              found.push(["cut", words]);
            for (const [others, other] of boxes.slice(place + 1))
              if (box.left < other.right && other.left < box.right
                  && box.top < other.bottom - 3 && other.top < box.bottom - 3)
                found.push([words, others]);
          });
        }
        return [document.querySelectorAll(".drawn svg").length, ...found];
    """
    for name in ("unet", "googlenet", "resnet18"):
        report = evaluate(read(target_of(name)).network)
        assert shown(report, tmp_path, script) == [3]


AXE = importlib.util.find_spec("axe_core_python")


@pytest.mark.skipif(AXE is None, reason="axe-core is not installed")
@pytest.mark.parametrize("scheme", [[], [DARK]], ids=["light", "dark"])
def test_axe_finds_nothing(scheme: list[str], tmp_path: Path) -> None:
    assert AXE is not None
    library = Path(str(AXE.origin)).with_name("axe.min.js").read_text(encoding="utf-8")
    script = """
        document.querySelectorAll("details").forEach(each => { each.open = true; });
        title("params").click();
        const found = [];
        const run = async () => {
          const {violations, passes} = await axe.run(document, {preload: false});
          found.push(passes.length > 20, ...violations.map(
            each => [each.id, each.impact, ...each.nodes.map(node => node.html)]));
        };
        await run();
        document.querySelector("tbody button").click();
        await run();
        return [matchMedia("(prefers-color-scheme: dark)").matches, ...found];
    """
    report = tiny().under(Setting(activations="int8", device=find_device("t4")))
    page = render(
        [Shown(measured(report, ["peak_memory", "least_time"]), diff(two_branches(), report))]
    )
    for width in (375, 1280):
        found = look(page, READY + script, tmp_path, width, *scheme, library=library)
        assert found == [bool(scheme), True, True]
