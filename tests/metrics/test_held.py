"""Bytes of weights and buffers."""

from __future__ import annotations

import pytest
from hypothesis import given

from convcost.conventions import apply, find
from convcost.cost import Report, evaluate
from convcost.metrics import METRICS, measured
from convcost.metrics.held import buffers_of, weights_of
from convcost.network import Builder, Network
from convcost.setting import FP32, Setting
from convcost.sources import SpecFile, read
from convcost.sources.zoo import shipped
from tests.networks import networks

BYTES = ("weight_bytes", "buffer_bytes")


def held(report: Report, dtype: str = "fp32") -> dict[str, int]:
    return dict(measured(report.under(FP32.with_dtype(dtype)), BYTES).more)


def of(name: str) -> Report:
    return evaluate(read(SpecFile(shipped()[name])).network)


def one(kind: str, **fields: object) -> Report:
    built = Builder("one", (3, 5, 5))
    built.add(kind, fields)
    return evaluate(built.network())


@pytest.mark.parametrize(
    ("dtype", "weights"),
    [("fp32", 102_228_128), ("fp16", 51_114_064), ("int8", 25_557_032)],
)
def test_resnet50(dtype: str, weights: int) -> None:
    assert held(of("resnet50"), dtype)["weight_bytes"] == weights


def test_buffers_are_statistics_and_the_steps_that_made_them() -> None:
    # 53 batch norms over 26,560 channels together
    found = held(of("resnet50"))["buffer_bytes"]
    assert found == 4 * 2 * 26_560 + 53 * 8


def test_what_a_layer_holds() -> None:
    (stage, norm, *_) = one("standard", m=4, k=3, bias=True, norm="batch").layers[0].stages
    assert [tuple(each) for each in weights_of(stage.op, FP32)] == [
        ("weights", 108, 432),
        ("bias", 4, 16),
    ]
    assert [tuple(each) for each in weights_of(norm.op, FP32)] == [("weights", 4, 16)] * 2
    assert [tuple(each) for each in buffers_of(norm.op, FP32)] == [
        ("running mean", 4, 16),
        ("running variance", 4, 16),
        ("batches tracked", 1, 8),
    ]


def test_quantized_weights_can_have_scales_and_wide_biases() -> None:
    report = one("standard", m=4, k=3, bias=True, norm="batch")
    assert held(report, "int8") == {"weight_bytes": 108 + 4 + 8, "buffer_bytes": 40}
    assert held(report, "int8,scales")["weight_bytes"] == 120 + 4 * 4
    assert held(report, "int8,int32-biases")["weight_bytes"] == 120 + 3 * 4
    assert held(report, "fp16,scales") == {"weight_bytes": 240, "buffer_bytes": 24}


def test_halves_of_bytes_are_rounded_up_in_every_tensor() -> None:
    # 27 weights and a bias, and a norm of one channel: 14 + 1, and two of 1
    assert held(one("standard", m=1, k=3, bias=True, norm="batch"), "int4")["weight_bytes"] == 17
    # a norm over 5, with a weight and a bias
    assert held(one("last-norm"), "int4")["weight_bytes"] == 2 * 3


def test_other_norms_keep_nothing() -> None:
    assert held(one("group-norm"))["buffer_bytes"] == 0
    assert held(one("relu")) == {"weight_bytes": 0, "buffer_bytes": 0}


@given(networks())
def test_in_fp32_a_parameter_has_four_bytes(network: Network) -> None:
    found = measured(evaluate(network), BYTES)
    assert [each.more["weight_bytes"] for each in found.layers] == [
        4 * layer.params for layer in found.layers
    ]


def test_they_are_no_matter_of_convention() -> None:
    report = measured(one("standard", m=4, k=3, norm="batch"), BYTES)
    assert apply(report, find("fvcore")).more == report.more


def test_what_is_not_understood_may_hold_more() -> None:
    found = measured(one("unknown", op="fft", shape="3x5x5"), BYTES)
    assert {name: found.status[name].state for name in BYTES} == dict.fromkeys(BYTES, "at least")


def test_a_setting_is_told_of_where_a_figure_depends_on_it() -> None:
    setting = Setting("int8", "fp16", scales=True)
    assert METRICS["weight_bytes"].under(setting) == "weights=int8 scales=true"
    assert METRICS["buffer_bytes"].under(setting) == "weights=int8"
    assert METRICS["macs"].under(setting) == METRICS["weight_bytes"].under(FP32) == ""


def terms(report: Report, name: str) -> str:
    said = METRICS[name].terms
    assert said
    return said(report)


def test_bytes_in_terms() -> None:
    built = Builder("net", (3, 8, 8))
    built.add("standard", {"m": 4, "k": 3, "bias": True})
    built.add("pointwise", {"m": 2, "norm": "batch"})
    report = evaluate(built.network()).under(FP32.with_dtype("int8,scales,int32-biases"))
    said = "120 weights in 120 + 4 bias in 16 + 6 scales in 24"
    assert terms(report, "weight_bytes") == said
    said = "2 running mean in 8 + 2 running variance in 8 + 1 batches tracked in 8"
    assert terms(report, "buffer_bytes") == said
    assert measured(report, ["weight_bytes"]).figure("weight_bytes") == 120 + 16 + 24


def test_plans_in_terms() -> None:
    built = Builder("net", (3, 8, 8))
    built.add("standard", {"m": 4, "k": 3}, name="conv")
    report = evaluate(built.network()).under(FP32.with_dtype("int8"))
    assert terms(report, "peak_memory") == "in conv, step 1: conv 256 + input 192"
    assert terms(report, "arena") == "input 192 behind 256"
    empty = evaluate(Builder("empty").network())
    assert terms(empty, "peak_memory") == terms(empty, "arena") == ""
