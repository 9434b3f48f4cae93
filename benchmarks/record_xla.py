"""What XLA's cost analysis says of single convolutions and dots: the integers that tests hold the
convention `xla` to.

Needs jax in the version that docs/conventions.md names, and nothing of convcost.

    python -m benchmarks.record_xla            # compare with the recorded integers
    python -m benchmarks.record_xla --write    # record what XLA says now
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp

FILE = Path(__file__).parents[1] / "tests" / "data" / "xla_layers.jsonl"
Sizes = tuple[int, ...]
Pads = str | list[tuple[int, int]]


def convolution(
    size: Sizes,
    n: int,
    m: int,
    k: int,
    padding: Pads = "SAME",
    *,
    stride: int = 1,
    dilation: int = 1,
    groups: int = 1,
    spread: int = 1,
) -> int:
    """Of a convolution; a transposed one spreads its input first."""
    dims = len(size)
    axes = "DHW"[-dims:]

    def run(image: Any, weights: Any) -> Any:
        return jax.lax.conv_general_dilated(
            image,
            weights,
            (stride,) * dims,
            padding,
            lhs_dilation=(spread,) * dims,
            rhs_dilation=(dilation,) * dims,
            dimension_numbers=(f"NC{axes}", f"OI{axes}", f"NC{axes}"),
            feature_group_count=groups,
        )

    return flops(run, (1, n, *size), (m, n // groups, *(k,) * dims))


def transposed(
    size: Sizes, n: int, m: int, k: int, stride: int, cut: int, extra: int = 0, **more: int
) -> int:
    """Of a transposed convolution, as PyTorch gives its padding."""
    rim = more.get("dilation", 1) * (k - 1) - cut
    padding = [(rim, rim + extra)] * len(size)
    return convolution(size, n, m, k, padding, spread=stride, **more)


def dot(*shapes: Sizes) -> int:
    """Of a product of matrices."""
    return flops(jnp.matmul, *shapes)


def flops(function: Any, *shapes: Sizes) -> int:
    """What XLA says of a function of arrays of these shapes."""
    arrays = [jax.ShapeDtypeStruct(shape, jnp.float32) for shape in shapes]
    return int(jax.jit(function).lower(*arrays).cost_analysis()["flops"])


def layers() -> Iterator[tuple[str, Sizes, int]]:
    """Each as convcost writes it, its input, and what XLA says."""
    conv = "kind: standard, m: 4, k: 3"
    yield f"{{{conv}}}", (3, 5, 5), convolution((5, 5), 3, 4, 3)
    yield "{kind: depthwise, k: 3}", (3, 5, 5), convolution((5, 5), 3, 3, 3, groups=3)
    yield f"{{{conv}, padding: valid}}", (3, 5, 5), convolution((5, 5), 3, 4, 3, "VALID")
    yield (
        f"{{{conv}, stride: 2, padding: 1}}",
        (3, 8, 8),
        convolution((8, 8), 3, 4, 3, [(1, 1)] * 2, stride=2),
    )
    yield (
        f"{{{conv}, stride: 2, padding: same-tf}}",
        (3, 7, 8),
        convolution((7, 8), 3, 4, 3, stride=2),
    )
    yield f"{{{conv}, dilation: 2}}", (3, 9, 9), convolution((9, 9), 3, 4, 3, dilation=2)
    yield (
        "{kind: standard, m: 6, k: 3, groups: 2}",
        (4, 5, 6),
        convolution((5, 6), 4, 6, 3, groups=2),
    )
    yield "{kind: standard, m: 4, k: 5}", (3, 9), convolution((9,), 3, 4, 5)
    yield f"{{{conv}}}", (3, 4, 5, 6), convolution((4, 5, 6), 3, 4, 3)
    yield "{kind: pointwise, m: 4}", (3, 5, 5), convolution((5, 5), 3, 4, 1)
    yield "{kind: standard, m: 4, k: 7}", (3, 3, 3), convolution((3, 3), 3, 4, 7)
    yield f"{{{conv}, padding: 3}}", (3, 3, 3), convolution((3, 3), 3, 4, 3, [(3, 3)] * 2)
    yield (
        "{kind: standard, m: 4, k: 3, padding: [[1, 2], [0, 3]], stride: 2, dilation: 2}",
        (3, 9, 10),
        convolution((9, 10), 3, 4, 3, [(1, 2), (0, 3)], stride=2, dilation=2),
    )
    up = "kind: transposed, m: 4, stride: 2"
    yield f"{{{up}, k: 4, padding: 1}}", (3, 5, 5), transposed((5, 5), 3, 4, 4, 2, 1)
    yield (
        f"{{{up}, k: 3, padding: 1, output_padding: 1}}",
        (3, 5, 5),
        transposed((5, 5), 3, 4, 3, 2, 1, 1),
    )
    yield f"{{{up}, k: 2, padding: 0}}", (3, 5, 5), transposed((5, 5), 3, 4, 2, 2, 0)
    yield (
        "{kind: transposed, m: 6, k: 3, stride: 3, padding: 1, groups: 2, dilation: 2}",
        (4, 5, 6),
        transposed((5, 6), 4, 6, 3, 3, 1, groups=2, dilation=2),
    )
    yield "{kind: linear, m: 7}", (10,), dot((1, 10), (10, 7))
    yield "{kind: linear, m: 7}", (5, 10), dot((1, 5, 10), (10, 7))


def main() -> None:
    """Compare with what is recorded, or record it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    found = [{"layer": spec, "input": size, "xla": said} for spec, size, said in layers()]
    text = "".join(f"{json.dumps(each)}\n" for each in found)
    if parser.parse_args().write:
        FILE.write_text(text, encoding="utf-8")
    else:
        print("as recorded" if FILE.read_text(encoding="utf-8") == text else text)


if __name__ == "__main__":
    main()
