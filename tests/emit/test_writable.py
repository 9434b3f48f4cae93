"""Which networks can be written as code."""

from __future__ import annotations

import pytest

from convcost.emit import writable
from convcost.emit.keras import keras_text
from convcost.emit.pytorch import pytorch_text
from convcost.errors import ConvcostError
from convcost.network import Builder, Network


def chain(layers: int) -> Network:
    builder = Builder("chain", (2, 3, 3))
    for _ in range(layers):
        builder.add("pointwise", {"m": 2})
    return builder.network()


@pytest.mark.parametrize("write", [pytorch_text, keras_text])
def test_more_layers_than_anybody_could_run_are_refused(
    write: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writable, "MOST_LAYERS", 3)
    assert callable(write)
    assert "Conv2" in write(chain(3))
    with pytest.raises(ConvcostError, match="4 layers are too many for code, which has at most 3"):
        write(chain(4))
