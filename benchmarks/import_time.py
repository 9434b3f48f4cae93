"""How long `import torch` takes for ResNet-50, against PyTorch and torch.export alone.

    python benchmarks/import_time.py -n 5

Each pair is run in turns in processes of its own; the medians are compared. The limit is 1.3.
It needs torch; ResNet-50 is the spec that ships, written as PyTorch code.
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

from convcost import load
from convcost.emit.pytorch import pytorch_text

LIMIT = 1.3
ALONE = """
import torch, sys
sys.path.insert(0, ".")
from net import Resnet50
with torch.device("meta"):
    module = Resnet50().eval()
with torch.no_grad():
    torch.export.export(module, (torch.empty(1, 3, 224, 224, device="meta"),), strict=False)
"""


def seconds(command: list[str], folder: str) -> float:
    """How long one process takes."""
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> int:
    """Measure, print and judge; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=5, help="runs of each")
    runs = parser.parse_args().n
    ours = [sys.executable, "-m", "convcost", "import", "torch", "net:Resnet50"]
    ours += ["--input", "3x224x224", "-o", "out.yaml"]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "net.py").write_text(pytorch_text(load("resnet50")))
        pairs = [
            (seconds(ours, folder), seconds([sys.executable, "-c", ALONE], folder))
            for _ in range(runs + 1)
        ][1:]
    imported, alone = (median(times) for times in zip(*pairs, strict=True))
    print(f"import {imported:.2f} s, torch.export alone {alone:.2f} s: {imported / alone:.2f}")
    return 0 if imported <= LIMIT * alone else 1


if __name__ == "__main__":
    sys.exit(main())
