"""Keras's networks as TensorFlow Lite files, and what Keras says of them.

    python benchmarks/tflite_convert.py FOLDER float,int8                       one of every family
    python benchmarks/tflite_convert.py FOLDER float,int8 MobileNetV2 ResNet50  these

Weights are random and vary, as those of trained networks do. Beside each file stand the
multiply-adds of its layers, and the parameters that are left when each norm is folded into the
layer in front of it. A file that is there already is kept. Needs tensorflow.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # as a script it sees its own folder only

from benchmarks.keras_models import FAMILIES, macs_of  # noqa: E402 - found by the path above

SIZES = dict.fromkeys(("InceptionResNetV2", "InceptionV3", "Xception"), 299)
_SPREAD = 0.01
_KERNELS = ("kernel", "depthwise_kernel", "pointwise_kernel")


def main() -> None:
    """Convert what the command line names."""
    folder, forms = Path(sys.argv[1]), sys.argv[2].split(",")
    folder.mkdir(parents=True, exist_ok=True)
    for name in sys.argv[3:] or FAMILIES:
        model = _network(name)
        said = json.dumps({"params": _params(model), "macs": macs_of(model)})
        for form in forms:
            path = folder / f"{name}.{form}.tflite"
            if not path.exists():
                start = time.perf_counter()
                path.write_bytes(_converted(model, form))
                print(f"{path.name}  {time.perf_counter() - start:.0f} s", flush=True)
            path.with_suffix(".json").write_text(said)


def _network(name: str) -> Any:
    import keras
    import numpy

    size = SIZES.get(name, 224)
    numbers = numpy.random.default_rng(0)
    model = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3))
    varied = [
        (numbers.normal(0, _SPREAD, weight.shape) + now).astype(now.dtype)
        if "variance" not in weight.path
        else now + numbers.random(weight.shape, now.dtype) * _SPREAD
        for weight, now in zip(model.weights, model.get_weights(), strict=True)
    ]
    model.set_weights(varied)
    return model


def _converted(model: Any, form: str) -> bytes:
    import keras
    import numpy
    import tensorflow as tf

    start = keras.Input(model.input_shape[1:], batch_size=1)
    with tempfile.TemporaryDirectory() as folder:
        keras.Model(start, model(start)).export(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if form != "float":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        if form == "float16":
            converter.target_spec.supported_types = [tf.float16]
        if form.startswith("int"):
            sample = numpy.random.default_rng(0).random((1, *model.input_shape[1:]), "float32")
            converter.representative_dataset = lambda: iter([[sample]])
            sets = tf.lite.OpsSet
            wide = sets.EXPERIMENTAL_TFLITE_BUILTINS_ACTIVATIONS_INT16_WEIGHTS_INT8
            converter.target_spec.supported_ops = [
                sets.TFLITE_BUILTINS_INT8 if form == "int8" else wide
            ]
        made: bytes = converter.convert()
    return made


def _params(model: Any) -> int:
    """What can be trained, but for the scales of norms behind a layer with a kernel, which are
    folded into it, and their shifts where that layer has a bias already; and what a `Normalization`
    of the input is given, which stands in the file like any scale and shift."""
    left: int = sum(prod(weight.shape) for weight in model.trainable_weights)
    for layer in model._flatten_layers(include_self=False):
        if type(layer).__name__ == "BatchNormalization" and (front := _front(layer)):
            left -= prod(layer.gamma.shape) if layer.gamma is not None else 0
            left -= prod(layer.beta.shape) if front.use_bias else 0
        if type(layer).__name__ == "Normalization" and layer.input_mean is not None:
            left += prod(layer.mean.shape) + prod(layer.variance.shape)
    return left


def _front(layer: Any) -> Any:
    """The layer with a kernel in front of a norm."""
    found = layer.input._keras_history.operation
    return found if any(True for _ in _kernels(found)) else None


def _kernels(layer: Any) -> Iterator[Any]:
    yield from (getattr(layer, name) for name in _KERNELS if getattr(layer, name, None) is not None)


if __name__ == "__main__":
    main()
