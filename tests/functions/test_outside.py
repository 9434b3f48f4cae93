"""Functions about what is around a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from convcost import (
    evaluate,
    export_keras,
    export_pytorch,
    export_spec,
    load,
    log,
    report,
    schema,
    zoo,
)
from convcost.errors import UsageError
from tests.cli.projects import commit, git

SPEC = "input: 3x8x8\nlayers: [{{kind: pointwise, m: {}}}]\n"


def test_the_history_of_a_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    for width in (4, 8):
        (tmp_path / "net.yaml").write_text(SPEC.format(width))
        commit()
    found = log(Path("net.yaml"), metrics=["weight_bytes"], dtype="int8")
    assert [record["params"] for record in found.records()] == [24, 12]
    assert [record["weight_bytes"] for record in found.records()] == [24, 12]


def test_code_and_specs_are_texts() -> None:
    assert "class " in export_pytorch("mobilenet_v1")
    assert "def mobilenet_v1():" in export_keras("mobilenet_v1")
    assert evaluate(export_spec("mobilenet_v1")).macs == evaluate("mobilenet_v1").macs
    text = export_spec({"name": "tiny", "input": "3x8x8", "layers": [{"kind": "relu"}]})
    assert load(text).name == "tiny"


def test_a_page_of_networks() -> None:
    page = report(evaluate(SPEC.format(4)), SPEC.format(8), against=SPEC.format(4), device="t4")
    assert page.startswith("<!DOCTYPE html>")
    assert page == report(*map(SPEC.format, (4, 8)), against=SPEC.format(4), device="t4")


def test_what_ships() -> None:
    assert "mobilenet_v1" in [each.name for each in zoo()]
    assert zoo("keyword spotting").records()[0]["task"] == "keyword spotting"
    with pytest.raises(UsageError, match="no network that ships"):
        zoo("quantum")


def test_the_schema() -> None:
    assert "kind-standard" in schema()["$defs"]
