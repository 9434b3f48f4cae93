"""Energy by a model, against figures worked out by hand."""

from __future__ import annotations

import pytest

from convcost.cost import Report, evaluate
from convcost.metrics import METRICS, measured
from convcost.metrics.traffic import traffic
from convcost.network import Builder
from convcost.setting import FP32, Setting
from convcost.sources import read, target_of
from convcost.status import COMPLETE, status_of


def under(dtype: str) -> Setting:
    return Setting(dtype, dtype)


def small() -> Report:
    builder = Builder("net", (3, 4, 5))
    builder.add("standard", {"m": 4, "k": 3})
    builder.add("max-pool", {"k": 2})
    return evaluate(builder.network())


@pytest.mark.parametrize(
    ("dtype", "microjoules"),
    # 300,774,272 multiply-adds of 0.23 and of 4.6 pJ.
    [("int8", 69.178), ("fp32", 1383.56)],
)
def test_mobilenet_v2(dtype: str, microjoules: float) -> None:
    report = evaluate(read(target_of("mobilenet_v2")).network).under(under(dtype))
    energy = measured(report, ["energy"]).figure("energy")
    assert energy == report.macs * {"int8": 230, "fp32": 4600}[dtype]
    assert energy / 10**9 == pytest.approx(microjoules, rel=1e-5)


@pytest.mark.parametrize(
    ("dtype", "each"), [("int8", 230), ("int32", 3200), ("fp16", 1500), ("fp32", 4600)]
)
def test_a_multiply_add_is_a_multiplication_and_an_addition(dtype: str, each: int) -> None:
    report = measured(small().under(under(dtype)._replace(batch=3)), ["energy"])
    assert [layer.figure("energy") for layer in report.layers] == [3 * 2160 * each, 0]


def test_bytes_from_dram_where_they_are_asked_for() -> None:
    report = measured(small().under(FP32._replace(dram=True)), ["energy"])
    moved = [traffic(layer, report.setting).total for layer in report.layers]
    # 640 pJ for 32 bits; a pool moves, and multiplies nothing.
    assert moved == [4 * (60 + 80 + 108), 4 * (80 + 16)]
    assert report.figure("energy") == 2160 * 4600 + sum(moved) // 4 * 640_000


def test_a_dtype_that_the_model_does_not_have_is_no_zero() -> None:
    report = measured(small().under(under("int4")), ["energy"])
    status = status_of(report.status, "energy")
    assert (status.state, status.why) == ("unknown", "the model has no energy of int4")
    assert [status_of(layer.status, "energy") for layer in report.layers] == [status, COMPLETE]


def test_it_says_that_it_is_a_model() -> None:
    note = METRICS["energy"].note
    assert note
    assert note(FP32).endswith("to compare by: multiply-adds alone")
    assert note(FP32._replace(dram=True)).endswith("multiply-adds and all bytes from DRAM")


def test_what_it_is_made_of() -> None:
    terms = METRICS["energy"].terms
    assert terms
    assert terms(small().under(FP32._replace(batch=2))) == "4,320 MACs × 4,600 fJ"
    moved = small().under(FP32._replace(dram=True))
    assert terms(moved) == "2,160 MACs × 4,600 fJ + 1,376 bytes × 160,000 fJ"
    assert terms(small().under(under("int4"))) == "the model has no energy of int4"
