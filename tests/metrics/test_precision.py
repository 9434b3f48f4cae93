"""Bit operations."""

from __future__ import annotations

import pytest
from hypothesis import given

from convcost.cost import Report, evaluate
from convcost.metrics import METRICS, measured
from convcost.network import Builder, Network
from convcost.setting import FP32
from tests.networks import networks


def bops(report: Report, dtype: str = "fp32") -> list[int]:
    found = measured(report.under(FP32.with_dtype(dtype)), ["bops"])
    assert found.figure("bops") == sum(layer.figure("bops") for layer in found.layers)
    return [layer.figure("bops") for layer in found.layers]


def binary() -> Report:
    built = Builder("binary", (3, 8, 8))
    built.add("standard", {"m": 16, "k": 3})
    built.add("standard", {"m": 16, "k": 3, "bits": {"weights": 1, "activations": 4}})
    built.add("linear", {"m": 10, "bits": 8})
    return evaluate(built.network())


def test_by_hand() -> None:
    assert bops(binary()) == [27_648 * 32 * 32, 147_456 * 1 * 4, 10_240 * 8 * 8]


@given(networks())
def test_without_bits_they_are_in_the_dtype(network: Network) -> None:
    report = evaluate(network)
    assert bops(report) == [32 * 32 * layer.macs for layer in report.layers]
    assert bops(report, "int4") == [4 * 4 * layer.macs for layer in report.layers]


def test_weights_and_activations_may_differ_and_half_may_be_said() -> None:
    built = Builder("half", (4, 5, 5))
    built.add("pointwise", {"m": 4})
    built.add("pointwise", {"m": 4, "bits": {"weights": 2}})
    report = evaluate(built.network())
    assert bops(report, "weights=int8,activations=fp16") == [400 * 8 * 16, 400 * 2 * 16]


@pytest.mark.parametrize(("kind", "fields"), [("matmul", {}), ("dynamic", {"m": 4, "k": 1})])
def test_a_product_of_two_activations_has_their_bits_twice(
    kind: str, fields: dict[str, int]
) -> None:
    built = Builder("product", (4, 4, 4) if kind == "matmul" else (4, 2, 2))
    inputs = (-1, -1)
    built.add(kind, {**fields, "bits": {"weights": 1, "activations": 8}}, inputs=inputs)
    report = evaluate(built.network())
    assert bops(report) == [report.macs * 8 * 8]


def test_they_are_explained_by_their_terms() -> None:
    terms = METRICS["bops"].terms
    assert terms is not None
    assert terms(binary()) == (
        "147,456 MACs × 1 × 4 bits + 27,648 MACs × 32 × 32 bits + 10,240 MACs × 8 × 8 bits; "
        "layers without bits are in fp32"
    )
    apart = binary().under(FP32.with_dtype("weights=int8,activations=fp16"))
    assert terms(apart).endswith("layers without bits are in int8 × fp16")
    built = Builder("many", (1, 1, 1))
    for bits in range(1, 7):
        built.add("pointwise", {"m": 1, "bits": bits})
    assert terms(evaluate(built.network())).endswith("1 MACs × 4 × 4 bits + 2 more")


def test_bytes_of_weights_follow_their_bits_and_others_the_dtype() -> None:
    built = Builder("bytes", (3, 5, 5))
    fields = {"m": 1, "k": 3, "bias": True, "norm": "batch"}
    built.add("standard", {**fields, "bits": {"weights": 1, "activations": 4}})
    report = evaluate(built.network())
    # 27 bits in 4 bytes; a bias, a scale and a shift of 4 bytes each
    assert measured(report, ["weight_bytes"]).figure("weight_bytes") == 4 + 3 * 4
    scaled = report.under(FP32.with_dtype("fp32,scales"))
    assert measured(scaled, ["weight_bytes"]).figure("weight_bytes") == 4 + 4 * 4
