"""`convcost eval --vary`, and values set of one side of a diff: a network beside itself."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from convcost.cli import output
from tests.cli.runner import Runner

NET = """\
name: net
vars: {width: 8, size: 16}
input: "3x${size}x${size}"
layers:
  - {name: conv, kind: standard, m: "${width}", k: 3}
  - {name: groups, kind: group, m: "${width}", k: 1, groups: 4}
"""


@pytest.fixture(autouse=True)
def beside_a_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(NET, encoding="utf-8")


def params(width: int) -> int:
    return 3 * 9 * width + width * width // 4


def test_networks_are_columns_with_their_ratios(convcost: Runner) -> None:
    code, out, err = convcost("eval", "net.yaml", "--vary", "width=8,16")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "net  input 3×16×16, net.yaml"
    assert lines[2].split() == ["width=8", "width=16"]
    assert lines[4].split() == ["params", f"{params(8)}", f"{params(16)}"]
    assert lines[5].split() == ["ratio", "1.00×", f"{params(16) / params(8):.2f}×"]
    assert "ratios are to width=8" in lines


def test_inputs_that_differ_are_told(convcost: Runner) -> None:
    out = convcost("eval", "net.yaml", "--vary", "size=16..32:16").out
    assert out.startswith("net  net.yaml\n")
    assert any(line.split() == ["input", "3×16×16", "3×32×32"] for line in out.splitlines())


def test_documents_name_what_each_was_built_with(convcost: Runner) -> None:
    args = ("eval", "net.yaml", "--vary", "width=8,16", "--vary", "size=16,32", "--format")
    networks = json.loads(convcost(*args, "json").out)["networks"]
    assert [network["vars"] for network in networks] == [
        {"width": width, "size": size} for width in (8, 16) for size in (16, 32)
    ]
    assert [network["params"] for network in networks] == [params(8)] * 2 + [params(16)] * 2
    assert [len(network["layers"]) for network in networks] == [2] * 4
    rows = list(csv.DictReader(io.StringIO(convcost(*args, "csv").out)))
    assert list(rows[0])[-1] == "vars"
    assert [row["vars"] for row in rows[::2]] == [
        f"width={width}, size={size}" for width in (8, 16) for size in (16, 32)
    ]


def test_a_narrow_screen_has_more_tables_and_every_number(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = ("eval", "net.yaml", "--vary", "width=8..80:8")
    monkeypatch.setattr(output, "width", lambda stream: None)
    whole = convcost(*args).out.replace(",", "")
    for width in (20, 40, 60, 80):
        monkeypatch.setattr(output, "width", lambda stream, width=width: width)
        out = convcost(*args).out
        table, _, _ = out.partition("ratios are to")
        assert max(map(len, table.splitlines()[1:])) <= max(width, 21)
        for number in range(8, 81, 8):
            assert f"{params(number):,}" in out
            assert str(params(number)) in whole


def test_only_what_every_network_has_wrong_is_told_as_the_specs(convcost: Runner) -> None:
    code, out, err = convcost("eval", "net.yaml", "--vary", "width=6,7,8")
    assert code == 2
    assert "width=8" in out
    assert err.count("error: ") == 2
    assert "with width=6: " in err
    code, out, err = convcost("eval", "net.yaml", "--vary", "deep=1,2")
    assert (code, out) == (2, "")
    assert err.count('error: there is no var "deep" to set') == 1
    assert "hint: its vars: width, size" in err


def test_a_status_has_no_ratio(convcost: Runner) -> None:
    text = NET + "  - {name: fft, kind: unknown, op: fft, shape: 4x4x4}\n"
    Path("net.yaml").write_text(text, encoding="utf-8")
    lines = convcost("eval", "net.yaml", "--vary", "width=8,16").out.splitlines()
    at = next(at for at, line in enumerate(lines) if line.startswith("MACs"))
    assert "≥" in lines[at]
    assert lines[at + 1].split() == ["ratio"]


def under(title: str, out: str) -> list[list[str]]:
    """The rows of the table of that title, without its head and rule."""
    tables = [each.splitlines() for each in out.split("\n\n")]
    found = [rows for head, *rows in tables if head.startswith(f"{title} ") and "=" in head]
    return [line.split() for rows in found for line in rows[1:]]


def test_layers_stand_side_by_side_by_every_metric(convcost: Runner) -> None:
    args = ("eval", "net.yaml", "--vary", "width=8,16", "--all", "--metrics", "receptive_field")
    out = convcost(*args).out
    assert under("params", out) == [
        ["conv", f"{27 * 8}", f"{27 * 16}", "2.00×"],
        ["groups", f"{8 * 8 // 4}", f"{16 * 16 // 4}", "4.00×"],
    ]
    assert under("MACs", out) == [
        ["conv", f"{27 * 8 * 256:,}", f"{27 * 16 * 256:,}", "2.00×"],
        ["groups", f"{16 * 256:,}", f"{64 * 256:,}", "4.00×"],
    ]
    assert under("receptive field", out) == [
        ["conv", "3", "3", "1.00×"],
        ["groups", "3", "3", "1.00×"],
    ]
    assert under("params", convcost(*args, "--summary").out) == []


def test_the_costliest_of_the_first_come_first_and_the_others_are_one_row(convcost: Runner) -> None:
    args = ("eval", "net.yaml", "--vary", "width=128,8")
    assert [row[0] for row in under("params", convcost(*args, "--sort", "params").out)] == [
        *("groups", "conv")
    ]
    assert under("params", convcost(*args, "--sort", "params", "--top", "1").out) == [
        ["groups", f"{128 * 128 // 4:,}", f"{8 * 8 // 4}", "0.004×"],
        ["others", f"{27 * 128:,}", f"{27 * 8}", "0.06×"],
    ]


def test_blocks_that_one_network_lacks_are_left_empty_in_it(convcost: Runner) -> None:
    text = NET.replace("width: 8", "width: 8, deep: 1") + (
        "  - {name: body, repeat: '${deep}', layers: [{name: a, kind: pointwise, m: 8}, "
        "{name: b, kind: pointwise, m: 8}]}\n"
    )
    Path("net.yaml").write_text(text, encoding="utf-8")
    args = ("eval", "net.yaml", "--vary", "deep=1,2", "--depth", "2")
    rows = under("params", convcost(*args).out)
    assert ["body[0]", "128", "128", "1.00×"] in rows
    assert ["body[1]", "128"] in rows
    networks = json.loads(convcost(*args, "--format", "json").out)["networks"]
    assert [[group["name"] for group in each["groups"]][2:] for each in networks] == [
        ["body[0]"],
        ["body[0]", "body[1]"],
    ]
    page = convcost(*args, "--format", "html").out
    assert '<td style="padding-left:1em">body[1]</td><td style="text-align:right"></td>' in page


def test_ops_do_not_stand_side_by_side(convcost: Runner) -> None:
    code, out, err = convcost("eval", "net.yaml", "--vary", "width=8", "--stages")
    assert (code, out) == (2, "")
    assert "--vary and --stages cannot both be had" in err


@pytest.mark.parametrize("command", ["eval", "check", "reconcile", "diff"])
def test_a_name_is_set_once(convcost: Runner, command: str) -> None:
    names = ["net.yaml"] * (2 if command == "diff" else 1)
    code, out, err = convcost(command, *names, "--set", "width=8", "--set", " width =16")
    assert (code, out) == (2, "")
    assert "error: --set width is given twice\n" in err
    assert "--vary" in err


def test_what_is_varied_is_not_set_besides(convcost: Runner) -> None:
    args = ("eval", "net.yaml", "--vary", "width=8,16", "--set")
    assert "error: width cannot be both set and varied" in convcost(*args, "width=4").err
    assert convcost(*args, "size=32").code == 0


def test_each_side_of_a_diff_has_its_values(convcost: Runner) -> None:
    args = ("diff", "net.yaml", "net.yaml", "--format", "json")
    document = json.loads(convcost(*args, "--set", "a:width=8", "--set", "b:width=16").out)
    total = document["totals"]["params"]
    assert (total["before"], total["after"]) == (params(8), params(16))
    assert (document["before"]["vars"], document["after"]["vars"]) == ({"width": 8}, {"width": 16})
    said = convcost(*args[:3], "--set", "a:width=8", "--set", "b:width=16").out
    assert said.startswith("net with width=8 → net with width=16: 2 changed")
    assert convcost(*args[:3], "--set", "b:width=16").out.startswith("net → net with width=16: ")
    assert convcost(*args[:3], "--set", "width=16").out.startswith("net: no differences")
    document = json.loads(convcost(*args, "--set", "b:width=16", "--set", "size=32").out)
    assert document["before"]["input"] == document["after"]["input"] == [3, 32, 32]
    assert document["totals"]["params"]["after"] == params(16)


def test_a_side_that_is_not_there(convcost: Runner) -> None:
    args = ("diff", "net.yaml", "--replace", "standard=pointwise", "--set", "b:width=16")
    assert "a:... and b:... are for two networks, and one is named" in convcost(*args).err
    code, _, err = convcost("diff", "net.yaml", "net.yaml", "--set", "c:width=16")
    assert code == 2
    assert 'no var "c:width"' in err
