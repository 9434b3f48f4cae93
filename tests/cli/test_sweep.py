"""`convcost sweep`: variants, conditions, the best of them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.runner import Runner

pytest.importorskip("numpy")

NET = """\
name: net  # a comment
vars: {width: 8, size: 16, groups: 2}
input: "3x${size}x${size}"
layers:
  - {name: conv, kind: standard, m: "${width}", k: 3}
  - {name: grouped, kind: group, m: "${width}", k: 1, groups: "${groups}"}
"""


@pytest.fixture(autouse=True)
def beside_a_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(NET, encoding="utf-8")


def params(width: int, groups: int = 2) -> int:
    return 27 * width + width * width // groups


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


GRID = ("sweep", "net.yaml", "--vary", "width=8..32:8", "--vary", "size=16,32")


def test_every_combination_is_a_row(convcost: Runner) -> None:
    found = rows(convcost(*GRID, "--format", "csv").out)
    assert [(each["row"], each["width"], each["size"], each["params"]) for each in found] == [
        (str(row), str(width), str(size), str(params(width)))
        for row, (width, size) in enumerate((w, s) for w in (8, 16, 24, 32) for s in (16, 32))
    ]


def test_rows_of_a_file_belong_together(convcost: Runner) -> None:
    Path("rows.csv").write_text("width,groups\n8,4\n12,3\n", encoding="utf-8")
    args = ("sweep", "net.yaml", "--rows", "rows.csv", "--vary", "size=8,9", "--format", "csv")
    found = rows(convcost(*args).out)
    assert [(each["width"], each["size"], each["params"]) for each in found] == [
        ("8", "8", str(params(8, 4))),
        ("8", "9", str(params(8, 4))),
        ("12", "8", str(params(12, 3))),
        ("12", "9", str(params(12, 3))),
    ]


def test_a_table_shows_what_passes_and_says_so(convcost: Runner) -> None:
    out = convcost(*GRID, "--where", "params < 1k", "--sort=-width,size").out
    assert [line.split()[:3] for line in out.splitlines()[4:8]] == [
        ["4", "24", "16"],
        ["5", "24", "32"],
        ["2", "16", "16"],
        ["3", "16", "32"],
    ]
    assert "6 of 8 variants pass" in out


@pytest.mark.parametrize(
    ("condition", "kept"),
    [
        ("params <= 576", ["8", "16"]),
        ("width * size < 300", ["8", "16"]),
        ("macs > 128 * params", ["8", "16", "24", "32"]),
        ("macs > 256 * params", []),
        ("size == 16 and width != 8", ["16", "24", "32"]),
    ],
)
def test_conditions(convcost: Runner, condition: str, kept: list[str]) -> None:
    args = (*GRID, "--where", condition, "--where", "size < 20", "--format", "json")
    found = json.loads(convcost(*args).out)
    assert [str(row["vars"]["width"]) for row in found["rows"]] == kept


def test_a_front_has_what_nothing_beats(convcost: Runner) -> None:
    found = rows(convcost(*GRID, "--pareto", "macs,-size", "--format", "csv").out)
    assert [(each["width"], each["size"]) for each in found] == [("8", "16"), ("8", "32")]


def test_figures_beyond_64_bits_are_exact_beside_small_ones(convcost: Runner) -> None:
    values = ("1", "2", "1e9")
    args = ("mobilenet_v1", "--vary", f"alpha={','.join(values)}", "--format", "csv")
    found = rows(convcost("sweep", *args).out)
    for row, alpha in zip(found, values, strict=True):
        one = convcost("eval", "mobilenet_v1", "--set", f"alpha={alpha}", "--format", "json").out
        (network,) = json.loads(one)["networks"]
        assert row["macs"] == str(network["macs"])
        assert row["params"] == str(network["params"])


def test_random_rows_are_the_same_for_a_seed(convcost: Runner) -> None:
    args = (*GRID, "--random", "3", "--format", "csv")
    found = [convcost(*args, "--seed", seed).out for seed in ("0", "0", "7")]
    assert found[0] == found[1] != found[2]
    assert len(rows(found[0])) == 3


def test_refused_variants_are_counted(convcost: Runner) -> None:
    args = ("sweep", "net.yaml", "--vary", "groups=2,3,5")
    out = convcost(*args, "--where", "params > 0").out
    assert "1 of 3 variants pass" not in out
    assert "refused: 2" in out
    assert "1 × net.yaml:6:5: layer grouped (group): 3 groups do not divide 8 input channels" in out
    found = rows(convcost(*args, "--format", "csv").out)
    assert [each["params"] for each in found] == [str(params(8)), "", ""]
    assert "5 groups do not divide" in found[2]["refused"]


def test_several_networks_are_named(convcost: Runner) -> None:
    Path("other.yaml").write_text(NET.replace("k: 3", "k: 1"), encoding="utf-8")
    args = ("sweep", "net.yaml", "other.yaml", "--vary", "width=8,16", "--sort", "params")
    found = rows(convcost(*args, "--top", "1", "--format", "csv").out)
    assert [(each["network"], each["params"]) for each in found] == [("other.yaml", "56")]


def test_a_row_becomes_a_spec(convcost: Runner) -> None:
    out = convcost(*GRID, "--emit", "5").out
    assert out == NET.replace("width: 8, size: 16", "width: 24, size: 32")
    convcost(*GRID, "--sort=-macs", "--emit", "best", "-o", "best.yaml")
    written = Path("best.yaml").read_text(encoding="utf-8")
    assert written.startswith("# Written by convcost sweep\n")
    assert "width: 32, size: 32" in written


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "--vary is missing"),
        (("--vary", "widht=8"), 'net.yaml has no var "widht"\nhint: did you mean "width"?'),
        (("--vary", "width=9..8"), "the first must not be above the last"),
        (("--vary", "width="), '--vary cannot read "width="'),
        (("--vary", "width=8", "--set", "width=4"), "width cannot be both set and varied"),
        (("--vary", "width=8", "--where", "prams < 3"), 'did you mean "params"?'),
        (("--vary", "width=8", "--where", "params"), "this compares nothing"),
        (("--vary", "width=8", "--where", "params < 3 %"), "cannot be read as an expression"),
        (("--vary", "width=8", "--pareto", "mac"), 'did you mean "macs"?'),
        (("--vary", "width=8", "--sort", "depth"), 'no var or metric "depth"'),
        (("--vary", "width=8", "--emit", "1"), "there is no row 1"),
        (("--vary", "width=1..1000000", "--vary", "size=1..100000"), "more than 10^10 are refused"),
        (("--vary", "width=8", "--rows", "none.csv"), "there is no such file"),
        (("--rows", "/dev/zero"), "not a regular file"),
    ],
)
def test_what_cannot_be_meant(convcost: Runner, args: tuple[str, ...], message: str) -> None:
    code, out, err = convcost("sweep", "net.yaml", *args)
    assert (code, out) == (2, "")
    assert message in err


def test_what_takes_long_is_told_before_it_starts(convcost: Runner) -> None:
    err = convcost(*GRID, "--metrics", "peak-memory,weight-bytes").err
    assert err.startswith("note: peak_memory: a trace for each order of buffers, at most ")
    assert err.endswith(" s for 8 variants\n")
    assert convcost(*GRID, "--metrics", "weight-bytes").err == ""


def test_without_numpy_a_line_says_what_is_missing(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("convcost.sweeping.extras.find_spec", lambda name: None)
    code, _, err = convcost(*GRID)
    assert code == 2
    assert "numpy, which is not installed" in err
