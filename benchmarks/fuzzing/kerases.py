"""Keras files that were right, with parts of their configuration changed, or bytes of them."""

from __future__ import annotations

import io
import json
import zipfile
from importlib.util import find_spec
from typing import Any

from benchmarks.fuzzing import mutate
from benchmarks.fuzzing.case import Call, Case, Write
from benchmarks.fuzzing.draw import Draw

Config = dict[str, Any]
_CONV: Config = {"filters": 4, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same"}
_IMAGES: tuple[tuple[str, Config], ...] = (
    ("Conv2D", {**_CONV, "data_format": "channels_last", "activation": "relu"}),
    ("Conv2DTranspose", {**_CONV, "output_padding": [1, 1], "dilation_rate": [1, 1]}),
    ("SeparableConv2D", {**_CONV, "depth_multiplier": 2}),
    ("DepthwiseConv2D", {"kernel_size": [3, 3], "depth_multiplier": 2, "use_bias": False}),
    ("BatchNormalization", {"axis": [3], "scale": False}),
    ("GroupNormalization", {"groups": 2, "axis": -1}),
    ("LayerNormalization", {"axis": [-1]}),
    ("PReLU", {"shared_axes": [1, 2]}),
    ("MaxPooling2D", {"pool_size": [2, 2], "strides": None, "padding": "valid"}),
    ("UpSampling2D", {"size": [2, 2], "interpolation": "bilinear"}),
    ("ZeroPadding2D", {"padding": [[1, 0], [0, 1]]}),
    ("Cropping2D", {"cropping": [[1, 0], [0, 1]]}),
    ("Permute", {"dims": [3, 1, 2]}),
    ("Dense", {"units": 5, "activation": {"class_name": "ReLU", "config": {"max_value": 6}}}),
    ("Lambda", {"function": ["4wEAAAA=", None, None]}),
    ("Resizing", {"height": 9, "width": 7}),
)
_ENDS: tuple[tuple[str, Config], ...] = (
    ("GlobalAveragePooling2D", {"keepdims": True}),
    ("Flatten", {}),
    ("Reshape", {"target_shape": [-1, 4]}),
)
_TOKENS: tuple[tuple[str, Config], ...] = (
    ("Dense", {"units": 6}),
    ("EinsumDense", {"equation": "abc,cd->abd", "output_shape": [None, 5], "bias_axes": "d"}),
    ("LSTM", {"units": 3, "return_sequences": True}),
    ("GRU", {"units": 3, "return_sequences": True, "reset_after": True}),
    ("Conv1D", {"filters": 4, "kernel_size": [3], "padding": "causal"}),
    ("RepeatVector", {"n": 3}),
    (
        "Bidirectional",
        {"layer": {"class_name": "LSTM", "config": {"units": 3, "return_sequences": True}}},
    ),
    ("TimeDistributed", {"layer": {"class_name": "Dense", "config": {"units": 3}}}),
)


def case(rng: Draw) -> Case:
    """A file, and what is done with it."""
    config = _model(rng)
    form = rng.random()
    if form < 0.6:
        config = mutate.structure(rng, config)
    text = json.dumps(config)  # words may put halves of a character into it
    if 0.5 < form < 0.75:
        text = mutate.words(rng, text).encode("utf-8", "replace").decode()
    is_hdf5 = bool(find_spec("h5py")) and rng.chance(0.3)
    path = "net.h5" if is_hdf5 else "net.keras"
    config_text = text.encode("utf-8", "surrogatepass")
    raw = _hdf5(config_text) if is_hdf5 else _zipped(rng, config_text)
    if form > 0.75:
        raw = mutate.data(rng, raw)
    first = Call(("eval", path, "--format", "json"), "net")
    others = (
        Call(("import", "keras", path, "-o", "net.yaml")),
        Call(("eval", "net.yaml", "--format", "json"), "net", needs="net.yaml"),
        Call(("eval", path, "--input", rng.choice(("3x20x20", "3x8", "7", "x=4x4")))),
        Call(("check", path, "--max-macs", "1k")),
        Call(("export", "keras", path)),
    )
    return Case(
        "keras", (Write(path, raw), first, *rng.sample(others[:2], 2), rng.choice(others[2:]))
    )


def _model(rng: Draw) -> Config:
    """A model whose layers mostly follow each other; some are added to what was before."""
    is_image = rng.chance(0.7)
    shape: list[int | None] = [None, 16, 16, 3] if is_image else [None, 9, 8]
    layers = [_layer("InputLayer", "input", {"batch_shape": shape, "dtype": "float32"})]
    wanted = [rng.choice(_IMAGES if is_image else _TOKENS) for _ in range(rng.randint(1, 5))]
    if is_image:
        wanted.append(rng.choice(_ENDS))
    for at, (cls, config) in enumerate(wanted):
        before = layers[-1]["name"]
        layers.append(_layer(cls, f"layer{at}", config, before))
        if rng.chance(0.15):
            layers.append(_layer("Add", f"add{at}", {}, f"layer{at}", before))
    ends = {"input_layers": [["input", 0, 0]], "output_layers": [[layers[-1]["name"], 0, 0]]}
    whole = {"name": "net", "layers": layers, **ends}
    if rng.chance(0.2):
        model = {"class_name": "Functional", "config": whole}
        return {"class_name": "Sequential", "config": {"name": "outer", "layers": [model]}}
    return {"class_name": "Functional", "config": whole}


def _layer(cls: str, name: str, config: Config, *inputs: str) -> Config:
    tensors = [
        {"class_name": "__keras_tensor__", "config": {"keras_history": [each, 0, 0]}}
        for each in inputs
    ]
    args = [tensors] if len(tensors) > 1 else tensors
    return {
        "module": "keras.layers",
        "class_name": cls,
        "config": {"name": name, "trainable": True, **config},
        "name": name,
        "inbound_nodes": [{"args": args, "kwargs": {}}] if inputs else [],
    }


def _zipped(rng: Draw, text: bytes) -> bytes:
    whole = io.BytesIO()
    how = rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))
    with zipfile.ZipFile(whole, "w", how) as file:
        for name, each in (("metadata.json", b"{}"), ("config.json", text)):
            file.writestr(zipfile.ZipInfo(name), each, how)
    return whole.getvalue()


def _hdf5(text: bytes) -> bytes:
    import h5py

    whole = io.BytesIO()
    with h5py.File(whole, "w") as file:
        file.attrs["model_config"] = text.replace(b"\0", b"?")
        file.create_group("model_weights")
    return whole.getvalue()
