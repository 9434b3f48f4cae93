"""Functions about what is around a network: its history, the machine, code, what ships."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

from convcost.cost import Report, evaluate
from convcost.functions.given import (
    Run,
    Source,
    Under,
    device_of,
    network_of,
    report_of,
    setting_of,
)
from convcost.setting import FP32
from convcost.sources import SpecFile, target_of

if TYPE_CHECKING:
    from convcost.device import Device
    from convcost.project.growth import Growth
    from convcost.runtime.measurement import Measurement
    from convcost.sources.exhibits import Zoo


def log(
    spec: str | os.PathLike[str],
    since: str = "",
    *,
    convention: str = "papers",
    metrics: Sequence[str] = (),
    **under: Unpack[Under],
) -> Growth:
    """What a network cost along git's history, a row a commit that changed it, as
    `convcost.project.growth.growth` finds it."""
    from convcost.project.growth import growth
    from convcost.sources.counting import counted, other_convention

    chosen, setting = other_convention(convention), setting_of(under, FP32)

    def count(report: Report) -> Report:
        return counted(report, chosen).under(setting)

    target = target_of(spec) if isinstance(spec, str) else SpecFile(os.fspath(spec))
    return growth(target, since, count=count, metrics=metrics)


def measure(
    source: Source,
    *,
    where: str = "",
    device: str | Device | None = None,
    runtime: str = "",
    **under: Unpack[Run],
) -> Measurement:
    """How long a network and its layers take here, timed, as `convcost.runtime.measurement.measure`
    does it; beside what they take at least on a `device`."""
    from convcost.emit.pytorch import pytorch_text
    from convcost.runtime.measurement import measure as measured

    network = network_of(source)
    file = network.path if network.path.endswith(".onnx") else ""
    against = None if device is None else device_of(device)
    setting = setting_of(under, FP32)
    return measured(
        network, evaluate(network), pytorch_text, setting, where, against, runtime, file
    )


def report(
    *sources: Source,
    against: Source | None = None,
    convention: str = "papers",
    metrics: Sequence[str] = (),
    **under: Unpack[Under],
) -> str:
    """Networks on a page to look at, as the text of one HTML file that fetches nothing; `against`
    is what they are held against, as for `diff`."""
    from convcost.difference import diff
    from convcost.functions.networks import evaluate
    from convcost.views.report import Shown, metrics_on, render

    wanted = dict.fromkeys((*metrics_on("device" in under), *metrics))

    def count(source: Source) -> Report:
        found = report_of(source)
        names = metrics if found.is_saved else [*wanted]
        return evaluate(found, convention=convention, metrics=names, **under)

    before = None if against is None else count(against)
    reports = map(count, sources)
    return render([Shown(each, before and diff(before, each)) for each in reports])


def zoo(search: str = "") -> Zoo:
    """The networks that ship: input, params, MACs, paper; those that have all words of `search`.
    UsageError where none has."""
    from convcost.sources.exhibits import Zoo, exhibits
    from convcost.sources.exhibits import search as searched

    return Zoo(searched(exhibits(), search))


def schema() -> dict[str, Any]:
    """JSON Schema of the spec language, for editors."""
    from convcost.sources.spec.schema import json_schema

    return json_schema()


def export_pytorch(source: Source) -> str:
    """A network as PyTorch code: plain nn.Modules, one class a block, of exactly the parameters,
    output shape and multiply-adds that convcost says. ConvcostError for what PyTorch has no module
    for."""
    from convcost.emit.pytorch import pytorch_text

    network = network_of(source)
    return pytorch_text(network, evaluate(network))


def export_keras(source: Source) -> str:
    """A network as Keras 3 code: a function that builds a model, channels last, of exactly the
    trained parameters, output shape and multiply-adds that convcost says. ConvcostError for what
    Keras has no layer for."""
    from convcost.emit.keras import keras_text

    network = network_of(source)
    return keras_text(network, evaluate(network))


def export_spec(source: Source) -> str:
    """A network as the text of a spec, as `convcost import` writes those of other tools;
    ConvcostError if it would not come to the same counts."""
    from convcost.emit.spec import proven_text

    network = network_of(source)
    return proven_text(network, "", network.name)[0]
