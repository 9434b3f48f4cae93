"""Processor time of this checkout and of another one, an older commit's, side by side.

    git worktree add --detach ../old 8f59a9b
    python benchmarks/against_commit.py ../old [-n ROUNDS] [--only check varied]

Both run in turns (A B B A ...), each a process of its own in the same interpreter, and only user
time counts, so that whatever else the machine does slows both alike. The medians are compared, and
above 1 this checkout is faster. What is called a command is a whole process; what is timed within
one has read and warmed up before.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
# Settings such as PYTHONDONTWRITEBYTECODE would measure the compiler.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
SPECS = 1000
VARIED = 2000
LONG = 20_000
INSIDE = """
import resource, statistics, sys
from convcost.cost import evaluate
from convcost.sources import load
path, what = sys.argv[1:]
network = load(path)
work = {"load": lambda: load(path), "evaluate": lambda: evaluate(network)}[what]
def seconds():
    start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    work()
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime - start
print(statistics.median([seconds() for _ in range(8)][1:]))
"""


def layers(count: int, draw: random.Random, start: int) -> list[str]:
    """Convolutions one after the other, of which no two are equal."""
    lines = []
    for number in range(start, start + count):
        kind = draw.choice(("standard", "depthwise-separable", "pointwise", "group"))
        words = [f"kind: {kind}", f"m: {8 * (number + 2)}"]
        words += [f"k: {draw.choice((1, 3, 5, '3x1'))}"] if kind != "pointwise" else []
        words += [f"groups: {draw.choice((2, 4, 8))}"] if kind == "group" else []
        words += draw.sample(["bias: true", "norm: batch", "act: relu", "act: silu"], 1)
        lines.append(f"  - {{{', '.join(words)}}}\n")
    return lines


def write_specs(folder: Path) -> None:
    """A folder of specs with budgets of their own, no two alike, and two long ones."""
    draw = random.Random(1)
    (folder / "many").mkdir()
    for index in range(SPECS):
        budgets = f"budgets: {{params: {index + 100}G, macs: {{warn: 90T, error: 99T}}}}\n"
        head = f"name: net{index}\ninput: 8x{16 + index % 50}x32\n{budgets}layers:\n"
        body = layers(draw.randrange(8, 40), draw, draw.randrange(200))
        (folder / "many" / f"{index:04}.yaml").write_text(head + "".join(body))
    head = "input: 8x56x56\nlayers:\n"
    (folder / "varied.yaml").write_text(head + "".join(layers(VARIED, draw, 0)))
    cycle = layers(100, draw, 0)
    (folder / "long.yaml").write_text(head + "".join(cycle[i % 100] for i in range(LONG)))
    (folder / "longer.yaml").write_text(head + "".join(cycle[i % 99] for i in range(LONG)))


def works(folder: Path) -> Mapping[str, Sequence[str]]:
    """What is timed: arguments of Python."""
    command = ["-m", "convcost"]
    long, varied = str(folder / "long.yaml"), str(folder / "varied.yaml")
    formats = {
        f"eval of {LONG:,} layers, {name}": [*command, "eval", long, "--format", name]
        for name in ("table", "json", "csv", "markdown")
    }
    return {
        f"check of {SPECS:,} specs": [*command, "check", str(folder / "many")],
        f"load of {VARIED:,} varied layers": ["-c", INSIDE, varied, "load"],
        f"evaluate of {VARIED:,} varied layers": ["-c", INSIDE, varied, "evaluate"],
        f"load of {LONG:,} layers": ["-c", INSIDE, long, "load"],
        f"evaluate of {LONG:,} layers": ["-c", INSIDE, long, "evaluate"],
        **formats,
        f"diff of {LONG:,} layers": [*command, "diff", long, str(folder / "longer.yaml")],
        f"rewrite of {VARIED:,} varied layers": [
            *(*command, "rewrite", varied, "--replace", "standard=depthwise-separable")
        ],
        "eval of resnet50": [*command, "eval", "resnet50"],
        "compare": [*command, "compare", "--in", "64", "--out", "128", "-k", "3"],
    }


def seconds(arguments: Sequence[str], checkout: Path) -> float:
    """User time of one process, or what it has measured itself."""
    environment = {**ENVIRONMENT, "PYTHONPATH": str(checkout)}
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=checkout,
            env=environment,
            stdout=output,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        # A `diff` ends with 1 where there is one.
        if process.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(arguments)} failed in {checkout}")
        output.seek(0)
        return float(output.read()) if arguments[0] == "-c" else usage.ru_utime


def main() -> None:
    """Time both checkouts, and print a line for each kind of work."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("other", type=Path, help="the other checkout")
    parser.add_argument("-n", type=int, default=5, help="timed runs of each (default: 5)")
    parser.add_argument("--only", nargs="*", default=[""], help="words of the work to time")
    args = parser.parse_args()
    print(f"{'median of ' + str(args.n):<40}{'other':>10}{'this':>10}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        write_specs(Path(folder))
        for name, arguments in works(Path(folder)).items():
            if not any(word in name for word in args.only):
                continue
            times: dict[Path, list[float]] = {args.other.resolve(): [], ROOT: []}
            for turn in range(args.n + 1):
                for checkout in reversed(times) if turn % 2 else times:
                    times[checkout].append(seconds(arguments, checkout))
            other, this = (median(each[1:]) for each in times.values())
            print(f"{name:<40}{other:>8.3f} s{this:>8.3f} s{other / this:>8.2f}", flush=True)


if __name__ == "__main__":
    main()
