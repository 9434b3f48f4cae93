"""What of a network is not understood."""

from __future__ import annotations

from convcost.cost import evaluate
from convcost.gaps import Doubt, UnknownOps, gaps
from convcost.network import Builder
from convcost.status import Status


def test_a_network_that_is_understood_has_none() -> None:
    net = Builder("net", (3, 8, 8))
    net.add("pointwise", {"m": 4})
    assert gaps(evaluate(net.network())) == ()


def test_unknown_operations_by_how_often_they_are_there() -> None:
    net = Builder("net", (3, 8, 8))
    net.add("pointwise", {"m": 3})
    for sort in ("fft", "roll", "roll"):
        net.add("unknown", {"op": sort, "shape": (3, 8, 8)})
    assert gaps(evaluate(net.network())) == (
        UnknownOps("net", "roll", times=2, ops=4),
        UnknownOps("net", "fft", times=1, ops=4),
    )


def test_an_operation_whose_cost_is_stated_is_none() -> None:
    net = Builder("net", (3, 8, 8))
    net.add("unknown", {"op": "fft", "shape": (3, 8, 8), "counted": True, "macs": 900})
    net.add("unknown", {"op": "roll", "shape": (3, 8, 8), "counted": False, "macs": 0})
    report = evaluate(net.network())
    assert report.macs == 900
    assert gaps(report) == (UnknownOps("net", "roll", times=1, ops=2),)


def test_figures_that_are_off_for_another_reason() -> None:
    net = Builder("net", (3, 8, 8))
    net.add("pointwise", {"m": 4, "weights": "unclear"})
    (doubt,) = gaps(evaluate(net.network()))
    assert isinstance(doubt, Doubt)
    assert (doubt.network, doubt.metric, doubt.status.state) == ("net", "params", "about")
    assert isinstance(doubt.status, Status)
