"""What is left of parameters and multiply-adds without zeros."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from convcost.cost import Report, evaluate
from convcost.metrics import METRICS, measured
from convcost.network import Builder, Network
from tests.networks import networks

METRIC = ("nonzero_params", "effective_macs", "dense_macs")


def left(*layers: dict[str, Any]) -> Report:
    built = Builder("pruned", (4, 8, 8))
    for layer in layers:
        built.add(layer.pop("kind"), layer)
    return measured(evaluate(built.network()), METRIC)


def figures(report: Report) -> tuple[int, ...]:
    return tuple(report.figure(metric) for metric in METRIC)


@given(networks())
def test_what_says_nothing_is_dense(network: Network) -> None:
    found = measured(evaluate(network), METRIC)
    assert figures(found) == (found.params, found.macs, found.macs)


def test_scattered_zeros_leave_whole_numbers_of_weights() -> None:
    # 28.8 of 288 weights, each at 64 positions; a norm of 16 parameters
    found = left({"kind": "standard", "m": 8, "k": 3, "density": 0.1, "norm": "batch"})
    assert figures(found) == (29 + 16, 29 * 64, 288 * 64)


def test_channels_of_zeros_are_told_apart() -> None:
    found = left({"kind": "pointwise", "m": 8, "density": {"weights": 0.25, "structured": 0.5}})
    assert figures(found) == (8, 8 * 64, 16 * 64)


def test_each_tensor_of_a_layer_is_rounded_by_itself() -> None:
    # 36 weights and 32: 3.6 and 3.2 are left of them
    fields = {"kind": "depthwise-separable", "m": 8, "k": 3, "density": 0.1}
    assert figures(left(fields)) == (4 + 4, 8 * 64, 68 * 64)
    # 10 x 4 and 10 x 10 for each of four gates of a recurrent layer
    built = Builder("cell", (4, 7))
    built.add("lstm", {"m": 10, "density": 0.33})
    found = measured(evaluate(built.network()), METRIC)
    assert figures(found) == (53 + 132, 7 * (53 + 132), 7 * 560)


def test_products_of_activations_keep_all_their_multiply_adds() -> None:
    built = Builder("attention", (4, 4))
    built.add("matmul", {"density": 0.5}, inputs=(-1, -1))
    found = measured(evaluate(built.network()), METRIC)
    assert figures(found) == (0, 64, 64)


def test_weights_of_another_layer_are_multiplied_and_no_parameters() -> None:
    found = left({"kind": "pointwise", "m": 4, "density": 0.5, "weights": "shared"})
    assert figures(found) == (0, 8 * 64, 16 * 64)


def test_what_was_counted_is_exact() -> None:
    # 5 of 32 weights and 1 of 8 biases are zero
    counted = ("27/32", "1", 6, False)
    found = left({"kind": "pointwise", "m": 8, "bias": True, "density": counted})
    assert figures(found) == (40 - 6, 27 * 64, 32 * 64)
    assert found.status == {}


def test_of_weights_that_are_not_there_nothing_is_known() -> None:
    unseen = ("1", "1", None, True)
    found = left({"kind": "pointwise", "m": 8, "density": unseen})
    assert figures(found) == (32, 32 * 64, 32 * 64)
    assert {name: each.state for name, each in found.status.items()} == dict.fromkeys(
        METRIC, "about"
    )


def test_it_says_of_how_many_layers_zeros_are_known() -> None:
    terms = METRICS["nonzero_params"].terms
    assert terms is not None
    found = left(
        {"kind": "pointwise", "m": 8, "density": 0.5},
        {"kind": "relu"},
        {"kind": "pointwise", "m": 8},
    )
    assert terms(found) == (
        "zeros are known of 1 of 2 layers that multiply, the others count as dense"
    )
