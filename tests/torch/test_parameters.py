"""What holds every test to the parameters of its modules would see a wrong number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from convcost import load
from convcost.sources.imports import assembler
from tests.torch.counted import cost_of, followed


class Idle(nn.Module):
    """A network that leaves its second layer unused: 4 x 4 + 4 and 4 x 5 + 5 parameters."""

    def __init__(self, first: Callable[..., nn.Module] = nn.Linear) -> None:
        super().__init__()
        self.used = first(4, 4) if first is nn.Linear else first(4)
        self.idle = nn.Linear(4, 5)

    def forward(self, x: Any) -> Any:
        return self.used(x)


WAYS: dict[str, Callable[[], object]] = {
    "from Python": lambda: load(Idle(), torch.zeros(1, 4)),
    "by name": lambda: cost_of(Idle, 4),
    "as it is followed": lambda: followed(Idle(), 4),
    "lazy": lambda: followed(Idle(nn.LazyLinear), 4),
}


@pytest.mark.parametrize("way", WAYS)
def test_an_importer_that_loses_parameters_is_seen(
    way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    WAYS[way]()

    monkeypatch.setattr(assembler, "with_unused", lambda network, *_: network)
    with pytest.raises(AssertionError, match=r"^20 parameters, though the module has 45"):
        WAYS[way]()
