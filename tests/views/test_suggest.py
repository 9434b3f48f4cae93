"""Suggestions in every format."""

from __future__ import annotations

import csv
import io
import json
import shlex

import pytest

from convcost.budget import Budget
from convcost.network import Builder
from convcost.rewriting import Replacement
from convcost.suggestion import USUAL, Suggestion, suggest
from convcost.views import suggest as words
from convcost.views.formats import formats_of, view
from convcost.views.screen import Screen
from tests.views.samples import HOSTILE


def sample(
    macs: int, *replacements: Replacement, name: str = "net", params: int = 10**9
) -> Suggestion:
    builder = Builder(name, (3, 32, 32), "net.yaml")
    for width in (16, 32, 64):
        builder.add("standard", {"m": width, "k": 3}, name=f"{name}{width}")
    builder.add("linear", {"m": 10})
    budgets = [Budget("macs", macs), Budget("params", params)]
    return suggest(builder.network(), budgets, replacements or USUAL)


def shown(found: Suggestion, name: str, width: int | None = None) -> str:
    return view("suggest", name)(found, Screen(width))


def test_words() -> None:
    assert words.verdict(sample(10**9)) == [
        "net keeps within 1,000,000,000 MACs and 1,000,000,000 params as it is"
    ]
    (said,) = words.verdict(sample(10**7))
    assert said.startswith("replacing 1 of 2 layers brings net to ")
    assert said.endswith(": the fewest that do")
    none, rest = words.verdict(sample(10**6))
    assert none == "no set of these replacements suffices for net"
    assert rest.startswith("with all 2 it is still ")
    assert words.verdict(sample(10**6, Replacement("octave", "standard"))) == [
        "nothing in net can be replaced that saves what is needed"
    ]
    assert "there may be fewer" in words.verdict(sample(10**7)._replace(is_smallest=False))[0]


def test_in_vain_it_says_what_it_tried_and_what_binds() -> None:
    text = " ".join(shown(sample(10**6), "table").split())
    assert "tried: standard=depthwise-separable: 2 of 3 layers can be replaced" in text
    assert "transposed=depthwise-separable-transposed: there is no transposed layer" in text
    assert "left alone: the first layer: net16" in text
    whole = (3 * 16 * 9 + 16 * 32 * 9 + 32 * 64 * 9 + 64 * 10) * 32 * 32
    apart = (3 * 16 * 9 + 16 * 9 + 16 * 32 + 32 * 9 + 32 * 64 + 64 * 10) * 32 * 32
    saved = f"of {whole:,}, {whole - apart:,} can be saved, and 1,000,000 is the limit"
    assert f"{saved}; most of what is left: net64 (57.5%)" in text
    assert "params: of" not in text
    alone = sample(10**6, Replacement("standard", "standard"))
    assert "of them would save what is needed" in shown(alone, "table")
    assert "tried:" not in shown(sample(10**7), "table")


def test_what_is_left() -> None:
    found = sample(10**7)
    budget = found.budgets[0]
    assert (
        words.left(found, budget)
        == f"{found.total('macs'):,} MACs, {-found.excess(budget):,} below 10,000,000"
    )
    exact = budget.__class__("macs", found.total("macs"))
    assert words.left(found, exact).endswith(f"MACs, just {found.total('macs'):,}")


def test_the_command_that_does_it() -> None:
    assert words.command(sample(10**7)) == (
        "convcost rewrite net.yaml --replace standard=depthwise-separable --only net64"
    )
    assert words.command(sample(10**6)).endswith("standard=depthwise-separable")
    assert words.command(sample(10**9)) == ""


def test_there_is_no_one_command_where_a_kind_becomes_two() -> None:
    ways = Replacement("standard", "low-rank"), Replacement("standard", "cp")
    found = sample(10**6, *ways)
    mixed = found._replace(
        chosen=(
            found.options[0],
            next(
                option
                for option in found.options
                if option.replacement != found.options[0].replacement
            ),
        )
    )
    assert words.command(mixed) == ""


@pytest.mark.parametrize("name", ["table", "markdown"])
def test_it_says_plainly_what_it_does_not_know(name: str) -> None:
    for macs in (10**9, 10**7, 10**6):
        assert "nothing of accuracy" in shown(sample(macs), name)


def test_json_ranks_all_options() -> None:
    document = json.loads(shown(sample(10**7), "json"))
    assert [(each["name"], each["chosen"]) for each in document["options"]] == [
        ("net64", True),
        ("net32", False),
    ]
    assert [budget["metric"] for budget in document["budgets"]] == ["macs", "params"]


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(shown(sample(10**7), "csv"))))
    assert [(row["layer"], row["chosen"]) for row in rows] == [
        ("net64", "true"),
        ("net32", "false"),
    ]


def test_a_narrow_screen_costs_the_kind_and_the_rank() -> None:
    text = shown(sample(10**7), "table", 60)
    assert "kind" not in text
    table = text.split("\n\n")[1].splitlines()
    assert max(map(len, table)) <= 60


@pytest.mark.parametrize("name", formats_of("suggest"))
@pytest.mark.parametrize("hostile", HOSTILE)
def test_names_cannot_act(name: str, hostile: str) -> None:
    text = shown(sample(10**7, name=hostile), name)
    assert "\x1b" not in text
    assert "\u202e" not in text
    if name == "table":
        assert not any(line.lstrip().startswith("::") for line in text.splitlines())
    if name == "json":
        json.loads(text)
    if name == "markdown":
        assert "<script>" not in text


@pytest.mark.parametrize("hostile", ["a b", "$(id)", "a'b", "x;y"])
def test_the_command_is_quoted(hostile: str) -> None:
    command = words.command(sample(10**7, name=hostile))
    assert shlex.split(command)[-1] == f"{hostile}64"
