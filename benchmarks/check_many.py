"""How many specs a second `convcost check` holds to their budgets, and in how much memory.

    python benchmarks/check_many.py [-n SPECS] [--zoo]

The specs are MobileNets of as many widths, no two alike, each with budgets of its own; with
`--zoo` they are copies of the networks that ship, which have 73 layers on average. One run of the
command on one core is measured, less what `convcost check` takes for a single spec.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
FASTER_THAN = 200
LESS_THAN = 150


class Run(NamedTuple):
    """Seconds of the processor's time, and the most memory in MB."""

    seconds: float
    megabytes: float


def mobilenets(count: int) -> Iterator[str]:
    """MobileNet v1 in `count` widths."""
    text = (ROOT / "specs/mobilenet_v1.yaml").read_text(encoding="utf-8")
    text = text.replace("4.3M", "43M").replace("600M", "6G")
    for index in range(count):
        yield text.replace("alpha: 1.0", f"alpha: {0.25 + index / count:.4f}")


def zoo(count: int) -> Iterator[str]:
    """The networks that ship, over and over."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "specs").glob("*.yaml"))]
    return (texts[index % len(texts)] for index in range(count))


def check(folder: Path) -> Run:
    """One run of the command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "convcost", "check", str(folder), "--max-params", "1G"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, after.ru_maxrss / 1024)


def main() -> None:
    """Print how fast it was, and fail if that is too slow or took too much memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=1000, help="how many specs")
    parser.add_argument("--zoo", action="store_true", help="copies of the networks that ship")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        one, all_of_them = Path(temporary, "one"), Path(temporary, "all")
        for folder, count in ((one, 1), (all_of_them, args.n)):
            folder.mkdir()
            for index, text in enumerate((zoo if args.zoo else mobilenets)(count)):
                (folder / f"{index:05}.yaml").write_text(text, encoding="utf-8")
        start, run = check(one), check(all_of_them)
    rate = (args.n - 1) / (run.seconds - start.seconds)
    print(f"start-up and one spec  {start.seconds:6.2f} s  {start.megabytes:5.0f} MB")
    print(f"{args.n} specs{run.seconds:17.2f} s  {run.megabytes:5.0f} MB")
    print(f"{rate:.0f} specs a second")
    if not args.zoo and (rate < FASTER_THAN or run.megabytes > LESS_THAN):
        sys.exit(f"asked for: {FASTER_THAN} specs a second, {LESS_THAN} MB")


if __name__ == "__main__":
    main()
