"""Whether a network fits a device."""

from __future__ import annotations

import pytest

from convcost.cost import Report, evaluate
from convcost.device import Device
from convcost.errors import UsageError
from convcost.metrics.fit import capacity, fit
from convcost.network import Builder
from convcost.setting import FP32


def report(kind: str = "pointwise", **fields: object) -> Report:
    built = Builder("one", (4, 8, 8))
    built.add(kind, fields or {"m": 4})
    return evaluate(built.network()).under(FP32.with_dtype("int8"))


def board(**memory: int) -> Device:
    return Device("board", memory=memory, peaks={"int8": 2048})


@pytest.mark.parametrize(
    ("flash", "sram", "fits"), [(16, 512, True), (15, 512, False), (16, 511, False)]
)
def test_weights_need_flash_and_activations_sram(flash: int, sram: int, fits: bool) -> None:
    # 4 x 4 weights; 4 x 8 x 8 in and out: 512 bytes in int8
    found = fit(report(), board(flash=flash, sram=sram))
    assert [(part.metric, part.needed, part.left) for part in found.parts] == [
        ("weight_bytes", 16, flash - 16),
        ("arena", 512, sram - 512),
    ]
    assert found.fits is fits
    assert found.least == 1


def test_what_a_device_does_not_say_cannot_be_told() -> None:
    found = fit(report(), board(sram=1024))
    assert [(part.left, part.fits) for part in found.parts] == [(None, None), (512, True)]
    assert found.fits is None
    assert fit(report(), board(sram=1)).fits is False
    assert fit(report(), Device("board")).least is None


def test_what_is_not_understood_cannot_be_told_to_fit() -> None:
    unknown = report("unknown", op="fft", shape="4x8x8")
    assert fit(unknown, board(flash=1024, sram=1024)).fits is None
    assert fit(unknown, board(flash=1024, sram=1)).fits is False


def test_the_limits_that_a_device_sets() -> None:
    assert capacity(board(flash=10, sram=20)) == {"weight_bytes": 10, "arena": 20}
    with pytest.raises(UsageError, match="board does not say how much flash it has") as caught:
        capacity(board(sram=20))
    assert caught.value.problems[0].hint == "a file of your own does: memory: {flash: 512KiB}"
