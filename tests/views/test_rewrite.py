"""Rewrites in every format."""

from __future__ import annotations

import csv
import io
import json

import pytest

from convcost.network import Builder
from convcost.rewriting import Replacement, Rewrite, Selection, rewrite
from convcost.views.formats import formats_of, view
from convcost.views.screen import Screen
from tests.views.samples import HOSTILE

SEPARABLE = Replacement("standard", "depthwise-separable")


def sample(name: str = "net", *replacements: Replacement) -> Rewrite:
    builder = Builder(name, (3, 32, 32), name)
    builder.add("standard", {"m": 16, "k": 3}, name=f"{name}-stem", line=3)
    builder.add("standard", {"m": 32, "k": 3}, name=name, line=4)
    builder.add("pointwise", {"m": 32}, name="mix", line=5)
    builder.add("linear", {"m": 10}, name="head")
    return rewrite(builder.network(), *(replacements or (SEPARABLE,)))


def shown(made: Rewrite, name: str, width: int | None = None) -> str:
    return view("rewrite", name)(made, Screen(width))


def test_json() -> None:
    document = json.loads(shown(sample(), "json"))
    assert (document["network"], document["path"], document["convention"]) == (
        "net",
        "net",
        "papers",
    )
    stem, body, mix, _ = document["layers"]
    assert (stem["replaced"], stem["reason"]) == (False, "the first layer")
    assert body == {
        "name": "net",
        "line": 4,
        "replaced": True,
        "reason": None,
        "before": {"kind": "standard", "params": 4608, "macs": 4718592, "activations": 32768},
        "after": {
            "kind": "depthwise-separable",
            "params": 144 + 512,
            "macs": 656 * 1024,
            "activations": 16384 + 32768,
        },
    }
    assert (mix["replaced"], mix["reason"], mix["line"]) == (False, None, 5)


def test_table_and_markdown_have_a_row_for_what_changed_and_one_for_the_rest() -> None:
    for name in ("table", "markdown"):
        text = shown(sample(), name)
        assert "net: 1 of 2 standard layers become depthwise-separable" in text
        assert "3 other layers" in text
        assert "the first layer: net-stem" in text


def test_several_replacements() -> None:
    made = sample("net", SEPARABLE, Replacement("pointwise", "pointwise-group", {"groups": 4}))
    text = shown(made, "table")
    assert "net: 1 of 1 pointwise layer becomes pointwise-group[groups=4]\n" in text
    assert "becomes" in text.splitlines()[3]


def test_a_narrow_screen_costs_the_kinds_and_the_ratios() -> None:
    made = sample("net", SEPARABLE, Replacement("pointwise", "pointwise-group", {"groups": 4}))
    wide, narrow = shown(made, "table").splitlines(), shown(made, "table", 50).splitlines()
    assert "0.14×" in "".join(wide)
    assert "0.14×" not in "".join(narrow)
    assert "4,718,592" in "".join(narrow)
    assert max(map(len, narrow[3:9])) <= 56


def test_where_nothing_is_replaced() -> None:
    builder = Builder("net", (3, 32, 32))
    builder.add("standard", {"m": 16, "k": 3})
    made = rewrite(builder.network(), SEPARABLE)
    assert shown(made, "table") == (
        "net: 0 of 1 standard layer becomes depthwise-separable\n\n"
        "params           432 →     432  unchanged\n"
        "MACs         442,368 → 442,368  unchanged\n"
        "activations   16,384 →  16,384  unchanged\n\n"
        "left alone:\n  the first layer: 1\n"
    )
    assert "1 unchanged layer |" in shown(made, "markdown")


def test_many_layers_left_alone_are_counted() -> None:
    builder = Builder("net", (8, 9, 9))
    for _ in range(12):
        builder.add("standard", {"m": 8, "k": 3})
    made = rewrite(builder.network(), SEPARABLE, selection=Selection(excluding=["*"]))
    assert "not asked for: 1, 2, 3, 4, 5, 6, 7, 8 and 4 more" in shown(made, "table")


def test_a_layer_that_costs_nothing_has_no_ratio() -> None:
    builder = Builder("net", (8, 9, 9))
    builder.add("partial", {"k": 3})
    builder.add("partial", {"k": 3, "r": 8})
    made = rewrite(
        builder.network(), Replacement("partial", "standard"), selection=Selection(first=True)
    )
    assert all(ratio not in shown(made, "table") for ratio in ("nan", "inf"))


@pytest.mark.parametrize("name", formats_of("rewrite"))
@pytest.mark.parametrize("hostile", HOSTILE)
def test_names_cannot_act(name: str, hostile: str) -> None:
    text = shown(sample(hostile), name)
    assert "\x1b" not in text
    assert "\u202e" not in text
    if name == "table":
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    if name == "csv":
        rows = list(csv.DictReader(io.StringIO(text)))
        assert len(rows) == 4
        assert not any(
            str(value).startswith(("=", "+", "-", "@")) for row in rows for value in row.values()
        )
    if name == "json":
        json.loads(text)
    if name == "markdown":
        assert "<script>" not in text
        assert "`code`" not in text


def test_colour() -> None:
    text = view("rewrite", "table")(sample(), Screen(80, True))
    assert "\x1b[32m0.14×\x1b[0m" in text
    assert "\x1b" not in view("rewrite", "table")(sample(), Screen(80))
