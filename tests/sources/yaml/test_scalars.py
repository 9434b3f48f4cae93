"""Plain scalars: the YAML 1.2 core schema."""

from __future__ import annotations

import re

import pytest

from convcost.sources.yaml.scalars import plain_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[(word, None) for word in ("", "~", "null", "Null", "NULL")],
        *[(word, True) for word in ("true", "True", "TRUE")],
        *[(word, False) for word in ("false", "False", "FALSE")],
        *[("64", 64), ("-1", -1), ("+7", 7), ("010", 10), ("0o17", 15), ("0xFf", 255)],
        *[("1e6", 1e6), ("1.", 1.0), (".5", 0.5), ("-1.5E-3", -0.0015), ("+0.0", 0.0)],
    ],
)
def test_values(text: str, value: object) -> None:
    read = plain_value(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        *["no", "on", "yes", "off", "n", "y", "nULL", "tRUE", "None", "nan", "inf"],
        *["3:3", "1_000", "3x3", "1e", "e6", ".", "-", "+", "--1", "0o8", "0xg", "-0x1", "0b1"],
        *["2026-11-22", "1,000", "٣", "1 ", "1\n", "4.3M", "${alpha}", "<<", "="],
    ],
)
def test_everything_else_is_text(text: str) -> None:
    assert plain_value(text) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (".inf", ".inf is not a number that can be counted with"),
        ("-.INF", "-.INF is not a number that can be counted with"),
        (".NaN", ".NaN is not a number that can be counted with"),
        ("1e999", "the number 1e999 is too large"),
        ("9" * 5000, "the number 9999999999999999999… is too long (5000 digits)"),
    ],
)
def test_numbers_that_no_spec_can_use(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        plain_value(text)
