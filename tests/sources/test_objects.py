"""What `load` takes besides paths and names."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from convcost import Builder, evaluate, load
from convcost.errors import SpecError, UsageError

TEXT = "input: 3x8x8\nvars: {m: 4}\nlayers: [{kind: standard, m: '${m}', k: 3}]\n"
SPEC = {
    "input": (3, 8, 8),
    "vars": {"m": 4},
    "layers": [{"kind": "standard", "m": "${m}", "k": (3, 3)}],
}


@pytest.mark.parametrize(
    "source", [TEXT, SPEC, io.StringIO(TEXT), io.BytesIO(TEXT.encode())], ids=type
)
def test_a_spec_however_it_is_held(source: Any) -> None:
    assert evaluate(load(source)).params == 108


@pytest.mark.parametrize("source", [TEXT, SPEC, io.StringIO(TEXT)], ids=type)
def test_its_vars_have_other_values(source: Any) -> None:
    assert evaluate(load(source, {"m": 8})).params == 216


def test_text_on_one_line_is_said_to_be_text() -> None:
    line = "{input: 3x8x8, layers: [{kind: pointwise, m: 4}]}"
    assert evaluate(load(text=line)).params == 12
    with pytest.raises(SpecError, match="there is no such file"):
        load("layers")


def test_an_open_file_keeps_its_name(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(TEXT)
    with path.open() as file:
        assert load(file) == load(path)
    path.write_text("input: 3x8x8\nlayers: [{kind: standrd, m: 4}]\n")
    with path.open("rb") as file, pytest.raises(SpecError, match=r"net\.yaml:2:17: unknown kind"):
        load(file)


def test_a_network_and_its_builder_are_taken_as_they_are() -> None:
    built = Builder("net", (3, 8, 8))
    built.add("pointwise", {"m": 4})
    assert load(built) == built.network() == load(built.network())
    with pytest.raises(UsageError, match="a Builder is as it is"):
        load(built, {"m": 8})
    with pytest.raises(UsageError, match="a Network is as it is"):
        load(built.network(), input="3x9x9")


def test_a_wrong_mapping_is_refused_at_its_place() -> None:
    with pytest.raises(SpecError, match=r"^<mapping>:4:12: unknown kind \"standrd\""):
        load({"layers": [{"kind": "standrd"}]})


@pytest.mark.parametrize("source", [3, 2.5, object(), [SPEC]], ids=type)
def test_other_values_are_no_networks(source: Any) -> None:
    with pytest.raises(UsageError, match=f"{type(source).__name__} is no network"):
        load(source)


def test_one_network_is_named() -> None:
    with pytest.raises(UsageError, match="load takes one network"):
        load()
    with pytest.raises(UsageError, match="load takes one network"):
        load(TEXT, text=TEXT)
    with pytest.raises(UsageError, match="overrides must be a mapping, not list"):
        load(TEXT, ["m=4"])


def test_what_is_for_code_is_not_for_specs() -> None:
    with pytest.raises(UsageError, match="--arg is for PyTorch code"):
        load("mobilenet_v1", arguments={"width": 3})
