"""`convcost sweep -o`: rows in files, and folders of parts."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import pytest

from convcost.project.alone import claimed
from tests.cli.runner import Runner

pytest.importorskip("numpy")
VARY = ("--vary", "alpha=0.25..1.0:0.05", "--vary", "size=-1,32,64,95")


def test_files_of_lines_have_every_row(convcost: Runner, tmp_path: Path) -> None:
    out = convcost("sweep", "mobilenet_v1", *VARY, "--format", "csv").out
    convcost("sweep", "mobilenet_v1", *VARY, "-o", str(tmp_path / "rows.csv"))
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8") == out
    convcost("sweep", "mobilenet_v1", *VARY, "-o", str(tmp_path / "rows.jsonl"))
    lines = (tmp_path / "rows.jsonl").read_text(encoding="utf-8").splitlines()
    document = json.loads(convcost("sweep", "mobilenet_v1", *VARY, "--format", "json").out)
    assert list(map(json.loads, lines)) == document["rows"]


def test_parquet_has_every_row(convcost: Runner, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    args = ("sweep", "mobilenet_v1", *VARY)
    expected = list(csv.DictReader(convcost(*args, "--format", "csv").out.splitlines()))
    convcost(*args, "-o", str(tmp_path / "rows.parquet"))
    folder = f"{tmp_path}/parts/"
    assert convcost(*args, "-o", folder, "--workers", "2").code == 0
    assert convcost(*args, "-o", folder).code == 2
    assert "1 parts are there" in convcost(*args, "-o", folder, "--resume").err
    for path in (tmp_path / "rows.parquet", tmp_path / "parts" / "part-000000.parquet"):
        found = parquet.read_table(path).to_pylist()
        assert [(str(row["row"]), row["alpha"], row["size"]) for row in found] == [
            (row["row"], float(row["alpha"]), int(row["size"])) for row in expected
        ]
        assert [row["macs"] for row in found] == [
            int(row["macs"]) if row["macs"] else None for row in expected
        ]
        assert [row["refused"] for row in found] == [row["refused"] for row in expected]


def test_files_have_the_figures_of_the_users_own(convcost: Runner, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "own.csv").write_text("alpha,size,own\n0.5,64,1.5\n1,95,3\n", encoding="utf-8")
    args = ("sweep", "mobilenet_v1", *VARY, "--join", str(tmp_path / "own.csv"))
    folder = f"{tmp_path}/parts/"
    assert convcost(*args, "-o", folder, "--workers", "2").code == 0
    found = parquet.read_table(tmp_path / "parts" / "part-000000.parquet").to_pylist()
    assert [row["own"] for row in found if row["own"] is not None] == [1.5, 3.0]
    (tmp_path / "own.csv").write_text("alpha,size,own\n0.5,64,2\n1,95,3\n", encoding="utf-8")
    assert "another sweep" in convcost(*args, "-o", folder, "--resume").err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_pipe_gets_rows_as_they_come(convcost: Runner, tmp_path: Path, ending: str) -> None:
    args = ("sweep", "mobilenet_v1", *VARY, "-o")
    convcost(*args, str(tmp_path / f"rows.{ending}"))
    pipe = tmp_path / f"pipe.{ending}"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert convcost(*args, str(pipe)).code == 0
        assert os.read(reader, 2**16) == (tmp_path / f"rows.{ending}").read_bytes()
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_csv_is_printed_as_it_comes(
    monkeypatch: pytest.MonkeyPatch, convcost: Runner, tmp_path: Path
) -> None:
    convcost("sweep", "mobilenet_v1", *VARY, "-o", str(tmp_path / "rows.csv"))
    every = (tmp_path / "rows.csv").read_text(encoding="utf-8")
    written: list[str] = []
    monkeypatch.setattr("convcost.sweeping.running.GRID", (7,))
    monkeypatch.setattr("convcost.cli.lines.streams.write", written.append)
    convcost("sweep", "mobilenet_v1", *VARY, "--format", "csv")
    assert len(written) > 10
    assert "".join(written) == every


def test_a_second_sweep_on_one_output_is_refused(convcost: Runner, tmp_path: Path) -> None:
    for output in ("rows.csv", "parts/"):
        path = f"{tmp_path}/{output}"
        with claimed(path):
            code, out, err = convcost("sweep", "mobilenet_v1", *VARY, "-o", path)
        assert (code, out) == (2, "")
        assert "another process is writing" in err
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written(convcost: Runner, tmp_path: Path) -> None:
    for args, message in (
        (("-o", "rows.xlsx"), "cannot tell what to write to rows.xlsx"),
        (("-o", f"{tmp_path}/none/rows.csv"), "cannot write"),
        (("-o", "rows.csv", "--workers", "2"), "write no one file"),
        (("-o", "rows.csv", "--dask", "local"), "write no one file"),
        (("--resume",), "--resume is for a folder of parts"),
        (("--shard", "3/2"), '--shard cannot be "3/2"'),
    ):
        code, out, err = convcost("sweep", "mobilenet_v1", *VARY, *args)
        assert (code, out) == (2, "")
        assert message in err
