"""A patch needs its window of the input, and no more: what lies outside may be no number."""

from __future__ import annotations

import pytest
import torch

from convcost.cost import evaluate
from convcost.emit.pytorch import pytorch_text
from convcost.metrics.flow import flow_of
from convcost.metrics.regions import cuts, stage_of
from convcost.sources import read, target_of
from tests.torch.counted import module_of
from tests.torch.test_reach import smoothed


@pytest.mark.parametrize("name", ["mobilenet_v2", "resnet18"])
def test_windows_of_patches(name: str) -> None:
    network = read(target_of(name)).network
    flow = flow_of(evaluate(network))
    cut = [each for each in cuts(flow)[0] if flow.shapes[each.out][1] >= 28][-1]
    high, wide = flow.shapes[cut.out][1:]
    first = network._replace(layers=network.layers[: cut.layer + 1])
    module = smoothed(module_of(pytorch_text(first, evaluate(first)))[1]())
    stage = stage_of(flow, cut)
    patches = [(range(high // 4), range(wide // 4, wide // 2)), (range(high // 2, high), range(3))]
    for rows, columns in patches:
        needed = [stage.needed(dim, patch)[0] for dim, patch in ((1, rows), (2, columns))]
        image = torch.full((1, *flow.shapes[0]), torch.nan)
        window = (..., *(slice(each.start, each.stop) for each in needed))
        image[window] = 1.0
        with torch.no_grad():
            part = module(image)[..., rows.start : rows.stop, columns.start : columns.stop]
            assert not part.isnan().any()
            for dim, each in enumerate(needed, 2):
                for edge in (each.start, each.stop - 1):
                    less = image.clone()
                    less.select(dim, edge).fill_(torch.nan)
                    out = module(less)[..., rows.start : rows.stop, columns.start : columns.stop]
                    assert out.isnan().any()
