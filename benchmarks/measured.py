"""Whether MACs, or a bound, tell which layers are slow: rank correlations with measured times.

python benchmarks/measured.py --device raspberry-pi-5
python benchmarks/measured.py --on cuda --device h100-sxm --dtype fp16 --batch 64 --keep FOLDER

Runs `convcost measure` on four networks, and compares the ranks of all distinct layers that compute
(Spearman): multiply-adds, the bound of the layer if nothing stays on the chip, and seconds. A line
a network, one for all of them, and how far above its bound each network runs.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import correlation
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from convcost.runtime.measurement import LayerTime

ROOT = Path(__file__).resolve().parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))  # as a script it sees its own folder only

NETWORKS = ("mobilenet_v2", "resnet50", "shufflenet_v2", "efficientnet_b0")


def main() -> None:
    """Measure, and print a Markdown table."""
    from convcost.cost import evaluate
    from convcost.emit.pytorch import pytorch_text
    from convcost.runtime.measurement import measure
    from convcost.setting import Setting
    from convcost.sources import read, target_of
    from convcost.sources.devices import find_device
    from convcost.views.figures import duration, ratio
    from convcost.views.formats import view

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--on", default="", metavar="cpu|cuda")
    parser.add_argument("--device", required=True, metavar="NAME|FILE", help="whose bound")
    parser.add_argument("--dtype", default="fp32")
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="save the measurements there")
    parser.add_argument("networks", nargs="*", default=NETWORKS)
    args = parser.parse_args()
    run, device = Setting(args.dtype, args.dtype, batch=args.batch), find_device(args.device)
    rows: list[LayerTime] = []
    print("| network | measured | at least | × that | layers | MACs | bound |")
    print("|---|---|---|---|---|---|---|")
    for name in args.networks:
        network = read(target_of(name)).network
        made = measure(network, evaluate(network), pytorch_text, run, args.on, device)
        assert made.against is not None
        timed = [each for each in made.layers if each.timing and each.layer.macs]
        rows += timed
        least = duration(made.against.bound.least)
        above = f"{duration(made.timing.median)} | {least} | {ratio(made.above)}"
        print(f"| {name} | {above} | {_told(timed)} |", flush=True)
        if args.keep:
            args.keep.mkdir(parents=True, exist_ok=True)
            text = view("measure", "json")(made)
            (args.keep / f"{name}.json").write_text(text, encoding="utf-8")
    print(f"| all | | | | {_told(rows)} |")
    print(f"\n{made.machine}, {run}")


def _told(rows: list[LayerTime]) -> str:
    """How many layers, and the correlation of their seconds with MACs and with the bound."""
    seconds = _ranks([each.seconds / each.times for each in rows])
    macs = correlation(_ranks([float(each.layer.macs) for each in rows]), seconds)
    bound = correlation(_ranks([float(each.least or 0) for each in rows]), seconds)
    return f"{len(rows)} | {macs:.3f} | {bound:.3f}"


def _ranks(values: list[float]) -> list[float]:
    """The rank of each value; equal ones share the middle of theirs."""
    ordered = sorted(values)
    first = {value: at for at, value in reversed(list(enumerate(ordered)))}
    return [first[value] + (ordered.count(value) - 1) / 2 for value in values]


if __name__ == "__main__":
    main()
