"""Sums that the last convolution of a branch makes where the shortcut lies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.cost import Report, evaluate
from convcost.metrics.memory import Plan, plan
from convcost.network import Builder
from convcost.ops.structure import ALIASES
from convcost.setting import FP32
from convcost.sources import read, target_of

INT8 = FP32.with_dtype("int8")
ACCUMULATE = INT8.with_word("in-place", "accumulate")
Layer = tuple[str, dict[str, Any], Sequence[int]]


def layer(kind: str, *inputs: int, **fields: Any) -> Layer:
    return kind, fields, inputs


def conv(*inputs: int, **fields: Any) -> Layer:
    return "standard", {"m": 2, "k": 3, **fields}, inputs


def network(*layers: Layer) -> Report:
    """Layers on an input of 2x4 elements, which is -1; each names those that it reads."""
    built = Builder("sums", (2, 4))
    for kind, fields, inputs in layers:
        built.add(kind, fields, inputs=tuple(inputs))
    return evaluate(built.network())


def test_a_residual_block_by_hand() -> None:
    # x is 8 bytes: one convolution makes 8 more, and the next adds its own 8 onto x.
    block = network(conv(-1, act="relu"), conv(0, norm="batch"), layer("add", 1, -1))
    assert plan(block.under(ACCUMULATE)).live == (16, 16, 16, 8, 8)
    assert plan(block.under(INT8)).peak == 24
    assert plan(block.under(INT8.with_word("in-place", "add"))).peak == 24


@pytest.mark.parametrize(
    ("name", "peak"),
    [
        # x and what the first convolution makes of it, 16 channels of 32x32 each
        ("mlperf_tiny_ic", 2 * 16_384),
        # x and a first convolution of 128 channels at 56x56, and the second at 28x28
        ("resnet50", 802_816 + 401_408 + 100_352),
        # what the first layer makes, and the pool behind it
        ("resnet18", 802_816 + 200_704),
    ],
)
def test_networks_of_the_literature(name: str, peak: int) -> None:
    report = evaluate(read(target_of(name)).network)
    assert plan(report.under(ACCUMULATE)).peak == peak


@pytest.mark.parametrize(
    "layers",
    [
        (conv(-1), conv(0, act="relu"), layer("add", 1, -1)),
        (conv(-1), conv(0), layer("elementwise", 1, op="abs"), layer("add", -1, 2)),
        # A convolution in the shortcut, whichever of both runs last.
        (conv(-1), conv(0), conv(-1), layer("add", 1, 2)),
        (conv(-1), conv(-1), conv(1), layer("add", 2, 0)),
        # An alias of the shortcut, which is read before.
        (
            layer("flatten", -1),
            layer("reshape", 0, shape="2x4"),
            conv(1),
            conv(2),
            layer("add", 3, -1),
        ),
        # The shortcut itself is one.
        (
            layer("flatten", -1),
            layer("reshape", 0, shape="2x4"),
            conv(1),
            conv(2),
            layer("add", 3, 1),
        ),
    ],
)
def test_the_branch_takes_no_memory(layers: tuple[Layer, ...]) -> None:
    assert len(plan(network(*layers).under(ACCUMULATE)).buffers) <= 3
    assert len(plan(network(*layers).under(INT8)).buffers) >= 4 - (len(layers) == 3)


@pytest.mark.parametrize(
    "layers",
    [
        pytest.param(layers, id=why)
        for why, layers in {
            "the convolution itself reads the shortcut": (conv(-1), layer("add", 0, -1)),
            "both terms are one": (conv(-1), layer("add", 0, 0)),
            "three terms": (conv(-1), conv(0), layer("add", 1, -1, 0)),
            "the shortcut is read afterwards": (
                *(conv(-1), conv(0), layer("add", 1, -1), layer("sigmoid", -1)),
                layer("add", 2, 3),
            ),
            "the branch is read again": (
                *(conv(-1), conv(0), layer("add", 1, -1), layer("add", 2, 1)),
            ),
            "statistics need all": (conv(-1), conv(0, norm="instance"), layer("add", 1, -1)),
            "a softmax, too": (conv(-1), conv(0), layer("softmax", 1), layer("add", 2, -1)),
            "a pool": (conv(-1), layer("avg-pool", 0, k=1), layer("add", 1, -1)),
            "weights are kept": (layer("parameter", -1, shape="2x4"), conv(-1), layer("add", 1, 0)),
        }.items()
    ],
)
def test_a_branch_that_needs_memory_of_its_own(layers: tuple[Layer, ...]) -> None:
    report = network(*layers)
    assert plan(report.under(ACCUMULATE)).live == plan(report.under(INT8)).live


def run_in_memory(found: Plan) -> None:
    """Run the steps, each on what lies in the buffers: every one has to find what it reads."""
    place = {tensor: at for at, each in enumerate(found.buffers) for tensor in each.tensors}
    lies = {place[tensor]: {tensor} for tensor in found.flow.inputs}
    for at in found.order:
        step = found.flow.steps[at]
        assert all(tensor in lies[place[tensor]] for tensor in step.ins)
        before = lies[place[step.ins[0]]] if isinstance(step.stage.op, ALIASES) else set()
        lies[place[step.out]] = {*before, step.out}


PLACES = st.integers(-20, 20)
GRAPHS = st.lists(st.tuples(st.sampled_from("ccaasrf"), PLACES, PLACES), min_size=2, max_size=9)


@given(GRAPHS, st.sampled_from(["written", "best"]), st.sampled_from(["", "add,depthwise,"]))
def test_nothing_is_written_over_that_is_read_later(
    graph: list[tuple[str, int, int]], order: str, others: str
) -> None:
    made: list[Layer] = []
    for at, (what, one, other) in enumerate(graph):
        first, second = one % (at + 1) - 1, other % (at + 1) - 1
        made.append(
            {
                "c": conv(first, norm="batch"),
                "a": layer("add", first, second),
                "s": layer("softmax", first),
                "r": layer("relu", first),
                "f": layer("reshape", first, shape="2x4"),
            }[what]
        )
    setting = INT8.with_word("in-place", f"{others}accumulate").with_word("order", order)
    report = network(*made)
    found = plan(report.under(setting))
    run_in_memory(found)
    if order == "written":
        usual = setting._replace(in_place=tuple(each for each in others.split(",") if each))
        assert found.peak <= plan(report.under(usual)).peak
