"""What every report counts."""

from __future__ import annotations

from convcost.metrics.base import Metric, of_each, register

register(
    Metric(
        "params",
        "params",
        "parameters",
        "learnable parameters",
        of_each(lambda layer: layer.params),
        usual=True,
        apart=True,
    )
)
register(
    Metric(
        "macs",
        "MACs",
        "multiply-adds",
        "multiply-adds",
        of_each(lambda layer: layer.macs),
        usual=True,
        apart=True,
    )
)
register(
    Metric(
        "activations",
        "activations",
        "outputs",
        "output elements of convolutions and linear layers",
        of_each(lambda layer: layer.activations),
        usual=True,
        apart=True,
        limited=("outputs of conv and linear layers", "outputs of any one layer"),
    )
)
