"""What PyTorch itself counts, and modules out of generated source."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from convcost.cost import Report, evaluate
from convcost.network import Input, Network
from convcost.ops.base import Shape
from convcost.sources import code, target_of
from convcost.sources.imports.pytorch import model

_NUMBERS = itertools.count()


def counted(module: torch.nn.Module, shape: Shape) -> tuple[int, int, Shape]:
    """Parameters, multiply-adds and (last) output shape, by PyTorch's own flop counter."""
    params = sum(param.numel() for param in module.parameters())  # moved, they are not shared
    counter = FlopCounterMode(display=False)  # on the CPU it knows no attention
    with torch.no_grad(), counter:
        out = module.eval().requires_grad_(False).to("meta")(torch.zeros(1, *shape, device="meta"))
    last = out[-1] if isinstance(out, tuple) else out
    return params, counter.get_total_flops() // 2, tuple(last.shape[1:])


def said(report: Report) -> tuple[int, int, Shape]:
    """The same of a report."""
    return report.params, report.macs, report.layers[-1].out


def module_of(source: str) -> tuple[str, Any]:
    """The target of the last class in generated source, and the class."""
    name = f"generated_{next(_NUMBERS)}"
    module = ModuleType(name)
    exec(compile(source, name, "exec"), module.__dict__)  # noqa: S102 - what is tested
    sys.modules[name] = module
    classes = [each for each in module.__dict__.values() if isinstance(each, type)]
    return f"{name}:{classes[-1].__name__}", classes[-1]


def network_of(make: Callable[[], torch.nn.Module], *shape: int) -> Network:
    """What the module that `make` gives is imported as."""
    module = ModuleType(f"generated_{next(_NUMBERS)}")
    module.__dict__["make"] = make
    sys.modules[module.__name__] = module
    return code.read_code(target_of(f"torch:{module.__name__}:make"), shape)


def followed(module: torch.nn.Module, *shape: int, dtype: str = "float32") -> Network:
    """What a module that is there is imported as, before pairs of its layers are recognised."""
    return model.import_module(module, (Input("", shape, dtype),)).network


def cost_of(make: Callable[[], torch.nn.Module], *shape: int) -> Report:
    """What it costs."""
    return evaluate(network_of(make, *shape))
