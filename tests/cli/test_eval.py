"""`convcost eval`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.runner import Runner

GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture(autouse=True)
def beside_the_specs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)


def test_a_file(convcost: Runner) -> None:
    code, out, err = convcost("eval", "specs/tiny.yaml")
    assert (code, err) == (0, "")
    assert "1,834 params · 983,360 MACs (983 k; 1.97 MFLOPs = 2 × MACs)" in out


def test_a_folder_and_a_file_again_are_each_read_once(convcost: Runner) -> None:
    _, out, _ = convcost("eval", "specs", "specs/wide.yaml", "--format", "json")
    names = [network["name"] for network in json.loads(out)["networks"]]
    assert names == ["tiny", "layers of a program", "wide"]


def test_vars_can_be_set(convcost: Runner) -> None:
    _, out, _ = convcost(
        "eval", "specs/wide.yaml", "--set", "alpha=1", "--summary", "--format", "csv"
    )
    assert next(csv.DictReader(io.StringIO(out)))["params"] == "5472"


def test_stages_and_summary(convcost: Runner) -> None:
    assert "batch norm" in convcost("eval", "specs/tiny.yaml", "--stages").out
    assert "classifier" not in convcost("eval", "specs/tiny.yaml", "--summary").out
    code, _, err = convcost("eval", "specs/tiny.yaml", "--stages", "--summary")
    assert code == 2
    assert "--summary and --stages" in err


@pytest.mark.parametrize("format_name", ["table", "json", "csv", "markdown"])
def test_bad_specs_are_all_reported_beside_the_good_ones(
    convcost: Runner, format_name: str
) -> None:
    code, out, err = convcost(
        "eval", "nowhere.yaml", "specs/tiny.yaml", "broken.yaml", "--format", format_name
    )
    assert code == 2
    assert "tiny" in out
    assert "nowhere.yaml: error: " in err
    assert err.count("broken.yaml:") >= 2
    if format_name == "json":
        document = json.loads(out)
        assert [network["name"] for network in document["networks"]] == ["tiny"]
        assert {each["path"] for each in document["problems"]} == {"nowhere.yaml", "broken.yaml"}


def test_only_bad_specs_print_nothing(convcost: Runner) -> None:
    code, out, err = convcost("eval", "broken.yaml", "--format", "json")
    assert (code, out) == (2, "")
    assert "broken.yaml:4:" in err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "missing argument"),
        (["specs/tiny.yaml", "--set", "alpha"], '--set cannot read "alpha"'),
        (["specs/tiny.yaml", "--set", "beta=2"], 'there is no var "beta"'),
        (["output"], "no specs in this folder"),
        (["specs", "--format", "yaml"], 'eval has no format "yaml"'),
    ],
)
def test_mistakes_are_named(convcost: Runner, args: list[str], message: str) -> None:
    code, out, err = convcost("eval", *args)
    assert (code, out) == (2, "")
    assert message in err


def test_networks_stand_in_the_order_of_what_is_sorted_by(convcost: Runner) -> None:
    out = convcost("eval", "specs", "--summary", "--sort", "macs").out
    names = [line.split()[0] for line in out.splitlines()[2:5]]
    assert names == ["wide", "tiny", "layers"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--summary", "--depth", "1"], "--summary and --depth cannot both be had"),
        (["--stages", "--depth", "1"], "--stages and --depth cannot both be had"),
        (["--summary", "--top", "1"], "--summary and --top cannot both be had"),
        (["--depth", "0"], '--depth must be a whole number of at least 1, not "0"'),
        (["--top", "few"], '--top must be a whole number of at least 1, not "few"'),
        (["--sort", "mac"], '--sort: unknown metric "mac"\nhint: did you mean "macs"?'),
    ],
)
def test_what_cannot_be_asked_of_a_table(convcost: Runner, args: list[str], message: str) -> None:
    code, out, err = convcost("eval", "specs/tiny.yaml", *args)
    assert (code, out) == (2, "")
    assert message in err


def test_what_totals_are_made_of_is_said_once(convcost: Runner, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    layers = "[{kind: pointwise, m: 2, bits: 1, density: 0.5}, {kind: linear, m: 2}]"
    path.write_text(f"input: 3x2x2\nlayers: {layers}\n", encoding="utf-8")
    asked = ("--metrics", "bops,nonzero-params,dense-macs")
    lines = convcost("eval", str(path), *asked).out.splitlines()
    said = "zeros are known of 1 of 2 layers that multiply, the others count as dense"
    assert f"nonzero params, dense MACs: {said}" in lines
    terms = "24 MACs × 1 × 1 bits + 16 MACs × 32 × 32 bits; layers without bits are in fp32"
    assert f"BOPs: {terms}" in lines
