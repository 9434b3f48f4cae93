"""Devices: those that ship, and files of one's own."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.device import SURENESS
from convcost.errors import SpecError, UsageError
from convcost.setting import BITS
from convcost.sources.devices import find_device, parse_device, shipped_devices
from tests.documents import ROOT


def problems(text: str) -> list[tuple[str, int, int, str]]:
    """Message, line, column and hint of everything that is wrong."""
    with pytest.raises(SpecError) as caught:
        parse_device(text, "board.yaml")
    return [
        (problem.message, problem.place.line, problem.place.col, problem.hint)
        for problem in caught.value.problems
        if problem.place
    ]


@pytest.mark.parametrize("name", shipped_devices())
def test_what_ships_says_where_it_is_from_and_how_sure_it_is(name: str) -> None:
    device = find_device(name)
    assert device.summary
    assert device.source
    assert device.date == "2026-11"
    fields = ("peaks", "per_cycle", "bandwidth", "memory", "clock")
    assert set(device.sure) == {field for field in fields if getattr(device, field)}
    assert set(device.sure.values()) <= SURENESS.keys()


def test_fourteen_ship() -> None:
    assert len(shipped_devices()) == 14
    folder = ROOT / "convcost" / "devices"
    assert [Path(path).parent for path in shipped_devices().values()] == [folder] * 14


@pytest.mark.parametrize(
    ("name", "dtype", "peak"),
    [
        ("stm32f746", "int8", 864_000_000),
        ("stm32f746", "fp32", 432_000_000),
        ("stm32h743", "int8", 1_920_000_000),
        ("esp32-s3", "int8", 7_680_000_000),
        ("ethos-u55-256", "int8", 256 * 10**9),
        ("raspberry-pi-5", "fp32", 153_600_000_000),
        ("t4", "fp32", 8_140_000_000_000),
        ("h100-sxm", "bf16", 989_400_000_000_000),
    ],
)
def test_peaks_are_operations_a_second(name: str, dtype: str, peak: int) -> None:
    assert find_device(name).peaks[dtype] == peak


def test_where_numbers_lie() -> None:
    board = find_device("STM32F746")
    assert board.memory == {"sram": 320 * 1024, "flash": 1024 * 1024}
    assert (board.on_chip, board.bandwidth) == (320 * 1024, {})
    assert find_device("Raspberry Pi 5").on_chip == 4 * 1024 * 1024
    assert find_device("a100").bandwidth == {"dram": 2_039_000_000_000}
    assert find_device("jetson orin nano").on_chip is None


def test_peaks_of_a_clock_are_as_sure_as_the_less_sure_of_the_two() -> None:
    assert find_device("stm32f746").sure["peaks"] == "recalled"
    core = find_device("avx2-core")
    assert (core.peaks, core.per_cycle["fp32"], core.clock) == ({}, 32, None)
    ours = parse_device("{name: laptop, clock: 3.4G, per_cycle: {fp32: 32}}")
    assert (ours.peaks, ours.sure) == ({"fp32": 108_800_000_000}, {})


def test_your_own_by_path(tmp_path: Path) -> None:
    path = tmp_path / "board.yaml"
    path.write_text("{name: board, memory: {sram: 64KiB}, bandwidth: {sram: 1.5e9}}")
    board = find_device(str(path))
    assert (board.name, board.memory, board.bandwidth) == (
        "board",
        {"sram": 65_536},
        {"sram": 1_500_000_000},
    )
    with pytest.raises(SpecError, match="no such file"):
        find_device(str(tmp_path / "other.yaml"))


def test_a_name_that_no_device_has() -> None:
    with pytest.raises(UsageError, match=r'unknown device "stm32f476".*did you mean "stm32f746"'):
        find_device("stm32f476")
    with pytest.raises(UsageError, match=r"the devices are a100, .*your own is a file"):
        find_device("%")


def test_every_problem_is_told_with_its_place() -> None:
    assert problems(
        "name: board\n"
        "flash: 1MiB\n"
        "clock: 0\n"
        "peaks: {int9: 1G, fp32: -1, fp16: 1.5}\n"
        "memory: {sram: , flash: 1MB/s, ram: 3}\n"
        "sure: {memory: certain, clocks: vendor}\n"
    ) == [
        ('unexpected key "flash" in a device', 2, 1, f"it takes {', '.join(KEYS)}"),
        ("clock must be a number above 0", 3, 8, "leave out what is not known"),
        ('unknown dtype "int9" in peaks', 4, 9, 'did you mean "int8"?'),
        ('fp32 of peaks: "-1" is not an amount', 4, 25, AMOUNTS),
        ('fp16 of peaks: "1.5" is not a whole number', 4, 35, AMOUNTS),
        ("sram of memory must be a number above 0", 5, 16, "leave out what is not known"),
        ('flash of memory: "1MB/s" is not a number of bytes', 5, 25, BYTES),
        ('unknown memory "ram" in memory', 5, 32, 'did you mean "sram"?'),
        ("no word for how sure a figure is", 6, 16, WORDS),
        (
            'sure of "clocks", of which there are no figures',
            6,
            25,
            "it has clock, peaks, memory",
        ),
    ]


KEYS = (
    *("name", "summary", "clock", "peaks", "per_cycle", "bandwidth", "memory"),
    *("source", "date", "sure"),
)
AMOUNTS = "write a whole number, or one with k, M, G or T: 4300000, 4.3M, 600M"
BYTES = "write bytes as a whole number, or with kB, KiB, MB, MiB, GB, GiB: 512KiB, 1.5MB"
WORDS = "the words are vendor, recomputed, measured, recalled"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a", "a device must be a mapping"),
        ("memory: {sram: 1}", "a device needs name"),
        ("name: board", "a device needs figures"),
        ("{name: board, memory: 3}", "memory must be a mapping"),
        ("{name: board, memory: {sram: true}}", "sram of memory must be a number above 0"),
        ("{name: board, peaks: {int8: 1}, per_cycle: {int8: 1}}", "say the same"),
        ("{name: board, memory: {sram: 1}, sure: [vendor]}", "no word for how sure"),
        ("{name: board, sure: {memory: vendor}}", "of which there are no figures"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        parse_device(text)


def test_its_dtypes_are_those_of_bytes() -> None:
    assert "int8" in BITS
    assert problems("{name: a, peaks: {x: 1}}")[0][3] == f"it takes {', '.join(BITS)}"


@given(st.text())
def test_any_text_is_a_device_or_refused(text: str) -> None:
    with suppress(SpecError):
        parse_device(text)
