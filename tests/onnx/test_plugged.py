"""Operations of ONNX that a plugin knows the cost of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from convcost import evaluate
from convcost.gaps import said_of
from convcost.ops.base import Shape
from convcost.plugins import operation
from tests.onnx.models import model, node, weight
from tests.onnx.test_taught import DOUBT, mixing
from tests.plugged import unplugged


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    with unplugged():
        yield


def test_an_operation_of_a_plugin_is_counted_by_it() -> None:
    assert evaluate(mixing()).status["macs"].state == "at least"

    @operation("own::Mix")
    def mix(ins: Sequence[Shape], outs: Sequence[Shape]) -> int:
        return ins[1][0] * ins[0][1] * outs[0][2] * outs[0][3]

    report = evaluate(mixing())
    assert (report.params, report.macs) == (12, 4 * 3 * 64)
    assert report.notes == (DOUBT,)


def test_a_network_without_it_says_nothing_of_it() -> None:
    operation("own::Mix")(lambda ins, outs: 1)
    conv = node("Conv", ["x", "w"], ["y"], pads=[1, 1, 1, 1])
    assert not said_of(evaluate(model([conv], [weight("w", 4, 3, 3, 3)])))
