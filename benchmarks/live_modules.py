"""Live PyTorch modules: summed up against torchinfo, and with other convolutions in them.

    python benchmarks/live_modules.py time -n 9      networks, in turns with torchinfo, one process
    python benchmarks/live_modules.py summary        networks of torchvision and timm, parameters
    python benchmarks/live_modules.py replace        the same with standard convolutions replaced

`time` compares medians of seconds of CPU on one thread, which other work on the machine hardly
changes. `summary` holds parameters against `sum(p.numel())`. `replace` holds the module's cost
against what `rewrite` says, trains it for one step, and tells what is refused, and why. It needs
torch, torchinfo for `time`, torchvision and timm. Exits 1 where one is too slow, or differs.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.import_sweep import define_missing
from convcost import evaluate, load, rewrite
from convcost.errors import ConvcostError
from convcost.torch import replace, summary

MOST_OF_TORCHINFO = 0.3
TIMED = "resnet50 resnet18 mobilenet_v2 vgg11_bn densenet121 efficientnet_b0 vit_b_16 convnext_tiny"
TORCHVISION = f"""
{TIMED} alexnet resnext50_32x4d mobilenet_v3_large mnasnet1_0 shufflenet_v2_x1_0 squeezenet1_1
googlenet inception_v3 efficientnet_v2_s regnet_y_400mf swin_t maxvit_t
"""
TIMM = """
resnet26d tf_efficientnet_lite0 mobilenetv3_small_100 ghostnet_100 hrnet_w18_small dpn68
res2net50_26w_4s selecsls42 tf_mobilenetv3_large_100 nf_regnet_b0 resnetv2_50 convmixer_768_32
poolformer_s12 edgenext_small mobilevit_s levit_128 pit_ti_224 deit_tiny_patch16_224 mixer_s32_224
xcit_nano_12_p16_224 repvgg_a0 fastvit_t8 efficientformer_l1 tinynet_a rexnet_100 skresnet18
"""
SIZES = {"inception_v3": 299}


def networks(only: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """Every network by its name, or those that are named, with weights that are drawn at random."""
    import torchvision

    timm = import_module("timm")
    for name in TORCHVISION.split():
        if not only or name in only:
            yield name, getattr(torchvision.models, name)()
    for name in TIMM.split():
        if not only or name in only:
            yield name, timm.create_model(name)


def seconds(work: Callable[[], object]) -> float:
    """Seconds of CPU that it takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def timed(runs: int) -> bool:
    """Print how long each takes against torchinfo; whether one is too slow."""
    import torch
    import torchinfo
    import torchvision

    torch.set_num_threads(1)
    is_slow = False
    for name in TIMED.split():
        module, size = getattr(torchvision.models, name)().eval(), (1, 3, 224, 224)
        ours, theirs = [], []
        for _ in range(runs + 1):
            theirs.append(seconds(partial(torchinfo.summary, module, size, verbose=0)))
            ours.append(seconds(partial(summary, module, size)))
        share = median(ours[1:]) / median(theirs[1:])
        is_slow = is_slow or share > MOST_OF_TORCHINFO
        print(
            f"{name:20} torchinfo {median(theirs[1:]):6.3f} s  here {median(ours[1:]):6.3f} s  "
            f"{share:.2f} of it"
        )
    return is_slow


def summed(name: str, module: Any) -> str:
    """What is wrong with the summary of a network; empty if nothing is."""
    found = summary(module, (1, 3, *[SIZES.get(name, 224)] * 2))
    wanted = sum(each.numel() for each in module.parameters())
    got = {found.total_params, found.rows[0].params}
    return "" if got == {wanted} and str(found) else f"{got} params, not {wanted}: DIFFERS"


def replaced(name: str, module: Any) -> str:
    """What became of a network with separable convolutions, if not all is well."""
    import torch

    image = torch.zeros(1, 3, *[SIZES.get(name, 224)] * 2)
    kinds = "standard", "depthwise-separable"
    after = rewrite(load(module, image), "=".join(kinds)).cost_after
    try:
        made = replace(module, *kinds, input_data=image)
    except ConvcostError as error:
        return f"refused: {error.problems[0].message} {error.problems[0].hint}"[:150]
    report = evaluate(made, image)
    if report[3:6] != after[3:6]:
        return f"{report.params} params, not {after.params}: DIFFERS"
    kept = module.state_dict()
    if any(
        not torch.equal(each, kept[key]) for key, each in made.state_dict().items() if key in kept
    ):
        return "weights DIFFER"
    made.eval()(image).sum().backward()
    learned = sum(each.grad is not None for each in made.parameters())
    return f"replaced, {report.params:,} params, {learned} gradients"


def main() -> int:
    """Do what is asked; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("time", "summary", "replace"))
    parser.add_argument("networks", nargs="*", help="all unless some are named")
    parser.add_argument("-n", type=int, default=9, help="runs of each")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    define_missing()
    if given.what == "time":
        return int(timed(given.n))
    said = []
    for name, module in networks(given.networks):
        said.append(summed(name, module) if given.what == "summary" else replaced(name, module))
        print(f"{name:26} {said[-1] or 'equal'}", flush=True)
    print(f"{len(said)} networks, {sum('DIFFER' in each for each in said)} differ")
    return int(any("DIFFER" in each for each in said))


if __name__ == "__main__":
    sys.exit(main())
