"""What of a network is not understood."""

from __future__ import annotations

import pytest

from convcost.cost import StageCost, evaluate
from convcost.count import ZERO
from convcost.gaps import Doubt, UnknownOps, gaps, likely_work
from convcost.network import Builder
from convcost.ops.base import Shape
from convcost.ops.tensors import Unknown
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
        UnknownOps("net", "roll", times=2, ops=4, share=1 / 3),
        UnknownOps("net", "fft", times=1, ops=4, share=1 / 6),
    )


@pytest.mark.parametrize(
    ("ins", "out", "wanted"),
    [
        (((10, 6), (6, 4)), (10, 4), 240),  # a product of matrices
        (((100, 64), (256,), (64, 256)), (100, 256), 100 * 64 * 256),  # of its largest tensors
        (((3, 8, 8), (3, 8, 8)), (3, 8, 8), 192),  # element by element
        (((3, 8, 8),), (3, 4, 4), 192),
        ((), (5,), 5),
    ],
)
def test_the_likely_work_of_an_operation(ins: tuple[Shape, ...], out: Shape, wanted: int) -> None:
    stage = StageCost(Unknown("any", out), ins, out, ZERO, ZERO, 0)
    assert likely_work(stage) == wanted


def test_an_operation_whose_cost_is_stated_is_none() -> None:
    net = Builder("net", (3, 8, 8))
    net.add("unknown", {"op": "fft", "shape": (3, 8, 8), "counted": True, "macs": 900})
    net.add("unknown", {"op": "roll", "shape": (3, 8, 8), "counted": False, "macs": 0})
    report = evaluate(net.network())
    assert report.macs == 900
    assert gaps(report) == (UnknownOps("net", "roll", times=1, ops=2, share=192 / 1092),)


def test_figures_that_are_off_for_another_reason() -> None:
    net = Builder("net", (3, 8, 8))
    net.add("pointwise", {"m": 4, "weights": "unclear"})
    (doubt,) = gaps(evaluate(net.network()))
    assert isinstance(doubt, Doubt)
    assert (doubt.network, doubt.metric, doubt.status.state) == ("net", "params", "about")
    assert isinstance(doubt.status, Status)
