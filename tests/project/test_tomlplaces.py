"""TOML, as it is written."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from convcost.project.tomlplaces import toml_key, toml_value


@pytest.mark.parametrize(
    "value",
    [True, 0, -3, 2.5, 1e-30, "a", 'a"b\\c', "ü\x7f\n\x00", [1, "x"], [[True], []]],
)
@pytest.mark.parametrize("key", ["width", "a-1", "ä", "a b", 'a"b'])
def test_what_is_written_is_read_again(key: str, value: Any) -> None:
    assert tomllib.loads(f"{toml_key(key)} = {toml_value(value)}\n") == {key: value}


def test_toml_has_no_null() -> None:
    with pytest.raises(ValueError, match="no NoneType"):
        toml_value([None])
