"""The list of kinds in every format."""

from __future__ import annotations

import csv
import io
import json

import pytest

from convcost.kinds import REGISTRY
from convcost.views.formats import formats_of, view
from convcost.views.screen import Screen
from tests.cli.hostile import Tex

KINDS = list(REGISTRY.values())
SOME = [REGISTRY[name] for name in ("standard", "channel-wise", "linear", "add", "relu", "silu")]


def test_on_a_wide_screen_a_kind_is_a_line() -> None:
    convolutions, others, hint = view("kinds", "table")(SOME, Screen()).split("\n\n")
    assert [line.split("  ")[0] for line in convolutions.splitlines()] == [
        "convolution",
        "─" * len(convolutions.splitlines()[1]),
        "standard",
        "channel-wise",
    ]
    assert [line.split("  ")[0] for line in others.splitlines()[2:]] == [
        "linear",
        "add",
        "activations",
    ]
    assert others.endswith("relu, silu")
    assert "convcost explain" in hint


@pytest.mark.parametrize("name", formats_of("kinds"))
@pytest.mark.parametrize("width", [None, 80])
def test_every_kind_is_there_with_its_formula(name: str, width: int | None) -> None:
    text: str = view("kinds", name)(KINDS, Screen(width))
    if name == "json":
        text = str(json.loads(text))
    if name == "latex":
        text = "\n".join(Tex(text).texts)
    for kind in KINDS:
        assert kind.name in text
        assert kind.formula in text


def test_the_table_folds_and_cuts_nothing() -> None:
    wide = view("kinds", "table")(KINDS, Screen())
    narrow = view("kinds", "table")(KINDS, Screen(80))
    assert max(map(len, narrow.splitlines())) <= 80
    rule = str.maketrans("", "", "─")
    titles = {"what", "it", "is", "source"}
    assert sorted(word for word in narrow.translate(rule).split() if word not in titles) == sorted(
        word for word in wide.translate(rule).split() if word not in titles
    )


def test_json_tells_what_each_field_may_hold() -> None:
    document = json.loads(view("kinds", "json")(KINDS, Screen()))
    assert document["schema"] == "convcost.kinds/1"
    group = next(kind for kind in document["kinds"] if kind["kind"] == "group")
    assert group["params_formula"] == "n·m·k²/g"
    fields = {field["name"]: field for field in group["fields"]}
    assert fields["groups"]["required"]
    assert fields["stride"]["default"] == 1
    assert "batch" in fields["norm"]["words"]


def test_csv_has_a_row_for_each() -> None:
    rows = list(csv.DictReader(io.StringIO(view("kinds", "csv")(KINDS, Screen()))))
    assert [row["kind"] for row in rows] == [kind.name for kind in KINDS]
