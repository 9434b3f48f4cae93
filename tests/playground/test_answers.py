"""What the page is answered, without a browser: the package's own numbers and words."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from convcost import ConvcostError, compare, evaluate, load
from convcost.cli.run import run
from convcost.kinds import REGISTRY
from convcost.sources.zoo import shipped
from playground.answers import answer, files_of
from playground.build import USUAL

CONVOLUTIONS = [kind.name for kind in REGISTRY.values() if kind.group == "convolution"]
TINY = "input: 3x8x8\nlayers: [{kind: standard, m: 4, k: 3}]\n"


def ask(what: str, **question: Any) -> Any:
    return json.loads(answer(json.dumps({"ask": what, **question})))


def layer(what: str = "layer", **fields: Any) -> Any:
    return ask(what, **{**USUAL, **fields})


def command(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(list(words)) == 0
    return capsys.readouterr().out


def test_a_layer_is_compared_and_its_best_known_kind_explained() -> None:
    found = layer()
    assert found["rows"] == [row.kind for row in compare(64, 128, 3, size=(56, 56)).rows]
    assert "<td>576 + 8,192</td>" in found["markup"]
    assert found["command"] == "convcost compare --in 64 --out 128 -k 3 --size 56x56"
    assert found["explained"]["kind"] == "depthwise-separable"
    assert "n·k² + n·m = 64·3² + 64·128 = 8,768" in found["explained"]["markup"]
    assert "<svg" in found["bars"]
    assert "<svg" in found["explained"]["picture"]


def test_markup_has_no_style_of_its_own_which_the_page_forbids() -> None:
    found = layer()
    for markup in (found["markup"], found["bars"], *found["explained"].values()):
        assert "<style" not in markup
        assert "style=" not in markup
    assert "style=" not in ask("network", text=TINY)["markup"]


def test_the_kind_that_is_opened_is_explained() -> None:
    found = layer(kinds=["group[groups=4]", "standard"], shown="group[groups=4]")
    assert found["rows"] == ["group[groups=4]", "standard"]
    assert found["explained"]["kind"] == "group[groups=4]"
    assert "18,432" in found["explained"]["markup"]
    assert layer(shown="standard")["explained"]["kind"] == "standard"
    assert layer(kinds=["standard"], shown="group")["explained"]["kind"] == "standard"


def test_a_kind_that_cannot_be_built_says_so_and_leaves_the_others() -> None:
    found = layer(kinds=["group[groups=5]", "standard"], shown="group[groups=5]")
    assert found["rows"] == ["group[groups=5]", "standard"]
    (problem,) = found["explained"]["problems"]
    assert "5 groups do not divide 64 input channels" in problem["message"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"in": "x"}, '--in must be a whole number of at least 1, not "x"'),
        ({"size": "5xx5"}, "--size"),
        ({"kinds": ["goup"]}, 'unknown kind "goup"'),
        ({"kinds": ["group[groups"]}, "brackets that do not match"),
        ({"k": "99", "padding": "valid"}, "99"),
    ],
)
def test_what_is_wrong_with_a_layer_is_said(fields: dict[str, Any], message: str) -> None:
    assert message in layer(**fields)["problems"][0]["message"]


@pytest.mark.parametrize("kind", CONVOLUTIONS)
def test_a_kind_as_a_network_costs_what_it_costs_as_a_layer(kind: str) -> None:
    fields = {"in": "64", "out": "64", "size": "16x16", "kinds": [kind], "bias": True}
    try:
        (row,) = compare(64, 64, 3, size=(16, 16), bias=True, kinds=[kind]).rows
    except ConvcostError:
        assert layer("layer_file", format="spec", **fields)["problems"]
        return
    report = evaluate(layer("layer_file", format="spec", **fields)["text"])
    assert (report.params, report.macs) == (row.params, row.macs)


def test_a_layer_without_a_size_is_no_network() -> None:
    (problem,) = layer("layer_file", format="spec", size="")["problems"]
    assert problem["hint"] == "give the layer a size"


@pytest.mark.parametrize("name", files_of("compare", ()))
def test_a_file_of_a_layer_is_the_command_lines(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("compare", "--in", "64", "--out", "128", "-k", "3", "--size", "56x56")
    told = layer("layer_file", format=name)
    assert told["text"] == command(capsys, *words, "--format", name)


@pytest.mark.parametrize("name", files_of("eval", ()))
def test_a_file_of_a_network_is_the_command_lines(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("network.yaml").write_text(TINY, encoding="utf-8")
    told = ask("network_file", text=TINY, format=name)
    assert told["text"] == command(capsys, "eval", "network.yaml", "--format", name)


def test_a_network_is_code_and_a_report_too(capsys: pytest.CaptureFixture[str]) -> None:
    code = ask("network_file", text=TINY, format="pytorch")
    assert (code["name"], "class Network(" in code["text"]) == ("network.py", True)
    page = ask("network_file", text=TINY, format="report")
    assert page["name"] == "report.html"
    assert "108 params" in page["text"]


def test_a_network_is_shown_as_in_its_report() -> None:
    found = ask("network", text=TINY)
    assert '<span class="exact">108 params</span>' in found["markup"]
    assert '<span class="exact">6,912 MACs</span>' in found["markup"]
    assert 'class="packed"' in found["markup"]


def test_problems_stand_at_their_lines() -> None:
    text = "input: 3x8x8\nlayers:\n  - {kind: standrd, m: 4, k: 3}\n  - {kind: linear, m: x}\n"
    with pytest.raises(ConvcostError) as caught:
        load(text=text)
    problems = ask("network", text=text)["problems"]
    places = [each.place for each in caught.value.problems if each.place]
    assert [(each["line"], each["col"]) for each in problems] == [(3, 12), (4, 23)]
    assert [(place.line, place.col) for place in places] == [(3, 12), (4, 23)]
    assert (problems[0]["message"], problems[0]["hint"]) == (
        'unknown kind "standrd"',
        'did you mean "standard"?',
    )


def test_problems_have_their_notes() -> None:
    (problem,) = ask("network", text="layers: [a\n")["problems"]
    assert problem["notes"] == [{"text": "opened here", "line": 1}]


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "\u202e", "</script>", "&lt;"])
def test_names_stay_text(name: str) -> None:
    quoted = json.dumps(name)
    text = f"name: {quoted}\ninput: 3x8x8\nlayers: [{{kind: relu, name: {quoted}}}]\n"
    found = ask("network", text=text)
    assert found["markup"].count("<script") == 1
    assert "<img" not in json.dumps(found)


@pytest.mark.parametrize("name", [*shipped()])
def test_every_network_that_ships_is_an_example(name: str) -> None:
    text = ask("example", name=name)["text"]
    rows = csv.DictReader(io.StringIO(ask("network_file", text=text, format="csv")["text"]))
    report = evaluate(name)
    found = [row for row in rows if row["layer"]]
    assert sum(int(row["macs"]) for row in found) == report.macs
