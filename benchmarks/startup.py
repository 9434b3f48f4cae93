"""How long the commands take to start, against what they cannot do without, and where it goes.

Run it with the interpreter of an environment that convcost is installed in:

    python benchmarks/startup.py -n 30

Commands that are compared are run in turns (A B A B ...), so that a busy machine slows all alike;
the medians of whole processes are compared. The last table takes a command apart: each line is a
process that does a little more than the one above it.
"""

from __future__ import annotations

import argparse
import inspect
import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from convcost.cli.compare import compare

WARM_UP = 3
CONSOLE_SCRIPT = str(Path(sysconfig.get_path("scripts")) / "convcost")
# Settings such as PYTHONDONTWRITEBYTECODE would measure the compiler.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
DRAWN = "import typer, rich.console, rich.table"
READ = f"{DRAWN}, pydantic, yaml"
COMPARE = ["compare", "--in", "3", "--out", "4", "-k", "3"]
EVAL = ["eval", "specs/resnet50.yaml"]


@dataclass(frozen=True)
class Pair:
    """A command line of convcost or a program, and the program that its time is compared with."""

    name: str
    command: Sequence[str] | str
    reference: str


def typer_app() -> str:
    """A Typer app of five lines with as many options as `convcost compare`, that says a word."""
    count = len(inspect.signature(compare).parameters)
    options = ", ".join(f"option_{number}: str = 'x'" for number in range(count))
    return f"""
import typer
app = typer.Typer()
@app.command()
def main({options}): typer.echo(option_0)
app()
"""


PAIRS = [
    Pair("compare / its imports", COMPARE, DRAWN),
    Pair("compare / a Typer app of as many options", COMPARE, typer_app()),
    Pair("eval resnet50.yaml / imports of specs", EVAL, READ),
    Pair("eval resnet50.yaml / import typer", EVAL, "import typer"),
    Pair("eval specs --summary / imports of specs", ["eval", "specs", "--summary"], READ),
    Pair("import convcost / nothing", "import convcost", "pass"),
]


def process(what: Sequence[str] | str) -> list[str]:
    """The process that runs a program, or a command line of convcost."""
    return [sys.executable, "-c", what] if isinstance(what, str) else [CONSOLE_SCRIPT, *what]


def seconds(command: Sequence[str]) -> float:
    """The time that one run of `command` takes, from start to exit."""
    start = time.perf_counter()
    done = subprocess.run(
        command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    elapsed = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr.decode()}")
    return elapsed


def medians(whats: Sequence[Sequence[str] | str], runs: int) -> list[float]:
    """The median milliseconds of each, over `runs` rounds that run each once."""
    rounds = [[1000 * seconds(process(what)) for what in whats] for _ in range(WARM_UP + runs)]
    return [median(times) for times in zip(*rounds[WARM_UP:], strict=True)]


def steps(args: Sequence[str]) -> Mapping[str, Sequence[str] | str]:
    """What happens when a command of convcost starts, each process one step further."""
    program = (
        f"from convcost.cli.run import run; run({list(args)!r}); import sys;"
        "print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(process(program), capture_output=True, text=True, check=True)
    loaded = done.stderr.split()
    libraries = [name for name in ("rich.table", "yaml", "pydantic") if name in loaded]
    own = [name for name in loaded if name.startswith("convcost")]
    return {
        "the interpreter": "pass",
        "typer": _at_rest("typer"),
        " and ".join(libraries): _at_rest("typer", *libraries),
        f"{len(own)} modules of convcost": _at_rest("typer", *libraries, *own),
        "options, the work, the output": args,
    }


def _at_rest(*modules: str) -> str:
    """A program that imports `modules` with no garbage collected, as `convcost.cli.main` does."""
    return f"import gc; gc.disable(); import {', '.join(modules)}; gc.freeze()"


def main() -> None:
    """Time every pair and print a line for each; then take two commands apart."""
    parser = argparse.ArgumentParser(description="Time the start of convcost's commands.")
    parser.add_argument("-n", type=int, default=20, help="timed runs of each (default: 20)")
    runs = parser.parse_args().n
    os.chdir(Path(__file__).parents[1])
    print(f"typer {version('typer')}, Python {sys.version.split()[0]}, medians of {runs} runs")
    print(f"\n{'':<42}{'ms':>8}{'reference':>12}{'ratio':>8}{'extra ms':>10}")
    for pair in PAIRS:
        ours, theirs = medians([pair.command, pair.reference], runs)
        print(f"{pair.name:<42}{ours:>8.1f}{theirs:>12.1f}{ours / theirs:>8.2f}", end="")
        print(f"{ours - theirs:>10.1f}")
    for args in (COMPARE, EVAL):
        taken = steps(args)
        print(f"\n{'where the time of ' + args[0] + ' goes':<42}{'ms':>8}{'share':>12}")
        times = medians(list(taken.values()), runs)
        for name, until, before in zip(taken, times, [0.0, *times], strict=False):
            print(f"{name:<42}{until - before:>8.1f}{(until - before) / times[-1]:>12.0%}")


if __name__ == "__main__":
    main()
