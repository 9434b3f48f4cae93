"""Which convention gives a published figure."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.conventions import CONVENTIONS
from convcost.conventions.search import Reading, parse_figure, search
from convcost.cost import Report, evaluate
from convcost.errors import UsageError
from convcost.network import Builder
from convcost.quantity import human
from convcost.sources import load

SPECS = Path(__file__).parents[2] / "specs"


def zoo(name: str) -> Report:
    return evaluate(load(SPECS / f"{name}.yaml"))


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("4.12G", 4_115_000_000, 4_125_000_000),
        (" 569 M ", 568_500_000, 569_500_000),
        ("4B", 3_500_000_000, 4_500_000_000),
        ("1.50k", 1_495, 1_505),
        ("4,111,512,576", Fraction(8_223_025_151, 2), Fraction(8_223_025_153, 2)),
    ],
)
def test_the_last_digit_of_a_figure_is_rounded(
    text: str, low: Fraction | int, high: Fraction | int
) -> None:
    figure = parse_figure(text)
    assert (figure.low, figure.high, figure.text) == (low, high, text.strip())


@pytest.mark.parametrize(
    "text", ["", "G", "4.12 GFLOPs", "-4G", "4.1.2", "1e9", "4.G", "٤G", "9" * 99]
)
def test_what_is_no_figure(text: str) -> None:
    with pytest.raises(UsageError, match="not a figure"):
        parse_figure(text)


@given(st.integers(0, 10**15))
def test_a_number_is_found_by_what_convcost_prints_of_it(number: int) -> None:
    assert number in parse_figure(human(number))
    assert number in parse_figure(f"{number:,}")


def test_a_figure_that_one_tool_gives() -> None:
    found = search(zoo("resnet50"), parse_figure("4.112G"))
    assert found.readings == (Reading("fvcore", 4_111_512_576),)


@pytest.mark.parametrize(
    ("network", "published"),
    [
        ("alexnet_torchvision", "0.714G"),
        ("densenet121", "2.834G"),
        ("efficientnet_b0", "0.386G"),
        ("inception_v3", "5.713G"),
        ("mobilenet_v2", "0.301G"),
        ("mobilenet_v3_large", "0.217G"),
        ("resnet18", "1.814G"),
        ("resnet50", "4.089G"),
        ("resnext50_32x4d", "4.23G"),
        ("shufflenet_v2", "0.145G"),
        ("squeezenet1_0", "0.819G"),
        ("vgg16", "15.47G"),
    ],
)
def test_what_torchvision_publishes_with_its_weights(network: str, published: str) -> None:
    found = search(zoo(network), parse_figure(published), [CONVENTIONS["torchvision"]])
    assert [reading.number for reading in found.readings if not reading.headless] == [
        zoo(network).macs
    ]


def test_a_figure_in_flops() -> None:
    found = search(zoo("resnet50"), parse_figure("8.18G"))
    assert Reading("papers", 8_178_368_512, doubled=True) in found.readings
    assert all(reading.doubled for reading in found.readings)


def test_a_figure_without_the_classifier() -> None:
    found = search(zoo("vgg16"), parse_figure("15346630656"))
    assert found.classifier == ("fc6", "fc7", "fc8")
    assert {(reading.convention, reading.headless) for reading in found.readings} == {
        ("papers", True),
        ("torch", True),
        ("torchvision", True),
    }


def test_a_figure_that_nothing_gives() -> None:
    found = search(zoo("resnet50"), parse_figure("4.12G"))
    assert found.readings == ()
    assert found.nearest == Reading("fvcore", 4_111_512_576)


def test_a_network_whose_last_layer_is_a_convolution_has_no_classifier() -> None:
    found = search(zoo("squeezenet1_0"), parse_figure("1G"))
    assert found.classifier == ()
    assert not found.nearest.headless


def test_a_network_of_linear_layers_alone_has_none_either() -> None:
    builder = Builder("mlp", (16,))
    builder.add("linear", {"m": 10})
    assert search(evaluate(builder.network()), parse_figure("160")).classifier == ()
