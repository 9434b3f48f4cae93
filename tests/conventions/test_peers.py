"""What other tools print, to the last digit, for networks and for single layers.

The integers were recorded from the tools themselves by benchmarks/record_peers.py, and XLA's by
benchmarks/record_xla.py.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from convcost.conventions import CONVENTIONS, apply
from convcost.cost import Report, evaluate
from convcost.sources.spec.reading import parse_spec

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
TOOLS = {
    "torch_flop_counter": "torch",
    "fvcore": "fvcore",
    "torchinfo": "torchinfo",
    "torchprofile": "torchprofile",
    "thop": "thop",
    "ptflops": "ptflops",
}
SPECS = {
    "alexnet": "specs/alexnet_torchvision.yaml",
    "googlenet": "tests/data/peers/googlenet.yaml",
    "shufflenet_v2_x1_0": "specs/shufflenet_v2.yaml",
    "vgg16_bn": "tests/data/peers/vgg16_bn.yaml",
}
"""Where a network is not the zoo's of its own name."""
HEADS = {"inception_v3": 3_326_696}
"""Parameters of an auxiliary head that torchvision's network has and evaluation does not run."""


class Said(NamedTuple):
    """What a tool says: a number, and the parameters where it counts them."""

    number: int
    params: int | None


def records(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


def said(tool: str, answer: int | list[int]) -> Said:
    if isinstance(answer, int):
        return Said(answer, None)
    # torchinfo tells the parameters first.
    number, params = reversed(answer) if tool == "torchinfo" else answer
    return Said(number, params)


def counted(report: Report, tool: str) -> Said:
    convention = CONVENTIONS[TOOLS[tool]]
    result = apply(report, convention)
    return Said(result.macs * convention.each, result.params)


NETWORKS = {record["net"]: record for record in records("peers.jsonl")}
LAYERS = records("peer_layers.jsonl")
XLA = records("xla_layers.jsonl")


@cache
def network(name: str) -> Report:
    path = SPECS.get(name, f"specs/{name}.yaml")
    text = (ROOT / path).read_text(encoding="utf-8")
    if name in HEADS:
        text += f"  - {{name: aux, kind: parameter, shape: {HEADS[name]}}}\n"
    return evaluate(parse_spec(text, path).network)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_network_has_the_frameworks_parameters(name: str) -> None:
    report = network(name)
    assert list(report.input or ()) == NETWORKS[name]["input"]
    assert report.params == NETWORKS[name]["params"]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("name", NETWORKS)
def test_networks(name: str, tool: str) -> None:
    expected = said(tool, NETWORKS[name][tool])
    number, params = counted(network(name), tool)
    assert number == expected.number
    assert expected.params in (params, None)


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("record", LAYERS, ids=lambda each: f"{each['layer']}{each['input']}")
def test_layers(record: dict[str, Any], tool: str) -> None:
    size = "x".join(map(str, record["input"]))
    spec = parse_spec(f"input: {size}\nlayers: [{record['layer']}]\n")
    expected = said(tool, record[tool])
    number, params = counted(evaluate(spec.network), tool)
    assert number == expected.number
    assert expected.params in (params, None)


@pytest.mark.parametrize("record", XLA, ids=lambda each: f"{each['layer']}{each['input']}")
def test_convolutions_and_dots_by_xla(record: dict[str, Any]) -> None:
    size = "x".join(map(str, record["input"]))
    report = evaluate(parse_spec(f"input: {size}\nlayers: [{record['layer']}]\n").network)
    assert 2 * apply(report, CONVENTIONS["xla"]).macs == record["xla"]


def test_where_a_number_shows_a_mistake_the_convention_tells_of_it() -> None:
    """The differences between tools that no two of them can both be right about."""
    told = {name: " ".join(each.mistakes) for name, each in CONVENTIONS.items()}
    assert "function" in told["thop"]  # densenet121, mobilenet_v2: its last pool
    assert "do not run" in told["thop"]  # googlenet, inception_v3: parameters of their heads
    assert "twice" in told["ptflops"]  # every network with relu or pooling layers
    assert "output grid" in told["torchinfo"]  # transposed convolutions
    assert "leading dims" in told["torchinfo"]  # linear layers on sequences
    assert "groups of a transposed" in told["torchprofile"]
    assert "one flop" in told["fvcore"]
