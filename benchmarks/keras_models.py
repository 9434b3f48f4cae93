"""Networks of keras.applications, saved by Keras and read without it, against Keras's own counts.

    KERAS_BACKEND=torch python benchmarks/keras_models.py          one network of every family
    KERAS_BACKEND=torch python benchmarks/keras_models.py --all    all of them

Parameters are those that Keras counts, trained or not; multiply-adds are worked out here, from the
weights and output shapes of Keras's layers. Needs keras, h5py and a backend, of which torch does
not build NASNet; numpy, say, does.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from convcost.cost import evaluate
from convcost.network import Network
from convcost.sources import load

FAMILIES = (
    *("ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionResNetV2"),
    *("InceptionV3", "MobileNet", "MobileNetV2", "MobileNetV3Small", "NASNetMobile", "ResNet50"),
    *("ResNet50V2", "VGG16", "Xception"),
)
SPECS = {
    "ConvNeXtTiny": "convnext_tiny",
    "DenseNet121": "densenet121",
    "EfficientNetB0": "efficientnet_b0",
    "EfficientNetV2S": "efficientnet_v2_s",
    "InceptionV3": "inception_v3",
    "MobileNet": "mobilenet_v1",
    "MobileNetV2": "mobilenet_v2",
    "MobileNetV3Small": "mobilenet_v3_small",
    "VGG16": "vgg16",
    "Xception": "xception",
}
"""Networks that ship with convcost and are the same, layer by layer."""
WITHOUT_SCALES = ("InceptionV3",)
"""Those whose norms have no scales in Keras, so that multiply-adds alone are compared."""


class Counts(NamedTuple):
    """What is compared."""

    params: int
    trained: int
    macs: int


def of_keras(model: Any) -> Counts:
    """By Keras's weights, and the arithmetic of each of its layers."""
    trained = sum(prod(each.shape) for each in model.trainable_weights)
    return Counts(model.count_params(), trained, macs_of(model))


def macs_of(layer: Any) -> int:
    """Numbers of each kernel by the positions that it is applied at."""
    if hasattr(layer, "layers"):
        return sum(map(macs_of, layer.layers))
    name = type(layer).__name__
    if name not in ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Dense"):
        return 0
    places = prod(layer.output.shape[1:-1])
    return sum(prod(each.shape) * places for each in layer.weights if "kernel" in each.name)


def of_convcost(network: Network) -> Counts:
    """As it is read, with what the note says that Keras counts beside parameters."""
    report = evaluate(network)
    for note in network.notes:
        found = re.match(r"Keras counts ([\d,]+) parameters: ([\d,]+) that are trained", note)
        if found:
            total, trained = (int(each.replace(",", "")) for each in found.groups())
            return Counts(total, trained, report.macs)
    return Counts(report.params, report.params, report.macs)


def compared(name: str, folder: Path) -> Iterator[tuple[str, bool, str]]:
    """For each way in which the network may be there: whether it is equal, and what it comes to."""
    import keras

    kwargs: dict[str, Any] = {"weights": None}
    if name.startswith("MobileNetV3"):
        kwargs["input_shape"] = (224, 224, 3)
    model = getattr(keras.applications, name)(**kwargs)
    wanted = of_keras(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for suffix in (".keras", ".h5"):
            model.save(folder / f"net{suffix}")
    for way, source in (
        ("live", model),
        *((suffix, folder / f"net{suffix}") for suffix in (".keras", ".h5")),
    ):
        start = time.perf_counter()
        made = of_convcost(load(source))
        seconds = time.perf_counter() - start
        told = f"{made.params:,} params, {made.macs:,} MACs, {seconds:.1f} s"
        yield way, made == wanted, told if made == wanted else f"{told}; Keras: {wanted}"
    if name in SPECS:
        ours = evaluate(load(SPECS[name]))
        counts = f"{ours.params:,} params, {ours.macs:,} MACs"
        is_equal = ours.macs == wanted.macs
        is_equal &= name in WITHOUT_SCALES or ours.params == wanted.trained
        yield f"spec {SPECS[name]}", is_equal, counts
    keras.backend.clear_session()


def main(arguments: list[str]) -> int:
    """The exit code: 0 if at least 95 % are equal."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    every = [name for name in dir(keras.applications) if name[0].isupper()]
    wanted = every if "--all" in arguments else [*arguments] or [*FAMILIES]
    equal = rows = 0
    for name in wanted:
        if name.startswith("NASNet") and keras.backend.backend() == "torch":
            print(f"{name:<18} is not built by Keras with torch")
            continue
        with tempfile.TemporaryDirectory() as folder:
            for way, is_equal, told in compared(name, Path(folder)):
                rows, equal = rows + 1, equal + is_equal
                print(
                    f"{name:<18} {way:<20} {'equal' if is_equal else 'DIFFERS'}  {told}", flush=True
                )
    print(f"{equal} of {rows} equal")
    return 0 if equal >= 0.95 * rows else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
