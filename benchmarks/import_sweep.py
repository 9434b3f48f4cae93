"""Import real networks and compare with what PyTorch itself counts, to the last integer.

    python benchmarks/import_sweep.py                 every convolutional network of torchvision,
                                                      and a choice of timm's
    python benchmarks/import_sweep.py timm:resnet50   these alone
    python benchmarks/import_sweep.py --onnx          through ONNX files
    python benchmarks/import_sweep.py --all done.txt  all of timm's, but for those that the file
                                                      has, to which each result is added

Parameters are compared with `sum(p.numel())`, multiply-adds with half of what torch's own flop
counter says, activations with the output elements of convolutions and linear layers. It needs
torch and torchvision, and timm for its part. Exits 1 if one network differs.
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from convcost import evaluate
from convcost.network import Input, Network

TIMM = """
bat_resnext26ts botnet26t_256 convmixer_768_32 convnext_atto convnextv2_atto cs3darknet_s
cspresnet50 cspresnext50 cspdarknet53 darknet53 densenet121 dla34 dla60_res2net dpn68b
eca_botnext26ts_256 eca_nfnet_l0 ecaresnet26t edgenext_xx_small efficientnet_b0 efficientnet_es
efficientnet_lite0 efficientnetv2_rw_t efficientvit_b0 ese_vovnet19b_dw fasternet_t0 fbnetc_100
fbnetv3_b focalnet_tiny_srf gcresnet33ts gernet_s ghostnet_100 ghostnetv2_100 halonet26t
hardcorenas_a haloregnetz_b hgnet_tiny hgnetv2_b0 hrnet_w18_small inception_next_atto
inception_resnet_v2 inception_v3 inception_v4 lambda_resnet26t lcnet_050 legacy_senet154
legacy_seresnet18 mambaout_femto mixnet_s mnasnet_small mobilenet_edgetpu_100 mobilenetv1_100
mobilenetv2_100 mobilenetv3_large_100 mobilenetv4_conv_small mobileone_s0 nasnetalarge
nf_regnet_b0 nfnet_f0 nf_resnet50 pnasnet5large poolformer_s12 poolformerv2_s12 rdnet_tiny
regnetx_002 regnety_002 regnetz_b16 regnetv_040 repghostnet_050 repvgg_a0 repvit_m1
res2net50_26w_4s res2next50 resnest14d resnet18 resnet26t resnet50d resnetaa50 resnetblur50
resnetrs50 resnetv2_50 resnetv2_50x1_bit resnext26ts rexnet_100 rexnetr_100 selecsls42
semnasnet_075 seresnet50 seresnext26d_32x4d shvit_s1 skresnet18 skresnext50_32x4d spnasnet_100
starnet_s1 tf_efficientnet_b0 tf_mixnet_s tinynet_e tiny_vit_5m_224 tresnet_m vgg11_bn
visformer_tiny vovnet39a wide_resnet50_2 xcit_nano_12_p16_224 xception41 xception65p
"""
ONNX = """
alexnet convnext_tiny densenet121 efficientnet_b0 efficientnet_v2_s vgg13 densenet169
mnasnet1_0 mobilenet_v2 mobilenet_v3_large regnet_y_400mf resnet18 resnet50 resnext50_32x4d
mnasnet0_5 squeezenet1_0 vgg11_bn wide_resnet50_2
"""
ATTENTION = ("vit", "swin", "maxvit")
SIZES = {"inception_v3": 299, "inception_v4": 299, "inception_resnet_v2": 299}


def main(asked: list[str]) -> int:
    """Compare the networks asked for; the exit code."""
    warnings.simplefilter("ignore")
    torchvision = _torchvision()
    if asked[:1] == ["--all"]:
        return _all_of_timm(Path(asked[1]))
    through_onnx = "--onnx" in asked
    names = [name for name in asked if not name.startswith("--")]
    if not names:
        shipped = torchvision.models.list_models(module=torchvision.models)
        shipped = [name for name in shipped if not name.startswith(ATTENTION)]
        names = [f"torchvision:{name}" for name in (ONNX.split() if through_onnx else shipped)]
        if not through_onnx:
            names += [f"timm:{name}" for name in TIMM.split()]
    failed = [name for name in names if not _compare(name, through_onnx)]
    print(f"{len(names) - len(failed)} of {len(names)} equal", *failed)
    return 1 if failed else 0


def _all_of_timm(done: Path) -> int:
    """Compare every network of timm's, in an order of no meaning, so that some stand for all."""
    lines = done.read_text().splitlines() if done.exists() else []
    results = {name: result for name, _, result in (line.partition(" ") for line in lines)}
    names = [f"timm:{name}" for name in import_module("timm").list_models()]
    todo = set(names) - results.keys()
    for name in sorted(todo, key=lambda name: sha256(name.encode()).digest()):
        results[name] = "equal" if _compare(name, False) else "DIFFERS"
        with done.open("a") as file:
            file.write(f"{name} {results[name]}\n")
    failed = [name for name in names if results[name] != "equal"]
    print(f"{len(names) - len(failed)} of {len(names)} equal", *failed)
    return 1 if failed else 0


def _compare(name: str, through_onnx: bool) -> bool:
    from convcost.emit.spec import spec_text
    from convcost.sources.imports.recognise import recognised
    from convcost.sources.spec.reading import parse_spec

    library, _, model = name.partition(":")
    target = f"{'timm.models' if library == 'timm' else 'torchvision.models'}:{model}"
    start = time.perf_counter()
    try:
        module = _build(target)
        size = _size(module, model)
        wanted = _counted(module, size)
        found, unknown = _imported(target, module, size, through_onnx)
        report = evaluate(found)
    except Exception as error:  # one network that cannot be built must not end the sweep
        print(f"{name}: {type(error).__name__}: {str(error)[:300]}")
        return False
    made = (report.params, report.macs, report.activations)
    found = recognised(found)
    again = evaluate(parse_spec(spec_text(found)).network)
    if (again.params, again.macs, again.activations) != made:
        print(f"{name}: the written spec differs")
        return False
    seconds = time.perf_counter() - start
    ok = made == wanted
    print(f"{name} {'equal' if ok else 'DIFFERS'} {made} {wanted if not ok else ''}", end=" ")
    print(f"{len(found.layers)} layers {dict(unknown) or ''} {seconds:.1f} s", flush=True)
    return ok


def _build(target: str) -> Any:
    import torch

    from convcost.sources.imports.factories import factory_of
    from convcost.sources.imports.pytorch.model import _module

    return _module(torch, target, factory_of(target), {})


def _size(module: Any, model: str) -> int:
    config = getattr(module, "default_cfg", None) or {}
    size: int = (config.get("input_size") or (3, SIZES.get(model, 224)))[1]
    return size


def _counted(module: Any, size: int) -> tuple[int, int, int]:
    """Parameters, multiply-adds and activations as PyTorch itself counts them."""
    import torch
    from torch.overrides import TorchFunctionMode
    from torch.utils.flop_counter import FlopCounterMode

    elements = 0

    class Outputs(TorchFunctionMode):
        """Adds up the output elements of convolutions and linear layers."""

        def __torch_function__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            nonlocal elements
            made = func(*args, **(kwargs or {}))
            name = getattr(func, "__name__", "")
            if name == "linear" or name.startswith("conv"):
                elements += made.numel()
            return made

    counter = FlopCounterMode(display=False)
    module = module.to("meta").requires_grad_(False)  # whose hooks the counter trips over
    with torch.no_grad(), counter, Outputs():
        module(torch.empty(1, 3, size, size, device="meta"))
    params = sum(param.numel() for param in module.parameters())
    return params, counter.get_total_flops() // 2, elements


def _imported(
    target: str, module: Any, size: int, through_onnx: bool
) -> tuple[Network, dict[str, int]]:
    from convcost.sources.imports.pytorch.model import import_torch

    if not through_onnx:
        made = import_torch(target, (Input("", (3, size, size)),))
        return made.network, dict(made.unknown)
    import torch

    from convcost.sources.imports.onnx.model import import_file

    module = module.to_empty(device="cpu")
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "model.onnx")
        example = (torch.zeros(1, 3, size, size),)
        torch.onnx.export(module, example, path, dynamo=True, verbose=False, optimize=False)
        made = import_file(path)
    return made.network, dict(made.unknown)


def define_missing() -> None:
    """Define the operators of torchvision's compiled part where that does not load."""
    import torch

    try:
        import_module("torchvision")
    except ImportError:
        return
    except RuntimeError:
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        KEPT.append(library)
        for name in [name for name in sys.modules if name.startswith("torchvision")]:
            del sys.modules[name]


def _torchvision() -> Any:
    define_missing()
    import torchvision

    return torchvision


KEPT: list[Any] = []
"""What must live as long as torchvision does."""

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
