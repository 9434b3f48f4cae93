"""Model files of packages as a user's own, changed by `convcost rewrite --patch`, run and counted.

    python benchmarks/patch_sources.py               all whose package is installed
    python benchmarks/patch_sources.py resnet vgg    those of some names

Each file is copied into a folder of its own, with its relative imports written out. Standard
convolutions become depthwise-separable: all but the first layer, or that too where the same call
makes it. The diff is applied by `git apply`; the changed model runs forward with random numbers in
PyTorch, and is counted anew. It needs torch and git. Exits 1 if fewer than `FEWEST` are changed, or
one of those does not run or does not cost what `rewrite` says.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

FEWEST = 10
KINDS = "standard=depthwise-separable"


class Model(NamedTuple):
    """A file of a package, and what makes a network in it of an input."""

    module: str
    factory: str
    shape: str = "3x224x224"

    @property
    def name(self) -> str:
        """The package and its file."""
        return self.module.replace(".models", "").replace(".", "/")


def _models(package: str, text: str) -> list[Model]:
    return [Model(f"{package}.{line.split()[0]}", *line.split()[1:]) for line in text.split("\n")]


MODELS = [
    *_models(
        "torchvision.models",
        """alexnet alexnet
vgg vgg11_bn
resnet resnet18
densenet densenet121
squeezenet squeezenet1_1
googlenet googlenet
inception inception_v3 3x299x299
mobilenetv2 mobilenet_v2
mnasnet mnasnet1_0
shufflenetv2 shufflenet_v2_x1_0
convnext convnext_tiny
video.resnet r3d_18 3x8x64x64
video.s3d s3d 3x16x224x224
vision_transformer vit_b_16""",
    ),
    *_models(
        "timm.models",
        """vgg vgg11
densenet densenet121
resnet resnet18
res2net res2net50_26w_4s
dla dla34
dpn dpn68
hrnet hrnet_w18_small
selecsls selecsls42
vovnet vovnet39a
senet legacy_seresnet18
nasnet nasnetalarge 3x331x331
sknet skresnet18
inception_v4 inception_v4 3x299x299
xception_aligned xception41
ghostnet ghostnet_100
rdnet rdnet_tiny
hgnet hgnet_tiny
convmixer convmixer_768_32
coat coat_tiny
efficientformer efficientformer_l1
repghost repghostnet_100
starnet starnet_s1
fasternet fasternet_t0
edgenext edgenext_xx_small""",
    ),
]


def copied(model: Model, folder: str) -> str:
    """The file as one of the user's own; the name of its module."""
    spec = find_spec(model.module)
    text = Path(spec.origin if spec and spec.origin else "").read_text(encoding="utf-8")
    parts = model.module.split(".")

    def absolute(match: re.Match[str]) -> str:
        dots, rest = match[1], match[2]
        return f"from {'.'.join([*parts[: -len(dots)], *([rest] if rest else [])])} import"

    text = re.sub(r"^@register_model.*\n", "", text, flags=re.MULTILINE)  # it has the name already
    text = re.sub(r"from (\.+)([\w.]*) import", absolute, text)
    name = f"my_{parts[-1]}"
    Path(folder, f"{name}.py").write_text(text, encoding="utf-8")
    return name


def tried(model: Model) -> dict[str, object]:
    """What became of a model, in the folder that is current."""
    import convcost

    name = copied(model, os.curdir)
    target = f"torch:{name}:{model.factory}"
    found: dict[str, object] = {}
    for first in (False, True):
        try:
            text = convcost.patch(target, KINDS, input=model.shape, first=first)
        except convcost.ConvcostError as error:
            found["problems"] = [str(each) for each in error.problems]
            continue
        made = convcost.rewrite(convcost.load(target, input=model.shape), KINDS, first=first)
        cost = made.cost_after
        Path("change.diff").write_text(text, encoding="utf-8")
        return {"first": first, "layers": len(made.replaced), "cost": [cost.params, cost.macs]}
    return found


def counted(model: Model) -> list[int]:
    """The cost of the changed model, once it has run."""
    import torch

    import convcost

    name = f"my_{model.module.split('.')[-1]}"
    report = convcost.evaluate(f"torch:{name}:{model.factory}", input=model.shape)
    module = getattr(__import__(name), model.factory)().eval()
    with torch.no_grad():
        module(torch.randn(1, *map(int, model.shape.split("x"))))
    return [report.params, report.macs]


def apart(model: Model, step: str, folder: str) -> dict[str, object]:
    """What a step gives in a process of its own."""
    command = [sys.executable, os.path.abspath(__file__), step, json.dumps(model)]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([folder, *filter(None, sys.path)])}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=env, check=False)
    if done.returncode:
        return {"problems": [(done.stderr.strip() or "killed").splitlines()[-1]]}
    answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return answer


def outcome(model: Model) -> tuple[str, str]:
    """What became of a model in a word, and what there is to say of it."""
    with tempfile.TemporaryDirectory() as folder:
        found = apart(model, "--patch", folder)
        if "problems" in found:
            problems = found["problems"]
            assert isinstance(problems, list)
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            return "refused", f"{problems[0]}{more}"
        git = ["git", "apply", "change.diff"]
        done = subprocess.run(git, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            return "wrong", done.stderr.strip()
        after = apart(model, "--count", folder)
    first = ", with the first" if found["first"] else ""
    if after.get("cost") != found["cost"]:
        return "wrong", f"{found['cost']}, but {after}"
    return "patched", f"{found['layers']} layers{first}: params, MACs {found['cost']}"


def main(names: list[str]) -> int:
    """A line a model, and how many were changed."""
    became: dict[str, int] = {"patched": 0, "refused": 0, "wrong": 0}
    for model in MODELS:
        if names and not any(name in model.name for name in names):
            continue
        if find_spec(model.module.split(".")[0]) is None:
            continue
        word, said = outcome(model)
        became[word] += 1
        print(f"{word:8} {model.name:28} {said}", flush=True)
    print(", ".join(f"{number} {word}" for word, number in became.items()))
    return int(bool(became["wrong"]) or (not names and became["patched"] < FEWEST))


if __name__ == "__main__":
    if sys.argv[1:2] in (["--patch"], ["--count"]):
        asked = Model(*json.loads(sys.argv[2]))
        print(json.dumps(tried(asked) if sys.argv[1] == "--patch" else {"cost": counted(asked)}))
    else:
        sys.exit(main(sys.argv[1:]))
