"""The table of metrics, and reports measured by it."""

from __future__ import annotations

import pytest
from hypothesis import given

from convcost.conventions import apply, find
from convcost.cost import LayerCost, Report, evaluate
from convcost.errors import SpecError, UsageError
from convcost.metrics import METRICS, SAVED, USUAL, Metric, base, measured, of_each, register
from convcost.metrics.base import alike, of_last
from convcost.network import Builder, Network
from convcost.quantity import LARGEST
from convcost.sources import load
from convcost.status import Status
from tests.networks import networks

WEIGHTS = Metric(
    "weight_bytes",
    "weights",
    "bytes",
    "bytes of weights",
    of_each(lambda layer: 4 * layer.params),
    rests_on=("params",),
)
WORK = Metric("work", "work", "operations", "work of all layers", of_each(lambda each: each.macs))
DEPTH = Metric(
    "depth",
    "depth",
    "layers",
    "layers behind each other",
    lambda report: range(1, len(report.layers) + 1),
    total=max,
)


@pytest.fixture
def _more(monkeypatch: pytest.MonkeyPatch) -> None:
    for metric in (WEIGHTS, WORK, DEPTH):
        monkeypatch.setitem(base._TABLE, metric.name, metric)


def report() -> Report:
    built = Builder("small", (3, 5, 5), path="small.yaml")
    built.add("standard", {"m": 4, "k": 3}, name="stem")
    built.add("pointwise", {"m": 2}, name="head")
    return evaluate(built.network())


def test_a_second_of_the_same_name_is_an_error() -> None:
    with pytest.raises(ValueError, match="macs is registered twice"):
        register(METRICS["macs"].changed(title="others"))
    assert METRICS["macs"].title == "MACs"


@given(networks())
def test_what_is_usual_is_in_every_report(network: Network) -> None:
    found = evaluate(network)
    assert measured(found, USUAL) is found
    for name in USUAL:
        figures = METRICS[name].of_layers(found)
        assert list(figures) == [layer.figure(name) for layer in found.layers]
        assert METRICS[name].total(figures) == found.figure(name)


def test_what_replacements_save_is_usual() -> None:
    assert set(SAVED) <= set(USUAL)


@pytest.mark.usefixtures("_more")
def test_layers_and_network_are_measured() -> None:
    found = measured(report(), ["weight_bytes", "depth"])
    assert found.more == {"weight_bytes": 4 * 116, "depth": 2}
    assert [layer.more for layer in found.layers] == [
        {"weight_bytes": 4 * 108, "depth": 1},
        {"weight_bytes": 4 * 8, "depth": 2},
    ]
    assert [layer.name for layer in found.top("depth")] == ["head", "stem"]


@pytest.mark.usefixtures("_more")
def test_what_is_measured_is_not_measured_again() -> None:
    once = measured(report(), ["depth"])
    assert measured(once._replace(layers=()), ["depth", "macs"]).more == {"depth": 2}


@pytest.mark.usefixtures("_more")
def test_a_figure_is_as_sure_as_the_counts_that_it_rests_on() -> None:
    about = {"params": Status("about", "it is not said what is learned")}
    layers = tuple(layer._replace(status=about) for layer in report().layers)
    found = measured(report()._replace(layers=layers, status=about), ["weight_bytes", "depth"])
    assert found.status == about | {"weight_bytes": about["params"]}
    assert found.layers[0].status == found.status


@pytest.mark.usefixtures("_more")
def test_another_convention_measures_anew() -> None:
    built = Builder("normed", (3, 5, 5))
    built.add("standard", {"m": 4, "k": 3, "norm": "batch"})
    found = measured(evaluate(built.network()), ["work"])
    counted = apply(found, find("fvcore"))
    assert found.more == {"work": found.macs} == {"work": 2700}
    assert counted.more == {"work": counted.macs} == {"work": 2900}
    assert [layer.more for layer in counted.layers] == [counted.more]


@pytest.mark.usefixtures("_more")
def test_a_name_that_no_metric_has() -> None:
    with pytest.raises(UsageError, match='did you mean "depth"'):
        measured(report(), ["dept"])
    with pytest.raises(UsageError, match="the metrics are params, macs, activations, "):
        measured(report(), ["%"])


@pytest.mark.usefixtures("_more")
def test_a_saved_report_has_what_it_was_saved_with() -> None:
    saved = report()
    saved = saved._replace(layers=tuple(each._replace(stages=()) for each in saved.layers))
    with pytest.raises(SpecError, match="small was saved without its depth") as caught:
        measured(saved, ["depth"])
    assert "--metrics depth" in caught.value.problems[0].hint


def test_there_is_a_largest_total(monkeypatch: pytest.MonkeyPatch) -> None:
    huge = WORK.changed(of_layers=of_each(lambda _: LARGEST // 2))
    monkeypatch.setitem(base._TABLE, "work", huge)
    with pytest.raises(SpecError, match=r"all layers: .* operations or more cannot be counted"):
        measured(report(), ["work"])


def test_what_several_metrics_need_is_worked_out_once_for_a_report() -> None:
    asked: list[Report] = []

    @of_last
    def layers_of(report: Report) -> int:
        """So many layers."""
        asked.append(report)
        return len(report.layers)

    one, other = evaluate(load("vgg16")), evaluate(load("mobilenet_v1"))
    assert [layers_of(each) for each in (one, one, other, one)] == [
        len(each.layers) for each in (one, one, other, one)
    ]
    assert [each is one for each in asked] == [True, False, True]
    assert layers_of.__doc__ == "So many layers."


def test_layers_that_are_built_alike_are_worked_out_once() -> None:
    report = evaluate(load("resnet50"))
    seen: list[str] = []

    def macs(layer: LayerCost) -> int:
        seen.append(layer.name)
        return layer.macs

    assert alike(report.layers, macs) == [layer.macs for layer in report.layers]
    assert len(seen) < len(report.layers) / 2
    saved = [layer._replace(stages=()) for layer in report.layers]
    assert alike(saved, lambda layer: layer.name) == [layer.name for layer in saved]
