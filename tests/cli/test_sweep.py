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


def test_a_joined_column_is_an_objective_and_a_condition(convcost: Runner) -> None:
    lines = ["width,size,accuracy", "8,16,50", "8,32,60", "16,16,55", "24,16,70", "32,32,65"]
    Path("own.csv").write_text("\n".join(lines), encoding="utf-8")
    args = (*GRID, "--join", "own.csv")
    found = rows(convcost(*args, "--pareto", "macs,-accuracy", "--format", "csv").out)
    assert [each["accuracy"] for each in found] == ["50.0", "55.0", "70.0"]
    out = convcost(*args, "--where", "accuracy > 50", "--sort=-accuracy", "--top", "2").out
    assert [line.split()[0] for line in out.splitlines()[4:6]] == ["4", "7"]
    assert "4 of 8 variants pass, shown: 2, without accuracy: 3" in out


def test_what_is_minimized_has_a_figure(convcost: Runner) -> None:
    Path("own.csv").write_text("width,size,accuracy\n8,16,50\n16,16,55\n", encoding="utf-8")
    args = (*GRID, "--join", "own.csv", "--minimize=-accuracy")
    found = rows(convcost(*args, "--format", "csv").out)
    assert [each["accuracy"] for each in found] == ["55.0", "50.0"]


def test_a_summary_stands_below_the_best(convcost: Runner) -> None:
    out = convcost(*GRID, "--where", "params < 1k", "--top", "1", "--summary").out
    assert [line.split()[:4] for line in out.splitlines()[10:]] == [
        ["width", "8", "2", str(params(8))],
        ["width", "16", "2", str(params(16))],
        ["width", "24", "2", str(params(24))],
        ["width", "32", "0"],
        ["size", "16", "3", str(params(8))],
        ["size", "32", "3", str(params(8))],
    ]


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


WIDE = ("sweep", "net.yaml", "--vary", "width=2..4000:2", "--vary", "size=16..2000")


def test_the_least_of_few_is_proven(convcost: Runner) -> None:
    args = (*GRID, "--where", "params > 500", "--minimize", "macs")
    found = convcost(*args, "--top", "1").out
    assert found.splitlines()[4].split()[:3] == ["2", "16", "16"]
    assert found.endswith("macs: the least of all variants, each of which was tried\n")
    document = json.loads(convcost(*args, "--format", "json").out)
    assert document["search"]["exact"]
    assert [row["row"] for row in document["rows"]] == [2, 4, 6, 3, 5, 7]


def test_of_many_the_least_is_looked_for(convcost: Runner) -> None:
    pytest.importorskip("optuna")
    limits = ("--where", "macs <= 10M", "--where", "params >= 20k")
    args = (*WIDE, *limits, "--minimize=-size", "--trials", "60")
    found = convcost(*args).out
    document = json.loads(convcost(*args, "--format", "json", "-o", "tried.csv").out)
    # A width of 176 is the first of 20,000 parameters, which 10M multiply-adds have on 22 x 22.
    assert params(174) < 20_000 <= params(176)
    assert params(176) * 22**2 <= 10**7 < params(176) * 23**2
    assert document["rows"][0]["vars"] == {"width": 176, "size": 22}
    assert document["rows"][0]["row"] == 87 * 1985 + 6
    assert document["search"] == {
        "minimize": "-size",
        "space": 2000 * 1985,
        "method": "nsga-ii",
        "trials": 60,
        "seed": 0,
        "exact": False,
    }
    assert len(document["rows"]) == min(20, document["passing"])
    tried = rows(Path("tried.csv").read_text(encoding="utf-8"))
    assert len({row["row"] for row in tried}) == len(tried) == document["passing"]
    assert "size: the most found, not proven, of 3,970,000 variants\n" in found
    best = convcost(*args, "--emit", "best").out
    assert best.endswith(NET.replace("width: 8, size: 16", "width: 176, size: 22"))


def test_more_than_can_be_counted_may_be_searched(convcost: Runner) -> None:
    pytest.importorskip("optuna")
    wide = ("--vary", "width=2..40000:2", "--vary", "size=1..1000000")
    args = ("sweep", "net.yaml", *wide, "--where", "params >= 1M", "--minimize", "macs")
    found = convcost(*args, "--trials", "50", "--top", "1").out
    assert "macs: the least found, not proven, of 20,000,000,000 variants\n" in found
    assert params(1386) < 10**6 <= params(1388)
    assert found.splitlines()[4].split()[:3] == [str(693 * 10**6), "1388", "1"]
    code, out, err = convcost(*args, "--trials", "50", "--where", "params < 30")
    assert code == 2
    assert "macs: none found, not proven, of 20,000,000,000 variants\n" in out
    assert "variants that were tried passes, others may\n" in err


def test_refused_variants_are_counted(convcost: Runner) -> None:
    args = ("sweep", "net.yaml", "--vary", "groups=2,3,5")
    out = convcost(*args, "--where", "params > 0").out
    assert "1 of 3 variants pass" not in out
    assert "refused: 2" in out
    assert "1 × net.yaml:6:5: layer grouped (group): 3 groups do not divide 8 input channels" in out
    found = rows(convcost(*args, "--format", "csv").out)
    assert [each["params"] for each in found] == [str(params(8)), "", ""]
    assert "5 groups do not divide" in found[2]["refused"]


def test_what_no_variant_passes_is_no_success(convcost: Runner) -> None:
    args = ("sweep", "net.yaml", "--vary")
    none = convcost(*args, "width=8,16", "--where", "params < 9")
    assert (none.code, none.err) == (1, "")
    assert "0 of 2 variants pass" in none.out
    front = convcost(*args, "width=8,16", "--where", "params < 9", "--pareto", "macs,params")
    assert (front.code, front.out) == (1, none.out)
    refused = convcost(*args, "groups=3,5", "--where", "params < 9")
    assert refused.code == 2
    assert "refused: 2" in refused.out
    assert refused.err == (
        "error: all variants are refused, most: net.yaml:6:5: layer grouped (group): "
        "3 groups do not divide 8 input channels\n"
    )
    assert convcost(*args, "groups=2,5", "--where", "params < 9").code == 1
    assert convcost(*args, "groups=2,5").code == 0
    assert convcost(*args, "groups=3,5", "--shard", "2/2").code == 0


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


CHOOSE = ("sweep", "net.yaml", "--choose", "grouped=standard,group[groups=4],ghost")


def test_layers_have_a_kind_each(convcost: Runner) -> None:
    found = rows(convcost(*CHOOSE, "--vary", "width=8,16", "--format", "csv").out)
    assert [(each["width"], each["grouped"], each["params"]) for each in found] == [
        (str(width), kind, own and str(27 * width + int(own)))
        for width in (8, 16)
        for kind, own in (
            ("standard", str(width * width)),
            ("group[groups=4]", str(width * width // 4)),
            ("ghost", ""),
        )
    ]
    assert "1x1 already, so ghost would save nothing" in found[2]["refused"]


def test_a_table_has_a_letter_for_each_kind(convcost: Runner) -> None:
    code, out, err = convcost(*CHOOSE, "--choose", "conv=standard,low-rank", "--sort", "params")
    assert code == 0
    assert err == ""
    assert [line.split()[:2] for line in out.splitlines()[4:6]] == [["3", "gl"], ["1", "sl"]]
    assert "kinds: s standard, g group[groups=4], h ghost, l low-rank\nof grouped, conv\n" in out


def test_a_chosen_row_becomes_a_spec(convcost: Runner) -> None:
    found = rows(convcost(*CHOOSE, "--vary", "width=8,16", "--format", "csv").out)
    args = (*CHOOSE, "--vary", "width=8,16", "--set", "size=9", "--emit", "4", "-o", "made.yaml")
    assert convcost(*args).code == 0
    written = Path("made.yaml").read_text(encoding="utf-8")
    assert "# a comment" in written
    assert "{width: 16, size: 9, groups: 2}" in written
    made = json.loads(convcost("eval", "made.yaml", "--format", "json").out)
    assert made["networks"][0]["params"] == int(found[4]["params"])


def test_layers_of_one_place_that_differ_are_written_anew(convcost: Runner) -> None:
    layer = NET.splitlines()[-1]
    twice = NET.replace(layer, f"  - repeat: 2\n    layers:\n    {layer}\n{layer}")
    Path("net.yaml").write_text(twice, encoding="utf-8")
    args = ("sweep", "net.yaml", "--choose", "*.grouped=group,standard", "--sort=-params")
    out = convcost(*args, "--vary", "width=8", "--emit", "1").out
    assert (out.count("kind: group"), out.count("kind: standard")) == (2, 2)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ((), "--vary is missing"),
        (("--choose", "*d=ghost"), "hint: grouped stays as it is, the classifier: name it"),
        (("--choose", "conv"), '--choose cannot read "conv"'),
        (("mobilenet_v1", "--choose", "conv=ghost"), "about the layers of one network"),
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
        (("--vary", "width=1..1000000", "--vary", "size=1..100000"), "--minimize macs looks for"),
        (("--vary", "width=8", "--trials", "9"), "--trials is for --minimize"),
        (("--vary", "width=8", "--minimize", "macs", "--random", "9"), "no --random beside it"),
        (("--vary", "width=8", "--minimize", "macs,params"), "--minimize takes one name"),
        (("--vary", "width=8", "--minimize", "macs", "--pareto", "macs"), "no --pareto beside it"),
        (("--vary", "width=8", "--minimize", "macs", "-o", "parts/"), "--minimize has no parts"),
        (("--vary", "width=8", "--minimize", "macs", "--summary"), "--minimize has no parts"),
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
