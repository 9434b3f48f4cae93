"""Settings of every test."""

from __future__ import annotations

import pytest
from hypothesis import settings

# How long an example takes says nothing on a shared machine.
settings.register_profile("convcost", deadline=None)
settings.load_profile("convcost")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden",
        action="store_true",
        help="write what the commands print to tests/golden instead of comparing with it",
    )
