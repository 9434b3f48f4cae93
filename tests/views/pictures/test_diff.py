"""Diffs as a waterfall: from the old totals to the new ones, by the deltas of the document."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from convcost.cost import Report, evaluate
from convcost.difference import Diff, diff
from convcost.metrics import measured
from convcost.network import Builder
from convcost.sources import load
from convcost.sources.zoo import shipped
from convcost.views.formats import view
from convcost.views.pictures.diff import MOST_ROWS
from tests.views.pictures.reading import NAMES, read, titles, told, words
from tests.views.samples import HOSTILE, named, tiny

draw = view("diff", "svg")
PAIRS = [("resnet18", "resnet50"), ("mobilenet_v1", "mobilenet_v2"), ("vgg16", "vgg16")]


def compared(before: str, after: str) -> Diff:
    return diff(*(evaluate(load(shipped()[name])) for name in (before, after)))


def document(found: Diff, **options: Any) -> Any:
    return json.loads(view("diff", "json")(found, **options))


def flat(layers: int, m: int = 4, name: str = "unit{}") -> Report:
    builder = Builder("flat", (4, 8, 8))
    for place in range(layers):
        builder.add("pointwise", {"m": m if place % 2 else 4 * m}, name=name.format(place))
    return evaluate(builder.network())


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_it_leads_from_the_old_totals_to_the_new_ones(before: str, after: str) -> None:
    found = compared(before, after)
    picture, totals = read(draw(found)), document(found)["totals"]
    for metric, title in (("params", "params"), ("macs", "MACs")):
        steps = told(picture, "shade", title)
        assert steps.pop("before") == totals[metric]["before"]
        assert steps.pop("after") == totals[metric]["after"]
        assert sum(steps.values()) == totals[metric]["delta"]


def test_few_changes_are_those_of_the_document() -> None:
    found = diff(flat(4), flat(4, 8))
    picture = read(draw(found))
    for metric, title in (("params", "params"), ("macs", "MACs")):
        steps = told(picture, "shade", title)
        made = {each["name"]: each["delta"][metric] for each in document(found)["changes"]}
        assert {name: steps[name] for name in made} == made


def test_bars_begin_where_the_ones_before_end() -> None:
    found = diff(flat(4), flat(4, 8))
    bars = [
        each
        for each in read(draw(found)).iter(f"{NAMES}rect")
        if (each.findtext(f"{NAMES}title") or "").endswith(" MACs")
    ]
    amounts = [told(bar, "", "MACs") for bar in bars]
    assert amounts == [{}] * len(bars)  # a title is its mark's own
    ends = [float(bar.attrib["x"]) + float(bar.attrib["width"]) for bar in bars]
    starts = [float(bar.attrib["x"]) for bar in bars]
    assert starts[1:-1] == pytest.approx(ends[:-2], abs=0.2)
    assert ends[-1] == pytest.approx(ends[-2], abs=0.2)


def test_what_changed_stands_below_each_name() -> None:
    builder = Builder("flat", (4, 8, 8))
    builder.add("pointwise", {"m": 16}, name="unit0")
    builder.add("standard", {"m": 4, "k": 3}, name="new")
    shown = words(read(draw(diff(flat(3), evaluate(builder.network())))))
    assert {"removed pointwise", "added standard"} <= set(shown)
    shown = words(read(draw(diff(flat(2), flat(2, 8)))))
    assert "m 16 → 32" in shown


def test_more_and_less_differ_in_their_shades() -> None:
    more, less = diff(flat(2), flat(2, 8)), diff(flat(2, 8), flat(2))
    for found, shade, sign in ((more, "shade0", "+"), (less, "shade3", "-")):
        steps = titles(read(draw(found)), shade)
        assert len(steps) == 4
        assert all(f": {sign}" in each for each in steps)


@pytest.mark.parametrize("name", ["unit{}", "block[{}].conv", "stage.unit{}.conv"])
@pytest.mark.parametrize("layers", [MOST_ROWS, MOST_ROWS + 1, 300])
def test_many_changes_are_told_together_and_add_up(layers: int, name: str) -> None:
    found = diff(flat(layers, 4, name), flat(layers, 8, name))
    picture = read(draw(found))
    steps = told(picture, "shade", "MACs")
    assert len(steps) <= MOST_ROWS + 2
    assert sum(steps.values()) - steps["before"] - steps["after"] == found.delta("macs")
    if layers > MOST_ROWS:
        assert f"{layers - MOST_ROWS + 1} others" in words(picture)


def test_metrics_that_add_up_have_a_waterfall_and_others_a_line() -> None:
    metrics = ["weight_bytes", "peak_memory"]
    found = diff(*(measured(flat(4, m), metrics) for m in (4, 8)))
    picture = read(draw(found, metrics=metrics))
    steps = told(picture, "shade", "weight bytes")
    assert steps["after"] == found.after.figure("weight_bytes")
    assert told(picture, "shade", "peak bytes") == {}
    assert any(each.startswith("peak bytes ") for each in words(picture))


def test_a_total_that_is_not_complete_says_so() -> None:
    builder = Builder("doubtful", (3, 8, 8))
    builder.add("unknown", {"op": "fft", "shape": (4, 8, 8)}, name="strange")
    builder.add("pointwise", {"m": 4}, name="known")
    picture = read(draw(diff(tiny(), evaluate(builder.network()))))
    assert "after: ≥ 1,024 MACs" in titles(picture)
    assert "≥ 1,024" in words(picture)
    assert any("fft is not understood" in each for each in words(picture))


def test_values_that_tell_both_apart_stand_above() -> None:
    shown = " ".join(words(read(draw(diff(tiny(), tiny()), values=[{"alpha": 1}, {"alpha": 2}]))))
    assert re.search("tiny with alpha=1 → tiny with alpha=2: no differences", shown)


@pytest.mark.parametrize("name", [*HOSTILE, "x" * 10_000, "a." * 5_000])
def test_names_do_nothing(name: str) -> None:
    picture = draw(diff(tiny(), named(name)))
    tags = {each.tag.removeprefix(NAMES) for each in read(picture).iter()}
    assert tags <= {"svg", "title", "desc", "style", "rect", "g", "text", "path"}
    assert all(len(each) < 1_000 for each in titles(read(picture)))
