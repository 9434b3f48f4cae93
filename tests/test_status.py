"""How far figures are to be believed."""

from __future__ import annotations

import pytest

from convcost.conventions import find
from convcost.conventions.base import apply
from convcost.cost import Report, evaluate
from convcost.network import Builder
from convcost.status import ALL_COMPLETE, COMPLETE, State, Status, merged, status_of

FFT = Status("at least", "fft is not understood")
UNCLEAR = Status("about", "nothing says whether some weights were learned")


def half_understood() -> Report:
    built = Builder("spectral", (3, 8, 8))
    built.add("pointwise", {"m": 4}, name="stem")
    built.add("unknown", {"op": "fft", "shape": (4, 8, 8), "counted": True}, name="mix")
    built.add("pointwise", {"m": 2}, name="head")
    return evaluate(built.network())


@pytest.mark.parametrize(
    ("state", "actual", "exceeds"),
    [
        ("complete", 10, False),
        ("complete", 11, True),
        ("at least", 10, None),
        ("at least", 11, True),
        ("about", 9, None),
        ("about", 11, None),
        ("unknown", 0, None),
        ("unknown", 11, None),
    ],
)
def test_only_what_is_sure_is_decided(state: State, actual: int, exceeds: bool | None) -> None:
    assert Status(state, "why").exceeds(actual, 10) is exceeds


def test_a_sum_is_as_sure_as_its_least_sure_part() -> None:
    parts = [{"macs": FFT, "params": FFT}, {}, {"params": UNCLEAR}, {"macs": FFT}]
    assert merged(parts) == {
        "macs": FFT,
        "params": Status("about", f"{FFT.why}; {UNCLEAR.why}"),
    }
    assert merged([{}, {"macs": COMPLETE}]) is ALL_COMPLETE


def test_many_reasons_are_counted() -> None:
    parts = [{"macs": Status("at least", f"op {number}")} for number in range(5)]
    assert merged(parts)["macs"].why == "op 0; op 1; op 2; and 2 more"


def test_what_is_not_understood_is_open_in_its_layer_and_in_the_network() -> None:
    report = half_understood()
    stem, mix, head = report.layers
    assert (stem.status, head.status) == (ALL_COMPLETE, ALL_COMPLETE)
    assert mix.status == {"macs": FFT, "activations": FFT}
    assert report.status == mix.status
    assert (report.params, report.macs, report.activations) == (20, 1280, 384)
    assert status_of(report.status, "params") is COMPLETE


def test_parameters_are_open_where_nothing_counts_them() -> None:
    built = Builder("spectral", (3, 8, 8))
    built.add("unknown", {"op": "fft", "shape": (3, 8, 8)})
    assert set(evaluate(built.network()).status) == {"params", "macs", "activations"}


@pytest.mark.parametrize(
    ("kind", "params"),
    [("standard", 108), ("transposed", 108), ("channel-wise", 12), ("linear", 4)],
)
def test_weights_of_which_nothing_is_known_are_counted_and_said_to_be(
    kind: str, params: int
) -> None:
    built = Builder("constant", (3, 8, 8) if kind != "linear" else (1,))
    fields = {"m": 4, "k": 3, "weights": "unclear"}
    taken = {"channel-wise": ("m", "weights"), "linear": ("m", "weights")}.get(kind, tuple(fields))
    built.add(kind, {name: fields[name] for name in taken})
    report = evaluate(built.network())
    assert (report.params, report.status) == (params, {"params": UNCLEAR})


def test_a_tools_convention_keeps_the_default_rules_status() -> None:
    report = half_understood()
    assert apply(report, find("fvcore")).status == report.status
