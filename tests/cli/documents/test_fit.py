"""All that `convcost fit` prints for programs, on paper; and budgets that name a device."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.documents.reading import entries
from tests.cli.runner import Runner

# 27·4 + 4·2 = 116 weights of a byte; the most that is alive at once is 192 in and 256 out.
SPEC = """\
name: tiny
input: 3x8x8
layers:
  - {kind: standard, m: 4, k: 3, name: stem}
  - {kind: pointwise, m: 2, name: head}
"""
BOARD = """\
name: board
peaks: {int8: 148480}
memory: {sram: 400, flash: 200}
source: our own
sure: vendor
"""
DOCUMENT = """{
"schema": "convcost.fit/1", "network": "tiny", "path": "tiny.yaml", "device": "board",
"setting": {"weights": "int8", "activations": "int8"}, "fits": false, "least_seconds": 0.1,
"parts": [
 {"metric": "weight_bytes", "needed": 116, "memory": "flash", "there": 200, "left": 84,
  "fits": true},
 {"metric": "arena", "needed": 448, "memory": "sram", "there": 400, "left": -48, "fits": false}]
}"""
SHEET = """\
network,path,device,metric,needed,memory,there,left,fits
tiny,tiny.yaml,board,weight_bytes,116,flash,200,84,true
tiny,tiny.yaml,board,arena,448,sram,400,-48,false
"""
DOCUMENTS = (DOCUMENT,)
ASKED = ("fit", "tiny.yaml", "--device", "./board.yaml", "--dtype", "int8")


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(SPEC, encoding="utf-8")
    Path("board.yaml").write_text(BOARD, encoding="utf-8")


def test_json(convcost: Runner) -> None:
    code, out, err = convcost(*ASKED, "--format", "json")
    assert (code, err) == (1, "")
    assert entries(out) == entries(DOCUMENT)


def test_csv(convcost: Runner) -> None:
    assert convcost(*ASKED, "--format", "csv") == (1, SHEET, "")


def test_in_words(convcost: Runner) -> None:
    out = convcost(*ASKED).out
    for said in (
        "on board, weights int8, activations int8",
        "it does not fit: 48 bytes of sram too little",
        "it takes at least 100 ms",
        "board: our own (the vendor's own text)",
    ):
        assert said in out
    Path("board.yaml").write_text("{name: board, memory: {sram: 1kB, flash: 1kB}}")
    code, out, _ = convcost(*ASKED)
    assert code == 0
    assert "it fits" in out


def test_what_cannot_be_told_is_no_fit(convcost: Runner) -> None:
    Path("board.yaml").write_text("{name: board, memory: {sram: 1kB}}", encoding="utf-8")
    code, out, err = convcost(*ASKED)
    assert code == 2
    assert "whether it fits cannot be told" in out
    assert "error: it cannot be told whether it fits: board does not say its flash" in err
    assert "with memory: {flash: 1MiB}" in err
    layers = "[{kind: unknown, op: fft, shape: 3x8x8}]"
    Path("tiny.yaml").write_text(f"input: 3x8x8\nlayers: {layers}\n", encoding="utf-8")
    Path("board.yaml").write_text("{name: board, memory: {sram: 1kB, flash: 1kB}}")
    code, _, err = convcost(*ASKED)
    assert code == 2
    assert "it cannot be told whether it fits: fft is not understood" in err
    assert "hint: --with can say what it costs; in a spec macs, activations and counted do" in err


def test_what_an_operation_costs_can_be_said(convcost: Runner) -> None:
    stated = "macs: 100, activations: 0, counted: true"
    layers = f"[{{kind: unknown, op: fft, shape: 3x8x8, {stated}}}]"
    Path("tiny.yaml").write_text(f"input: 3x8x8\nlayers: {layers}\n", encoding="utf-8")
    Path("board.yaml").write_text("{name: board, memory: {sram: 1MiB, flash: 1MiB}}")
    code, _, err = convcost(*ASKED)
    assert (code, err) == (0, "")


def test_what_is_told_of_both_memories_is_told_once(convcost: Runner) -> None:
    layers = "[{kind: unknown, op: fft, shape: 3x8x8}]"
    Path("tiny.yaml").write_text(f"input: 3x8x8\nlayers: {layers}\n", encoding="utf-8")
    Path("board.yaml").write_text("{name: board, memory: {sram: 1MiB, flash: 1MiB}}")
    _, _, err = convcost(*ASKED)
    assert err.count("error: ") == 1


@pytest.mark.parametrize(("dtype", "code"), [("int8", 0), ("fp32", 1)])
def test_a_budget_can_name_a_device(convcost: Runner, dtype: str, code: int) -> None:
    large = SPEC.replace("3x8x8", "3x160x160") + "budgets: {fits: stm32f746}\n"
    Path("tiny.yaml").write_text(large, encoding="utf-8")
    found, out, err = convcost("check", "tiny.yaml", "--dtype", dtype)
    assert (found, err) == (code, "")
    if code:
        assert "arena bytes" in out


def test_settings_can_name_a_file_of_one(convcost: Runner) -> None:
    text = '[metrics]\ndtype = "int8"\n[budgets."tiny.yaml"]\nfits = {warn = "./board.yaml"}\n'
    Path("convcost.toml").write_text(text, encoding="utf-8")
    code, out, err = convcost("check", "tiny.yaml")
    assert (code, err) == (0, "")
    assert "1 warning" in out
    Path("convcost.toml").write_text(text.replace("./board", "../board"), encoding="utf-8")
    assert convcost("check", "tiny.yaml").code == 2


@pytest.mark.parametrize(
    ("fits", "message"),
    [
        ("stm32f47", '6:17: error: unknown device "stm32f47"'),
        ("{warn: stm32f47}", "did you mean"),
        ("[stm32f746]", "error: fits must be a device"),
        ("{bad: stm32f746}", "error: fits must be a device"),
        ("t4", "error: T4 does not say how much flash it has"),
        ("./board.yaml", "error: a spec cannot name a file of a device"),
    ],
)
def test_what_no_device_can_be_meant_by(convcost: Runner, fits: str, message: str) -> None:
    Path("tiny.yaml").write_text(f"{SPEC}budgets: {{fits: {fits}}}\n", encoding="utf-8")
    code, _, err = convcost("check", "tiny.yaml")
    assert code == 2
    assert message in err
