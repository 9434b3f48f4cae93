"""Files of frameworks that hold a whole network: what they are called, and what reads them."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from convcost.frozen import Frozen

if TYPE_CHECKING:
    from convcost.network import Input
    from convcost.sources.imports.assembler import Imported
    from convcost.sources.teaching import Rules


class Importer(Protocol):
    """What the module of a framework has to offer."""

    def import_file(
        self,
        path: str,
        inputs: tuple[Input, ...] = (),
        root: str = "",
        rules: Rules = ...,
        raw: bytes | None = None,
    ) -> Imported:
        """The network in the file `path`, or in `raw`, what it held in some commit.

        `inputs` are without their batch; `root` as for `file_bytes`; `rules` are what the user says
        of operations. UsageError without the package that it needs; SpecError for a file that
        holds no such network, and for inputs that it does not have.
        """

    def needs_input(self, path: str, root: str = "") -> bool:
        """Whether the file leaves its inputs open, but for a batch; also if it cannot be read."""


class Framework(Frozen):
    """A framework, its word behind `convcost import`, how its files are called, and the module that
    imports them."""

    name: str
    word: str
    suffixes: tuple[str, ...]
    module: str

    def importer(self) -> Importer:
        """That module, loaded."""
        return cast(Importer, import_module(self.module))


FRAMEWORKS = (
    Framework("ONNX", "onnx", (".onnx",), "convcost.sources.imports.onnx.model"),
    Framework("TensorFlow Lite", "tflite", (".tflite",), "convcost.sources.imports.tflite.model"),
    Framework("Keras", "keras", (".keras", ".h5", ".hdf5"), "convcost.sources.imports.keras.model"),
)
FILES = tuple(suffix for each in FRAMEWORKS for suffix in each.suffixes)
"""How the names of all such files end."""


def framework_of(path: str) -> Framework | None:
    """Whose file it is by its name; None for a spec, and for a folder."""
    found = (each for each in FRAMEWORKS if path.endswith(each.suffixes))
    return None if os.path.isdir(path) else next(found, None)
