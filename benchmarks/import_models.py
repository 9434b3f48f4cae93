"""Models of other packages, imported and compared with what PyTorch itself counts.

    python benchmarks/import_models.py                    all whose package is installed
    python benchmarks/import_models.py monai ultralytics  those of some packages

Parameters are compared with `sum(p.numel())`, multiply-adds with half of what torch's own flop
counter says of the same module on meta tensors, where it can run it there. Recurrent layers, which
that counter takes for nothing, are counted by formula here. It needs torch, and from each package
its Python code alone. Exits 1 if fewer than `FEWEST` of those that ran are equal.
"""

from __future__ import annotations

import logging
import os
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, NamedTuple

FEWEST = 0.85
IMAGE = ((3, 224, 224), "float32")
VOLUME = ((1, 32, 32, 32), "float32")
WORDS = ((16,), "int64")
SOUND = ((16000,), "float32")


class Model(NamedTuple):
    """`make` makes it out of its package; `inputs` are by name, or by place as `_`, `_1`, ..."""

    name: str
    make: Callable[[Any], Any]
    inputs: dict[str, tuple[tuple[int, ...], str]]


def segmentation_models_pytorch() -> Iterator[Model]:
    """Encoders and decoders of segmentation networks."""

    def net(name: str) -> Callable[[Any], Any]:
        return lambda package: getattr(package, name)("resnet18", encoder_weights=None)

    names = "Unet UnetPlusPlus MAnet Linknet FPN PSPNet DeepLabV3 DeepLabV3Plus PAN"
    for name in names.split():
        yield Model(name, net(name), {"_": ((3, 256, 256), "float32")})
    yield Model(
        "Segformer",
        lambda package: package.Segformer("mit_b0", encoder_weights=None),
        {"_": ((3, 256, 256), "float32")},
    )


def monai() -> Iterator[Model]:
    """Networks for medical images, mostly of three dims."""

    def net(name: str, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:
        return lambda package: getattr(import_module("monai.networks.nets"), name)(*args, **kwargs)

    yield Model("UNet", net("UNet", 3, 1, 2, (16, 32, 64), (2, 2), num_res_units=2), {"_": VOLUME})
    yield Model("BasicUNet", net("BasicUNet", 3, 1, 2), {"_": VOLUME})
    yield Model("SegResNet", net("SegResNet", 3, 8, 1, 2), {"_": VOLUME})
    yield Model("VNet", net("VNet", 3, 1, 2), {"_": VOLUME})
    yield Model("UNETR", net("UNETR", 1, 2, (32, 32, 32)), {"_": VOLUME})
    yield Model(
        "SwinUNETR",
        net("SwinUNETR", in_channels=1, out_channels=2, feature_size=24),
        {"_": ((1, 64, 64, 64), "float32")},
    )
    yield Model("HighResNet", net("HighResNet", 3, 1, 2), {"_": VOLUME})
    yield Model("SEResNet50", net("SEResNet50", spatial_dims=2, in_channels=3), {"_": IMAGE})


def ultralytics() -> Iterator[Model]:
    """YOLO, which runs itself while it is made."""

    def net(name: str) -> Callable[[Any], Any]:
        return lambda package: import_module("ultralytics.nn.tasks").DetectionModel(
            f"{name}.yaml", verbose=False
        )

    for name in ("yolov5n", "yolov8n", "yolov10n", "yolo11n", "yolo12n"):
        yield Model(name, net(name), {"_": ((3, 640, 640), "float32")})


def open_clip() -> Iterator[Model]:
    """Two networks in one, of pictures and of words."""

    def net(name: str) -> Callable[[Any], Any]:
        return lambda package: package.create_model(name, pretrained=None)

    for name in ("RN50", "ViT-B-32"):
        yield Model(name, net(name), {"image": IMAGE, "text": ((77,), "int64")})


def transformers() -> Iterator[Model]:
    """Networks of pictures, sounds and words, built from their usual configuration."""
    pictures = "ViT Swin ConvNext Beit Dinov2 ResNet MobileNetV2 RegNet Cvt Levit Pvt PoolFormer"
    for name in pictures.split():
        yield Model(name, _configured(f"{name}Model", f"{name}Config"), {"pixel_values": IMAGE})
    for name in ("Wav2Vec2", "Hubert"):
        yield Model(name, _configured(f"{name}Model", f"{name}Config"), {"input_values": SOUND})
    yield Model(
        "AST", _configured("ASTModel", "ASTConfig"), {"input_values": ((1024, 128), "float32")}
    )
    for name in ("Bert", "DistilBert", "GPT2"):
        yield Model(name, _configured(f"{name}Model", f"{name}Config"), {"input_ids": WORDS})


def _configured(model: str, config: str) -> Callable[[Any], Any]:
    return lambda package: getattr(package, model)(getattr(package, config)())


def torchaudio() -> Iterator[Model]:
    """Networks of sounds."""
    yield Model("wav2vec2", lambda package: package.models.wav2vec2_base(), {"_": SOUND})
    yield Model(
        "ConvTasNet", lambda package: package.models.ConvTasNet(), {"_": ((1, 8000), "float32")}
    )
    yield Model(
        "Wav2Letter", lambda package: package.models.Wav2Letter(), {"_": ((1, 2000), "float32")}
    )


PACKAGES = (segmentation_models_pytorch, monai, ultralytics, open_clip, transformers, torchaudio)


def main(asked: list[str]) -> int:
    """Compare the models of the packages asked for; the exit code."""
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    os.environ["HF_HUB_OFFLINE"] = "1"
    from benchmarks.import_sweep import define_missing

    define_missing()
    equal = ran = 0
    for models in PACKAGES:
        package = models.__name__
        if asked and package not in asked:
            continue
        try:
            made = import_module(package)
        except Exception as error:  # whatever it lacks here
            print(f"{package}: not tried: {type(error).__name__}: {str(error)[:100]}")
            continue
        for model in models():
            ran += 1
            equal += _compare(package, made, model)
    print(f"{equal} of {ran} equal")
    return 0 if equal >= FEWEST * ran else 1


def _compare(package: str, made: Any, model: Model) -> bool:
    from convcost import evaluate
    from convcost.sources.imports.pytorch.making import made_without_weights, without_torchscript
    from convcost.sources.imports.pytorch.trace import network_of

    name, start = f"{package} {model.name}", time.perf_counter()
    try:
        with without_torchscript(), made_without_weights():
            module = model.make(made).eval()
        args, kwargs = _tensors(model)
        found = network_of(module, args, kwargs, model.name)
        report = evaluate(found.network)
    except Exception as error:  # one that cannot be followed must not end the run
        print(f"{name}: {type(error).__name__}: {str(error)[:200]}")
        return False
    seconds = time.perf_counter() - start
    ours, theirs = (report.params, report.macs), _counted(module, *_tensors(model))
    word = "equal" if ours == theirs else f"DIFFERS from {theirs}"
    print(f"{name} {word} {ours} {dict(found.unknown) or ''} {seconds:.1f} s", flush=True)
    return ours == theirs


def _tensors(model: Model) -> tuple[tuple[Any, ...], dict[str, Any]]:
    import torch

    tensors = {
        name: torch.empty((1, *shape), dtype=getattr(torch, dtype), device="meta")
        for name, (shape, dtype) in model.inputs.items()
    }
    args = tuple(each for name, each in tensors.items() if name.startswith("_"))
    return args, {name: each for name, each in tensors.items() if not name.startswith("_")}


def _counted(module: Any, args: Any, kwargs: Any) -> tuple[int, int | str]:
    """Parameters and multiply-adds as PyTorch counts them, or what keeps it from that."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    params = sum(each.numel() for each in module.parameters())
    module = module.to("meta")
    for each in module.modules():
        for name, held in list(vars(each).items()):
            if isinstance(held, torch.Tensor):
                setattr(each, name, held.to("meta"))
    try:
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            module(*args, **kwargs)
    except Exception as error:  # what it cannot run it cannot count
        return params, f"{type(error).__name__}: {str(error)[:80]}"
    return params, counter.get_total_flops() // 2


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    sys.exit(main(sys.argv[1:]))
