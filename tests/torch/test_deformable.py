"""Deformable convolutions: torchvision's operation, the kind, and its code."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - everyone calls it so

from convcost.cost import Report, evaluate
from convcost.emit.pytorch import pytorch_text
from convcost.emit.spec import spec_text
from convcost.gaps import gaps
from convcost.network import Builder
from convcost.sources.spec.reading import parse_spec
from tests.torch.counted import cost_of, counted, module_of, network_of, said
from tests.torch.works import Deformed

if find_spec("torchvision"):
    import torchvision  # noqa: F401 - it registers its operations
else:
    LIBRARY = torch.library.Library("torchvision", "FRAGMENT")
    LIBRARY.define(
        "deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, "
        "SymInt stride_h, SymInt stride_w, SymInt pad_h, SymInt pad_w, SymInt dilation_h, "
        "SymInt dilation_w, SymInt groups, SymInt offset_groups, bool use_mask) -> Tensor"
    )

    def shape_of(image: Any, weight: Any, offset: Any, *_: Any) -> Any:
        return image.new_empty((len(image), len(weight), *offset.shape[2:]))

    LIBRARY.impl("deform_conv2d", shape_of, "Meta")


SETTINGS: list[dict[str, Any]] = [
    {},
    {"modulated": True, "bias": False},
    {"stride": 2, "groups": 2, "offset_groups": 4},
    {"k": 5, "dilation": 2, "padding": 4},
    {"k": 1},
]


@pytest.mark.parametrize("settings", SETTINGS)
def test_it_costs_its_offsets_and_a_convolution(settings: dict[str, Any]) -> None:
    report = cost_of(lambda: Deformed(**settings), 8, 14, 14)

    k, step, groups = (
        settings.get(key, one) for key, one in (("k", 3), ("stride", 1), ("groups", 1))
    )
    numbers = (3 if settings.get("modulated") else 2) * settings.get("offset_groups", 1) * k * k
    side = 14 // step
    assert report.macs == (8 * numbers * k * k + 8 * 12 // groups * k * k) * side * side
    assert report.layers[-1].out == (12, side, side)
    assert not gaps(report)


def test_by_arithmetic() -> None:
    assert cost_of(lambda: Deformed(64, 64), 64, 64, 64).macs == 42_467_328 + 150_994_944


@pytest.mark.parametrize("settings", SETTINGS)
def test_what_is_imported_can_be_written(settings: dict[str, Any]) -> None:
    network = network_of(lambda: Deformed(**settings), 8, 14, 14)
    report = evaluate(network)

    assert said(evaluate(parse_spec(spec_text(network)).network)) == said(report)
    _, made = module_of(pytorch_text(network))
    assert counted(made(), (8, 14, 14)) == said(report)


def kind(**fields: Any) -> tuple[Report, Any]:
    builder = Builder("net", (8, 14, 14))
    builder.add("deformable", {"m": 12, "k": 3, "bias": True, **fields})
    network = builder.network()
    _, made = module_of(pytorch_text(network))
    return evaluate(network), made


@pytest.mark.parametrize("fields", [{}, {"modulated": True}, {"stride": 2, "offset_groups": 2}])
def test_the_kind_and_its_code_cost_what_the_module_costs(fields: dict[str, Any]) -> None:
    report, made = kind(**fields)

    assert said(report)[:2] == said(cost_of(lambda: Deformed(**fields), 8, 14, 14))[:2]
    assert counted(made(), (8, 14, 14)) == said(report)


@pytest.mark.parametrize("settings", [{}, {"stride": 2}, {"dilation": 2, "padding": 2}])
def test_taps_that_are_not_moved_are_those_of_a_convolution(settings: dict[str, Any]) -> None:
    """And taps that are all moved by whole rows those of the rows that they come to."""
    network = network_of(lambda: Deformed(**settings), 8, 14, 14)
    _, made = module_of(pytorch_text(network))
    module = made()
    (deformable,) = (each for each in module.modules() if "Deformable" in type(each).__name__)
    x = torch.rand(2, 8, 14, 14)
    weight = deformable.conv.weight.reshape(12, 8, 3, 3)
    usual = {"stride": 1, "padding": 1, "dilation": 1} | settings
    wanted = F.conv2d(x, weight, deformable.conv.bias, **usual)
    offsets = torch.zeros(2, 18, *wanted.shape[2:])

    assert torch.allclose(deformable(x, offsets), wanted, atol=1e-5)

    offsets[:, 0::2] = 1
    below = F.conv2d(F.pad(x, (0, 0, 0, 1))[:, :, 1:], weight, deformable.conv.bias, **usual)
    rows = slice(2, -2)  # beyond them the two pad differently
    assert torch.allclose(deformable(x, offsets)[:, :, rows], below[:, :, rows], atol=1e-5)
