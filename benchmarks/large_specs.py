"""What large specs take, as whole processes: seconds and peak memory of `convcost eval`.

    python benchmarks/large_specs.py -n 5

Layers written out one by one, and a repeat of one layer; the cost of a layer should not grow
with their number.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

LAYER = "- {kind: standard, m: 64, k: 3, padding: 1, bias: false}\n"
HEAD = "input: 64x64x64\nlayers:\n"
SPECS = {
    "20,000 layers written out": HEAD + LAYER * 20_000,
    "100,000 layers written out": HEAD + LAYER * 100_000,
    "a repeat of 100,000": f"{HEAD}- repeat: 100000\n  layers:\n  {LAYER}",
}
LAYERS = {name: 20_000 if name.startswith("20,") else 100_000 for name in SPECS}


def run(path: Path) -> tuple[float, float]:
    """Seconds and peak megabytes of one `convcost eval --summary` of `path`."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "convcost", "eval", str(path), "--summary"],
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{path.name} failed")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main() -> None:
    """Time every spec and print a line for each."""
    parser = argparse.ArgumentParser(description="Time convcost on large specs.")
    parser.add_argument("-n", type=int, default=5, help="timed runs of each (default: 5)")
    runs = parser.parse_args().n
    print(f"{'median of ' + str(runs):<30}{'seconds':>9}{'µs/layer':>10}{'peak MB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in SPECS.items():
            path = Path(folder) / "large.yaml"
            path.write_text(text, encoding="utf-8")
            seconds, memory = zip(*(run(path) for _ in range(runs)), strict=True)
            each = 1e6 * median(seconds) / LAYERS[name]
            print(f"{name:<30}{median(seconds):>9.2f}{each:>10.1f}{max(memory):>9.0f}")


if __name__ == "__main__":
    main()
