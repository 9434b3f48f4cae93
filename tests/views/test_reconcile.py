"""Conventions in every format."""

from __future__ import annotations

import csv
import io
import json

import pytest

from convcost.conventions import CONVENTIONS, Convention
from convcost.conventions.reconcile import explain, reconcile
from convcost.conventions.search import parse_figure, search
from convcost.cost import Report
from convcost.views.formats import view
from convcost.views.screen import Screen
from convcost.views.text import columns
from tests.views.samples import HOSTILE, alone, costless, named, tiny, two_branches, written

REPORTS = [tiny(), two_branches(), costless(), alone()]


def shown(
    name: str,
    report: Report,
    why: Convention | None = None,
    number: str = "",
    width: int | None = None,
) -> str:
    return view("reconcile", name)(
        report,
        reconcile(report),
        Screen(width),
        explanation=why and explain(report, why),
        search=search(report, parse_figure(number)) if number else None,
    )


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: str(report.name))
def test_parts_add_up_in_json(report: Report) -> None:
    document = json.loads(shown("json", report, CONVENTIONS["ptflops"]))
    assert (document["schema"], document["default"]) == ("convcost.reconcile/1", "papers")
    assert [row["convention"] for row in document["rows"]] == list(CONVENTIONS)
    for row in document["rows"]:
        assert sum(part["amount"] for part in row["parts"]) == row["difference"]
        assert row["macs"] == report.macs + row["difference"]
        assert row["params"] == report.params + row["params_difference"]
    explanation = document["explanation"]
    for parts in ("rules", "groups"):
        key = "amount" if parts == "rules" else "difference"
        assert sum(part[key] for part in explanation[parts]) == explanation["difference"]


def test_what_nobody_asked_is_null() -> None:
    document = json.loads(shown("json", tiny()))
    assert (document["explanation"], document["search"]) == (None, None)


def test_a_search_in_json() -> None:
    document = json.loads(shown("json", tiny(), number=str(2 * tiny().macs)))
    readings = document["search"]["readings"]
    assert readings[0] == {
        "convention": "papers",
        "number": 2 * tiny().macs,
        "unit": "FLOPs",
        "without_classifier": False,
    }
    assert (document["search"]["found"], document["search"]["classifier"]) == (True, ["head"])


def test_csv_has_a_row_for_each_part_and_one_where_there_is_none() -> None:
    rows = list(csv.DictReader(io.StringIO(shown("csv", tiny()))))
    assert [row["part"] for row in rows if row["convention"] == "papers"] == [""]
    fvcore = [row for row in rows if row["convention"] == "fvcore"]
    assert sum(int(row["amount"]) for row in fvcore) == int(fvcore[0]["difference"])


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: str(report.name))
@pytest.mark.parametrize("name", written("reconcile"))
def test_every_format_can_show_every_convention(name: str, report: Report) -> None:
    for convention in CONVENTIONS.values():
        assert convention.name in shown(name, report, convention) or name == "csv"
    assert f"{report.macs:,}" in shown(name, report).replace(str(report.macs), f"{report.macs:,}")


def test_the_default_needs_no_explanation() -> None:
    assert "papers is the default" in shown("table", tiny(), CONVENTIONS["papers"])


def test_flops_are_named_with_how_they_are_made() -> None:
    for name in ("table", "markdown"):
        printed = shown(name, tiny(), number=str(2 * tiny().macs))
        line = next(line for line in printed.splitlines() if "papers" in line)
        assert "FLOPs = 2 × MACs" in line


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_table_fits_its_screen(width: int) -> None:
    printed = shown("table", tiny(), width=width)
    assert max(map(columns, printed.splitlines())) <= max(width, 62)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("name", written("reconcile"))
def test_no_name_can_act(name: str, hostile: str) -> None:
    report = named(hostile)
    ours = Convention(hostile, hostile, {"conv": 2}, tool=hostile, mistakes=(hostile,))
    row = reconcile(report, [ours])
    for options in (
        {},
        {"explanation": explain(report, ours)},
        {"search": search(report, parse_figure("7"), [ours])},
    ):
        printed = view("reconcile", name)(report, row, Screen(None), **options)
        assert not set(printed) & set("\x1b\r\t\x9b\u202e\ud800")
        if name == "markdown":
            assert "<script>" not in printed
            assert "![x](" not in printed
            assert "**bold**" not in printed
        if name == "csv":
            fields = [field for line in csv.reader(io.StringIO(printed)) for field in line]
            assert not [field for field in fields if field[:1] in tuple("=@\t\r")]
