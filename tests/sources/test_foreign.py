"""Files that are no specs: each is told what it is, and what can be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost.errors import SpecError
from convcost.sources.foreign import SORTS
from convcost.sources.locate import find_specs
from convcost.sources.sides import read_report
from convcost.sources.spec.documents import spec_in_bytes
from convcost.sources.spec.reading import read_spec

ZIP = b"PK\x03\x04\x14\0\0\0"
HDF = b"\x89HDF\r\n\x1a\n\0"
FILES = {
    "net.pt": (ZIP, "a PyTorch file"),
    "net.pth": (b"\x80\x02\x8a\nl\xfc\0", "a PyTorch file"),
    "weights": (b"\x80\x04\x95\0", "a PyTorch file"),
    "net.safetensors": (b'\x08\0\0\0{"a":{}}', "a file of weights"),
    "pytorch_model.bin": (ZIP, "a file of weights"),
    "net.h5": (HDF, "a Keras model"),
    "net.yaml": (HDF, "a Keras model"),
    "net.keras": (ZIP, "a Keras model"),
    "net.lite": (b"\x1c\0\0\0TFL3", "a TensorFlow Lite model of another name"),
    "saved_model.pb": (b"\x08\x01\x12\0", "a SavedModel of TensorFlow"),
    "frozen.pb": (b"\n\x0c\n\x05input", "a TensorFlow graph"),
    "model.py": (b"import torch\nclass Net: pass\n", "Python code"),
    "one.py": (b"Net", "Python code"),
    "yolo.cfg": (b"[net]\nbatch=1\n", "a darknet configuration"),
    "setup.cfg": (b"[metadata]\nname = net\n", "a configuration file"),
    "net.prototxt": (b'name: "net"\nlayer {\n  type: "Data"\n}\n', "a Caffe network"),
    "photo.png": (b"\x89PNG\r\n\x1a\n", "an image"),
    "photo.yaml": (b"\xff\xd8\xff\xe0\0", "an image"),
    "nets.zip": (ZIP, "a ZIP archive"),
    "nets.yaml": (ZIP, "a ZIP archive"),
    "nets.tar.gz": (b"\x1f\x8b\x08\0", "a compressed file"),
    "config.json": (b'{"architectures": ["ResNet"]}', "a JSON file"),
    "report.json": (b'{\n  "schema": "convcost.eval/1"}', "a report that convcost saved"),
    "notebook.ipynb": (b'{"cells": []}', "a notebook"),
    "noise.yaml": (b"a: \0", "a binary file"),
    "README.md": (b"# A network\n", "a text for people"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_sort_is_told_what_it_is(name: str, tmp_path: Path) -> None:
    raw, what = FILES[name]
    path = tmp_path / name
    path.write_bytes(raw)
    for reading in (lambda: read_spec(path), lambda: spec_in_bytes(raw, str(path))):
        with pytest.raises(SpecError) as caught:
            reading()
        (problem,) = caught.value.problems
        assert problem.message.startswith(f"this is {what}")
        assert problem.message.endswith(", not a spec")
        assert problem.hint


def test_each_sort_says_what_tells_it() -> None:
    assert all(sort.suffixes or sort.magics for sort in SORTS)
    assert all(suffix == suffix.lower() for sort in SORTS for suffix in sort.suffixes)


def test_a_large_one_too(tmp_path: Path) -> None:
    path = tmp_path / "net.h5"
    path.write_bytes(HDF + bytes(17 * 2**20))
    with pytest.raises(SpecError, match="this is a Keras model"):
        read_spec(path)


@pytest.mark.parametrize("name", ["net.cfg", "net.json", "net.py", "net"])
def test_a_spec_may_have_any_name(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("{input: 3x4x4, layers: [{kind: relu}]}")
    assert [layer.kind for layer in read_spec(path).network.layers] == ["relu"]
    path.write_text("input: 3x4x4\nlayers:\n  - {kind: relu\n")
    with pytest.raises(SpecError, match="is not closed"):
        read_spec(path)


def test_the_code_in_a_file_is_named_by_its_path() -> None:
    with pytest.raises(SpecError) as caught:
        spec_in_bytes(b"import torch\nclass Net: pass\n", "nets/model.py")
    assert caught.value.problems[0].hint.startswith("torch:nets/model.py:NAME --input 3x224x224")


def test_what_is_not_there_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="there is no such file"):
        read_spec(tmp_path / "net.pt")


def test_a_side_of_a_diff(tmp_path: Path) -> None:
    (tmp_path / "net.pt").write_bytes(ZIP)
    with pytest.raises(SpecError, match="this is a PyTorch file"):
        read_report(str(tmp_path / "net.pt"))


def test_a_folder_that_tensorflow_saved(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01\x12\0")
    with pytest.raises(SpecError, match="this is a SavedModel of TensorFlow"):
        find_specs([str(tmp_path)])


def test_another_folder_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="this is a folder, not a file"):
        read_spec(tmp_path)
