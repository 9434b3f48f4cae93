"""Did you mean."""

from __future__ import annotations

from itertools import repeat

import pytest

from convcost.spelling import did_you_mean


@pytest.mark.parametrize(
    ("word", "options", "expected"),
    [
        ("kernal", ["stride", "kernel"], 'did you mean "kernel"?'),
        ("KERNEL", ["kernel"], 'did you mean "kernel"?'),
        ("h", ["H", "W"], 'did you mean "H"?'),
        ("banana", ["kernel", "stride"], ""),
        ("kernel", [], ""),
        ("kernel" * 20, ["kernel" * 20], ""),
    ],
)
def test_did_you_mean(word: str, options: list[str], expected: str) -> None:
    assert did_you_mean(word, options) == expected


def test_endless_options_come_to_an_end() -> None:
    assert did_you_mean("kernal", repeat("kernel")) == 'did you mean "kernel"?'
