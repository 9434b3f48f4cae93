"""Files that Keras saves, and HDF5 that is no model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import keras
import pytest
from keras import layers

from convcost.cost import evaluate
from convcost.errors import SpecError
from convcost.sources import load
from convcost.sources.imports.keras.model import import_file


def small() -> Any:
    return keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.Flatten()])


@pytest.mark.parametrize("name", ["net.keras", "net.h5"])
@pytest.mark.filterwarnings("ignore")
def test_what_keras_saves_is_read(name: str, tmp_path: Path) -> None:
    small().save(tmp_path / name)
    report = evaluate(load(tmp_path / name))
    assert (report.params, report.macs) == (112, 36 * 4 * 27)


@pytest.mark.filterwarnings("ignore")
def test_hdf5_that_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "net.h5"
    small().save_weights(tmp_path / "net.weights.h5")
    with h5py.File(path, "w") as file:
        file["model_config"] = h5py.ExternalLink(str(tmp_path / "net.weights.h5"), "/")
    with pytest.raises(SpecError, match="holds weights, and no model"):
        import_file(str(tmp_path / "net.weights.h5"))
    with pytest.raises(SpecError, match="holds weights, and no model"):
        import_file(str(path))
    raw = path.read_bytes()
    path.write_bytes(raw[: len(raw) // 2])
    with pytest.raises(SpecError, match="this HDF5 file is broken"):
        import_file(str(path))
    with h5py.File(path, "w") as file:
        file.attrs.create("model_config", b"{", dtype="S9")
    with pytest.raises(SpecError, match="it is no JSON"):
        import_file(str(path))
