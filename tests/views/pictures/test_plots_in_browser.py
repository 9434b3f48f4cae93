"""Plots in a real browser: nothing is cut, and no words lie on others."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost.views.formats import view
from tests.views.pictures.test_browser import BROWSER, seen
from tests.views.pictures.test_roofline import HALF, INT8, found, shipped

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium is installed")


def test_rooflines(tmp_path: Path) -> None:
    draw = view("roofline", "svg")
    pictures = [
        draw(found(shipped(name), device, setting))
        for name in ("resnet50", "mobilenet_v2", "vgg16", "shufflenet_v2")
        for device, setting in (("t4", HALF), ("coral-edge-tpu", INT8), ("stm32f746", INT8))
    ]
    assert seen("".join(pictures), tmp_path) == []
