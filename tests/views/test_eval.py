"""Reports in every format."""

from __future__ import annotations

import csv
import io
import json

import pytest

from convcost.cost import Report, evaluate
from convcost.errors import Place, Problem
from convcost.sources import load
from convcost.views.formats import view
from convcost.views.screen import PLAIN, Screen
from convcost.views.text import columns
from tests.views.samples import HOSTILE, alone, costless, named, tiny, two_branches, written

REPORTS = [tiny(), two_branches(), costless(), alone()]
COUNTS = ("params", "macs", "activations")


def shown(name: str, *reports: Report, detail: str = "layers", width: int | None = None) -> str:
    return view("eval", name)(reports, Screen(width), detail=detail)


@pytest.mark.parametrize("detail", ["layers", "stages"])
def test_json_rows_add_up_to_the_totals(detail: str) -> None:
    document = json.loads(shown("json", *REPORTS, detail=detail))
    assert (document["schema"], document["convention"]) == ("convcost.eval/1", "papers")
    for report, network in zip(REPORTS, document["networks"], strict=True):
        for count in COUNTS:
            rows = [layer[count] for layer in network["layers"]]
            assert sum(rows) == network[count] == getattr(report, count)
            if detail == "stages":
                for layer in network["layers"]:
                    assert sum(stage[count] for stage in layer["stages"]) == layer[count]


def test_json_names_a_layers_place_and_shapes() -> None:
    (network,) = json.loads(shown("json", tiny()))["networks"]
    assert (network["name"], network["path"], network["input"]) == (
        "tiny",
        "specs/tiny.yaml",
        [3, 32, 32],
    )
    assert network["layers"][0] == {
        "name": "stem",
        "kind": "standard",
        "in": [3, 32, 32],
        "ins": [[3, 32, 32]],
        "out": [16, 32, 32],
        "params": 464,
        "macs": 442368,
        "activations": 16384,
        "line": 4,
    }
    joint = network["layers"][2]
    assert joint["ins"] == [[16, 32, 32], [16, 32, 32]]
    assert joint["line"] is None


def test_json_of_layers_that_stand_alone_has_no_input() -> None:
    (network,) = json.loads(shown("json", alone()))["networks"]
    assert network["input"] is None
    assert network["path"] is None


def test_problems_of_other_specs_are_in_the_document() -> None:
    problem = Problem("bad", Place("b.yaml", 1, 2))
    document = json.loads(view("eval", "json")([tiny()], PLAIN, problems=[problem]))
    assert [each["path"] for each in document["problems"]] == ["b.yaml"]


@pytest.mark.parametrize("detail", ["layers", "stages", "summary"])
def test_csv_rows_add_up_to_the_totals(detail: str) -> None:
    rows = list(csv.DictReader(io.StringIO(shown("csv", *REPORTS, detail=detail))))
    for report in REPORTS:
        for count in COUNTS:
            own = [int(row[count]) for row in rows if row["network"] == report.name]
            assert sum(own) == getattr(report, count)


def test_csv_joins_the_shapes_of_several_inputs() -> None:
    rows = list(csv.DictReader(io.StringIO(shown("csv", two_branches()))))
    assert (rows[-1]["in"], rows[-1]["out"]) == ("4x4x4 + 6x4x4", "10x4x4")


@pytest.mark.parametrize("name", ["table", "markdown"])
@pytest.mark.parametrize("detail", ["layers", "stages"])
def test_every_layer_and_every_total_is_there(name: str, detail: str) -> None:
    report = tiny()
    text = shown(name, report, detail=detail)
    for layer in report.layers:
        assert layer.name in text
        assert f"{layer.params:,}" in text
        assert f"{layer.macs:,}" in text
    totals = (
        f"{report.params:,} params · {report.macs:,} MACs (1.02 M; 2.03 MFLOPs = 2 × MACs) · "
        f"{report.activations:,} activations"
    )
    assert totals in text
    assert "layers with most MACs: stem (43.5%), body (40.3%), head (16.1%)" in text
    assert ("depthwise conv 3×3" in text) == (detail == "stages")


def test_a_network_that_costs_nothing_has_no_shares() -> None:
    text = shown("table", costless())
    assert "0 params · 0 MACs (0 FLOPs = 2 × MACs) · 0 activations" in text
    assert "%" not in text


@pytest.mark.parametrize("name", ["table", "markdown"])
def test_several_networks_end_in_a_summary(name: str) -> None:
    summary = shown(name, *REPORTS, detail="summary")
    assert shown(name, *REPORTS).endswith(summary)
    assert "body" not in summary
    for report in REPORTS:
        assert f"{report.params:,}" in summary


def test_a_summary_in_json_has_no_layers() -> None:
    for network in json.loads(shown("json", *REPORTS, detail="summary"))["networks"]:
        assert network.keys() == {"name", "path", "input", "inputs", *COUNTS}


@pytest.mark.parametrize("width", [60, 70, 80, 90, 100, 120])
def test_a_narrow_screen_loses_columns_and_no_digits(width: int) -> None:
    report = tiny()
    text = shown("table", report, width=width)
    assert max(map(columns, text.splitlines())) <= width
    for layer in report.layers:
        assert any(
            line.startswith(layer.name)
            and f"{layer.params:,}" in line
            and f"{layer.macs:,}" in line
            for line in text.splitlines()
        )


@pytest.mark.parametrize("format_name", written("eval"))
@pytest.mark.parametrize("detail", ["layers", "summary"])
@pytest.mark.parametrize("hostile", HOSTILE, ids=ascii)
def test_names_cannot_act(format_name: str, detail: str, hostile: str) -> None:
    text = shown(format_name, named(hostile), named("kept"), detail=detail)
    calm = shown(format_name, named("calm"), named("kept"), detail=detail)
    assert all(line.isprintable() for line in text.splitlines())
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    assert len(text.splitlines()) == len(calm.splitlines())
    if format_name == "json":
        assert json.loads(text)["networks"][0]["name"] == hostile
    elif format_name == "csv":
        first, *_ = csv.DictReader(io.StringIO(text))
        assert not first["network"].startswith(("=", "+", "-", "@", "\t", "\r"))
        assert first["params"] == "108"
    elif format_name == "markdown":
        assert "<script" not in text
        rows = [line.count("|") for line in text.splitlines() if line.startswith("|")]
        assert rows == [line.count("|") for line in calm.splitlines() if line.startswith("|")]


def test_colour_only_where_it_is_asked_for() -> None:
    plain = view("eval", "table")([tiny()], PLAIN)
    assert "\x1b" not in plain
    colored = view("eval", "table")([tiny()], Screen(color=True))
    assert "\x1b[1mtiny\x1b[0m" in colored


def test_a_network_that_ships_is_called_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    report = evaluate(load("vgg16"))
    summary = shown("table", report, tiny(), detail="summary")
    assert "  ships as vgg16\n" in summary
    assert report.path not in summary
    assert report.path in shown("csv", report)
