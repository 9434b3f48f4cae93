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
        ("bais", ["bits", "bias"], 'did you mean "bias"?'),
        ("--lin", ["--plain", "--lines"], 'did you mean "--lines"?'),
        ("kernel", [], ""),
        ("kernel" * 20, ["kernel" * 20], ""),
    ],
)
def test_did_you_mean(word: str, options: list[str], expected: str) -> None:
    assert did_you_mean(word, options) == expected


def test_endless_options_come_to_an_end() -> None:
    assert did_you_mean("kernal", repeat("kernel")) == 'did you mean "kernel"?'


def test_of_many_options_the_nearest_is_found() -> None:
    options = [*(f"variable{number}" for number in range(900)), "kernel", "v"]
    assert did_you_mean("kernal", options) == 'did you mean "kernel"?'
    assert did_you_mean("V", options) == 'did you mean "v"?'
    assert did_you_mean("varable77", options) == 'did you mean "variable77"?'
    assert did_you_mean("stride", options) == ""
