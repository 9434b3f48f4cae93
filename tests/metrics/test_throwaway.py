"""What a new metric takes: a row. Everything else finds it there."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.projects import git, net, write
from tests.cli.runner import Outcome

ROW = """
from convcost.metrics import Metric, of_each, register
register(
    Metric(
        name="weight_nibbles",
        title="nibbles",
        unit="nibbles",
        doc="halves of the bytes of weights",
        of_layers=of_each(lambda layer: 8 * layer.params),
        rests_on=("params",),
    )
)
"""
RUN = """
import contextlib, io, json, os, sys
from convcost.cli.run import run
for line in sys.stdin:
    folder, args = json.loads(line)
    os.chdir(folder)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(args)
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""


class Convcost:
    """A process whose table has that row before anything reads it; it runs command lines."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __call__(self, *args: str) -> Outcome:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps([os.getcwd(), args]), file=self._process.stdin, flush=True)
        return Outcome(*json.loads(self._process.stdout.readline()))

    def parsed(self, *args: str) -> Any:
        return json.loads(self(*args, "--format", "json").out)


@pytest.fixture(scope="module")
def convcost() -> Iterator[Convcost]:
    program = [sys.executable, "-c", ROW + RUN]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, stdin=pipe, stdout=pipe, encoding="utf-8") as process:
        yield Convcost(process)


@pytest.fixture(autouse=True)
def _networks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write({"small.yaml": net(4, "small"), "large.yaml": net(8, "large")})


def test_eval_shows_it_when_asked(convcost: Convcost) -> None:
    assert "nibbles" not in convcost("eval", "small.yaml").out
    asked = ("eval", "small.yaml", "--metrics", "weight-nibbles")
    for style in ("table", "markdown"):
        shown = convcost(*asked, "--format", style).out
        assert all(text in shown for text in ("nibbles", "864", "64", "928 nibbles"))
        assert "928" in convcost(*asked, "--format", style, "--summary").out
    (network,) = convcost.parsed(*asked)["networks"]
    assert network["weight_nibbles"] == 928
    assert [layer["weight_nibbles"] for layer in network["layers"]] == [864, 64]
    rows = list(csv.reader(io.StringIO(convcost(*asked, "--format", "csv").out)))
    assert [row[-1] for row in rows] == ["weight_nibbles", "864", "64"]


def test_a_budget_limits_its_total_its_layers_and_its_growth(convcost: Convcost) -> None:
    limits = "{weight_nibbles: 900, layer_weight_nibbles: 800, weight_nibbles_growth: 2%}"
    write({"small.yaml": net(4, "small", "{weight_nibbles_growth: 0}")})
    assert convcost("lock", "small.yaml").code == 0
    write({"small.yaml": net(5, "small", limits)})
    checked = convcost.parsed("check", "small.yaml")
    assert [(each["metric"], each["actual"], each["limit"]) for each in checked["findings"]] == [
        ("weight_nibbles", 1160, 900),
        ("layer_weight_nibbles", 1080, 800),
        ("weight_nibbles_growth", 1160, 946),
    ]
    assert checked["changes"][0]["after"]["weight_nibbles"] == 1160
    (code, out, err) = convcost("check", "small.yaml")
    assert (code, err) == (1, "")
    assert "nibbles growth   1,160 > 946  214 too many (+22.62%)" in out
    for style in ("markdown", "github", "gitlab", "junit", "sarif", "csv", "concise"):
        assert "nibbles" in convcost("check", "small.yaml", "--format", style).out


def test_options_limit_it_too(convcost: Convcost) -> None:
    shown = convcost("check", "--help").out
    for option in ("--max-weight-nibbles", "--max-layer-weight-nibbles"):
        assert f"{option} LIMIT" in shown
        assert convcost("check", "small.yaml", option, "800").code == 1
        assert convcost("check", "small.yaml", option, "1k").code == 0
    assert "--max-weight-nibbles-growth LIMIT" in shown
    assert ", weight_nibbles." in " ".join(convcost("eval", "--help").out.split())


def test_growth_is_measured_in_commits(convcost: Convcost) -> None:
    git("init")
    git("add", ".")
    git("commit", "-m", "small")
    write({"small.yaml": net(5, "small")})
    base = ("check", "small.yaml", "--base", "git:HEAD")
    assert convcost(*base, "--max-weight-nibbles-growth", "231").code == 1
    assert convcost(*base, "--max-weight-nibbles-growth", "25%").code == 0


def test_a_lock_that_lacks_it_is_told_of_where_its_growth_is_limited(convcost: Convcost) -> None:
    convcost("lock", "small.yaml")
    assert "nibbles" not in Path("convcost.lock").read_text(encoding="utf-8")
    assert convcost("check", "small.yaml", "--max-weight-nibbles", "1k").code == 0
    write({"small.yaml": net(4, "small", "{weight_nibbles_growth: 2%}")})
    code, _, err = convcost("check", "small.yaml")
    assert code == 2
    assert "small.yaml: error: convcost.lock has no weight_nibbles of it" in err
    assert 'hint: "convcost lock small.yaml" adds it' in err
    code, out, _ = convcost("lock", "small.yaml")
    assert (code, out.split()[:4]) == (0, ["new", "small.yaml", "928", "nibbles"])
    assert convcost("check", "small.yaml").code == 0


def test_settings_can_limit_its_growth(convcost: Convcost) -> None:
    rule = '[budgets."small.yaml"]\nweight_nibbles_growth = "2%"\n'
    write({"convcost.toml": f'specs = ["*.yaml"]\n{rule}'})
    convcost("lock")
    document = json.loads(Path("convcost.lock").read_text(encoding="utf-8"))
    assert document["networks"]["small.yaml"]["weight_nibbles"] == 928
    assert "weight_nibbles" not in document["networks"]["large.yaml"]


def test_diff_shows_it_when_asked(convcost: Convcost) -> None:
    asked = ("diff", "small.yaml", "large.yaml", "--metrics", "weight_nibbles")
    found = convcost.parsed(*asked)
    assert found["totals"]["weight_nibbles"]["delta"] == 928
    assert [each["delta"]["weight_nibbles"] for each in found["changes"]] == [864, 64]
    for style in ("table", "markdown"):
        assert "nibbles" in convcost(*asked, "--format", style).out
    shown = convcost(*asked, "--format", "csv").out.splitlines()
    assert shown[0].endswith("weight_nibbles_before,weight_nibbles_after,weight_nibbles_delta")
    assert shown[1].endswith("864,1728,864")


def test_a_saved_report_has_it_if_it_was_asked_for(convcost: Convcost) -> None:
    asked = ("--metrics", "weight_nibbles")
    for name, extra in (("with.json", asked), ("without.json", ())):
        Path(name).write_text(convcost("eval", "small.yaml", "--format", "json", *extra).out)
    found = convcost.parsed("diff", "with.json", "large.yaml", *asked)
    assert found["totals"]["weight_nibbles"]["before"] == 928
    code, _, err = convcost("diff", "without.json", "large.yaml", *asked)
    assert code == 2
    assert "small was saved without its weight_nibbles" in err


def test_its_status_stands_beside_it(convcost: Convcost) -> None:
    write({"half.yaml": "layers: [{kind: unknown, n: 3, size: 8x8, op: fft, shape: 3x8x8}]\n"})
    (network,) = convcost.parsed("eval", "half.yaml", "--metrics", "weight_nibbles")["networks"]
    assert network["status"]["weight_nibbles"] == network["status"]["params"]


def test_the_schema_knows_its_budgets(convcost: Convcost) -> None:
    budgets = json.loads(convcost("schema").out)["properties"]["budgets"]["properties"]
    assert budgets["weight_nibbles"]["description"] == "halves of the bytes of weights"
    assert {"layer_weight_nibbles", "weight_nibbles_growth"} <= budgets.keys()


def test_a_name_that_was_misspelled(convcost: Convcost) -> None:
    code, _, err = convcost("eval", "small.yaml", "--metrics", "weight_nibble")
    assert code == 2
    assert 'error: --metrics: unknown metric "weight_nibble"' in err
    assert 'did you mean "weight_nibbles"?' in err
