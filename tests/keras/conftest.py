"""These tests need `pip install keras h5py` and a backend; without them every module is skipped."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

_NEEDED = ("keras", "h5py", "torch")
if importlib.util.find_spec("torch"):
    os.environ.setdefault("KERAS_BACKEND", "torch")


class Missing(pytest.File):
    """A test module that cannot be imported here."""

    def collect(self) -> Iterator[pytest.Item]:
        pytest.skip("keras is not installed: pip install keras h5py", allow_module_level=True)


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Collector | None:
    if all(map(importlib.util.find_spec, _NEEDED)):
        return None
    return Missing.from_parent(parent, path=module_path)
