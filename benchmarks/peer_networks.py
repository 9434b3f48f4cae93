"""What six tools say of torchvision's networks, against what their conventions say here.

    python -m benchmarks.peer_networks --record    # ask the tools, of networks not on record
    python -m benchmarks.peer_networks             # compare with the record
    python -m benchmarks.peer_networks resnet50 raft_small

Every network that classifies, segments, or takes videos or pairs of frames, from its code. Asking
takes hours, and goes on where it stopped; comparing minutes. docs/conventions.md says why some
integers differ; exits 1 if one in fifty does by more than a millionth. Needs what
benchmarks/record_peers.py needs.
"""

from __future__ import annotations

import argparse
import json
import logging
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch.overrides import TorchFunctionMode

from benchmarks.record_peers import TOOLS, Record, answers, flop_counter, import_torchvision
from convcost import evaluate
from convcost.conventions import apply, find
from convcost.network import Input
from convcost.sources.imports.pytorch.model import import_module

RECORD = Path(__file__).with_name("peer_networks.jsonl")
MOST = 0.02
"""The share of integers that may differ by more than a millionth."""
SIZES = {"inception_v3": 299}
VIDEOS = {"s3d": 224, "mvit_v1_b": 224, "mvit_v2_s": 224}
PARTS = ("", "segmentation", "video", "optical_flow")


class _Uninitialised(TorchFunctionMode):
    """Initial weights do not matter, and take long."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if getattr(func, "__module__", "") == "torch.nn.init":
            return kwargs["tensor"] if "tensor" in kwargs else args[0]
        return func(*args, **kwargs)


def build(name: str) -> Any:
    """The network, with whatever weights there are."""
    options: dict[str, bool | None] = {}
    if name in ("googlenet", "inception_v3"):
        options = {"init_weights": False}
    if "deeplab" in name or "fcn" in name or "lraspp" in name:
        options = {"weights_backbone": None}
    with _Uninitialised():
        return import_torchvision().models.get_model(name, weights=None, **options)


def shapes_of(name: str, part: str) -> list[tuple[int, ...]]:
    """The shapes of its inputs, without the batch."""
    if part == "optical_flow":
        return [(3, 128, 128)] * 2
    if part == "video":
        size = VIDEOS.get(name, 112)
        return [(3, 16, size, size)]
    size = SIZES.get(name, 224)
    return [(3, size, size)]


def networks() -> dict[str, str]:
    """Every network, and the part of torchvision that has it."""
    models = import_torchvision().models
    found: dict[str, str] = {}
    for part in PARTS:
        module = getattr(models, part) if part else models
        found |= dict.fromkeys(models.list_models(module=module), part)
    return found


def record(asked: dict[str, str]) -> None:
    """Ask the tools of every network that is not on record, the small ones first."""
    known = {each["net"] for each in on_record()}
    sizes = {
        name: sum(each.numel() for each in build(name).parameters())
        for name in asked.keys() - known
    }
    for name in sorted(sizes, key=sizes.__getitem__):
        shapes = shapes_of(name, asked[name])
        found: Record = {"net": name, "inputs": shapes, "params": sizes[name]}
        found |= answers(partial(build, name), *shapes)
        with torch.no_grad():  # on a CPU, it does not see fused attention
            network = build(name).eval().to("meta")
            found["torch_flop_counter"] = flop_counter(network, *_empty(shapes))
        with RECORD.open("a") as file:
            file.write(f"{json.dumps(found)}\n")
        print(json.dumps(found), flush=True)


def on_record() -> list[Record]:
    """What is on record."""
    return [json.loads(line) for line in RECORD.read_text().splitlines()] if RECORD.exists() else []


def _empty(shapes: Iterable[Sequence[int]]) -> tuple[Any, ...]:
    return tuple(torch.empty((1, *shape), device="meta") for shape in shapes)


class Pair(NamedTuple):
    """What a tool says of a network's work or parameters, and what its convention says here."""

    tool: str
    said: int
    ours: int

    @property
    def text(self) -> str:
        """How they differ."""
        return f"{self.tool} {self.said:,} ours {self.ours:,} ({self.ours - self.said:+,})"


def pairs(said: Record) -> Iterator[Pair]:
    """Every integer on record, beside ours."""
    example = _empty(said["inputs"])
    given = (Input("", tuple(example[0].shape)),)
    report = evaluate(import_module(build(said["net"]), given, example).network)
    assert report.params == said["params"]
    for tool in TOOLS:
        answer = said[tool]
        if answer is None:
            continue
        convention = find("torch" if tool == "torch_flop_counter" else tool)
        counted = apply(report, convention)
        work, *params = [answer] if isinstance(answer, int) else answer
        if tool == "torchinfo":  # which tells the parameters first
            work, params = params[0], [work]
        yield Pair(tool, work, counted.macs * convention.each)
        yield from (Pair(f"{tool}'s params", each, counted.params) for each in params)


def compare(asked: dict[str, str]) -> float:
    """Which integers differ, network by network; the share that does by more than a millionth."""
    found: list[Pair] = []
    for said in on_record():
        if said["net"] in asked:
            own = list(pairs(said))
            texts = [each.text for each in own if each.said != each.ours]
            print(said["net"], "; ".join(texts) or "equal", flush=True)
            found += own
    equal = sum(each.said == each.ours for each in found)
    near = sum(abs(each.said - each.ours) <= each.said / 1e6 for each in found)
    print(f"{equal} of {len(found)} integers equal, {near} within a millionth")
    return 1 - near / max(len(found), 1)


def main() -> None:
    """Ask or compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("networks", nargs="*", help="these alone")
    parser.add_argument("--record", action="store_true", help="ask the tools of what is missing")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    every = networks()
    asked = {name: every[name] for name in options.networks or every}
    if options.record:
        record(asked)
    elif compare(asked) > MOST:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
