"""The list of networks that ship in every format."""

from __future__ import annotations

import csv
import io
import json

import pytest

from convcost.sources.exhibits import Exhibit
from convcost.views.formats import formats_of, view
from convcost.views.screen import Screen
from tests.views.samples import tiny

TINY = Exhibit(
    *("tiny_net", tiny(), "A et al. 2020", "On | tiny nets", {"alpha": 0.5, "deploy": False}),
    *("keyword spotting", ("standard", "linear")),
)
PLAIN = Exhibit("plain", tiny(), "B 1999", "=Plain", {})


def shown(name: str, width: int | None = None) -> str:
    return view("zoo", name)([TINY, PLAIN], Screen(width))


@pytest.mark.parametrize("name", formats_of("zoo"))
def test_every_network_is_there_with_its_paper(name: str) -> None:
    text = shown(name).replace("\\_", "_")
    for exhibit in (TINY, PLAIN):
        assert exhibit.name in text
        assert exhibit.paper in text
        params = exhibit.report.params
        assert f"{params:,}" in text or str(params) in text


def test_a_narrow_screen_costs_settings_then_inputs_then_papers() -> None:
    titles = [shown("table", width).splitlines()[0].split() for width in (None, 65, 45, 35)]
    assert titles == [
        ["network", "input", "params", "MACs", "paper", "to", "set", "task"],
        ["network", "input", "params", "MACs", "paper"],
        ["network", "params", "MACs", "paper"],
        ["network", "params", "MACs"],
    ]


def test_csv_has_raw_integers_and_acts_on_no_spreadsheet() -> None:
    first, second = csv.DictReader(io.StringIO(shown("csv")))
    assert (first["input"], first["params"]) == ("3x32x32", str(TINY.report.params))
    assert first["vars"] == "alpha=0.5 deploy=false"
    assert (first["task"], first["blocks"]) == ("keyword spotting", "standard linear")
    assert second["title"] == "'=Plain"


def test_markdown_is_one_table() -> None:
    lines = shown("markdown").splitlines()
    assert len({line.count(" | ") for line in lines}) == 1
    assert len(lines) == 4


def test_json_keeps_numbers_and_settings() -> None:
    document = json.loads(shown("json"))
    assert document["schema"] == "convcost.zoo/1"
    assert document["networks"][0]["vars"] == {"alpha": 0.5, "deploy": False}
    assert document["networks"][0]["blocks"] == ["standard", "linear"]
    assert document["networks"][0]["macs"] == TINY.report.macs


def test_the_hint_is_on_one_that_is_shown() -> None:
    assert shown("table").endswith("More of one: convcost eval tiny_net\n")
