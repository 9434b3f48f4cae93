"""Figures on a device on the command line: the least time, intensity, and energy beside them."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from tests.cli.projects import net, write
from tests.cli.runner import Runner

# The stem of net(4) moves 4·(192 + 256 + 108) = 2,224 bytes for 2·6,912 operations, the head
# 4·(256 + 128 + 8) = 1,568 for 2·512. All stays on this chip but 4·(192 + 128) bytes in and out.
BOARD = "{name: board, peaks: {fp32: 1M}, bandwidth: {dram: 100k}, memory: {sram: 1KiB}}"
STEM, HEAD, ALL = 22_240_000, 15_680_000, 14_848_000
ON = ("--device", "./board.yaml")


@pytest.fixture(autouse=True)
def _network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write({"net.yaml": net(4), "limited.yaml": net(4, budgets="{least_time: 15ms}")})
    write({"board.yaml": BOARD})


def test_a_layer_if_nothing_stays_on_the_chip_and_the_network_if_all_does(
    convcost: Runner,
) -> None:
    asked = ("eval", "net.yaml", "--metrics", "least-time,intensity,energy", *ON)
    (network,) = json.loads(convcost(*asked, "--format", "json").out)["networks"]
    assert network["setting"] == {"device": "./board.yaml"}
    assert (network["least_time"], network["intensity"]) == (ALL, 3916)
    assert [layer["least_time"] for layer in network["layers"]] == [STEM, HEAD]
    assert [layer["intensity"] for layer in network["layers"]] == [6216, 654]
    assert network["energy"] == 4600 * 7424
    out = convcost(*asked).out
    assert f"{ALL:,} least ns (device=./board.yaml)" in out
    assert "least ns are a bound and no forecast" in out
    assert "model fJ are of a model of 45 nm (Horowitz 2014), to compare by: multiply-adds" in out
    moved = json.loads(convcost(*asked, "--dram", "--format", "json").out)["networks"][0]
    assert moved["energy"] == 4600 * 7424 + 160_000 * (2224 + 1568)


def test_blocks_and_rows_that_are_told_as_one(convcost: Runner) -> None:
    write({"net.yaml": net(4) + "  - {kind: pointwise, m: 2, name: tail}\n"})
    asked = ("--metrics", "intensity", "--sort", "least_time", *ON)
    out = convcost("eval", "net.yaml", *asked, "--top", "1").out
    # The head and the tail: 2·(512 + 256) operations, 1,568 + 4·(128 + 128 + 4) bytes.
    assert re.search(r"^stem .* 22,240,000 +6,216$", out, re.MULTILINE)
    assert re.search(r"^2 others .* 26,080,000 +589$", out, re.MULTILINE)
    assert "share" not in out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "net.yaml: error: least_time is that on a device\nhint: name one: --device h100-sxm"),
        (("--device", "t5"), 'error: unknown device "t5"'),
        (("--device", "stm32f746", "--dtype", "fp16"), "STM32F746 has no peak for fp16"),
        (("--device", "./none.yaml"), "none.yaml: error: "),
        ((*ON, "--batch", "0"), 'error: --batch must be a whole number of at least 1, not "0"'),
    ],
)
def test_what_has_no_least_time(convcost: Runner, options: tuple[str, ...], message: str) -> None:
    code, out, err = convcost("eval", "net.yaml", "--metrics", "least_time", *options)
    assert (code, out) == (2, "")
    assert message in err


def test_a_budget_is_a_time_on_the_device_that_is_named(convcost: Runner) -> None:
    assert convcost("check", "limited.yaml", *ON).code == 0
    code, out, _ = convcost("check", "limited.yaml", *ON, "--batch", "2")
    assert code == 1
    # Of 2·1,280 bytes 512 and twice 1,024 do not stay; the layers do not add up to all.
    assert "least ns  51,200,000 > 15,000,000" in out
    assert "costliest layers: stem, head" in out
    concise = convcost("check", "limited.yaml", *ON, "--batch", "2", "--format", "concise").out
    assert "51,200,000 least ns exceed the budget of 15,000,000" in concise
    code, _, err = convcost("check", "limited.yaml")
    assert code == 2
    assert "limited.yaml: error: least_time is that on a device" in err
    for limit, code in (("14848us", 0), ("14.847ms", 1), ("14848000", 0), ("15M", 2)):
        assert convcost("check", "net.yaml", *ON, "--max-least-time", limit).code == code
    assert convcost("check", "net.yaml", "--max-energy", "34.1504 nJ").code == 0
    assert convcost("check", "net.yaml", "--max-energy", "34nJ").code == 1


def test_settings_name_a_device_by_its_path_from_there(
    convcost: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = '[metrics]\ndevice = "./board.yaml"\n[budgets."*.yaml"]\nleast_time_growth = "1%"\n'
    write({"convcost.toml": settings, "below/x": ""})
    assert convcost("lock", "net.yaml").code == 0
    (entry,) = json.loads(Path("convcost.lock").read_text(encoding="utf-8"))["networks"].values()
    assert entry["least_time"] == ALL
    assert entry["under"] == {"least_time": "device=./board.yaml"}
    monkeypatch.chdir("below")
    assert convcost("check", "../net.yaml").code == 0
    code, _, err = convcost("check", "../net.yaml", "--device", "t4")
    assert code == 2
    assert "has its least_time for device=./board.yaml, and this check is of device=t4" in err
    write({"../net.yaml": net(5)})
    assert convcost("check", "../net.yaml").code == 1


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("t5", 'convcost.toml:2:10: error: unknown device "t5"'),
        ("../board.yaml", "board.yaml"),
        ("./none.yaml", "none.yaml"),
    ],
)
def test_settings_that_name_no_device(convcost: Runner, word: str, message: str) -> None:
    write({"convcost.toml": f'[metrics]\ndevice = "{word}"\n'})
    code, _, err = convcost("check", "net.yaml", "--max-macs", "1M")
    assert code == 2
    assert message in err


def test_a_saved_report_is_compared_on_the_same_device(convcost: Runner) -> None:
    asked = ("--metrics", "least_time,intensity", *ON)
    saved = convcost("eval", "net.yaml", *asked, "--format", "json").out
    write({"saved.json": saved, "net.yaml": net(5)})
    out = convcost("diff", "saved.json", "net.yaml", *asked).out
    assert re.search(r"least ns \(device=./board.yaml\) +14,848,000 → +18,560,000", out)
    code, _, err = convcost("diff", "saved.json", "net.yaml", *asked[:2], "--device", "t4")
    assert code == 2
    assert "under different settings, device=./board.yaml and device=t4" in err


def test_where_no_bandwidth_is_known_it_is_said_that_computing_alone_bounds(
    convcost: Runner,
) -> None:
    on = ("--device", "stm32f746", "--dtype", "int8")
    alone = "by computing alone, as its bandwidth is not known"
    # 2·7,424 operations of 0.864 G a second.
    assert (
        f"the network takes at least 17.2 µs, {alone}" in convcost("roofline", "net.yaml", *on).out
    )
    assert f"by direct convolution it takes at least 17.2 µs, {alone}" in (
        convcost("fit", "net.yaml", *on).out
    )
    layer = ("compare", "--in", "3", "--out", "4", "-k", "3", "--size", "8x8")
    said = (
        "Times are bounds of direct convolution on STM32F746, of computing alone, as its bandwidth"
    )
    assert said in convcost(*layer, *on).out
    out = convcost(*layer, "--device", "t4").out
    assert "Times are bounds of direct convolution on T4, and no forecast: docs/roofline.md" in out


def test_suggest_comes_under_a_time(convcost: Runner) -> None:
    write({"net.yaml": net(64).replace("m: 2", "m: 64") + "  - {kind: standard, m: 64, k: 3}\n"})
    asked = ("suggest", "net.yaml", *ON)
    code, out, _ = convcost(*asked, "--max-least-time", "2s")
    assert code == 0
    assert "depthwise-separable" in out
    code, out, _ = convcost(*asked, "--max-least-time", "1ms")
    assert code == 1
    assert "what binds:\n  least ns (device=./board.yaml): of " in out


def test_lock_takes_a_device_and_check_says_how_to_record_it(convcost: Runner) -> None:
    write({"net.yaml": net(4, budgets="{least_time_growth: 0}")})
    assert convcost("lock", "net.yaml", "--device", "t4").code == 0
    assert convcost("check", "net.yaml", "--device", "t4").code == 0
    code, _, err = convcost("check", "net.yaml", *ON, "--batch", "2")
    assert code == 2
    assert "convcost lock --batch 2 --device ./board.yaml net.yaml" in err


def test_a_sweep_is_on_a_device_too(convcost: Runner) -> None:
    pytest.importorskip("numpy")
    spec = net(4).replace("m: 4", "m: '${m}'").replace("input:", "vars: {m: 4}\ninput:")
    write({"net.yaml": spec})
    asked = ("sweep", "net.yaml", "--vary", "m=4,5", "--metrics", "least_time", *ON)
    code, out, _ = convcost(*asked, "--where", "least_time < 15ms", "--format", "csv")
    assert code == 0
    (row,) = csv.DictReader(io.StringIO(out))
    assert (row["m"], row["least_time"]) == ("4", str(ALL))
