"""Work in a copy of this process."""

from __future__ import annotations

import os

import pytest

from convcost.errors import ConvcostError
from convcost.sources.imports.isolated import isolated


def endless() -> bytes:
    while True:
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be copied here")
def test_work_without_end_is_ended() -> None:
    assert isolated("it fails", lambda: b"done", seconds=5) == b"done"
    with pytest.raises(ConvcostError, match=r"^it fails: it breaks off"):
        isolated("it fails", endless, seconds=1)
