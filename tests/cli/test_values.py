"""What the options' texts mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convcost.cli import values
from convcost.comparison import Choice
from convcost.errors import UsageError


def refusal(parse: Callable[..., object], *args: str) -> str | None:
    try:
        parse(*args)
    except UsageError as error:
        return str(error)
    return None


@pytest.mark.parametrize(("text", "number"), [("64", 64), (" 7 ", 7), ("9" * 18, 10**18 - 1)])
def test_whole(text: str, number: int) -> None:
    assert values.whole("--in", text) == number


@pytest.mark.parametrize(
    ("text", "sizes"), [("3", 3), ("3x1", (3, 1)), ("3×3", (3, 3)), ("1X2x3", (1, 2, 3))]
)
def test_per_dim(text: str, sizes: Any) -> None:
    assert values.per_dim("--kernel", text) == sizes


@pytest.mark.parametrize(("text", "zeros"), [("0", 0), ("1x0", (1, 0)), ("valid", "valid")])
def test_padding(text: str, zeros: Any) -> None:
    assert values.padding_of("--padding", text) == zeros


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("standard", Choice("standard", {})),
        ("group[groups=4,shuffle=true]", Choice("group", {"groups": 4, "shuffle": True})),
        ("octave[alpha=0.25]", Choice("octave", {"alpha": 0.25})),
        ("group[]", Choice("group", {})),
        ("a[b=c=d]", Choice("a", {"b": "c=d"})),
    ],
)
def test_choice(text: str, choice: Choice) -> None:
    assert values.choice(text) == choice


@pytest.mark.parametrize("option", ["whole", "per_dim", "padding_of"])
@given(text=st.text() | st.from_regex(r"[0-9x.-]{1,30}", fullmatch=True))
def test_any_text_is_a_value_or_a_usage_error(option: str, text: str) -> None:
    refused = refusal(getattr(values, option), "--option", text)
    assert refused is None or "--option" in refused


@given(st.text(alphabet="[]=,ab1 \n") | st.text())
def test_any_text_is_a_choice_or_a_usage_error(text: str) -> None:
    refused = refusal(values.choice, text)
    assert refused is None or "--kind" in refused
