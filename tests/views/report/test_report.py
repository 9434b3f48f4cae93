"""The page: one file that is whole without its script, and whose policy lets nothing in."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import Any
from zlib import decompress

import pytest

from convcost import __version__
from convcost.conventions import apply, find
from convcost.cost import Report, evaluate
from convcost.difference import diff
from convcost.errors import Problem
from convcost.metrics import measured
from convcost.network import Builder
from convcost.sources import read
from convcost.sources.targets import target_of
from convcost.views.formats import view
from convcost.views.report import Shown, render
from convcost.views.report.writer import MOST_ROWS
from tests.views.report.reading import Page
from tests.views.samples import HOSTILE, alone, costless, named, tiny, two_branches


def page_of(*reports: Report, **options: Any) -> Page:
    return Page(render([Shown(report) for report in reports], **options))


def packed(page: Page) -> list[Any]:
    blocks = [
        text
        for (_, attrs), text in zip(
            (each for each in page.tags if each[0] == "script"), page.texts["script"], strict=True
        )
        if attrs.get("class") == "packed"
    ]
    return [json.loads(decompress(b64decode(text))) for text in blocks]


def test_its_policy_names_the_one_style_and_the_one_script_and_nothing_else() -> None:
    page = page_of(tiny())
    (policy,) = [
        attrs["content"] for _, attrs in page.tags if "Content-Security-Policy" in attrs.values()
    ]
    (style,), script = page.texts["style"], page.texts["script"][-1]
    hashes = [b64encode(sha256(each.encode()).digest()).decode() for each in (style, script)]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_nothing_in_it_names_anything_elsewhere() -> None:
    page = page_of(tiny())
    attrs = [attrs for _, attrs in page.tags]
    assert not {name for each in attrs for name in each if name == "style" or name[:2] == "on"}
    assert not {"link", "img", "iframe", "object", "base"} & {tag for tag, _ in page.tags}
    links = [each.get("href") or each.get("src") for each in attrs]
    assert all(link.startswith("#") for link in links if link)
    written = page.texts["style"][0] + page.texts["script"][-1]
    assert not re.search(r"url\(|@import|fetch\(|XMLHttp|import\(", written)


def test_its_figures_are_those_of_the_json() -> None:
    report = measured(tiny(), ["peak_memory"])
    (network,) = json.loads(view("eval", "json")([report], metrics=["peak_memory"]))["networks"]
    page = page_of(report)
    rows = page.tables["Layers of tiny"]
    keys = ("params", "macs", "activations")
    shown = [[row[0], *(int(cell.replace(",", "")) for cell in row[3:6])] for row in rows[1:]]
    assert rows[0][3:6] == ["params", "MACs", "activations"]
    assert shown[:-1] == [
        [layer["name"], *(layer[key] for key in keys)] for layer in network["layers"]
    ]
    assert shown[-1] == ["total", *(network[key] for key in keys)]
    assert rows[0][-1] == "peak bytes"
    assert [row[-1] for row in rows[1:-1]] == [
        f"{layer['peak_memory']:,}" for layer in network["layers"]
    ]
    cards = " ".join(page.texts["summary"])
    assert all(f"{network[key]:,}" in cards for key in (*keys, "peak_memory"))


def test_what_is_packed_is_what_is_there() -> None:
    page = page_of(tiny())
    (data,) = packed(page)
    rows = page.tables["Layers of tiny"][1:-1]
    assert [row[:-1] for row in data["rows"]] == rows
    explained = [Page(data["inside"][row[-1]]) for row in data["rows"]]
    assert "m·n·kh·kw = 16 × 3 × 3 × 3 = 432" in explained[0].tables["Stages"][1]
    assert "convcost compare --in 3 --out 16 -k 3 --size 32x32" in explained[0].texts["code"]


def test_what_is_not_understood_is_said() -> None:
    builder = Builder("net", (3, 8, 8))
    builder.add("pointwise", {"m": 3})
    builder.add("unknown", {"op": "fft", "shape": (3, 8, 8)})
    page = page_of(evaluate(builder.network()))
    assert any("≥" in each for each in page.texts["summary"])
    assert any("at least" in each for each in page.texts["li"])


@pytest.mark.parametrize("name", [*HOSTILE, "</script><script>alert(1)</script>", "n" * 10_000])
def test_names_bring_no_tags(name: str) -> None:
    def bare(page: Page) -> set[tuple[str, tuple[str, ...]]]:
        return {(tag, tuple(sorted(attrs))) for tag, attrs in page.tags}

    assert bare(page_of(named(name), named(name))) == bare(page_of(named("a"), named("a")))


@pytest.mark.parametrize("report", [alone(), costless(), two_branches()])
def test_every_network_has_its_page(report: Report) -> None:
    page = page_of(report)
    (data,) = packed(page)
    assert len(data["rows"]) == len(report.layers)
    assert "What tools count" in page.texts["h2"]


def test_another_convention_says_that_what_is_inside_is_not_counted_by_it() -> None:
    page = page_of(apply(tiny(), find("fvcore")))
    (data,) = packed(page)
    assert "Below is what papers counts, and not fvcore." in data["inside"][0]
    assert page.texts["footer"] == [f"\nconvention fvcore · convcost {__version__}\n"]


def test_equal_networks_give_equal_bytes() -> None:
    assert render([Shown(tiny())]) == render([Shown(tiny())])


def test_several_networks_stand_side_by_side() -> None:
    page = page_of(tiny("one"), two_branches())
    names = [row[0] for row in page.tables["Networks side by side"]]
    assert names == ["network", "one", "branches"]
    assert page.texts["h1"] == ["one · branches"]
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {f"#{each}" for each in ids} >= {attrs["href"] for tag, attrs in page.tags if tag == "a"}


def test_what_changed_stands_first() -> None:
    before, after = tiny(), named("other")
    page = Page(render([Shown(after, diff(before, after))]))
    assert page.texts["h2"][0] == "What changed"
    assert page.tables


def test_what_could_not_be_read_is_said() -> None:
    page = page_of(tiny(), problems=[Problem("no such file")])
    assert page.texts["h2"][-1] == "Not read"
    assert "no such file" in page.texts["li"][-1]


def long(layers: int, name: str) -> Report:
    builder = Builder("long", (8, 4, 4))
    for at in range(layers):
        builder.add("pointwise", {"m": 8}, name=name.format(at // 100, at))
    return evaluate(builder.network())


@pytest.mark.parametrize(
    ("name", "rows", "note"),
    [
        ("block{}.unit{}", 25, "2,500 layers, rolled up by block."),
        ("unit{1}", MOST_ROWS, "2,500 layers, of which the costliest."),
    ],
)
def test_of_too_many_layers_the_blocks_are_there_at_once(name: str, rows: int, note: str) -> None:
    page = page_of(long(2_500, name))
    table = page.tables["Layers of long"]
    assert len(table) - 2 == rows
    assert sum(int(row[3].replace(",", "")) for row in table[1:-1]) == 2_500 * 64
    assert note in page.texts["p"]
    assert len(packed(page)[0]["rows"]) == 2_500


def test_resnet_is_a_small_file() -> None:
    page = render([Shown(evaluate(read(target_of("resnet50")).network))])
    assert len(page.encode()) < 150_000
    assert len(Page(page).texts["script"][-1].encode()) < 25_000
