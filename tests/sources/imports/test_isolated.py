"""Work in a copy of this process."""

from __future__ import annotations

import os
import warnings

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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be copied here")
def test_what_others_warn_of_at_a_copy_is_not_shown() -> None:
    """As JAX does, of its threads."""
    told = ["threads"]  # what is done before a copy is done before every one from then on

    def warn() -> None:
        for each in told:
            warnings.warn(each, RuntimeWarning, stacklevel=2)

    os.register_at_fork(before=warn)
    try:
        with warnings.catch_warnings(record=True) as heard:
            assert isolated("it breaks", lambda: b"done") == b"done"
    finally:
        told.clear()
    assert not heard
