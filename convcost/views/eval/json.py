"""Reports for other programs: `convcost.eval/1`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from convcost.cost import LayerCost, Report, StageCost
from convcost.errors import Problem
from convcost.views.eval import words
from convcost.views.eval.words import Detail
from convcost.views.jsontext import Json, document, problem_record
from convcost.views.ops import describe
from convcost.views.screen import PLAIN, Screen
from convcost.views.standing import entry, standing


def render(
    reports: Sequence[Report],
    screen: Screen = PLAIN,
    detail: Detail = "layers",
    problems: Sequence[Problem] = (),
    metrics: Sequence[str] = (),
) -> Json:
    """Totals of each network and its layers, whose rows add up to them, and of each the figures
    in `metrics`, too; `problems` are why other specs are missing."""
    networks = [_network_record(report, detail, metrics) for report in reports]
    body = {
        "convention": words.convention(reports),
        "networks": networks,
        "problems": [problem_record(problem) for problem in problems],
    }
    return document("eval/1", body, depth=2)


def _network_record(report: Report, detail: Detail, metrics: Sequence[str]) -> dict[str, Any]:
    found = {
        "name": report.name,
        "path": report.path or None,
        "input": report.input,
        "params": report.params,
        "macs": report.macs,
        "activations": report.activations,
        **{metric: report.figure(metric) for metric in metrics},
        **entry(standing(report)),
    }
    if detail == "summary":
        return found
    layers = [_layer_record(report, layer, detail, metrics) for layer in report.layers]
    return found | {"layers": layers}


def _layer_record(
    report: Report, layer: LayerCost, detail: Detail, metrics: Sequence[str]
) -> dict[str, Any]:
    found = {
        "name": layer.name,
        "kind": layer.kind,
        "in": layer.ins[0],
        "ins": layer.ins,
        "out": layer.out,
        "params": layer.params,
        "macs": layer.macs,
        "activations": layer.activations,
        **{metric: layer.figure(metric) for metric in metrics},
        "line": layer.line or None,
        **entry(standing(report, layer)),
    }
    if detail == "stages":
        found["stages"] = [_stage_record(stage) for stage in layer.stages]
    return found


def _stage_record(stage: StageCost) -> dict[str, Any]:
    return {
        "op": stage.op.name,
        "description": describe(stage.op),
        "in": stage.ins[0],
        "ins": stage.ins,
        "out": stage.out,
        "params": int(stage.params),
        "macs": int(stage.macs),
        "activations": stage.activations,
    }
