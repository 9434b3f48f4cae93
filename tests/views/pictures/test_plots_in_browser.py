"""Plots in a real browser: nothing is cut, and no words lie on others."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost.cli.run import run
from convcost.conventions import CONVENTIONS
from convcost.conventions.reconcile import explain, reconcile
from convcost.views.formats import view
from tests.cli.test_log_picture import history
from tests.views.pictures.test_browser import BROWSER, seen
from tests.views.pictures.test_roofline import HALF, INT8, found, shipped

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")


SWEEPS = (
    "mobilenet_v2 --vary alpha=0.25..1.5:0.05 --vary size=96..256:32 --pareto macs,params",
    "mobilenet_v2 --vary alpha=0.25..1.5:0.01 --vary size=96..256 --where params<=3M --sort=-macs",
    "mobilenet_v1 mobilenet_v2 --vary alpha=0.25..1:0.05 --vary size=96,128 --pareto=-alpha,macs",
    "mobilenet_v2 --vary alpha=0.5 --vary size=96..256:8 --where macs<90M --pareto=-size,macs",
    "mobilenet_v2 --vary alpha=0.5",
)


def test_sweeps(tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    pictures = []
    for place, asked in enumerate(SWEEPS):
        path = tmp_path / f"{place}.svg"
        assert run(["sweep", *asked.split(), "--output", f"svg={path}"]) == 0
        pictures.append(path.read_text(encoding="utf-8"))
    assert seen("".join(pictures), tmp_path) == []


def test_differences_between_tools(tmp_path: Path) -> None:
    draw = view("reconcile", "svg")
    pictures = []
    for name in ("mobilenet_v2", "lstm_kws", "vit_b_16", "dcgan"):
        report = shipped(name)
        found = explain(report, CONVENTIONS["ptflops"])
        pictures += [draw(report, reconcile(report)), draw(report, (), explanation=found)]
    assert seen("".join(pictures), tmp_path) == []


def test_histories(tmp_path: Path) -> None:
    pictures = [view("log", "svg")(history(count)) for count in (1, 2, 9, 300)]
    assert seen("".join(pictures), tmp_path) == []


def test_rooflines(tmp_path: Path) -> None:
    draw = view("roofline", "svg")
    pictures = [
        draw(found(shipped(name), device, setting))
        for name in ("resnet50", "mobilenet_v2", "vgg16", "shufflenet_v2")
        for device, setting in (("t4", HALF), ("coral-edge-tpu", INT8), ("stm32f746", INT8))
    ]
    assert seen("".join(pictures), tmp_path) == []
