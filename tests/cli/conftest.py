"""Fixtures of the commands' tests."""

from __future__ import annotations

import pytest

from tests.cli.runner import Runner


@pytest.fixture
def convcost(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Runs a command line, away from this process's own settings of colour and CI."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    return Runner(capsys)
