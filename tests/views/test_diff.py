"""Diffs in every format."""

from __future__ import annotations

import csv
import io
import json

import pytest

from convcost.difference import Diff, diff
from convcost.views import diff as words
from convcost.views.formats import view
from convcost.views.screen import Screen
from tests.views.samples import HOSTILE, alone, costless, named, tiny, two_branches, written


def shown(found: Diff, name: str, width: int | None = None) -> str:
    return view("diff", name)(found, Screen(width))


def test_json() -> None:
    document = json.loads(shown(diff(tiny(), two_branches()), "json"))
    assert document["before"] == {"name": "tiny", "path": "specs/tiny.yaml", "input": [3, 32, 32]}
    assert document["after"] == {"name": "branches", "path": None, "input": [8, 4, 4]}
    assert document["convention"] == "papers"
    first = document["changes"][0]
    assert (first["change"], first["before"]["line"], first["after"]) == ("removed", 4, None)
    assert document["changes"][-1]["after"]["ins"] == [[4, 4, 4], [6, 4, 4]]


def test_shares_of_nothing() -> None:
    found = diff(costless(), alone())
    assert json.loads(shown(found, "json"))["totals"]["params"]["share"] is None
    assert shown(found, "table").splitlines()[-5].split() == ["params", "0", "→", "108", "+108"]
    assert "| params | 0 | 108 | +108 |  |" in shown(found, "markdown")


def test_sides_are_told_apart_by_name_or_else_by_file() -> None:
    one, other = tiny(path="a.yaml"), tiny(path="b.yaml")
    assert words.headline(diff(one, other)) == "a.yaml → b.yaml: no differences"
    assert words.headline(diff(one, one)) == "tiny: no differences"
    assert words.headline(diff(one, two_branches())).startswith("tiny → branches: ")


def test_what_cannot_be_told_is_said_so() -> None:
    saved = tiny()._replace(layers=tuple(each._replace(stages=()) for each in tiny().layers))
    more = saved.layers[0]._replace(params=saved.layers[0].params + 1)
    found = diff(saved, saved._replace(layers=(more, *saved.layers[1:]), params=saved.params + 1))
    assert words.what(found.changes[0]) == "something inside it"


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_narrow_screen_puts_what_changed_below_the_name(width: int) -> None:
    text = shown(diff(tiny(), two_branches()), "table", width)
    assert all(part in text for part in ("depthwise-separable", "-442,368", "concat"))
    table = text.split("\n\n")[1].splitlines()
    assert max(map(len, table)) <= max(width, 60)


@pytest.mark.parametrize("name", written("diff"))
@pytest.mark.parametrize("hostile", HOSTILE)
def test_names_cannot_act(name: str, hostile: str) -> None:
    text = shown(diff(named(hostile), tiny()), name)
    assert "\x1b" not in text
    assert "\u202e" not in text
    if name == "table":
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    if name == "csv":
        rows = list(csv.DictReader(io.StringIO(text)))
        assert len(rows) == 5
        assert not any(str(row["layer"]).startswith(("=", "+", "-", "@")) for row in rows)
    if name == "json":
        json.loads(text)
    if name == "markdown":
        assert "<script>" not in text
        assert "`code`" not in text


def test_colour_of_what_came_and_went() -> None:
    text = view("diff", "table")(diff(tiny(), two_branches()), Screen(100, True))
    assert "\x1b[31m-\x1b[0m" in text
    assert "\x1b[32m+\x1b[0m" in text
