"""ONNX files that others have made: those in installed packages, and the node models of onnx.

    python benchmarks/onnx_shipped.py
    python benchmarks/onnx_shipped.py --folder unpacked --quiet

Each file is listed with what it costs, or with why it is refused. onnx has a model for each form of
each operator, and for many another that is made of simpler operators: both must cost the same,
where both are understood; its light models must have the parameters of torchvision's. The exit code
is 1 if one of these differs, or fewer than 95 % evaluate.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import warnings
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import NamedTuple

ENOUGH = 0.95
INPUTS = {
    "_det_": ("3x736x736",),
    "_rec_": ("3x48x320",),
    "_cls_": ("3x48x192",),
    "silero_vad_v6": ("input=576",),
    "silero_vad": ("input=576", "state=2x1x128"),
    "320n": ("3x320x320",),
    "common": ("1x64x160",),
}
"""The inputs of files that leave theirs open, by what stands in their names: what the programs
that they come with use."""


LIGHT = {
    "densenet121": 7_978_856,
    "resnet50": 25_557_032,
    "squeezenet": 1_235_496,
    "vgg19": 143_667_240,
}
"""The parameters of what onnx has light models of, as torchvision 0.28 counts them."""


class Result(NamedTuple):
    """What a file came to: its figures where it evaluates, else why not."""

    figures: tuple[int, int] | None
    unknown: tuple[str, ...] = ()
    refusal: str = ""

    def __str__(self) -> str:
        if self.figures is None:
            return self.refusal
        params, macs = self.figures
        left = f", unknown: {', '.join(self.unknown)}" if self.unknown else ""
        return f"{params:,} params, {macs:,} MACs{left}"


def read(path: Path) -> Result:
    """What the file at `path` comes to, on an input of INPUTS if it leaves its own open."""
    from convcost.cost import evaluate
    from convcost.errors import ConvcostError
    from convcost.sources.imports.onnx.model import import_file, needs_input
    from convcost.sources.inputs import parse_inputs

    try:
        given = next((each for part, each in INPUTS.items() if part in path.name), ())
        inputs = parse_inputs(given) if given and needs_input(str(path)) else ()
        made = import_file(str(path), inputs)
        report = evaluate(made.network)
    except ConvcostError as error:
        return Result(None, refusal=error.problems[0].message)
    return Result((report.params, report.macs), tuple(sorted(made.unknown)))


def installed() -> Iterator[Path]:
    """The ONNX files of all packages that are installed here."""
    for package in distributions():
        for file in package.files or ():
            if file.suffix == ".onnx":
                yield Path(str(package.locate_file(file)))


def write_nodes(folder: Path) -> None:
    """Write the models of onnx's tests of single operators there."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of NumPy, about numbers that the tests make
        for case in collect_testcases(None):
            if case.model is not None:
                (folder / f"{case.name}.onnx").write_bytes(case.model.SerializeToString())


def differing(found: dict[Path, Result]) -> list[str]:
    """Operators that cost something else than what onnx says they are made of, and light models
    of other sizes than torchvision's networks."""
    said = []
    for path, result in found.items():
        whole = found.get(path.with_name(path.name.replace("_expanded.onnx", ".onnx")), result)
        understood = whole.figures and result.figures and not whole.unknown + result.unknown
        if understood and whole.figures != result.figures:
            said.append(f"{path.name}: {result}; as one operator {whole}")
        right = LIGHT.get(path.stem.removeprefix("light_")) if "light" in path.parts else None
        if right and (result.figures or (0, 0))[0] != right:
            said.append(f"{path.name}: {result}; torchvision has {right:,} params")
    return said


def main() -> None:
    """Print a line for each file and the share that evaluates."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, metavar="F", help="files below it as well")
    parser.add_argument("--quiet", action="store_true", help="list refused files alone")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_nodes(Path(folder))
        files = [*installed(), *Path(folder).glob("*.onnx")]
        files += args.folder.rglob("*.onnx") if args.folder else ()
        found = {path: read(path) for path in sorted(files)}
    for path, result in found.items():
        if result.figures is None or not args.quiet:
            print(f"{'/'.join(path.parts[-3:])}: {result}")
    evaluated = sum(result.figures is not None for result in found.values())
    wrong = differing(found)
    print(*wrong, f"{evaluated:,} of {len(found):,} evaluate", sep="\n")
    sys.exit(1 if wrong or evaluated < ENOUGH * len(found) else 0)


if __name__ == "__main__":
    main()
