"""Networks written as specs: what is written evaluates to the same integers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from convcost import evaluate, load
from convcost.cost import Report
from convcost.emit.spec import spec_text, yaml_quoted
from convcost.errors import LayerError
from convcost.kinds import REGISTRY, Kind
from convcost.network import Builder, Network
from convcost.ops.base import Shape
from convcost.sources.spec.reading import parse_spec
from convcost.sources.yaml.reader import read_text
from tests.strategies import layers

SPECS = sorted(Path("specs").glob("*.yaml"))


def totals(report: Report) -> tuple[int, int, int, tuple[Shape, ...]]:
    outs = tuple(sorted(layer.out for layer in report.layers))
    return report.params, report.macs, report.activations, outs


def again(network: Network) -> Network:
    return parse_spec(spec_text(network)).network


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_shipped_network_written_anew(path: Path) -> None:
    network = load(path)

    assert totals(evaluate(again(network))) == totals(evaluate(network))


@pytest.mark.parametrize("kind", REGISTRY.values(), ids=lambda kind: kind.name)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_any_layer_comes_back_as_it_was(kind: Kind, data: st.DataObject) -> None:
    shapes, fields = data.draw(layers(kind))
    builder = Builder("one layer", shapes[0])
    try:
        builder.add(kind.name, fields, inputs=(-1,) * len(shapes))
    except LayerError:
        reject()
    network = builder.network()

    assert totals(evaluate(again(network))) == totals(evaluate(network))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_is_quoted_so_that_it_is_read_as_it_was(text: str) -> None:
    document = read_text(f"name: {yaml_quoted(text)}", "net.yaml")
    assert isinstance(document.root.value, dict)
    assert document.root.value["name"].value == text


def built(*layers: tuple[str, dict[str, Any], tuple[int, ...] | None]) -> Network:
    builder = Builder("net", (8, 16, 16))
    for number, (kind, fields, inputs) in enumerate(layers):
        builder.add(kind, fields, name=f"layer{number}", inputs=inputs)
    return builder.network()


def test_branches_are_nested_and_repeats_folded() -> None:
    block: list[tuple[str, dict[str, Any], tuple[int, ...] | None]] = []
    for turn in range(3):
        start = 3 * turn - 1
        block += [
            ("standard", {"m": 8, "k": 3, "norm": "batch", "act": "relu"}, None),
            ("pointwise", {"m": 8, "norm": "batch"}, None),
            ("add", {"act": "relu"}, (start + 2, start)),
        ]

    assert (
        spec_text(built(*block), "Three blocks.")
        == """\
# Three blocks.
name: net
input: 8x16x16
defaults: {norm: batch}
layers:
  - name: layer2
    repeat: 3
    layers:
      - residual:
          - {name: layer0, kind: standard, m: 8, k: 3, act: relu}
          - {name: layer1, kind: pointwise, m: 8}
        act: relu
"""
    )


def test_what_is_no_nest_names_what_it_follows() -> None:
    network = built(
        ("standard", {"m": 8, "k": (3, 1), "padding": ((2, 0), (0, 0))}, None),
        ("concat", {}, (0, -1)),
        ("concat", {}, (1, 0, -1)),
    )

    assert spec_text(network).splitlines()[3:] == [
        "  - {name: layer0, kind: standard, m: 8, k: 3x1, padding: [[2, 0], [0, 0]]}",
        "  - {name: layer1, from: [layer0, input], kind: concat}",
        "  - {name: layer2, from: [layer1, layer0, input], kind: concat}",
    ]


def test_unrelated_layers_say_their_own_input() -> None:
    builder = Builder("list")
    builder.add("pointwise", {"n": 4, "m": 8, "size": (7, 5)}, name="on")
    builder.add("standard", {"n": 2, "m": 3, "k": 3, "size": (9,)}, name="1")

    assert spec_text(builder.network()).splitlines() == [
        "name: list",
        "layers:",
        '  - {name: "on", kind: pointwise, n: 4, size: 7x5, m: 8}',
        "  - {kind: standard, n: 2, size: 9, m: 3, k: 3}",
    ]


def test_what_is_nested_very_deeply_stays_flat() -> None:
    builder = Builder("hourglass", (4, 8, 8))
    downs = [builder.add("pointwise", {"m": 4}, name=f"down{level}") for level in range(40)]
    end = downs[-1]
    for level in reversed(range(39)):
        end = builder.add("add", {}, name=f"join{level}", inputs=(downs[level], end))
    network = builder.network()

    assert totals(evaluate(again(network))) == totals(evaluate(network))
    assert "from:" in spec_text(network)
