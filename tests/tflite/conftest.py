"""These tests need `pip install tflite`; without it every module is skipped."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest


class Missing(pytest.File):
    """A test module that cannot be imported here."""

    def collect(self) -> Iterator[pytest.Item]:
        pytest.skip("tflite is not installed: pip install tflite", allow_module_level=True)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    if importlib.util.find_spec("tflite"):
        return None
    return Missing.from_parent(parent, path=module_path)
