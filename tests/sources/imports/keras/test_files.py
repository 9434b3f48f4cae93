"""Keras files that are written by hand: what is read of them, and what is refused."""

from __future__ import annotations

import io
import json
import zipfile
from math import prod
from pathlib import Path
from typing import Any

import pytest

from convcost.cost import evaluate
from convcost.errors import ConvcostError, SpecError, UsageError
from convcost.network import Input
from convcost.sources.imports.assembler import Imported
from convcost.sources.imports.keras import archive
from convcost.sources.imports.keras.model import import_config, import_file, needs_input

Config = dict[str, Any]


def layer(cls: str, name: str, *inputs: str, **config: Any) -> Config:
    """A layer in the form of Keras 3, called once for these tensors."""
    tensors = [tensor(each) for each in inputs]
    args = [tensors] if len(tensors) > 1 else tensors
    return {
        "module": "keras.layers",
        "class_name": cls,
        "config": {"name": name, "trainable": True, **config},
        "name": name,
        "inbound_nodes": [{"args": args, "kwargs": {}}] if inputs else [],
    }


def tensor(name: str, shape: list[int | None] | None = None) -> Config:
    config: Config = {"keras_history": [name, 0, 0]}
    return {
        "class_name": "__keras_tensor__",
        "config": config | ({"shape": shape} if shape else {}),
    }


def functional(*layers: Config, out: str, given: str = "input") -> Config:
    config = {
        "name": "net",
        "layers": list(layers),
        "input_layers": [[given, 0, 0]],
        "output_layers": [[out, 0, 0]],
    }
    return {"module": "keras", "class_name": "Functional", "config": config}


def sequential(*layers: Any) -> Config:
    return {"class_name": "Sequential", "config": {"name": "net", "layers": list(layers)}}


INPUT = layer("InputLayer", "input", batch_shape=[None, 28, 28, 32])
SEPARABLE = layer(
    *("SeparableConv2D", "separable", "input"),
    filters=64,
    kernel_size=[3, 3],
    strides=[1, 1],
    padding="same",
    depth_multiplier=2,
    data_format="channels_last",
)
REST = {"stop": None, "step": None}
WRONG = {"class_name": "__keras_tensor__", "config": {"keras_history": [[], 0, 0]}}
NET = functional(INPUT, SEPARABLE, out="separable")


def saved(path: Path, config: Any, compression: int = zipfile.ZIP_DEFLATED) -> str:
    with zipfile.ZipFile(path, "w", compression) as file:
        file.writestr("metadata.json", '{"keras_version": "3.15.1"}')
        file.writestr("config.json", json.dumps(config))
    return str(path)


def read(config: Any, *inputs: str) -> Imported:
    return import_config(
        config, "net", tuple(Input("", tuple(map(int, each.split("x")))) for each in inputs)
    )


def test_a_separable_convolution(tmp_path: Path) -> None:
    path = saved(tmp_path / "net.keras", NET)
    report = evaluate(import_file(path).network)
    assert report.params == 32 * 2 * 9 + 64 * 64 + 64
    assert report.macs == 784 * (64 * 9 + 64 * 64)
    assert report.layers[-1].out == (64, 28, 28)
    assert not needs_input(path)


def test_keras_2_says_the_same_in_another_form() -> None:
    given = {
        "class_name": "InputLayer",
        "name": "in",
        "config": {"batch_input_shape": [None, 9, 9, 3], "dtype": "float32", "name": "in"},
        "inbound_nodes": [],
    }

    def older(cls: str, name: str, nodes: Any, **config: Any) -> Config:
        config |= {"name": name, "trainable": True}
        return {"class_name": cls, "name": name, "config": config, "inbound_nodes": nodes}

    conv = older("Conv2D", "conv", [[["in", 0, 0, {}]]], filters=4, kernel_size=[3, 3])
    half = {"y": 0.5, "name": None}
    by_half = older("TFOpLambda", "half", [["conv", 0, 0, half]], function="math.multiply")
    both = {"y": ["half", 0, 0], "name": None}
    summed = older("TFOpLambda", "sum", [["conv", 0, 0, both]], function="__operators__.add")
    all_but = {"slice_spec": [{"start": None, "stop": None, "step": None}, {"start": 1, **REST}]}
    sliced = older("SlicingOpLambda", "slice", [["sum", 0, 0, all_but]], function="getitem")
    norm = older("BatchNormalization", "norm", [[["conv", 0, 0, {"training": False}]]], axis=[3])
    add = older("Add", "add", [[["conv", 0, 0, {}], ["norm", 0, 0, {}]]])
    layers = (given, conv, by_half, summed, sliced, norm, add)
    made = read(functional(*layers, out="slice", given="in"))
    assert made.unknown == {}
    assert 4 * 6 * 7 in {prod(each.out) for each in evaluate(made.network).layers}
    report = evaluate(made.network)
    assert (report.params, report.macs) == (4 * 27 + 4 + 8, 49 * 4 * 27)
    (note,) = made.network.notes
    assert note == (
        "Keras counts 128 parameters: 120 that are trained and 8 that are not, among them 8 of "
        "statistics, which are no parameters"
    )


def test_a_sequential_model_of_long_ago_is_a_list() -> None:
    config = {"name": "a", "trainable": True, "units": 5, "batch_input_shape": [None, 8]}

    made = read({"class_name": "Sequential", "config": [{"class_name": "Dense", "config": config}]})
    assert evaluate(made.network).params == 45


def test_sizes_that_are_open_are_asked_for(tmp_path: Path) -> None:
    given = layer("InputLayer", "input", batch_shape=[None, None, None, 32])
    config = functional(given, SEPARABLE, out="separable")
    assert needs_input(saved(tmp_path / "net.keras", config))
    with pytest.raises(UsageError, match="leaves the size of its input open"):
        read(config)
    assert evaluate(read(config, "32x14x14").network).macs == 196 * (64 * 9 + 64 * 64)
    for asked, message in (("32x14", "has 3 sizes, and 2 are given"), ("x", "has no input x")):
        inputs = (Input("x", (1,)),) if asked == "x" else (Input("", (32, 14)),)
        with pytest.raises(UsageError, match=message):
            import_config(config, "net", inputs)


def test_another_size_is_for_weights_that_do_not_depend_on_it() -> None:
    assert evaluate(read(NET, "32x14x14").network).macs == 196 * (64 * 9 + 64 * 64)
    with pytest.raises(UsageError, match="has weights for an input of 32x28x28"):
        read(NET, "16x28x28")


def test_code_is_never_loaded_and_never_zero() -> None:
    code = layer("Lambda", "code", "input", function=["4wEAAAA=", None, None])
    head = layer("Dense", "head", "code", units=5)
    made = read(functional(INPUT, code, out="code"))
    assert made.unknown == {"Lambda": 1}
    assert {each.state for each in evaluate(made.network).status.values()} == {"at least"}
    with pytest.raises(ConvcostError, match="the shape behind Lambda code is not known"):
        read(functional(INPUT, code, head, out="head"))
    head["inbound_nodes"] = [{"args": [tensor("code", [None, 7])], "kwargs": {}}]
    report = evaluate(read(functional(INPUT, code, head, out="head")).network)
    assert (report.params, report.macs) == (40, 35)


def test_a_class_of_ones_own_is_none_of_keras() -> None:
    own = layer("Dense", "own", "input", units=5) | {"registered_name": "mine>Dense"}
    assert read(functional(INPUT, own, out="own")).unknown == {"Dense": 1}


def test_a_layer_that_does_not_fit_is_unknown_and_leaves_no_weights() -> None:
    wrong = SEPARABLE | {"config": SEPARABLE["config"] | {"filters": 0}}
    made = read(functional(INPUT, wrong, out="separable"))
    assert made.unknown == {"SeparableConv2D": 1}
    assert evaluate(made.network).params == 0


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"class_name": "MyNet", "config": {}}, "MyNet is a class of its own"),
        ([], "is none that Keras writes"),
        ({"class_name": "Sequential", "config": {"layers": [3]}}, "is none that Keras writes"),
        (sequential(), "has no layers"),
        (functional(INPUT, out="gone"), "nothing gives gone"),
        (
            functional(
                INPUT,
                layer("ReLU", "a") | {"inbound_nodes": [{"args": [WRONG], "kwargs": {}}]},
                out="a",
            ),
            "is none that Keras writes",
        ),
        (functional(INPUT, SEPARABLE, out="separable", given="gone"), "takes gone"),
        (
            functional(INPUT, layer("ReLU", "a", "b"), layer("ReLU", "b", "a"), out="a"),
            "wait for each other in a circle",
        ),
        (functional(INPUT, layer("ReLU", "a", "a"), out="a"), "wait for each other in a circle"),
    ],
)
def test_what_is_no_model(config: Any, message: str) -> None:
    with pytest.raises(ConvcostError, match=message):
        read(config)


def test_models_in_models_are_bounded() -> None:
    """Each calls the one inside it twice, so that a few lines are a million calls."""
    inner = functional(INPUT, layer("ReLU", "relu", "input"), out="relu")
    for _ in range(20):
        twice = [{"args": [tensor(name)], "kwargs": {}} for name in ("input", "inner")]
        inner = functional(INPUT, inner | {"name": "inner", "inbound_nodes": twice}, out="inner")
    with pytest.raises(ConvcostError, match="more than 20,000 calls of layers"):
        read(inner)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "this is no Keras model"),
        (b"PK\x03\x04nothing", "this .keras archive is broken"),
        (b"layers: []", "this is no Keras model"),
    ],
)
def test_files_that_are_none(raw: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "net.keras").write_bytes(raw)
    with pytest.raises(SpecError, match=message):
        import_file(str(tmp_path / "net.keras"))
    assert needs_input(str(tmp_path / "net.keras"))


@pytest.mark.parametrize("packed", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_python_unpacks_whole_is_not_unpacked(packed: int, tmp_path: Path) -> None:
    """Of 1,700 bytes packed so Python makes 2 GB, however few are asked for."""
    path = saved(tmp_path / "net.keras", NET, packed)
    with pytest.raises(SpecError, match=r"its config\.json is packed in a way that Keras does not"):
        import_file(path)


def test_an_archive_of_very_many_files_is_not_listed(tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("config.json", json.dumps(NET))
        for at in range(20_000):
            file.writestr(f"{at:020}", "")
    with pytest.raises(SpecError, match=r"this \.keras archive is broken"):
        import_file(str(path))


def test_weights_of_any_size_are_passed_over(tmp_path: Path) -> None:
    """More than a GiB of them, of which most file systems keep none."""
    path = saved(tmp_path / "net.keras", NET)
    raw = Path(path).read_bytes()
    with open(path, "wb") as file:
        file.seek(1 << 30)
        file.write(raw)
        file.seek(0)
        file.write(raw[:4])
    assert evaluate(import_file(path).network).params == 32 * 2 * 9 + 64 * 64 + 64


def test_archives_without_a_sane_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    def zipped(name: str, text: str) -> bytes:
        whole = io.BytesIO()
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr(name, text)
        return whole.getvalue()

    monkeypatch.setattr(archive, "LARGEST_CONFIG", 1000)
    for raw, message in (
        (zipped("weights", "1"), "this archive has no config.json"),
        (zipped("config.json", "{"), "it is no JSON"),
        (zipped("config.json", "[" * 990), "it is no JSON|it nests too deep"),
        (zipped("config.json", " " * 1001), "and is not unpacked"),
    ):
        with pytest.raises(ConvcostError, match=message):
            archive.config_in(io.BytesIO(raw))
