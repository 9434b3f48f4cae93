"""An op in a few words."""

from __future__ import annotations

from typing import Any

import pytest

from convcost.kinds import find
from convcost.views.ops import describe

PLANE: dict[str, Any] = {"n": 8, "m": 16, "k": 3}


@pytest.mark.parametrize(
    ("kind", "fields", "words"),
    [
        ("standard", PLANE, "conv 3×3"),
        ("standard", PLANE | {"stride": 2, "dilation": (1, 3)}, "conv 3×3, stride 2, dilation 1×3"),
        ("standard", PLANE | {"n": 1}, "conv 3×3"),
        ("group", PLANE | {"groups": 4}, "conv 3×3, 4 groups"),
        ("depthwise", {"n": 8, "k": 3}, "depthwise conv 3×3"),
        ("transposed", PLANE | {"stride": 2}, "transposed conv 3×3, stride 2"),
        ("channel-wise", {"n": 8, "m": 8, "dc": 5}, "channel-wise conv, 1 kernel of 5 taps"),
        ("channel-wise", {"n": 8, "m": 4}, "channel-wise conv, 1 kernel of 8 taps, stride 2"),
        ("max-pool", {"k": 2}, "max-pool 2×2, stride 2"),
        ("global-avg-pool", {"size": (7, 7)}, "adaptive avg-pool to 1×1"),
        ("batch-norm", {"n": 8}, "batch norm"),
        ("relu6", {}, "relu6"),
        ("upsample", {"scale": 2}, "upsample 2×2"),
        ("shuffle", {"groups": 2}, "shuffle, 2 groups"),
        ("gru", {"n": 8, "m": 4, "size": ()}, "gru"),
        (
            "lstm",
            {"n": 8, "m": 4, "layers": 2, "bidirectional": True, "projection": 3, "size": ()},
            "lstm, 2 layers, both ways, projected to 3",
        ),
        ("linear", {"n": 8, "m": 4, "size": ()}, "linear"),
        ("add", {"inputs": 2}, "add"),
    ],
)
def test_describe(kind: str, fields: dict[str, Any], words: str) -> None:
    dims = 0 if fields.get("size") == () else 2
    assert describe(find(kind).build(fields, dims)[0].op) == words
