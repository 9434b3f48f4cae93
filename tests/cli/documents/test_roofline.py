"""All that `convcost roofline` and `convcost measure` print for programs, on paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from convcost.cost import evaluate
from convcost.metrics.roofline import roofline
from convcost.runtime.base import Machine
from convcost.runtime.measurement import LayerTime, Measurement
from convcost.runtime.timing import Timing
from convcost.setting import Setting
from convcost.sources import read, target_of
from convcost.sources.devices import find_device
from convcost.sources.measured import measured_device
from convcost.views.formats import view
from tests.cli.documents.reading import entries
from tests.cli.runner import Runner

# conv: 4·3·9 = 108 weights at 20 positions, 2,160 MACs; fc: 80·5 = 400 weights and MACs.
# A batch of 2 in one byte an element: conv reads 120 and writes 160, fc reads 160 and writes 10.
# conv: 8,640 operations of 1,000 a second; 388 bytes of 100 a second.
# fc: 1,600 operations; 570 bytes. The network: 10,240 operations; of 508 weights 448 do not stay
# on 60 bytes, 120 go in and 10 come out, of conv's 60 and 100 do not stay, of fc's 100.
SPEC = """\
name: tiny
input: 3x4x5
layers:
  - {kind: standard, m: 4, k: 3, name: conv}
  - {kind: linear, m: 5, name: fc}
"""
BOARD = """\
name: board
peaks: {int8: 1k}
bandwidth: {dram: 100}
memory: {sram: 60}
"""
ROOFLINE = """{
"schema": "convcost.roofline/1", "network": "tiny", "path": "tiny.yaml", "device": "board",
"peak": 1000, "bandwidth": 100, "on_chip": 60, "batch": 2,
"dtype": {"weights": "int8", "activations": "int8"}, "winograd": null, "macs": 2560,
"compute_seconds": 10.24, "memory_seconds": 8.38, "least_seconds": 10.24, "bound_by": "compute",
"layers": [
 {"name": "conv", "kind": "standard", "line": 4, "macs": 2160, "operations": 8640,
  "bytes_moved": 388, "intensity": 22.2680412371134, "compute_seconds": 8.64,
  "memory_seconds": 3.88, "least_seconds": 8.64, "bound_by": "compute",
  "bytes_in": 120, "bytes_out": 160, "bytes_weights": 108},
 {"name": "fc", "kind": "linear", "line": 5, "macs": 400, "operations": 1600,
  "bytes_moved": 570, "intensity": 2.807017543859649, "compute_seconds": 1.6,
  "memory_seconds": 5.7, "least_seconds": 5.7, "bound_by": "memory",
  "bytes_in": 160, "bytes_out": 10, "bytes_weights": 400}]
}"""
SHEET = """\
network,path,device,name,kind,line,macs,operations,bytes_moved,intensity,compute_seconds,\
memory_seconds,least_seconds,bound_by,status,bytes_in,bytes_out,bytes_weights
tiny,tiny.yaml,board,conv,standard,4,2160,8640,388,22.2680412371134,8.64,3.88,8.64,compute,,120,160,108
tiny,tiny.yaml,board,fc,linear,5,400,1600,570,2.807017543859649,1.6,5.7,5.7,memory,,160,10,400
"""
MEASURED = """{
"schema": "convcost.measure/1", "network": "tiny", "path": "tiny.yaml",
"machine": {"processor": "chip", "framework": "torch 2", "threads": 4, "cache": null},
"batch": 2, "dtype": "int8", "macs": 2560,
"seconds": 20.48, "low_seconds": 20.0, "high_seconds": 21.0, "samples": 9,
"device": "board", "least_seconds": 10.24,
"layers": [
 {"name": "conv", "kind": "standard", "times": 1, "ins": [[3, 4, 5]], "out": [4, 4, 5],
  "macs": 2160, "bytes_moved": 388, "seconds": 16.0, "low_seconds": 15.0, "high_seconds": 17.0,
  "samples": 9, "least_seconds": 8.64, "why": null},
 {"name": "fc", "kind": "linear", "times": 1, "ins": [[4, 4, 5]], "out": [5], "macs": 400,
  "bytes_moved": 570, "seconds": null, "low_seconds": null, "high_seconds": null,
  "samples": null, "least_seconds": 5.7, "why": "no time"}]
}"""
MEASURED_SHEET = """\
network,name,kind,times,ins,out,macs,bytes_moved,seconds,low_seconds,high_seconds,samples,\
least_seconds,why
tiny,conv,standard,1,3x4x5,4x4x5,2160,388,16.0,15.0,17.0,9,8.64,
tiny,fc,linear,1,4x4x5,5,400,570,,,,,5.7,no time
"""
DOCUMENTS = (ROOFLINE,)
MEASUREMENTS = (MEASURED,)


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny.yaml").write_text(SPEC, encoding="utf-8")
    Path("board.yaml").write_text(BOARD, encoding="utf-8")


def roofs(convcost: Runner, name: str) -> str:
    options = ("--device", "board.yaml", "--dtype", "int8", "--batch", "2", "--format", name)
    code, out, err = convcost("roofline", "tiny.yaml", *options)
    assert (code, err) == (0, "")
    return out


def test_json(convcost: Runner) -> None:
    assert entries(roofs(convcost, "json")) == entries(ROOFLINE)


def test_csv(convcost: Runner) -> None:
    assert roofs(convcost, "csv") == SHEET


@pytest.fixture
def measured() -> Measurement:
    """The network as if it had been timed."""
    report = evaluate(read(target_of("tiny.yaml")).network)
    run = Setting("int8", "int8", batch=2)
    against = roofline(report, find_device("board.yaml"), run)
    first, second = report.layers
    conv, fc = against.layers
    layers = (
        LayerTime(first, 1, conv.moved, Timing(16.0, 15.0, 17.0, 9), "", conv.bound.least),
        LayerTime(second, 1, fc.moved, None, "no time", fc.bound.least),
    )
    whole = Timing(20.48, 20.0, 21.0, 9)
    return Measurement(report, Machine("chip", "torch 2", 4, None), run, whole, layers, against)


def test_a_measurement_as_json_and_csv(measured: Measurement) -> None:
    assert entries(view("measure", "json")(measured)) == entries(MEASURED)
    assert view("measure", "csv")(measured) == MEASURED_SHEET


def test_a_saved_measurement_is_a_device(measured: Measurement, convcost: Runner) -> None:
    Path("mine.json").write_text(MEASURED, encoding="utf-8")
    device = find_device("mine.json")
    named = measured_device(MEASURED.encode(), "mine.json").changed(key="mine.json")
    assert device == named
    # 8,640 operations, and 388 bytes, in 16 seconds: whole numbers, and no less than was reached.
    assert (device.name, device.peaks, device.bandwidth) == ("chip", {"int8": 540}, {"dram": 25})
    options = ("--device", "mine.json", "--dtype", "int8", "--format", "json")
    document = json.loads(convcost("roofline", "tiny.yaml", *options).out)
    assert (document["device"], document["peak"], document["on_chip"]) == ("chip", 540, None)
