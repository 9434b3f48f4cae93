"""How long the commands take to start, against the imports that they cannot do without.

Run it with the interpreter of an environment that convcost is installed in:

    python benchmarks/startup.py -n 30

Each pair is run in turns (A B A B ...), so that a busy machine slows both alike; the medians of
whole processes are compared.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

WARM_UP = 3
CONSOLE_SCRIPT = str(Path(sysconfig.get_path("scripts")) / "convcost")
# Settings such as PYTHONDONTWRITEBYTECODE would measure the compiler.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@dataclass(frozen=True)
class Pair:
    """A command, and what its time is compared with."""

    name: str
    command: list[str]
    reference: list[str]


def python(program: str) -> list[str]:
    """The command that runs `program` in this interpreter."""
    return [sys.executable, "-c", program]


PAIRS = [
    Pair(
        "convcost compare --in 3 --out 4 -k 3",
        [CONSOLE_SCRIPT, "compare", "--in", "3", "--out", "4", "-k", "3"],
        python("import typer, rich.console, rich.table"),
    ),
    Pair(
        "convcost eval specs/resnet50.yaml",
        [CONSOLE_SCRIPT, "eval", "specs/resnet50.yaml"],
        python("import typer, rich.console, rich.table, pydantic, yaml"),
    ),
    Pair(
        "convcost eval specs --summary",
        [CONSOLE_SCRIPT, "eval", "specs", "--summary"],
        python("import typer, rich.console, rich.table, pydantic, yaml"),
    ),
    Pair("import convcost", python("import convcost"), python("pass")),
]


def seconds(command: list[str]) -> float:
    """The time that one run of `command` takes, from start to exit."""
    start = time.perf_counter()
    done = subprocess.run(
        command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    elapsed = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr.decode()}")
    return elapsed


def medians(pair: Pair, runs: int) -> tuple[float, float]:
    """The median seconds of the command and of its reference, over `runs` runs of each."""
    times = [(seconds(pair.command), seconds(pair.reference)) for _ in range(WARM_UP + runs)]
    commands, references = zip(*times[WARM_UP:], strict=True)
    return median(commands), median(references)


def main() -> None:
    """Time every pair and print a line for each."""
    parser = argparse.ArgumentParser(description="Time the start of convcost's commands.")
    parser.add_argument("-n", type=int, default=20, help="timed runs of each (default: 20)")
    runs = parser.parse_args().n
    os.chdir(Path(__file__).parents[1])
    print(f"{'median of ' + str(runs):<40}{'ms':>8}{'reference':>12}{'ratio':>8}{'extra ms':>10}")
    for pair in PAIRS:
        command, reference = (1000 * value for value in medians(pair, runs))
        extra = command - reference
        print(
            f"{pair.name:<40}{command:>8.1f}{reference:>12.1f}{command / reference:>8.2f}", end=""
        )
        print(f"{extra:>10.1f}")


if __name__ == "__main__":
    main()
