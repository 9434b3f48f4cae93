"""Amounts as people write and read them."""

from __future__ import annotations

import contextlib
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.errors import LayerError, Place, SpecError, UsageError
from convcost.quantity import (
    LARGEST,
    UNITS,
    check_counts,
    human,
    parse_amount,
    parse_bytes,
    parse_measure,
    parse_share,
    written,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0),
        ("108", 108),
        ("1_000", 1000),
        ("25557032", 25_557_032),
        ("600M", 600_000_000),
        ("4.3M", 4_300_000),
        ("4.1G", 4_100_000_000),
        ("0.0029G", 2_900_000),
        (" 1.5 k ", 1500),
        ("2T", 2 * 10**12),
        ("1e6", 1_000_000),
        ("1.0", 1),
        ("123456789012345678901234567891", 123456789012345678901234567891),
        ("1e29", 10**29),
        ("-0", 0),
    ],
)
def test_parse_amount(text: str, amount: int) -> None:
    assert parse_amount(text) == amount


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("5ms", "nanoseconds", 5_000_000),
        ("1.5 us", "nanoseconds", 1500),
        ("1.5µs", "nanoseconds", 1500),
        ("2s", "nanoseconds", 2 * 10**9),
        ("7", "nanoseconds", 7),
        ("70 uJ", "femtojoules", 70 * 10**9),
        ("4.6pJ", "femtojoules", 4600),
        ("1J", "femtojoules", 10**15),
    ],
)
def test_times_and_energies(text: str, unit: str, amount: int) -> None:
    assert parse_measure(text, unit) == amount


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("5M", "nanoseconds", '"5M" is no amount of nanoseconds.*or one with ns, us, µs, ms, s'),
        ("5ms", "femtojoules", "or one with fJ, pJ, nJ, uJ, µJ, mJ, J"),
        ("ms", "nanoseconds", "is no amount"),
        ("-5ms", "nanoseconds", "is no amount"),
        ("1.5ns", "nanoseconds", "is not a whole number.*a nanosecond is the least"),
        ("1e30s", "nanoseconds", "is not an amount"),
    ],
)
def test_what_is_no_time_and_no_energy(text: str, unit: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_measure(text, unit)


@given(st.integers(0, 10**30 - 1))
def test_whole_numbers_are_read_as_they_stand(amount: int) -> None:
    assert parse_amount(str(amount)) == amount


@given(st.integers(0, 10**6), st.integers(0, 12), st.sampled_from("kMGT"))
def test_decimals_with_a_unit_are_exact(digits: int, places: int, unit: str) -> None:
    text = f"{digits // 10**places}.{digits % 10**places:0{places}}{unit}"
    amount = Fraction(digits, 10**places) * UNITS[unit]
    if amount.denominator == 1:
        assert parse_amount(text) == amount
    else:
        with pytest.raises(UsageError, match="is not a whole number"):
            parse_amount(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", '"" is not an amount'),
        ("M", '"M" is not an amount'),
        ("many", '"many" has the unknown unit "y"'),
        ("5m", '"5m" has the unknown unit "m"'),
        ("5 %", '"5 %" is not an amount'),
        ("-1", '"-1" is not an amount'),
        ("1/3", '"1/3" is not an amount'),
        ("1.5", '"1.5" is not a whole number'),
        ("0.0001k", '"0.0001k" is not a whole number'),
        ("1.0000000000000000000000000001k", '"1.0000000000000000000000000001k" is not a whole'),
        ("0.123456789012345678901234567890T", "is not a whole number"),
        ("1e30", '"1e30" is not an amount'),
        ("1e999999999999", '"1e999999999999" is not an amount'),
        ("1e-999999999999", '"1e-999999999999" is not an amount'),
        ("NaN", 'unknown unit "N"'),
        ("-Infinity", 'unknown unit "y"'),
        ("9" * 5000 + "%", "9" * 59 + "…"),
    ],
)
def test_what_is_no_amount_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_amount(text)
    (problem,) = caught.value.problems
    assert message in problem.message
    assert problem.hint == "write a whole number, or one with k, M, G or T: 4300000, 4.3M, 600M"


@given(st.text(alphabet="0123456789.eE+-_ kMGTx∞²", max_size=12))
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert 0 <= parse_amount(text) < 10**30


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (108, "108"),
        (999, "999"),
        (1000, "1.00 k"),
        (1004, "1.00 k"),
        (1005, "1.01 k"),
        (9994, "9.99 k"),
        (9995, "10.0 k"),
        (99_949, "99.9 k"),
        (99_950, "100 k"),
        (999_499, "999 k"),
        (999_500, "1.00 M"),
        (4_089_184_256, "4.09 G"),
        (-4_089_184_256, "-4.09 G"),
        (999_499_999_999, "999 G"),
        (999_500_000_000, "1.00 T"),
        (10**15, "1000 T"),
        (10**18, "1000000 T"),
    ],
)
def test_human(number: int, text: str) -> None:
    assert human(number) == text


def test_no_number_is_too_large() -> None:
    assert human(10**400) == "1" + "0" * 388 + " T"


def worth(text: str) -> Fraction:
    number, _, unit = text.partition(" ")
    return Fraction(number) * UNITS[unit]


numbers = st.integers(0, 10**15 - 1) | st.builds(
    lambda digits, power, off: max(0, digits * 10**power + off),
    st.integers(1, 10_000),
    st.integers(0, 10),
    st.integers(-1, 1),
)


@given(numbers)
def test_a_figure_keeps_three_digits_of_its_number(number: int) -> None:
    text = human(number)
    assert abs(worth(text) - number) * 2 <= Fraction(10) ** (len(str(number)) - 3)
    if 1000 <= number < 999_500_000_000_000:
        assert len(text.split()[0].replace(".", "")) == 3


@given(numbers, numbers)
def test_a_larger_number_never_has_a_smaller_figure(one: int, other: int) -> None:
    least, most = sorted([one, other])
    assert worth(human(least)) <= worth(human(most))


@pytest.mark.parametrize(
    ("text", "share"),
    [("2%", Fraction(1, 50)), (" 0.5 % ", Fraction(1, 200)), ("0%", Fraction(0)), ("100%", 1)],
)
def test_a_share_is_exact(text: str, share: Fraction) -> None:
    assert parse_share(text) == share


@pytest.mark.parametrize(
    "text", ["2", "%", "-1%", "+1%", "1e2%", "1/2%", "２%", "2%%", "1" * 10 + "%"]
)
def test_what_is_no_share(text: str) -> None:
    with pytest.raises(UsageError, match="is not a share"):
        parse_share(text)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1k"),
        (4_230_000, "4.23M"),
        (1001, "1.001k"),
        (12345678, "12345.678k"),
    ],
)
def test_an_amount_written(number: int, text: str) -> None:
    assert written(number) == text


@given(numbers)
def test_what_is_written_is_read_again(number: int) -> None:
    assert parse_amount(written(number)) == number


@pytest.mark.parametrize("count", [LARGEST, Fraction(2 * LARGEST + 1, 2), 10**400])
def test_counts_that_are_too_large_are_refused(count: int | Fraction) -> None:
    check_counts(params=LARGEST - 1, MACs=Fraction(2 * LARGEST - 1, 2))
    with pytest.raises(LayerError, match=r"^10\^30 MACs or more cannot be counted"):
        check_counts(MACs=count)
    with pytest.raises(SpecError) as caught:
        check_counts("layer 1: ", Place("a.yaml", 3), params=0, MACs=count)
    (problem,) = caught.value.problems
    assert str(problem).startswith("a.yaml:3: layer 1: 10^30 MACs or more cannot be counted")
    assert problem.hint


def test_what_can_be_counted_can_be_a_limit() -> None:
    assert parse_amount(str(LARGEST - 1)) == LARGEST - 1


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("64", 64),
        ("64B", 64),
        ("512KiB", 512 * 1024),
        ("512Ki", 512 * 1024),
        ("1.5 MiB", 1_572_864),
        ("1.5MB", 1_500_000),
        ("2kB", 2000),
        ("2k", 2000),
        ("2e9", 2_000_000_000),
        (" 3 GiB ", 3 * 2**30),
    ],
)
def test_parse_bytes(text: str, amount: int) -> None:
    assert parse_bytes(text) == amount


@pytest.mark.parametrize(
    "text", ["", "KiB", "1KB", "1kiB", "1 MiB/s", "-1", "1bit", "1..2", "1e40"]
)
def test_what_is_no_number_of_bytes(text: str) -> None:
    with pytest.raises(UsageError, match="is not a") as caught:
        parse_bytes(text)
    assert "KiB" in caught.value.problems[0].hint
