"""What six tools say of twelve torchvision networks, and of single layers of every sort: the
integers that tests hold convcost to.

Needs torch, torchvision, fvcore, ptflops, thop, torchinfo and torchprofile, in the versions that
docs/conventions.md names; others may well count otherwise.

    python -m benchmarks.record_peers            # compare with the recorded integers
    python -m benchmarks.record_peers --write    # record what the tools say now
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import warnings
from collections.abc import Callable, Iterator
from functools import cache, partial
from inspect import signature
from pathlib import Path
from typing import Any

import torch

from benchmarks.peer_layers import Layer, layers

DATA = Path(__file__).parents[1] / "tests" / "data"
NETWORKS_FILE, LAYERS_FILE = DATA / "peers.jsonl", DATA / "peer_layers.jsonl"
NETWORKS = {
    "alexnet": 224,
    "densenet121": 224,
    "efficientnet_b0": 224,
    "googlenet": 224,
    "inception_v3": 299,
    "mobilenet_v2": 224,
    "resnet18": 224,
    "resnet50": 224,
    "shufflenet_v2_x1_0": 224,
    "squeezenet1_0": 224,
    "vgg16": 224,
    "vgg16_bn": 224,
}
Answer = int | list[int] | None
Record = dict[str, Any]


def flop_counter(network: Any, *inputs: Any) -> Answer:
    """PyTorch's own counter, in FLOPs: two for each multiply-add."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        network(*inputs)
    return int(counter.get_total_flops())


def fvcore(network: Any, *inputs: Any) -> Answer:
    """What fvcore calls flops, one for each multiply-add."""
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(network, inputs)
    analysis.unsupported_ops_warnings(False)
    analysis.uncalled_modules_warnings(False)
    with torch.enable_grad():  # as its users have it; without, fused layers are hidden from it
        return int(analysis.total())


def torchinfo(network: Any, *inputs: Any) -> Answer:
    """Parameters and mult-adds of torchinfo's summary."""
    from torchinfo import summary

    found = summary(network, input_data=inputs, verbose=0)
    return [int(found.total_params), int(found.total_mult_adds)]


def torchprofile(network: Any, *inputs: Any) -> Answer:
    """Multiply-adds of torchprofile's trace."""
    from torchprofile import profile_macs

    return int(profile_macs(network, inputs))


def thop(network: Any, *inputs: Any) -> Answer:
    """Multiply-adds and parameters of thop's hooks."""
    from thop import profile

    macs, params = profile(network, inputs=inputs, verbose=False)
    return [int(macs), int(params)]


def ptflops(network: Any, *inputs: Any) -> Answer:
    """Multiply-adds and parameters of ptflops' hooks, its default backend."""
    from ptflops import get_model_complexity_info

    names = signature(network.forward).parameters
    macs, params = get_model_complexity_info(
        network,
        tuple(inputs[0].shape[1:]),
        as_strings=False,
        print_per_layer_stat=False,
        input_constructor=lambda _: dict(zip(names, inputs, strict=False)),
    )
    return [int(macs), int(params)]


TOOLS: dict[str, Callable[..., Answer]] = {
    "torch_flop_counter": flop_counter,
    "fvcore": fvcore,
    "torchinfo": torchinfo,
    "torchprofile": torchprofile,
    "thop": thop,
    "ptflops": ptflops,
}


@cache
def import_torchvision() -> Any:
    """torchvision, whether its compiled extension is there or not."""
    library = torch.library.Library("torchvision", "DEF")
    # Without the extension two operators are missing that no classifier needs.
    with contextlib.suppress(RuntimeError):
        library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision

    torchvision.kept_library = library
    return torchvision


def network_records() -> Iterator[Record]:
    """A record a network."""
    models = import_torchvision().models
    for name, size in NETWORKS.items():
        # Initial weights do not matter, and some take long.
        options = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        shape = (3, size, size)

        def build(name: str = name, options: dict[str, bool] = options) -> Any:
            return getattr(models, name)(weights=None, **options)

        params = sum(weight.numel() for weight in build().parameters())
        yield {"net": name, "input": list(shape), "params": params} | answers(build, shape)


def layer_records() -> Iterator[Record]:
    """A record a single layer."""
    for layer in layers():
        build = partial(module_of, layer)
        yield {"layer": layer.spec, "input": list(layer.input)} | answers(build, layer.input)


def module_of(layer: Layer) -> Any:
    """A network of nothing but `layer`."""

    class Network(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layer = layer.build()

        def forward(self, image: Any) -> Any:
            return self.layer(image)

    return Network()


def answers(build: Callable[[], Any], *shapes: tuple[int, ...]) -> Record:
    """What each tool says of a network, which is built anew for each: some leave traces.

    None for a tool that breaks off.
    """
    found: Record = {}
    for tool, ask in TOOLS.items():
        quiet = contextlib.redirect_stdout(io.StringIO())
        found[tool] = None
        with (
            torch.no_grad(),
            quiet,
            contextlib.redirect_stderr(io.StringIO()),
            contextlib.suppress(AttributeError, AssertionError, RuntimeError, TypeError),
        ):
            found[tool] = ask(build().eval(), *(torch.zeros(1, *shape) for shape in shapes))
    return found


def compared(path: Path, key: str, records: Iterator[Record], write: bool) -> bool:
    """Whether every record is as the file has it; says which is not."""
    lines = path.read_text().splitlines() if path.exists() else []
    known = {(each[key], *each["input"]): each for each in map(json.loads, lines)}
    written = []
    same = True
    for record in records:
        before = known.pop((record[key], *record["input"]), {})
        for tool in record:
            if record[tool] != before.get(tool):
                same = False
                print(f"{record[key]}: {tool} was {before.get(tool)}, is {record[tool]}")
        written.append(json.dumps(record))
    for key_of_one in known:
        same = False
        print(f"{key_of_one[0]}: recorded, and no longer asked for")
    print(f"{path.name}: {len(written)} records, {'as recorded' if same else 'not as recorded'}")
    if write:
        path.write_text("\n".join(written) + "\n")
    return same


def main() -> None:
    """Compare the tools' answers with the record, or make it."""
    parser = argparse.ArgumentParser(description="What other tools say, compared or recorded.")
    parser.add_argument("--write", action="store_true", help="record what the tools say now")
    write = parser.parse_args().write
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    import_torchvision()
    same = [
        compared(LAYERS_FILE, "layer", layer_records(), write),
        compared(NETWORKS_FILE, "net", network_records(), write),
    ]
    if not all(same) and not write:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
