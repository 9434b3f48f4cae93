"""`convcost sweep --format svg`: where all variants lie, and which are wanted."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.cli.runner import Runner
from tests.cli.test_sweep import NET
from tests.views.pictures.reading import NAMES, read

pytest.importorskip("numpy")
ROW = re.compile(r"row (\d+): (.*): ([\d,]+) params, ([\d,]+) MACs, .*")
GRID = ("sweep", "net.yaml", "--vary", "width=8..64:8", "--vary", "size=8..64")
"""8 × 57 variants."""


@pytest.fixture(autouse=True)
def beside_a_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(NET, encoding="utf-8")


def drawn(convcost: Runner, *args: str) -> tuple[ElementTree.Element, Any]:
    """The picture, and the document beside it."""
    code, out, err = convcost(*args, "--format", "json", "--output", "svg=sweep.svg")
    assert (code, err) == (0, "")
    return read(Path("sweep.svg").read_text(encoding="utf-8")), json.loads(out)


def titles(root: ElementTree.Element, tag: str) -> list[str]:
    return [mark[0].text or "" for mark in root.iter(f"{NAMES}{tag}") if len(mark)]


def words(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{NAMES}text")]


def boxes(root: ElementTree.Element, failing: bool = False) -> int:
    """How many variants the boxes stand for, of those that pass or of others."""
    told = [each for each in titles(root, "path") if " boxes" in each]
    wanted = [each for each in told if each.startswith("only variants that do not pass") == failing]
    return sum(int(each.rpartition(": ")[2].partition(" ")[0].replace(",", "")) for each in wanted)


def test_a_front_is_drawn_with_its_figures_above_all_variants(convcost: Runner) -> None:
    root, document = drawn(convcost, *GRID, "--pareto", "params,-size")
    dots = [ROW.fullmatch(each) for each in titles(root, "circle")]
    assert all(dots)
    told = {int(each[1]): each for each in dots if each}
    assert told.keys() == {row["row"] for row in document["rows"]}
    for row in document["rows"]:
        found = told[row["row"]]
        assert found[2] == f"width {row['vars']['width']}, size {row['vars']['size']}"
        assert int(found[3].replace(",", "")) == row["params"]
        assert int(found[4].replace(",", "")) == row["macs"]
    assert boxes(root) == document["passing"] == 8 * 57
    assert {"params", "size, more is better", "width 8, size 64"} <= set(words(root))


def test_a_part_of_a_front_is_no_front(convcost: Runner) -> None:
    front = ("--pareto", "params,-size")
    root, document = drawn(convcost, *GRID, *front, "--vary", "groups=1,2", "--top", "1")
    assert len(document["rows"]) == 1
    assert "Dot: the variant of those that no other beats: least params, most size." in words(root)
    whole, _ = drawn(convcost, *GRID, *front, "--top", "9")
    assert "Dot: the variant that no other beats: least params, most size." in words(whole)


def test_limits_are_lines_and_what_they_leave_out_is_told_apart(convcost: Runner) -> None:
    limits = ("--where", "macs < 1M", "--where", "width * size < 1k")
    root, document = drawn(convcost, *GRID, *limits, "--sort=-macs", "--top", "5")
    assert boxes(root) == document["passing"]
    assert 0 < boxes(root, failing=True) <= 8 * 57 - document["passing"]
    assert words(root).count("macs < 1M") == 1
    assert f"{document['passing']:,} variants pass: macs < 1M; width * size < 1k" in words(root)
    assert "Dots: the 5 variants that come first by most MACs." in words(root)


def test_without_a_choice_there_are_no_dots(convcost: Runner) -> None:
    root, document = drawn(convcost, *GRID)
    assert titles(root, "circle") == []
    assert boxes(root) == document["variants"]


def test_a_million_variants_make_a_small_file(convcost: Runner) -> None:
    asked = ("--vary", "width=2..202:2", "--vary", "size=1..99", "--vary", "groups=1,2")
    front = ("--pareto", "params,macs,-size,-width")
    code, out, err = convcost("sweep", "net.yaml", *asked, *front, "--format", "svg")
    assert (code, err) == (0, "")
    assert len(out) < 100_000
    root = read(out)
    assert boxes(root) == 101 * 99 * 2
    dots = titles(root, "circle")
    assert 50 < len(dots) <= 250
    more = [re.search(r"; and ([\d,]+) more", each) for each in dots]
    count = sum(1 + int(each[1].replace(",", "")) if each else 1 for each in more)
    told = next(each for each in words(root) if each.startswith("Dots: "))
    assert told.startswith(f"Dots: the {count:,} variants, of which some lie in one, that no")


def test_figures_of_nothing_and_variants_that_are_refused(convcost: Runner) -> None:
    text = NET.replace('kind: standard, m: "${width}", k: 3', "kind: max-pool, k: 3")
    Path("net.yaml").write_text(
        text.replace("kind: group", "kind: max-pool").replace(
            ', m: "${width}", k: 1, groups: "${groups}"', ", k: 1"
        ),
        encoding="utf-8",
    )
    root, _ = drawn(convcost, "sweep", "net.yaml", "--vary", "size=0,2,4")
    assert "params of 0 are drawn at 0.5." in words(root)
    assert any("refused" in each for each in words(root))
    out = convcost("sweep", "net.yaml", "--vary", "size=0", "--format", "svg").out
    assert boxes(read(out)) == 0


def test_words_for_values_have_places_and_do_nothing(convcost: Runner) -> None:
    text = NET.replace("groups: 2}", "groups: 2, act: relu}").replace(
        "k: 3}", 'k: 3, act: "${act}"}'
    )
    Path("net.yaml").write_text(text, encoding="utf-8")
    acts = ("relu", "gelu", "<script>", "x" * 10_000, "\u202edesrever")
    args = ("--vary", f"act={','.join(acts)}", "--sort", "act")
    root, document = drawn(convcost, "sweep", "net.yaml", *args)
    assert document["refused"] == 3
    assert {"<script>", "act relu", "act gelu"} <= set(words(root))
    assert max(map(len, words(root))) < 200
    assert boxes(root) == 2


def test_kinds_of_layers_are_letters(convcost: Runner) -> None:
    choose = ("--choose", "conv=standard,depthwise-separable,pointwise", "--vary", "width=8..64:8")
    root, document = drawn(convcost, "sweep", "net.yaml", *choose, "--sort", "params", "--top", "3")
    assert len(document["rows"]) == 3
    assert "kinds p, width 8" in words(root)
    assert {"kinds: s standard, d depthwise-separable, p pointwise", "of conv"} <= set(words(root))


def test_variants_without_a_figure_of_ones_own_are_told(convcost: Runner) -> None:
    Path("own.csv").write_text("width,accuracy\n8,51.5\n16,60.25\n", encoding="utf-8")
    asked = ("--vary", "width=8,16,24", "--join", "own.csv", "--pareto", "macs,-accuracy")
    root, _ = drawn(convcost, "sweep", "net.yaml", *asked)
    assert "1 have no accuracy, and are not drawn." in words(root)
    assert boxes(root) == 2
    assert {"accuracy, more is better", "width 8", "width 16"} <= set(words(root))


def test_equal_sweeps_give_equal_bytes_however_they_are_worked_out(convcost: Runner) -> None:
    args = (*GRID, "--pareto", "params,-size", "--format", "svg")
    assert convcost(*args).out == convcost(*args, "--workers", "2").out
