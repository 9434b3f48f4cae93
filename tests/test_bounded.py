"""Kinds on a device: fewer multiply-adds are not as much less time."""

from __future__ import annotations

from fractions import Fraction

import pytest

from convcost.bounded import on_device
from convcost.comparison import compare
from convcost.device import Device
from convcost.errors import UsageError
from convcost.metrics.roofline import Bound
from convcost.setting import Setting

BOARD = Device("board", peaks={"int8": 10**6}, bandwidth={"dram": 10**5}, memory={"sram": 10**4})


def test_what_binds_each_kind() -> None:
    asked = compare(32, 32, 3, size=(8, 8), kinds=["standard", "depthwise-separable"])
    standard, separable = on_device(asked, BOARD, Setting("int8", "int8", batch=2)).rows
    # 2 inputs and 2 outputs of 2,048 bytes; all 9,216 and 1,312 weights stay on the chip.
    memory = Fraction(2 * 2048 + 2 * 2048, 10**5)
    assert standard.bound == Bound(Fraction(2 * 2 * 9216 * 64, 10**6), memory)
    assert separable.bound == Bound(Fraction(2 * 2 * 1312 * 64, 10**6), memory)


def test_a_row_that_cannot_be_built_has_no_bound() -> None:
    rows = on_device(
        compare(32, 32, 3, size=(8, 8), groups=7, kinds=["standard", "group"]),
        BOARD,
        Setting("int8", "int8"),
    ).rows
    assert [row.bound is None for row in rows] == [False, True]


def test_times_need_a_size() -> None:
    with pytest.raises(UsageError, match="depends on its size"):
        on_device(compare(32, 32, 3), BOARD, Setting("int8", "int8"))
