"""How many layers a second `evaluate` and `Builder` do, on one core.

    python benchmarks/evaluate.py [-n REPEATS]

ResNet-50 is 72 layers: 16 bottlenecks with batch norm, ReLU and residual adds. Beside it stand a
network of 1,600 equal bottlenecks, and one of 2,000 convolutions of which no two are equal, so
that no layer's cost is known from an equal one before it. A median of repeats is printed for
each, in the processor's time.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from convcost.cost import evaluate
from convcost.network import Builder, Network

FASTER_THAN = 50_000
NORMED = {"norm": "batch", "act": "relu"}


def bottleneck(builder: Builder, width: int, m: int, stride: int) -> None:
    """1x1, 3x3, 1x1 and the shortcut, which is a convolution where the shape changes."""
    before = builder.last
    builder.add("pointwise", {"m": width, **NORMED})
    builder.add("standard", {"m": width, "k": 3, "stride": stride, **NORMED})
    body = builder.add("pointwise", {"m": m, "norm": "batch"})
    shortcut = before
    if builder.outs[before] != builder.outs[body]:
        fields = {"m": m, "stride": stride, "norm": "batch"}
        shortcut = builder.add("pointwise", fields, inputs=(before,))
    builder.add("add", {"act": "relu"}, inputs=(body, shortcut))


def resnet50() -> Network:
    """As in He et al. 2016, with the stride in the 3x3."""
    builder = Builder("resnet50", (3, 224, 224))
    builder.add("standard", {"m": 64, "k": 7, "stride": 2, **NORMED})
    builder.add("max-pool", {"k": 3, "stride": 2, "padding": 1})
    for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            stride = 2 if width > 64 and block == 0 else 1
            bottleneck(builder, width, 4 * width, stride)
    builder.add("global-avg-pool", {})
    builder.add("linear", {"m": 1000, "bias": True})
    return builder.network()


def deep() -> Network:
    """100 times 16 bottlenecks of ResNet-50's first stage."""
    builder = Builder("deep", (256, 56, 56))
    for _ in range(1600):
        bottleneck(builder, 64, 256, 1)
    return builder.network()


def varied() -> Network:
    """2,000 convolutions of which no two are equal."""
    builder = Builder("varied", (64, 56, 56))
    for number in range(2000):
        builder.add("standard", {"m": 64 + number, "k": 3, **NORMED})
    return builder.network()


def median_seconds(work: Callable[[], object], repeats: int) -> float:
    """The median time of `work`, after a warm-up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main() -> None:
    """Print a table of layers a second."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("-n", "--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    report = evaluate(resnet50())
    assert (report.params, report.macs) == (25_557_032, 4_089_184_256)
    print(f"{'network':10}{'layers':>8}{'evaluate':>22}{'Builder':>22}")
    for make in (resnet50, deep, varied):
        network = make()
        layers = len(network.layers)
        rates = [
            layers / median_seconds(work, repeats)
            for work in (lambda network=network: evaluate(network), make)
        ]
        cells = "".join(f"{rate:>13,.0f} layers/s" for rate in rates)
        print(f"{network.name:10}{layers:>8,}{cells}")
        if make is resnet50 and rates[0] < FASTER_THAN:
            print(f"evaluate should do {FASTER_THAN:,} layers/s at least")


if __name__ == "__main__":
    main()
