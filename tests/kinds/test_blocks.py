"""Building blocks with known figures, each checked once against a module of a framework.

`tests/data/blocks.tsv` holds them; another row is another test.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from convcost.cost import evaluate
from convcost.kinds import REGISTRY
from convcost.network import Builder
from convcost.ops.base import parse_shape

DATA = Path(__file__).parent.parent / "data" / "blocks.tsv"
with DATA.open(encoding="utf-8", newline="") as lines:
    BLOCKS = list(csv.DictReader(lines, delimiter="\t"))


def value(text: str) -> int | float | bool:
    if text == "true":
        return True
    return float(text) if "." in text else int(text)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block["block"])
def test_a_block_costs_what_it_is_known_to_cost(block: dict[str, str]) -> None:
    fields: dict[str, Any] = {
        name: value(text)
        for name, _, text in (field.partition("=") for field in block["fields"].split())
    }
    builder = Builder(block["block"], parse_shape(block["input"]))
    builder.add(block["kind"], fields)
    report = evaluate(builder.network())
    assert (report.params, report.macs) == (int(block["params"]), int(block["macs"]))


def test_every_convolution_has_a_known_block() -> None:
    known = {block["kind"] for block in BLOCKS} | {"depthwise-separable-channel-wise"}
    assert known >= {kind.name for kind in REGISTRY.values() if kind.group == "convolution"}


def test_effnets_block() -> None:
    builder = Builder("EffNet block", (64, 56, 56))
    builder.add("pointwise", {"m": 32})
    builder.add("depthwise", {"k": (1, 3)})
    builder.add("max-pool", {"k": (2, 1)})
    builder.add("depthwise", {"k": (3, 1)})
    builder.add("standard", {"m": 128, "k": (1, 2), "stride": (1, 2), "padding": "valid"})
    report = evaluate(builder.network())
    assert (report.params, report.macs) == (10_432, 13_296_640)


def test_channelnets_block() -> None:
    builder = Builder("depthwise, grouped pointwise, group channel-wise", (512, 14, 14))
    builder.add("depthwise", {"k": 3})
    builder.add("pointwise-group", {"m": 512, "groups": 2})
    builder.add("channel-wise", {"m": 512, "dc": 8, "groups": 2})
    report = evaluate(builder.network())
    assert (report.params, report.macs) == (135_696, 27_396_096)
