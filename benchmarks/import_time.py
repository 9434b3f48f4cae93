"""How long PyTorch code takes: ResNet-50 against torchinfo, and one network after another.

    python benchmarks/import_time.py -n 5

`convcost eval torch:...` and torchinfo on the same module are run in turns, in processes of their
own; the medians are compared, of seconds of CPU on one thread, which other work on the machine
hardly changes. In one process, a second network and a third are compared with the whole of the
first process. It needs torch, and torchinfo for its part; ResNet-50 is the spec that ships,
written as PyTorch code.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from convcost import load
from convcost.emit.pytorch import pytorch_text

MOST_OF_TORCHINFO = 0.9
MOST_OF_FIRST = 0.2
TORCHINFO = """
import torchinfo
from net import Resnet50
torchinfo.summary(Resnet50(), (1, 3, 224, 224))
"""
AGAIN = """
import time
from convcost import load
load("torch:net:Resnet50", input_shape="3x224x224")
start = time.process_time()
load("torch:net:Again", input_shape="3x192x192")
load("torch:net:Third", input_shape="3x160x160")
print((time.process_time() - start) / 2)
"""


def run(command: list[str], folder: str) -> tuple[float, str]:
    """How long one process takes, and what it prints."""
    start = os.times()
    own = {"PYTHONPATH": str(Path(__file__).parents[1]), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=folder, env=os.environ | own, check=True, capture_output=True, text=True
    )
    end = os.times()
    user, system = end.children_user, end.children_system
    return user - start.children_user + system - start.children_system, done.stdout


def main() -> int:
    """Measure, print and judge; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=5, help="runs of each")
    runs = parser.parse_args().n
    ours = [sys.executable, "-m", "convcost", "eval", "torch:net:Resnet50", "--input", "3x224x224"]
    code = pytorch_text(load("resnet50"))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "net.py").write_text(f"{code}\n\nAgain = Third = Resnet50\n")
        whole, theirs, again = (
            [float(each) for each in column]
            for column in zip(
                *(
                    (
                        run(ours, folder)[0],
                        run([sys.executable, "-c", TORCHINFO], folder)[0],
                        run([sys.executable, "-c", AGAIN], folder)[1],
                    )
                    for _ in range(runs + 1)
                ),
                strict=True,
            )
        )
    first, other, second = (median(times[1:]) for times in (whole, theirs, again))
    print(f"convcost {first:.2f} s, torchinfo {other:.2f} s: {first / other:.2f}")
    print(f"a later network {second:.3f} s: {second / first:.2f} of the first")
    return 0 if first <= MOST_OF_TORCHINFO * other and second <= MOST_OF_FIRST * first else 1


if __name__ == "__main__":
    sys.exit(main())
