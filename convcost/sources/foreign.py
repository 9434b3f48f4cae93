"""Files that are no specs: what they are, told by their first bytes or their names, and what to do.

People have weights, exported graphs, code and pictures of networks; a spec is none of those.
"""

from __future__ import annotations

import os

from convcost.errors import Place, Problem, SpecError
from convcost.frozen import Frozen
from convcost.sources.locate import LAYERS
from convcost.text import quote

HEAD = 4096
"""How many bytes tell what a file is."""
_CODE = "name the code that builds the network: torch:package.module:factory --input 3x224x224"
_TORCH = f"{_CODE}; or export it with torch.onnx.export, and name the .onnx file"
_KERAS = "export it to ONNX (tf2onnx), and name the .onnx file"
_SAVED = (
    "convert it (tf.lite.TFLiteConverter.from_saved_model), and name the .tflite file; or save the "
    "Keras model that it came from as .keras"
)
SAVED_MODEL = "saved_model.pb"
"""The file in a folder that TensorFlow has saved a model to."""
_ONNX = "export the network to ONNX, and name the .onnx file"
_WRITE = 'write it as a spec; "convcost zoo" lists networks to start from'
_UNPACK = "unpack it, and name a spec inside"
_PICTURE = "networks are not read from pictures: write it as a spec"
_TABLE = "name the spec that it came from"


class Foreign(Frozen):
    """A sort of file that is no spec: what it is, the remedy, and what tells it: suffixes of its
    name, or bytes at some `offset` of its beginning."""

    what: str
    remedy: str
    suffixes: tuple[str, ...] = ()
    magics: tuple[bytes, ...] = ()
    offset: int = 0

    def problem(self, path: str) -> Problem:
        """That it is none, at `path`."""
        remedy = self.remedy.replace("{path}", quote(path))
        return Problem(f"this is {self.what}, not a spec", Place(path), remedy)


# A file that could be of two sorts is of the first.
SORTS = (
    Foreign(
        "a Keras model of another name",
        "give it a name that ends in .keras or .h5",
        (".keras", ".h5", ".hdf5"),
        (b"\x89HDF\r\n\x1a\n",),
    ),
    Foreign(
        "a TensorFlow Lite model of another name",
        "give it a name that ends in .tflite",
        (".lite",),
        (b"TFL3",),
        4,
    ),
    Foreign("a SavedModel of TensorFlow", _SAVED, (SAVED_MODEL,)),
    Foreign("a TensorFlow graph", _KERAS, (".pb", ".pbtxt")),
    Foreign(
        "a PyTorch file: weights, a pickled module or TorchScript",
        f"torch:{{path}} --input 3x224x224 reads TorchScript; else {_CODE}",
        (".pt", ".pth", ".ckpt", ".pkl", ".ptl", ".ts", ".torchscript"),
        tuple(b"\x80" + bytes([protocol]) for protocol in (2, 3, 4, 5)),
    ),
    Foreign("a program that torch.export saved", "torch:{path} reads it", (".pt2",)),
    Foreign(
        "a file of weights", _TORCH, (".bin", ".safetensors", ".gguf", ".npz", ".npy"), (b"GGUF",)
    ),
    Foreign("Python code", "torch:{path}:NAME --input 3x224x224 reads a module in it", (".py",)),
    Foreign("a notebook", _CODE, (".ipynb",)),
    Foreign("a darknet configuration", _WRITE, (), (b"[net]", b"[network]")),
    Foreign("darknet weights", _WRITE, (".weights",)),
    Foreign("a configuration file", _WRITE, (".cfg", ".ini", ".toml")),
    Foreign("a Caffe network", _WRITE, (".prototxt", ".caffemodel")),
    Foreign("a Core ML model", _ONNX, (".mlmodel", ".mlpackage")),
    Foreign("an OpenVINO network", _ONNX, (".xml",)),
    Foreign("a Paddle model", "export it to ONNX (paddle2onnx)", (".pdmodel", ".pdiparams")),
    Foreign("an ncnn network", _ONNX, (".param",)),
    Foreign("a TensorRT engine", _ONNX, (".engine", ".trt", ".plan")),
    Foreign(
        "an ONNX file of another name",
        "give it a name that ends in .onnx",
        magics=tuple(b"\x08" + bytes([version, 0x12]) for version in range(1, 16)),
    ),
    Foreign("an image", _PICTURE, (".png",), (b"\x89PNG",)),
    Foreign("an image", _PICTURE, (".jpg", ".jpeg"), (b"\xff\xd8\xff",)),
    Foreign("an image", _PICTURE, (".gif", ".bmp", ".svg"), (b"GIF8", b"<svg")),
    Foreign("an image", _PICTURE, (".webp",), (b"WEBP",), 8),
    Foreign("an image", _PICTURE, (".tif", ".tiff"), (b"II*\0", b"MM\0*")),
    Foreign("a PDF document", _PICTURE, (".pdf",), (b"%PDF",)),
    Foreign("a ZIP archive", _UNPACK, (".zip",), (b"PK\x03\x04", b"PK\x05\x06")),
    Foreign("a compressed file", _UNPACK, (".gz", ".tgz", ".xz", ".bz2", ".zst", ".7z")),
    Foreign("a compressed file", _UNPACK, (), (b"\x1f\x8b", b"\xfd7zXZ", b"BZh", b"\x28\xb5/\xfd")),
    Foreign("a tar archive", _UNPACK, (".tar",), (b"ustar",), 257),
    Foreign("a table of figures", _TABLE, (".csv", ".tsv", ".xlsx")),
    Foreign("a web page", _TABLE, (".html", ".htm"), (b"<!DOCTYPE", b"<!doctype", b"<html")),
    Foreign("a text for people", _WRITE, (".md", ".rst")),
    Foreign(
        "a report that convcost saved",
        "convcost diff compares those; for other commands name the spec",
        (),
        (b'{"schema": "convcost.', b'{\n  "schema": "convcost.'),
    ),
    Foreign("a JSON file", _WRITE, (".json",)),
)


def saved_model(folder: str) -> Problem | None:
    """That a folder is a model that TensorFlow has saved, and no folder of specs; else None."""
    (sort,) = [each for each in SORTS if SAVED_MODEL in each.suffixes]
    is_one = os.path.isfile(os.path.join(folder, SAVED_MODEL))
    return sort.problem(folder) if is_one else None


def folder(path: str) -> Problem:
    """That a folder stands where a file belongs."""
    message, hint = "this is a folder, not a file", "name a file in it"
    return saved_model(path) or Problem(message, Place(path), hint)


def refuse_foreign(path: str, head: bytes) -> None:
    """SpecError if a file that is no right spec is of a sort that its name or its first bytes
    tell. One with layers at the top is a spec, whatever its name."""
    if LAYERS.search(head) and b"\0" not in head:
        return
    found = _sort(path, head)
    if found:
        raise SpecError(found.problem(path))
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        hint = "specs are YAML texts; PyTorch code and ONNX files can be read as well"
        raise SpecError("this is a binary file, not a spec", place=Place(path), hint=hint)


def _sort(path: str, head: bytes) -> Foreign | None:
    """What a file is: by bytes that only one sort has, else by its name, else by any bytes."""
    name = os.path.basename(path)
    suffix = name if name == SAVED_MODEL else os.path.splitext(path)[1].lower()
    by_name = [sort for sort in SORTS if suffix in sort.suffixes]
    by_bytes = [sort for sort in SORTS if head[sort.offset :].startswith(sort.magics)]
    # PyTorch and Keras pack their files as ZIP archives: there the name says more.
    alone = [each for each in by_bytes if not each.suffixes and suffix != SAVED_MODEL]
    return next(iter([*alone, *by_name, *by_bytes]), None)
