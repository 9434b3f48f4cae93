"""The register of handlers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from convcost.sources.imports.handlers import registers


def test_a_function_is_entered_for_each_operation_and_no_operation_twice() -> None:
    found: dict[str, Callable[[], int]] = {}
    handles = registers(found)

    @handles("relu", "relu_")
    def one() -> int:
        return 1

    assert found == {"relu": one, "relu_": one}
    with pytest.raises(ValueError, match="relu_ has a handler already"):
        handles("gelu", "relu_")(one)
