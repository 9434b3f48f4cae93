"""Output that can be read aloud: a row a line, and nothing drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from convcost.cli import output
from convcost.cli.commands import COMMANDS
from tests.cli.runner import Runner

DRAWN = re.compile("[\u2500-\u259f]")
GOLDEN = Path(__file__).parents[1] / "golden"
LINES = (
    "compare --in 3 --out 4 -k 3",
    "compare --in 64 --out 128 -k 3 --size 56x56",
    "explain depthwise-separable --in 3 --out 4 -k 3 --size 5x5",
    "kinds",
    "eval specs",
    "eval specs --summary",
    "eval specs/tiny.yaml --stages",
    "check specs/tiny.yaml --max-params 10k",
    "reconcile specs/tiny.yaml --explain ptflops",
    "rewrite classifier.yaml --replace standard=depthwise-separable",
    "suggest classifier.yaml --max-macs 200M --max-params 200k",
    "diff classifier.yaml specs/tiny.yaml",
    "zoo",
)


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)
    monkeypatch.setattr(output, "width", lambda stream: 40)


@pytest.mark.parametrize("line", LINES)
def test_nothing_is_drawn_and_nothing_is_folded(convcost: Runner, line: str) -> None:
    drawn, plain = convcost(*line.split()), convcost(*line.split(), "--plain")
    assert plain.code == drawn.code
    assert DRAWN.search(drawn.out) or line.startswith(("explain", "check"))
    assert not DRAWN.search(plain.out)
    assert len(plain.out.splitlines()) < len(drawn.out.splitlines())


def test_a_row_is_a_line_under_one_line_of_titles(convcost: Runner) -> None:
    _, out, _ = convcost("compare", "--in", "3", "--out", "4", "-k", "3", "--plain")
    titles, first, *_ = out.split("\n\n")[1].splitlines()
    assert " ".join(titles.split()) == "kind params by stage MACs per position vs standard sees"
    assert first.split() == ["standard", "108", "-", "108", "1.00×", "3×3"]


@pytest.mark.parametrize("line", LINES[:2])
def test_the_environment_asks_for_it_too_and_one_command_does_not_for_the_next(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    plain = convcost(*line.split(), "--plain")
    assert convcost(*line.split()) != plain
    monkeypatch.setenv("CONVCOST_PLAIN", "1")
    assert convcost(*line.split()) == plain


@pytest.mark.parametrize("form", ["json", "csv", "markdown", "html", "latex"])
def test_other_formats_are_as_ever(convcost: Runner, form: str) -> None:
    line = [*LINES[0].split(), "--format", form]
    assert convcost(*line, "--plain") == convcost(*line)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_it(convcost: Runner, name: str) -> None:
    inner = {"export": ["pytorch"], "import": ["onnx"]}.get(name, [])
    assert "--plain" in convcost(name, *inner, "--help").out
