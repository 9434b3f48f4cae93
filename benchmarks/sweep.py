"""Variants a second: a sweep against a loop over an older commit's `evaluate`, in one run.

    git worktree add --detach ../old 8f59a9b
    python -m benchmarks.sweep ../old [-n ROUNDS] [--only numeric structural listed memory]
    python -m benchmarks.sweep --only workers first large [--variants 50000000] [--large 100000000]

Only processor time counts, of one process each, in turns, so that whatever else the machine does
slows both alike; medians are compared. The loop has its networks loaded before, and evaluates each
once; nothing but modules is read when the sweep starts cold, and it has its traces when warm.
The most memory is that of the whole process, with 10 million variants in arrays.

`workers`, `first` and `large` take the time on the wall, of whole commands that count variants and
keep the best: two workers against two processes of one worker each that run at once, how long the
first rows take from the start of Python, and one run of very many variants with the memory of its
first process. They say something on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
SPEC = ROOT / "benchmarks" / "mobilenet_v2_sweep.yaml"
NUMERIC = """{
    "alpha": [each / 1000 for each in range(250, 1250)],
    "size": list(range(96, 384, 8)),
    "t": list(range(1, 29)),
}"""
STRUCTURAL = """{
    "alpha": [each / 100 for each in range(30, 180)],
    "size": list(range(96, 320, 8)),
    "t": list(range(1, 21)),
    "depth": [0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5],
    "kernel": [3, 5, 7, 9],
}"""
LOOP = """
import random, sys, time
from convcost.cost import evaluate
from convcost.sources import load
values = {values}
draw = random.Random(0)
networks = [
    load({spec!r}, {{name: draw.choice(of) for name, of in values.items()}}) for _ in range(120)
]
start = time.process_time()
for network in networks:
    evaluate(network)
print(len(networks) / (time.process_time() - start))
"""
SWEEP = """
import time
import numpy
from convcost.sources import target_of
from convcost.sweeping.base import planned, space_of
start = time.process_time()
space = space_of({values}, {{}})
plan = planned([target_of({spec!r})], space, random={random})
for part in ("cold", "warm"):
    for block in plan.blocks():
        pass
    print(plan.space.size / (time.process_time() - start))
    start = time.process_time()
"""
MEMORY = """
import resource
from convcost import sweep
values = {values}
values["alpha"] = [each / 10000 for each in range(2500, 12500)]
found = sweep({spec!r}, values)
print(len(found), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""
FIRST = """
from convcost.sources import target_of
from convcost.sweeping.base import planned, space_of
plan = planned([target_of({spec!r})], space_of({values}, {{}}))
print(next(plan.blocks()).figures["macs"][0])
"""
CASES = {"numeric": (NUMERIC, None), "structural": (STRUCTURAL, None), "listed": (NUMERIC, 200_000)}


def run(root: Path, code: str) -> list[float]:
    """The numbers that code prints, which runs by itself in a checkout."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment = {**others, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", code]
    made = subprocess.run(
        command, cwd=root, env=environment, check=True, capture_output=True, text=True
    )
    return [float(word) for word in made.stdout.split()]


def measured(old: Path, name: str, rounds: int) -> str:
    """A line of the table: variants a second of the loop, of the sweep, and how many times that
    is."""
    values, random = CASES[name]
    loops, colds, warms = [], [], []
    for _ in range(rounds):
        loops += run(old, LOOP.format(values=values, spec=str(SPEC)))
        cold, warm = run(ROOT, SWEEP.format(values=values, spec=str(SPEC), random=random))
        colds.append(cold)
        warms.append(warm)
    loop, cold, warm = map(median, (loops, colds, warms))
    return (
        f"| {name} | {loop:,.0f} | {cold:,.0f} | {warm:,.0f} | {cold / loop:,.0f} x cold, "
        f"{warm / loop:,.0f} x warm |"
    )


class Took(NamedTuple):
    """The seconds on the wall from the start of all, and the most bytes of one of the processes."""

    seconds: float
    most: int


def took(variants: int, *options: str, times: int = 1) -> Took:
    """What so many commands take that run at once, each of which counts all variants."""
    count = variants // (36 * 28)
    alpha = f"alpha=0.25..{0.25 + (count - 1) / 50_000:.5f}:0.00002"
    vary = ("--vary", alpha, "--vary", "size=96..376:8", "--vary", "t=1..28")
    command = [sys.executable, "-m", "convcost", "sweep", str(SPEC), *vary, "--sort", "macs"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    start = time.perf_counter()
    running = [
        subprocess.Popen(
            [*command, "--top", "1", *options], env=environment, stdout=subprocess.DEVNULL
        )
        for _ in range(times)
    ]
    ends = [os.wait4(each.pid, 0) for each in running]
    assert not any(status for _, status, _ in ends), "a command failed"
    return Took(time.perf_counter() - start, max(usage.ru_maxrss for *_, usage in ends) * 1024)


def by_workers(variants: int) -> str:
    """How two workers compare with two processes, and with one worker."""
    one = took(variants).seconds
    two = took(variants, "--workers", "2").seconds
    both = took(variants, times=2).seconds
    return (
        f"{variants:,} variants: one worker {variants / one:,.0f} /s, two {variants / two:,.0f} /s "
        f"({one / two:.2f} x one), two processes at once {2 * variants / both:,.0f} /s together: "
        f"two workers are {both / 2 / two:.2f} x that"
    )


def first_rows() -> str:
    """How long the first rows take."""
    start = time.perf_counter()
    run(ROOT, FIRST.format(values=NUMERIC, spec=str(SPEC)))
    return f"first rows after {time.perf_counter() - start:.2f} s"


def large(variants: int) -> str:
    """What one run of very many takes, and what 10^11 would on 100 machines like this."""
    found = took(variants, "--workers", str(os.cpu_count() or 1))
    rate = variants / found.seconds
    return (
        f"{variants:,} variants in {found.seconds:,.0f} s, {rate:,.0f} /s, at most "
        f"{found.most / 10**6:,.0f} MB in the first process: 10^11 on 100 such machines, "
        f"{10**9 / rate / 60:,.0f} minutes"
    )


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path, nargs="?", default=ROOT)
    parser.add_argument("-n", type=int, default=3)
    parser.add_argument("--only", nargs="*", default=[*CASES, "memory"])
    parser.add_argument("--variants", type=int, default=5 * 10**7)
    parser.add_argument("--large", type=int, default=10**8)
    asked = parser.parse_args(arguments)
    whole: dict[str, Callable[[], str]] = {
        "workers": lambda: by_workers(asked.variants),
        "first": first_rows,
        "large": lambda: large(asked.large),
    }
    for name, measure in whole.items():
        if name in asked.only:
            print(measure(), flush=True)
    if not {*CASES, "memory"} & {*asked.only}:
        return
    print("| variants | evaluate/s | cold/s | warm/s | ratio |\n| --- | --- | --- | --- | --- |")
    for name in CASES:
        if name in asked.only:
            print(measured(asked.old.resolve(), name, asked.n), flush=True)
    if "memory" in asked.only:
        rows, most = run(ROOT, MEMORY.format(values=NUMERIC, spec=str(SPEC)))
        print(f"\n{rows:,.0f} variants: at most {most / 10**6:,.0f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
