"""Figures in bytes on the command line: dtypes, budgets, locks, saved reports."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.projects import net, write
from tests.cli.runner import Runner

LIMITS = "{weight_bytes: 1KiB, weight_bytes_growth: 0}"


@pytest.fixture(autouse=True)
def _network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write({"net.yaml": net(4), "limited.yaml": net(4, budgets=LIMITS)})


def test_they_are_of_the_dtype_that_is_asked_for(convcost: Runner) -> None:
    asked = ("eval", "net.yaml", "--metrics", "weight-bytes")
    assert "464 weight bytes" in convcost(*asked).out
    assert "116 weight bytes (weights=int8)" in convcost(*asked, "--dtype", "int8").out
    (network,) = json.loads(convcost(*asked, "--format", "json").out)["networks"]
    assert network["weight_bytes"] == 464
    assert "setting" not in network
    found = convcost(*asked, "--dtype", "weights=int8", "--format", "json").out
    (network,) = json.loads(found)["networks"]
    assert (network["weight_bytes"], network["setting"]) == (116, {"weights": "int8"})


def test_no_dtype(convcost: Runner) -> None:
    code, out, err = convcost("eval", "net.yaml", "--dtype", "int9")
    assert (code, out) == (2, "")
    assert 'error: --dtype: unknown dtype "int9"' in err


def test_budgets_in_bytes(convcost: Runner) -> None:
    for limit, code in (("464", 0), ("0.5kB", 0), ("463B", 1), ("0.25KiB", 1), ("1KB", 2)):
        assert convcost("check", "net.yaml", "--max-weight-bytes", limit).code == code
    int8 = ("--max-weight-bytes", "116B", "--dtype", "int8")
    assert convcost("check", "net.yaml", *int8).code == 0
    assert convcost("check", "net.yaml", "--max-macs", "1KiB").code == 2


def test_a_lock_says_what_its_figures_are_under(convcost: Runner) -> None:
    assert convcost("lock", "limited.yaml").code == 0
    assert "under" not in Path("convcost.lock").read_text(encoding="utf-8")
    assert convcost("check", "limited.yaml").code == 0
    code, _, err = convcost("check", "limited.yaml", "--dtype", "int8")
    assert code == 2
    assert "convcost.lock has its weight_bytes for fp32, and this check is of weights=int8" in err
    assert 'hint: "convcost lock --dtype int8 limited.yaml" records it for weights=int8' in err


def test_settings_say_what_a_lock_is_under(convcost: Runner) -> None:
    convcost("lock", "limited.yaml")
    write({"convcost.toml": '[metrics]\ndtype = "int8"\nin-place = ["add", "depthwise"]\n'})
    assert convcost("check", "limited.yaml").code == 2
    assert convcost("lock", "limited.yaml").code == 0
    entry = json.loads(Path("convcost.lock").read_text(encoding="utf-8"))["networks"]
    assert entry["limited.yaml"]["weight_bytes"] == 116
    assert entry["limited.yaml"]["under"] == {"weight_bytes": "weights=int8"}
    assert convcost("check", "limited.yaml").code == 0


def test_an_option_says_it_of_a_lock_and_of_what_makes_one(convcost: Runner) -> None:
    convcost("lock", "limited.yaml")
    int8 = ("--dtype", "int8")
    assert convcost("lock", "limited.yaml", *int8).code == 0
    entry = json.loads(Path("convcost.lock").read_text(encoding="utf-8"))["networks"]
    assert entry["limited.yaml"]["under"] == {"weight_bytes": "weights=int8"}
    assert convcost("check", "limited.yaml", *int8).code == 0
    assert convcost("check", "limited.yaml").code == 2
    code, _, err = convcost("lock", "--dtype", "int9")
    assert (code, 'error: unknown dtype "int9"' in err) == (2, True)


def test_a_lock_is_made_for_a_device(convcost: Runner) -> None:
    layers = "[{kind: standard, m: 4, k: 3}]"
    text = f"input: 3x8x8\nlayers: {layers}\nbudgets: {{least_time_growth: 0}}\n"
    Path("timed.yaml").write_text(text, encoding="utf-8")
    run = ("--batch", "8", "--device", "t4")
    assert convcost("lock", "timed.yaml", *run).code == 0
    assert convcost("check", "timed.yaml", *run).code == 0
    code, _, err = convcost("check", "timed.yaml", "--batch", "4", "--device", "t4")
    assert code == 2
    said = " ".join(err.replace("\\\n", " ").split())
    assert '"convcost lock --batch 4 --device t4 timed.yaml" records it for' in said


def test_other_figures_are_checked_whatever_the_setting(convcost: Runner) -> None:
    convcost("lock", "net.yaml")
    assert convcost("check", "net.yaml", "--dtype", "int8").code == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("metrics = 3", "error: metrics must be a table"),
        ('[metrics]\ndtype = "int9"', 'error: unknown dtype "int9"'),
        ("[metrics]\nalign = 3", 'error: align cannot be "3"'),
        ("[metrics]\ndtpye = 3", 'error: unknown key "dtpye" in metrics'),
    ],
)
def test_settings_that_mean_nothing(convcost: Runner, text: str, message: str) -> None:
    write({"convcost.toml": text})
    code, _, err = convcost("check", "net.yaml", "--max-macs", "1M")
    assert code == 2
    assert message in err


def test_a_saved_report_keeps_its_setting(convcost: Runner) -> None:
    asked = ("--metrics", "weight_bytes", "--dtype", "int8")
    saved = convcost("eval", "net.yaml", *asked, "--format", "json").out
    Path("saved.json").write_text(saved, encoding="utf-8")
    out = convcost("diff", "saved.json", "net.yaml", *asked).out
    assert re.search(r"^weight bytes \(weights=int8\) +116 → +116 +unchanged$", out, re.MULTILINE)
    code, _, err = convcost("diff", "saved.json", "net.yaml", *asked[:2])
    assert code == 2
    assert "weight_bytes of the two is under different settings, weights=int8 and fp32" in err
    Path("saved.json").write_text(saved.replace('"int8"', '"int9"'), encoding="utf-8")
    code, _, err = convcost("diff", "saved.json", "net.yaml")
    assert code == 2
    assert "net has an unknown setting" in err
