"""Somebody whose names are Chinese, on a terminal that shows GBK, or nothing but ASCII."""

from __future__ import annotations

import json

import pytest

from convcost.views.text import columns
from tests.hours.desk import Desk

NET = """\
name: 图像分类网络
vars: {宽度: 1.0}
input: 3x32x32
defaults: {norm: batch, act: relu}
layers:
  - {name: 输入卷积, kind: standard, m: "${int(32 * 宽度)}", k: 3}
  - name: 主干
    repeat: 3
    layers: [{name: 卷积, kind: depthwise-separable, m: "${int(64 * 宽度)}", k: 3}]
  - {name: 池化, kind: global-avg-pool}
  - {name: 分类器, kind: linear, m: 10}
"""


def aligned(lines: list[str], titles: str, column: str) -> bool:
    """Whether a right-aligned column ends at the same place in every line of a table."""
    end = columns(titles[: titles.index(column) + len(column)])
    return all(_ends(line, end) for line in lines)


def _ends(line: str, end: int) -> bool:
    at = next((at for at in range(len(line) + 1) if columns(line[:at]) == end), None)
    return at is not None and line[at - 1] != " " and line[at : at + 2] in ("  ", "", " ")


@pytest.mark.parametrize("encoding", ["", "gbk", "ascii"])
def test_an_hour(desk: Desk, encoding: str) -> None:
    desk.write("网络.yaml", NET)
    desk.encoding = encoding
    has_chinese = encoding != "ascii"

    # Every row lies straight, though each sign is two columns wide.
    table = desk.types("convcost eval 网络.yaml")
    assert ("图像分类网络" in table) == has_chinese
    assert "13,952 params" in table
    (titles,) = (line for line in table.lines if line.startswith("layer "))
    at = table.lines.index(titles)
    rows = table.lines[at + 2 : at + 8]
    if has_chinese:
        assert [row.split()[0] for row in rows[:2]] == ["输入卷积", "主干[0].卷积"]
        assert aligned(rows, titles, "params")
        assert aligned(rows, titles, "MACs")
    else:
        assert r"\u8f93\u5165\u5377\u79ef" in table

    # Blocks by their Chinese names, and the dearest of them.
    blocks = desk.types("convcost eval 网络.yaml --depth 1 --sort params")
    assert ("主干" in blocks) == has_chinese
    widths = desk.types("convcost eval 网络.yaml --vary 宽度=0.5..1.5:0.5")
    assert "1.00x" in widths if encoding == "ascii" else "1.00×" in widths

    # What is wrong in a file is shown with its line, and the caret stands below it.
    desk.write("错.yaml", NET.replace("m: 10", "mm: 10"))
    wrong = desk.types("convcost eval 错.yaml", code=2)
    source = next(line for line in wrong.lines if "mm: 10" in line)
    caret = wrong.lines[wrong.lines.index(source) + 1]
    if has_chinese:
        assert columns(source[: source.index("mm")]) == columns(caret[: caret.index("^")])
        assert wrong.startswith("错.yaml:")

    # A name is nearly right; files keep every character, whatever the terminal has.
    missing = desk.types("convcost eval 网洛.yaml", code=2)
    assert ("did you mean" in missing) or not has_chinese
    desk.types("convcost eval 网络.yaml --output json=结果.json --output csv=结果.csv --summary")
    assert json.loads(desk.read("结果.json"))["networks"][0]["name"] == "图像分类网络"
    assert "图像分类网络" in desk.read("结果.csv")

    # Rewritten, it keeps its names, and is the same network.
    line = "convcost rewrite 网络.yaml --replace standard=depthwise-separable --first -o 新.yaml"
    desk.types(line)
    assert "{name: 输入卷积, kind: depthwise-separable" in desk.read("新.yaml")
    assert "changed" in desk.types("convcost diff 网络.yaml 新.yaml")
